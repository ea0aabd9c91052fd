package milp

import (
	"fmt"
	"math"

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

// ReLUNetwork reads the layers of units back from the pre rows, slopes
// included; with a map of the domain its inputs are the coordinates.
func (p *Problem) ReLUNetwork() (*relu.Network, error) {
	n := &relu.Network{Name: p.Name, Inputs: p.Network.Inputs}
	if p.Domain.Map != nil {
		n.Inputs = len(p.Domain.Lower) // the coordinates
	}
	at := map[int]int{} // column -> source
	for j, c := range p.Cols {
		if c.Kind == Input {
			at[j] = len(at)
		}
	}
	if len(at) != n.Inputs {
		return nil, fmt.Errorf("%d columns of kind input, the network has %d inputs", len(at), n.Inputs)
	}
	sum := relu.NewSum(n.Inputs + len(p.Units))
	for k := range p.Units {
		u := &p.Units[k]
		if u.Layer > len(n.Layers) {
			n.Layers = append(n.Layers, relu.Layer{})
		}
		f, err := p.form(u, at, n.Inputs, sum)
		if err != nil {
			return nil, err
		}
		at[u.H], at[u.Hbar] = n.Inputs+k, n.Inputs+k
		lay := &n.Layers[len(n.Layers)-1]
		lay.Forms, lay.Slopes = append(lay.Forms, f), append(lay.Slopes, u.Slopes())
	}
	return n, nil
}

// form reads the pre-activation of unit u.
func (p *Problem) form(u *Unit, at map[int]int, inputs int, sum *relu.Sum) (relu.Form, error) {
	r := &p.Rows[u.Pre]
	taken := map[int][2]float64{} // unit -> entries of its h and hbar
	for e, j := range r.Idx {
		s, ok := at[j]
		switch {
		case j == u.H || j == u.Hbar:
		case !ok:
			return relu.Form{}, fmt.Errorf("rows[%d]: column %d is neither an input nor an h or hbar of an earlier layer", u.Pre, j)
		case s < inputs:
			one := relu.Source(s)
			sum.Add(r.Val[e], &one)
		default:
			entries := taken[s-inputs]
			if p.Units[s-inputs].H == j {
				entries[0] = r.Val[e]
			} else {
				entries[1] = r.Val[e]
			}
			taken[s-inputs] = entries
		}
	}
	for k, entries := range taken {
		w, ok := p.Units[k].weight(entries[0], entries[1])
		if !ok {
			return relu.Form{}, fmt.Errorf("rows[%d]: the entries of units[%d] do not fit its slopes", u.Pre, k)
		}
		one := relu.Source(inputs + k)
		sum.Add(w, &one)
	}
	f, _ := sum.Take()
	f.B = 0 - float64(r.Lo)
	return f, nil
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
