package milp

import (
	"fmt"
	"math"

	"relucount/pkg/domain"
	"relucount/pkg/record"
	"relucount/pkg/relu"
)

// Builder makes a Problem layer by layer, so that the bounds of a layer can be
// computed from the program of the layers before it.
type Builder struct {
	p       Problem
	net     *relu.Network // over the input columns
	next    int           // the layer to come
	sources []source      // those of net so far
	rounded float64
}

// source is an input, or the output of a unit, as the program has it: a sum of
// columns times factors.
type source struct {
	factors []factor
	lo, hi  float64 // range of the input, or of the unit's pre-activation
	slopes  relu.Slopes
	form    *relu.Form // the unit's pre-activation; nil for an input
}

type factor struct {
	col int
	f   float64
}

// entries returns the slopes, inactive and active, of a row that takes the source
// with the weight w, as the row has them: rounded.
func (s *source) entries(w float64) (inactive, active float64) {
	return w * s.slopes.Inactive, w * s.slopes.Active
}

// NewBuilder starts the problem of a network over a domain. Tighten names how
// the bounds are made.
func NewBuilder(n *relu.Network, d *domain.Domain, tighten string) *Builder {
	b := &Builder{net: n, p: Problem{
		Head: record.Head{Type: record.KindMilp, Schema: record.Schema},
		Name: n.Name, Tighten: tighten,
		Network: record.Shape{Inputs: n.Inputs},
		Cols:    []Col{}, Rows: []Row{}, Units: []Unit{},
	}}
	for l := range n.Layers {
		lay := &n.Layers[l]
		b.p.Network.Layers = append(b.p.Network.Layers, record.LayerShape{Units: lay.Units(), Activation: lay.Activation()})
	}
	b.p.Network.LeftOut = n.LeftOut
	for _, p := range n.Parts {
		b.p.Network.Parts = append(b.p.Network.Parts, record.InputShape{Name: p.Name, Inputs: p.Inputs})
	}
	name := "x_%d"
	if d.Map != nil {
		name = "t_%d"
		b.net = overCoordinates(n, d.Map)
		b.rounded = b.net.Rounded
		m := &domain.Map{Offset: plusZero(d.Map.Offset)}
		for _, row := range d.Map.Matrix {
			m.Matrix = append(m.Matrix, plusZero(row))
		}
		b.p.Domain.Map = m
	}
	b.p.Domain.Lower, b.p.Domain.Upper = plusZero(d.Lower), plusZero(d.Upper)
	for j, lo := range b.p.Domain.Lower {
		hi := b.p.Domain.Upper[j]
		x := b.col(fmt.Sprintf(name, j), Input, lo, hi, false)
		b.sources = append(b.sources, source{[]factor{{x, 1}}, lo, hi, relu.Slopes{Inactive: 1, Active: 1}, nil})
	}
	for k, r := range d.Rows {
		idx, val := []int{}, []float64{}
		for j, v := range r.A {
			if v != 0 {
				idx, val = append(idx, j), append(val, v)
			}
		}
		b.row(fmt.Sprintf("domain_%d", k), DomainRow, r.Lo+0, r.Hi+0, idx, val)
	}
	return b
}

// overCoordinates returns the network as one of the coordinates t of a map
// x = A t + b. Where its units take inputs, those are multiplied out. Its Rounded is
// of that alone.
func overCoordinates(n *relu.Network, m *domain.Map) *relu.Network {
	k := len(m.Matrix[0])
	inputs := make([]relu.Form, n.Inputs)
	for i, row := range m.Matrix {
		f := &inputs[i]
		for j, v := range row {
			if v != 0 {
				f.Src, f.W = append(f.Src, j), append(f.W, v)
			}
		}
		f.B = m.Offset[i]
	}
	out := &relu.Network{Name: n.Name, Inputs: k}
	sum := relu.NewSum(k)
	for l := range n.Layers {
		lay := &n.Layers[l]
		forms := make([]relu.Form, lay.Units())
		for i, f := range lay.Forms {
			for e, s := range f.Src {
				if s < n.Inputs {
					sum.Add(f.W[e], &inputs[s])
				} else {
					unit := relu.Source(s - n.Inputs + k)
					sum.Add(f.W[e], &unit)
				}
			}
			sum.AddConstant(f.B)
			var off float64
			forms[i], off = sum.Take()
			out.Round(&forms[i], off)
		}
		out.Layers = append(out.Layers, relu.Layer{Forms: forms, Slopes: lay.Slopes})
	}
	return out
}

