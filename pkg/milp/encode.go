package milp

import (
	"fmt"
	"math"

	"relucount/pkg/record"
	"relucount/pkg/relu"
)

// Builder makes a Problem layer by layer, so that the bounds of a layer can be
// computed from the program of the layers before it.
type Builder struct {
	p    Problem
	prev []int // columns of h^{l-1}
}

// NewBuilder starts the problem of a folded network (relu.Network.Fold) over
// a domain. Tighten names how the bounds are made.
func NewBuilder(n *relu.Network, d *relu.Domain, tighten string) *Builder {
	b := &Builder{p: Problem{
		Head: record.Head{Type: record.KindMilp, Schema: record.Schema},
		Name: n.Name, Tighten: tighten,
		Network: record.Shape{Inputs: n.Inputs},
		Cols:    []Col{}, Rows: []Row{}, Units: []Unit{},
	}}
	for _, l := range n.Layers {
		act := "linear"
		if l.ReLU {
			act = "relu"
		}
		b.p.Network.Layers = append(b.p.Network.Layers, record.LayerShape{Units: l.Units(), Activation: act})
	}
	for j := range n.Inputs {
		lo, hi := d.Lower[j]+0, d.Upper[j]+0
		b.p.Domain.Lower, b.p.Domain.Upper = append(b.p.Domain.Lower, lo), append(b.p.Domain.Upper, hi)
		b.prev = append(b.prev, b.col(fmt.Sprintf("x_%d", j), Input, lo, hi, false))
	}
	return b
}

func (b *Builder) col(name, kind string, lo, hi float64, integer bool) int {
	b.p.Cols = append(b.p.Cols, Col{name, kind, Lo(lo), Hi(hi), integer})
	return len(b.p.Cols) - 1
}

func (b *Builder) row(name, kind string, lo, hi float64, idx []int, val []float64) int {
	b.p.Rows = append(b.p.Rows, Row{name, kind, Lo(lo), Hi(hi), idx, val})
	return len(b.p.Rows) - 1
}

// Problem returns the problem of the layers added so far. It is shared with
// the builder and has no id yet.
func (b *Builder) Problem() *Problem { return &b.p }

// Previous returns the columns that the next layer takes as its input: x for
// the first, h of the last layer added otherwise.
func (b *Builder) Previous() []int { return b.prev }

// Add appends a ReLU layer whose pre-activations lie within lower and upper
// over the domain, one limit a unit. Zero weights get no entry.
func (b *Builder) Add(l *relu.Layer, lower, upper []float64) {
	layer := 1
	if k := len(b.p.Units); k > 0 {
		layer = b.p.Units[k-1].Layer + 1
	}
	next := make([]int, l.Units())
	for i := range next {
		name := func(kind string) string { return fmt.Sprintf("%s_%d_%d", kind, layer, i) }
		// adding 0 makes -0 a 0: some tools read -0 as an integer and write
		// 0, which would count as an edit
		u := Unit{Layer: layer, Unit: i, Lower: lower[i] + 0, Upper: upper[i] + 0}
		bias := 0 - l.B[i]
		hMax, barMax := math.Max(0, upper[i]), math.Max(0, -lower[i])
		if upper[i] <= 0 {
			s := Inactive
			u.Stable, hMax = &s, 0
		} else if lower[i] > 0 {
			s := Active
			u.Stable, barMax = &s, 0
		}
		u.H = b.col(name(H), H, 0, hMax, false)
		u.Hbar = b.col(name(Hbar), Hbar, 0, barMax, false)
		var idx []int
		var val []float64
		for j, w := range l.W.RawRowView(i) {
			if w != 0 {
				idx, val = append(idx, b.prev[j]), append(val, w)
			}
		}
		u.Pre = b.row(name(Pre), Pre, bias, bias, append(idx, u.H, u.Hbar), append(val, -1, 1))
		if u.Stable == nil {
			z := b.col(name(Z), Z, 0, 1, true)
			u.Z = &z
			b.row(name(On), On, math.Inf(-1), 0, []int{u.H, z}, []float64{1, -hMax})
			b.row(name(Off), Off, math.Inf(-1), barMax, []int{u.Hbar, z}, []float64{1, barMax})
		}
		next[i] = u.H
		b.p.Units = append(b.p.Units, u)
	}
	b.prev = next
}

// Finish gives the problem its id and returns it.
func (b *Builder) Finish() *Problem {
	b.p.ID = b.p.Digest()
	return &b.p
}

// unitRoundoff of float64.
const unitRoundoff = 0x1p-53

// Interval returns bounds of the pre-activations of a layer whose inputs lie
// in the box [lo, hi], by interval arithmetic. They are exact over a box up to
// rounding, and widened by the largest rounding error that the sum can have.
func Interval(l *relu.Layer, lo, hi []float64) (lower, upper []float64) {
	lower, upper = make([]float64, l.Units()), make([]float64, l.Units())
	for i := range lower {
		a, b, mag := l.B[i], l.B[i], math.Abs(l.B[i])
		terms := 0.0
		for j, w := range l.W.RawRowView(i) {
			if w == 0 || (lo[j] == 0 && hi[j] == 0) {
				continue
			}
			p, q := w*lo[j], w*hi[j]
			a += math.Min(p, q)
			b += math.Max(p, q)
			mag += math.Max(math.Abs(p), math.Abs(q))
			terms++
		}
		err := 0.0
		if terms > 0 {
			err = 2 * (terms + 1) * unitRoundoff * mag
		}
		lower[i], upper[i] = a-err, b+err
	}
	return lower, upper
}
