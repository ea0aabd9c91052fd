package milp

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/domain"
	"relucount/pkg/record"
	"relucount/pkg/relu"
)

// Builder makes a Problem layer by layer, so that the bounds of a layer can be
// computed from the program of the layers before it.
type Builder struct {
	p       Problem
	sources []source
	first   int         // the outputs of the layer before are the sources from here on
	mix     *relu.Layer // or these forms of all sources: of a map, or where it has units without a kink
}

// source is an input, or the output of a unit, as the program has it: a sum of
// columns times factors.
type source struct {
	lo, hi  float64
	entries []Entry
}

// NewBuilder starts the problem of a folded network (relu.Network.Fold) over
// a domain. Tighten names how the bounds are made.
func NewBuilder(n *relu.Network, d *domain.Domain, tighten string) *Builder {
	b := &Builder{p: Problem{
		Head: record.Head{Type: record.KindMilp, Schema: record.Schema},
		Name: n.Name, Tighten: tighten,
		Network: record.Shape{Inputs: n.Inputs},
		Cols:    []Col{}, Rows: []Row{}, Units: []Unit{},
	}}
	for _, l := range n.Layers {
		b.p.Network.Layers = append(b.p.Network.Layers, record.LayerShape{Units: l.Units(), Activation: l.Activation()})
	}
	name := "x_%d"
	if d.Map != nil {
		name = "t_%d"
		m := &domain.Map{}
		b.mix = &relu.Layer{W: mat.NewDense(n.Inputs, len(d.Lower), nil), B: d.Map.Offset}
		for i, row := range d.Map.Matrix {
			b.mix.W.SetRow(i, row)
			m.Matrix = append(m.Matrix, plusZero(row))
		}
		m.Offset = plusZero(d.Map.Offset)
		b.p.Domain.Map = m
	}
	b.p.Domain.Lower, b.p.Domain.Upper = plusZero(d.Lower), plusZero(d.Upper)
	for j, lo := range b.p.Domain.Lower {
		hi := b.p.Domain.Upper[j]
		x := b.col(fmt.Sprintf(name, j), Input, lo, hi, false)
		b.sources = append(b.sources, source{lo, hi, []Entry{{j, x, 1}}})
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

// Forms are the pre-activations of a layer over what the program has already:
// affine forms of inputs and outputs of units, its sources.
type Forms struct {
	relu.Layer           // W has a column for each source
	Lo, Hi     []float64 // range of each source
	Entries    []Entry   // what the sources are made of, in their order
	first      int       // the builder's place of source 0
}

// Entry says that a source has a column of the program with a factor, so that
// the entry of the column in row i is W(i, Source) times Factor.
type Entry struct {
	Source, Col int
	Factor      float64
}

// Forms returns the pre-activations of the next layer.
func (b *Builder) Forms(l *relu.Layer) *Forms {
	f := &Forms{Layer: *l, first: b.first}
	if b.mix != nil {
		_, inputs := b.mix.W.Dims()
		both := relu.Network{Inputs: inputs, Layers: []relu.Layer{*b.mix, *l}}
		f.Layer, f.first = both.Fold().Layers[0], 0
	}
	for k, s := range b.sources[f.first:] {
		f.Lo, f.Hi = append(f.Lo, s.lo), append(f.Hi, s.hi)
		for _, e := range s.entries {
			f.Entries = append(f.Entries, Entry{k, e.Col, e.Factor})
		}
	}
	return f
}

// Add appends a layer whose pre-activations lie within lower and upper over the
// domain, one limit a unit. Zero weights get no entry.
func (b *Builder) Add(f *Forms, lower, upper []float64) {
	layer := 1
	if k := len(b.p.Units); k > 0 {
		layer = b.p.Units[k-1].Layer + 1
	}
	before := len(b.sources)
	for i, s := range f.Slopes {
		if s.Kink() {
			b.unit(f, i, layer, len(b.sources)-before, lower[i], upper[i])
		}
	}
	b.first, b.mix = before, nil
	if len(b.sources)-before == f.Units() {
		return
	}
	b.mix = &relu.Layer{W: mat.NewDense(f.Units(), len(b.sources), nil), B: make([]float64, f.Units())}
	next := before
	for i, s := range f.Slopes {
		row := b.mix.W.RawRowView(i)
		if s.Kink() {
			row[next] = 1
			next++
			continue
		}
		for k, w := range f.W.RawRowView(i) {
			row[f.first+k] = s.Active * w
		}
		b.mix.B[i] = s.Active * f.B[i]
	}
}

// unit appends the unit of form i as that of the given place.
func (b *Builder) unit(f *Forms, i, layer, place int, lower, upper float64) {
	name := func(kind string) string { return fmt.Sprintf("%s_%d_%d", kind, layer, place) }
	// adding 0 as plusZero does
	u := Unit{Layer: layer, Unit: place, Lower: lower + 0, Upper: upper + 0}
	bias := 0 - f.B[i]
	hMax, barMax := math.Max(0, upper), math.Max(0, -lower)
	if upper <= 0 {
		s := Inactive
		u.Stable, hMax = &s, 0
	} else if lower > 0 {
		s := Active
		u.Stable, barMax = &s, 0
	}
	if s := f.Slopes[i]; !s.IsReLU() {
		u.Slope = &Slope{s.Inactive + 0, s.Active + 0}
	}
	u.H = b.col(name(H), H, 0, hMax, false)
	u.Hbar = b.col(name(Hbar), Hbar, 0, barMax, false)
	var idx []int
	var val []float64
	row := f.W.RawRowView(i)
	for _, e := range f.Entries {
		if v := row[e.Source] * e.Factor; v != 0 {
			idx, val = append(idx, e.Col), append(val, v)
		}
	}
	u.Pre = b.row(name(Pre), Pre, bias, bias, append(idx, u.H, u.Hbar), append(val, -1, 1))
	if u.Stable == nil {
		z := b.col(name(Z), Z, 0, 1, true)
		u.Z = &z
		b.row(name(On), On, math.Inf(-1), 0, []int{u.H, z}, []float64{1, -hMax})
		b.row(name(Off), Off, math.Inf(-1), barMax, []int{u.Hbar, z}, []float64{1, barMax})
	}
	out := source{}
	out.lo, out.hi = f.Slopes[i].Range(u.Lower, u.Upper)
	for _, e := range []Entry{{Col: u.H, Factor: f.Slopes[i].Active}, {Col: u.Hbar, Factor: -f.Slopes[i].Inactive}} {
		if e.Factor != 0 {
			out.entries = append(out.entries, e)
		}
	}
	b.sources = append(b.sources, out)
	b.p.Units = append(b.p.Units, u)
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
// rounding, and widened by the largest rounding error that the sum can have,
// with rows whose weights were rounded once more, by a slope, included.
func Interval(l *relu.Layer, lo, hi []float64) (lower, upper []float64) {
	lower, upper = make([]float64, l.Units()), make([]float64, l.Units())
	for i := range lower {
		row := l.W.RawRowView(i)
		a, b := domain.Range(row, l.B[i], lo, hi)
		mag, terms := math.Abs(l.B[i]), 0.0
		for j, w := range row {
			if w != 0 && (lo[j] != 0 || hi[j] != 0) {
				mag += math.Max(math.Abs(w*lo[j]), math.Abs(w*hi[j]))
				terms++
			}
		}
		err := 0.0
		if terms > 0 {
			err = 2 * (terms + 1) * unitRoundoff * mag
		}
		lower[i], upper[i] = a-err, b+err
	}
	return lower, upper
}
