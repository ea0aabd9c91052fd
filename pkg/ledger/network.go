package ledger

import (
	"encoding/json"
	"errors"
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

	domains map[string]*record.Domain // the same of those that tell it
}

func keepDescriptions() shelf {
	return &descriptions{names: map[string]bool{}, sizes: map[string]record.NetworkSize{}, domains: map[string]*record.Domain{}}
}

func readMilp(line *record.Line) (program, fact, error) {
	p, err := milp.Decode(line)
	if err != nil {
		return program{}, nil, err
	}
	content := p.Digest()
	return describing(program{p.ID, content, content != p.ID}, p.Name, p.Size(), p.Extent())
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
	}, n.Domain)
}

func describing(about program, name string, size record.NetworkSize, domain *record.Domain) (program, fact, error) {
	text, err := json.Marshal(size)
	where, wrong := json.Marshal(domain)
	return about, func(e *entry) {
		d := on[*descriptions](e)
		d.sizes[string(text)] = size
		if domain != nil {
			d.domains[string(where)] = domain
		}
		if name != "" {
			d.names[name] = true
		}
	}, errors.Join(err, wrong)
}

// size returns the size of the network, or nil; of several always the same.
func (d *descriptions) size() *record.NetworkSize {
	if len(d.sizes) == 0 {
		return nil
	}
	size := d.sizes[slices.Min(slices.Collect(maps.Keys(d.sizes)))]
	return &size
}

// domain returns the set of inputs, or nil; of several always the same.
func (d *descriptions) domain() *record.Domain {
	if len(d.domains) == 0 {
		return nil
	}
	return d.domains[slices.Min(slices.Collect(maps.Keys(d.domains)))]
}

func (d *descriptions) contradictions(*entry) []string {
	if n := max(len(d.sizes), len(d.domains)); n > 1 {
		return []string{fmt.Sprintf("%d different descriptions of the network", n)}
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