// plusZero copies numbers, each -0 as a 0: some tools read -0 as an integer and
// write 0, which would count as an edit.
func plusZero(v []float64) record.Numbers {
	out := make(record.Numbers, len(v))
	for i := range v {
		out[i] = v[i] + 0
	}
	return out
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

// Forms are the pre-activations of a layer over what the program has already,
// its sources: the inputs and the outputs of units.
type Forms struct {
	*relu.Layer
	sources []source
}

// Entries returns the columns and coefficients of the pre-activation of unit i,
// without its bias. No coefficient is 0.
func (f *Forms) Entries(i int) (idx []int, val []float64) {
	form := &f.Forms[i]
	for k, s := range form.Src {
		for _, e := range f.sources[s].factors {
			if v := form.W[k] * e.f; v != 0 {
				idx, val = append(idx, e.col), append(val, v)
			}
		}
	}
	return idx, val
}

// Next returns the pre-activations of the next layer of units, to be bounded and
// given to Add, or nil when there is none.
func (b *Builder) Next() *Forms {
	if b.next == len(b.net.Layers) || b.net.Layers[b.next].Linear() {
		return nil
	}
	return &Forms{&b.net.Layers[b.next], b.sources}
}

// Add appends the next layer, whose pre-activations lie within lower and upper
// over the domain, one limit a unit.
func (b *Builder) Add(f *Forms, lower, upper []float64) {
	b.next++
	for i := range f.Slopes {
		b.unit(f, i, lower[i], upper[i])
	}
}

// unit appends unit i of the layer.
func (b *Builder) unit(f *Forms, i int, lower, upper float64) {
	name := func(kind string) string { return fmt.Sprintf("%s_%d_%d", kind, b.next, i) }
	// adding 0 as plusZero does
	u := Unit{Layer: b.next, Unit: i, Lower: lower + 0, Upper: upper + 0}
	bias := 0 - f.Forms[i].B
	hMax, barMax := math.Max(0, upper), math.Max(0, -lower)
	if upper <= 0 {
		s := Inactive
		u.Stable, hMax = &s, 0
	} else if lower > 0 {
		s := Active
		u.Stable, barMax = &s, 0
	}
	slopes := f.Slopes[i]
	if !slopes.IsReLU() {
		u.Slope = &Slope{slopes.Inactive + 0, slopes.Active + 0}
	}
	b.roundSlopes(f, i)
	u.H = b.col(name(H), H, 0, hMax, false)
	u.Hbar = b.col(name(Hbar), Hbar, 0, barMax, false)
	idx, val := f.Entries(i)
	u.Pre = b.row(name(Pre), Pre, bias, bias, append(idx, u.H, u.Hbar), append(val, -1, 1))
	if u.Stable == nil {
		z := b.col(name(Z), Z, 0, 1, true)
		u.Z = &z
		b.row(name(On), On, math.Inf(-1), 0, []int{u.H, z}, []float64{1, -hMax})
		b.row(name(Off), Off, math.Inf(-1), barMax, []int{u.Hbar, z}, []float64{1, barMax})
	}
	out := source{lo: u.Lower, hi: u.Upper, slopes: slopes, form: &f.Forms[i]}
	for _, e := range []factor{{u.H, slopes.Active}, {u.Hbar, -slopes.Inactive}} {
		if e.f != 0 {
			out.factors = append(out.factors, e)
		}
	}
	b.sources = append(b.sources, out)
	b.p.Units = append(b.p.Units, u)
}

// Rounded bounds what multiplying the map of the domain into the weights has
// rounded, or the slopes of units, if that is more, as relu.Network has it of folded
// layers.
func (b *Builder) Rounded() float64 { return b.rounded }

// roundSlopes notes what is rounded where the slopes of sources are multiplied into
// the row of unit i.
func (b *Builder) roundSlopes(f *Forms, i int) {
	form := &f.Forms[i]
	off, size := 0.0, math.Abs(form.B)
	for k, j := range form.Src {
		for _, e := range f.sources[j].factors {
			v := form.W[k] * e.f
			off += relu.Off(form.W[k], e.f, v)
			size += math.Abs(v)
		}
	}
	if off > 0 {
		b.rounded = max(b.rounded, off/size)
	}
}

// outputs notes the linear layer that may be left at the end.
func (b *Builder) outputs() {
	if b.next == len(b.net.Layers) {
		return
	}
	f := &Forms{&b.net.Layers[b.next], b.sources}
	for i := range f.Layer.Forms {
		b.roundSlopes(f, i)
		idx, val := f.Entries(i)
		b.p.Outputs = append(b.p.Outputs, Output{append([]int{}, idx...), append([]float64{}, val...), f.Layer.Forms[i].B + 0})
	}
}

// Finish gives the problem its outputs and its id, and returns it.
func (b *Builder) Finish() *Problem {
	b.outputs()
	b.p.ID = b.p.Digest()
	return &b.p
}
