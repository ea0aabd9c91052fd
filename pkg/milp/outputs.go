package milp

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
)

// OutputForms are the outputs of the network: those of the linear layer at its end, or
// else those of the units of its last layer; nil when it ends in a linear layer that
// the record does not have, as records of earlier versions.
func (p *Problem) OutputForms() []Output {
	last := len(p.Network.Layers) - 1
	if len(p.Outputs) > 0 || last < 0 || p.Network.Layers[last].Activation == "linear" || len(p.Units) == 0 {
		return p.Outputs
	}
	var out []Output
	for k := range p.Units {
		u := &p.Units[k]
		if u.Layer != p.Units[len(p.Units)-1].Layer {
			continue
		}
		o, s := Output{}, u.Slopes()
		if s.Active != 0 {
			o.Idx, o.Val = append(o.Idx, u.H), append(o.Val, s.Active)
		}
		if s.Inactive != 0 {
			o.Idx, o.Val = append(o.Idx, u.Hbar), append(o.Val, -s.Inactive)
		}
		out = append(out, o)
	}
	return out
}

// mostClasses limits the outputs that Deciding compares: there is a unit for each two.
const mostClasses = 64

// Deciding returns the program with a last layer of units that compare the outputs:
// unit j(j-1)/2 + i, for i < j, is active where output j is greater than output i. Of
// one output it tells where it is positive. The rows of these units may name a column
// twice, and their constants are rounded.
func (p *Problem) Deciding() (*Problem, error) {
	outputs := p.OutputForms()
	switch n := len(outputs); {
	case n == 0:
		return nil, fmt.Errorf("the milp has no outputs to decide by: encode the network again")
	case n > mostClasses:
		return nil, fmt.Errorf("the network has %d outputs: decisions can be had of up to %d", n, mostClasses)
	case n == 1:
		outputs = []Output{{}, outputs[0]}
	}
	q := *p
	q.Cols, q.Rows, q.Units = slices.Clip(p.Cols), slices.Clip(p.Rows), slices.Clip(p.Units)
	layer, unit := 1, 0
	if n := len(p.Units); n > 0 {
		layer = p.Units[n-1].Layer + 1
	}
	for j := range outputs {
		for i := range j {
			a, b := &outputs[j], &outputs[i]
			at := len(q.Cols)
			q.Cols = append(q.Cols, Col{Kind: H, Hi: Hi(math.Inf(1))}, Col{Kind: Hbar, Hi: Hi(math.Inf(1))}, Col{Kind: Z, Hi: 1, Integer: true})
			c := b.Const - a.Const
			r := Row{Kind: Pre, Lo: Lo(c), Hi: Hi(c), Idx: append(slices.Clone(a.Idx), b.Idx...), Val: slices.Clone(a.Val)}
			for _, v := range b.Val {
				r.Val = append(r.Val, -v)
			}
			r.Idx, r.Val = append(r.Idx, at, at+1), append(r.Val, -1, 1)
			z := at + 2
			q.Units = append(q.Units, Unit{Layer: layer, Unit: unit, Z: &z, H: at, Hbar: at + 1, Pre: len(q.Rows), Lower: math.Inf(-1), Upper: math.Inf(1)})
			q.Rows = append(q.Rows, r)
			unit++
		}
	}
	return &q, nil
}

// OutputsDigest is a digest of the outputs, which that of the content leaves out.
func (p *Problem) OutputsDigest() string {
	sum := sha256.New()
	if err := json.NewEncoder(sum).Encode(p.OutputForms()); err != nil {
		panic(fmt.Sprintf("milp: OutputsDigest of an unchecked problem: %v", err))
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}
