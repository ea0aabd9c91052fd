package milp

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/relu"
)

// weight returns the weight of the unit in a later pre row that has the entries
// h and hbar for its columns, and whether there is one: rounded as encoding
// does, it makes just these entries with the unit's slopes.
func (u *Unit) weight(h, hbar float64) (w float64, ok bool) {
	s := u.Slopes()
	fits := func(w float64) bool { return w*s.Active == h && w*-s.Inactive == hbar }
	// a quotient is off by an ulp or two unless the slope is a power of 2
	for _, c := range []struct{ entry, slope float64 }{{h, s.Active}, {hbar, -s.Inactive}} {
		if c.slope == 0 {
			continue
		}
		up := c.entry / c.slope
		down := up
		for range 3 {
			if fits(up) {
				return up, true
			}
			if fits(down) {
				return down, true
			}
			up, down = math.Nextafter(up, math.Inf(1)), math.Nextafter(down, math.Inf(-1))
		}
	}
	return 0, false
}

// ReLUNetwork reads the layers back from the pre rows, slopes included; with a
// map of the domain the inputs of the first are its coordinates. It
// fails when a pre row uses anything but the columns h and hbar of the layer
// before (the inputs for layer 1), as an edited problem may, and one of a
// network that has units without a kink.
func (p *Problem) ReLUNetwork() (*relu.Network, error) {
	n := &relu.Network{Name: p.Name, Inputs: p.Network.Inputs}
	if p.Domain.Map != nil {
		n.Inputs = len(p.Domain.Lower) // the coordinates
	}
	at := map[int]int{} // column -> position within the layer before
	for j, c := range p.Cols {
		if c.Kind == Input {
			at[j] = len(at)
		}
	}
	if len(at) != n.Inputs {
		return nil, fmt.Errorf("%d columns of kind input, the network has %d inputs", len(at), n.Inputs)
	}
	width := n.Inputs
	var before []Unit // the layer before; none are the inputs
	for k := 0; k < len(p.Units); {
		end := k
		for end < len(p.Units) && p.Units[end].Layer == p.Units[k].Layer {
			end++
		}
		units := p.Units[k:end]
		lay := relu.Layer{W: mat.NewDense(len(units), width, nil), B: make([]float64, len(units))}
		next := make(map[int]int, 2*len(units))
		for i := range units {
			u := &units[i]
			if err := p.readRow(u, at, before, lay.W.RawRowView(i)); err != nil {
				return nil, err
			}
			lay.B[i] = -float64(p.Rows[u.Pre].Lo)
			lay.Slopes = append(lay.Slopes, u.Slopes())
			next[u.H], next[u.Hbar] = i, i
		}
		n.Layers = append(n.Layers, lay)
		at, before, width, k = next, units, len(units), end
	}
	return n, nil
}

// readRow writes the weights of unit u to row.
func (p *Problem) readRow(u *Unit, at map[int]int, before []Unit, row []float64) error {
	r := &p.Rows[u.Pre]
	hbar := make([]float64, len(before))
	for e, j := range r.Idx {
		if j == u.H || j == u.Hbar {
			continue
		}
		pos, ok := at[j]
		if !ok {
			return fmt.Errorf("rows[%d]: column %d is not of the layer before: no plain layered network", u.Pre, j)
		}
		if before != nil && j == before[pos].Hbar {
			hbar[pos] = r.Val[e]
		} else {
			row[pos] = r.Val[e]
		}
	}
	for pos := range before {
		w, ok := before[pos].weight(row[pos], hbar[pos])
		if !ok {
			return fmt.Errorf("rows[%d]: the entries of unit %d of the layer before do not fit its slopes", u.Pre, pos)
		}
		row[pos] = w
	}
	return nil
}

// FreeInputs is the number of inputs whose column is not fixed, or that of the
// network's own inputs if these are fewer than the coordinates of a map: the
// dimension n_0 of the domain as far as column limits tell.
func (p *Problem) FreeInputs() int {
	n := 0
	for _, c := range p.Cols {
		if c.Kind == Input && float64(c.Lo) < float64(c.Hi) {
			n++
		}
	}
	if p.Domain.Map != nil {
		n = min(n, p.Network.Inputs)
	}
	return n
}

// Point returns the network's own inputs for values of the input columns:
// themselves, unless the domain has a map.
func (p *Problem) Point(t []float64) []float64 { return p.Domain.Map.Point(t) }
