package truth

import (
	"math"
	"math/rand/v2"
	"slices"

	"relucount/pkg/milp"
	"relucount/pkg/relu"
)

// TwoSlopes gives the units of a network two slopes each, multiples of an
// eighth, so that weights times slopes are exact.
func TwoSlopes(rng *rand.Rand, n *relu.Chain) {
	for l := range n.Layers {
		for k := range n.Layers[l].Slopes {
			n.Layers[l].Slopes[k] = relu.Slopes{Inactive: float64(rng.IntN(9)-4) / 8, Active: 1 + float64(rng.IntN(3))}
		}
	}
}

// Carry gives some units equal slopes, as an identity has: their outputs come
// to later layers as what they take, so that these take inputs, and units of
// layers before the one before them. Some unit keeps its kink.
func Carry(rng *rand.Rand, n *relu.Chain) {
	for l := range n.Layers[:len(n.Layers)-1] {
		for k := range n.Layers[l].Slopes {
			if rng.IntN(3) == 0 {
				n.Layers[l].Slopes[k] = relu.Slopes{Inactive: 1, Active: 1}
			}
		}
	}
}

// Skip gives units of a milp entries for inputs and for units of all layers
// before the one before them. All units become unstable, with bounds that
// intervals prove, and the milp gets the id of its content: it is as if it had
// been encoded so.
func Skip(rng *rand.Rand, p *milp.Problem) {
	for k := range p.Units {
		u := &p.Units[k]
		r := &p.Rows[u.Pre]
		add := func(col int, v float64) {
			if e := slices.Index(r.Idx, col); e >= 0 {
				r.Val[e] += v
			} else if v != 0 {
				r.Idx, r.Val = append(r.Idx, col), append(r.Val, v)
			}
		}
		for _, j := range InputCols(p) {
			if u.Layer > 1 && rng.IntN(2) == 0 {
				add(j, float64(rng.IntN(9)-4)/4)
			}
		}
		for j := range p.Units[:k] {
			if from := &p.Units[j]; from.Layer < u.Layer-1 && rng.IntN(2) == 0 {
				w, s := float64(rng.IntN(9)-4)/4, from.Slopes()
				add(from.H, w*s.Active)
				add(from.Hbar, -w*s.Inactive)
			}
		}
		rebound(p, k)
	}
	p.ID = p.Digest()
}

// rebound makes unit k unstable, with bounds by the limits of the columns in
// its row.
func rebound(p *milp.Problem, k int) {
	u := &p.Units[k]
	r := &p.Rows[u.Pre]
	lo, hi := -float64(r.Lo), -float64(r.Lo)
	for e, j := range r.Idx {
		if j != u.H && j != u.Hbar {
			a, b := r.Val[e]*float64(p.Cols[j].Lo), r.Val[e]*float64(p.Cols[j].Hi)
			lo, hi = lo+min(a, b), hi+max(a, b)
		}
	}
	u.Lower, u.Upper = min(-1, math.Floor(lo-1)), max(1, math.Ceil(hi+1))
	p.Cols[u.H].Hi, p.Cols[u.Hbar].Hi = milp.Hi(u.Upper), milp.Hi(-u.Lower)
	if u.Z == nil {
		z := len(p.Cols)
		p.Cols = append(p.Cols, milp.Col{Name: "z", Kind: milp.Z, Hi: 1, Integer: true})
		p.Rows = append(p.Rows,
			milp.Row{Name: "on", Kind: milp.On, Lo: milp.Lo(math.Inf(-1)), Idx: []int{u.H, z}, Val: []float64{1, 0}},
			milp.Row{Name: "off", Kind: milp.Off, Lo: milp.Lo(math.Inf(-1)), Idx: []int{u.Hbar, z}, Val: []float64{1, 0}})
		u.Z, u.Stable = &z, nil
	}
	for i := range p.Rows {
		switch r := &p.Rows[i]; {
		case r.Kind == milp.On && r.Idx[0] == u.H:
			r.Val[1] = -u.Upper
		case r.Kind == milp.Off && r.Idx[0] == u.Hbar:
			r.Val[1], r.Hi = -u.Lower, milp.Hi(-u.Lower)
		}
	}
}

// Evaluate returns the pre-activations of a milp's units by its pre rows, for
// values of the input columns. State says whether a unit with a pre-activation
// counts as active.
func Evaluate(p *milp.Problem, inputs []float64, state func(unit int, g float64) bool) []float64 {
	at := make([]float64, len(p.Cols))
	for i, j := range InputCols(p) {
		at[j] = inputs[i]
	}
	out := make([]float64, len(p.Units))
	for k := range p.Units {
		u := &p.Units[k]
		r := &p.Rows[u.Pre]
		g := -float64(r.Lo)
		for e, j := range r.Idx {
			if j != u.H && j != u.Hbar {
				g += r.Val[e] * at[j]
			}
		}
		out[k] = g
		if state(k, g) {
			at[u.H] = g
		} else {
			at[u.Hbar] = -g
		}
	}
	return out
}

// Positive is the state of a unit by the sign of its pre-activation.
func Positive(_ int, g float64) bool { return g > 0 }
