package ledger

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"relucount/pkg/milp"
	"relucount/pkg/record"
)

// descriptions is what milp and network records say about a network.
type descriptions struct {
	silent
	names map[string]bool
	sizes map[string]record.NetworkSize // by their JSON: more than one is a contradiction
}

func keepDescriptions() shelf {
	return &descriptions{names: map[string]bool{}, sizes: map[string]record.NetworkSize{}}
}

func readMilp(line *record.Line) (program, fact, error) {
	p, err := milp.Decode(line)
	if err != nil {
		return program{}, nil, err
	}
	content := p.Digest()
	return describing(program{p.ID, content, content != p.ID}, p.Name, p.Size())
}

func readNetwork(line *record.Line) (program, fact, error) {
	var n record.Network
	if err := line.Decode(&n); err != nil {
		return program{}, nil, err
	}
	if n.Unstable < 0 {
		return program{}, nil, fmt.Errorf("unstable: %d", n.Unstable)
	}
	return describing(program{n.Milp, n.Content, n.Edited}, n.Name, record.NetworkSize{
		Shape: n.Network, Units: n.Units, Active: n.Active, Inactive: n.Inactive, Unstable: n.Unstable,
	})
}

func describing(about program, name string, size record.NetworkSize) (program, fact, error) {
	text, err := json.Marshal(size)
	return about, func(e *entry) {
		d := on[*descriptions](e)
		d.sizes[string(text)] = size
		if name != "" {
			d.names[name] = true
		}
	}, err
}

// size returns the size of the network, or nil; of several always the same.
func (d *descriptions) size() *record.NetworkSize {
	if len(d.sizes) == 0 {
		return nil
	}
	size := d.sizes[slices.Min(slices.Collect(maps.Keys(d.sizes)))]
	return &size
}

func (d *descriptions) contradictions(*entry) []string {
	if len(d.sizes) > 1 {
		return []string{fmt.Sprintf("%d different descriptions of the network", len(d.sizes))}
	}
	return nil
}

func (d *descriptions) claims() (atLeast, atMost []claim) {
	if len(d.sizes) == 1 {
		n := d.size().Unstable
		atMost = []claim{{from: fromUnits, bits: n, text: fmt.Sprintf("the 2^%d patterns of the unstable units", n)}}
	}
	return nil, atMost
}
