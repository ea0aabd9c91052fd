package netfile

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/onnx"
	"relucount/pkg/relu"
)

// constant returns an input with finite values; unit, when it is given, says
// which unit an element belongs to.
func (f *folder) constant(a *step, k int, unit func(at []int) int) (*onnx.Tensor, error) {
	t := a.In[k]
	for i, v := range t.Data {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			continue
		}
		what, at := "constant", onnx.Index(t.Dims, i)
		if f.graph.Stored(a.Inputs[k]) {
			what = "initializer"
		}
		place := ""
		if unit != nil {
			place = fmt.Sprintf(" (layer %d, unit %d)", f.matrices+1, unit(at))
		}
		return nil, fmt.Errorf("%s %q%v is %g%s", what, a.Inputs[k], at, v, place)
	}
	return t, nil
}

func foldNothing(*folder, *step) error { return nil }

func foldCast(_ *folder, a *step) error {
	if a.Out.Integer {
		return fmt.Errorf("%s of what depends on the network's input to integers is not affine", a.Op)
	}
	return nil
}

// foldTranspose lets pass what leaves the numbers in their order.
func foldTranspose(_ *folder, a *step) error {
	dims := a.In[0].Dims
	p, err := a.Perm(len(dims))
	last := -1
	for _, k := range p {
		if dims[k] == 1 {
			continue
		}
		if k < last {
			return fmt.Errorf("%s of %v by perm %v reorders what depends on the network's input: not supported", a.Op, dims, p)
		}
		last = k
	}
	return err
}

// foldSlopes folds an operator that has one slope on each side of 0, component by
// component, and whose inputs but the first are constants. Its own values at 1
// and -1 say which slopes.
func foldSlopes(f *folder, a *step) error {
	for k := 1; k < len(a.In); k++ {
		if _, err := f.constant(a, k, nil); err != nil {
			return err
		}
	}
	at := func(v float64) ([]float64, error) {
		in := slices.Clone(a.In)
		in[0] = &onnx.Tensor{Dims: in[0].Dims, Data: slices.Repeat([]float64{v}, len(in[0].Data))}
		out, err := f.graph.Apply(a.Node, in)
		if err != nil {
			return nil, err
		}
		return out.Data, nil
	}
	above, err := at(1)
	if err != nil {
		return err
	}
	below, err := at(-1)
	if err != nil {
		return err
	}
	slopes := make([]relu.Slopes, len(above))
	for i := range slopes {
		slopes[i] = relu.Slopes{Inactive: 0 - below[i], Active: above[i]}
	}
	closed, err := f.activate(slopes)
	if closed {
		f.before = append(f.before, a.Inputs[0])
	}
	return err
}

// matrix appends rows x cols weights and biases. The computed operand must be
// one vector of cols numbers.
func (f *folder) matrix(a *step, rows, cols int, weight func(i, j int) float64, bias []float64) error {
	if n := len(a.In[a.pos].Data); n != cols || len(a.Out.Data) != rows {
		return fmt.Errorf("%s of %v and %v: the computed operand is no single vector; only batch size 1 is supported", a.Op, a.In[0].Dims, a.In[1].Dims)
	}
	f.matrices++
	w := mat.NewDense(rows, cols, nil)
	for i := range rows {
		row := w.RawRowView(i)
		for j := range row {
			row[j] = weight(i, j)
		}
	}
	return f.affine(w, bias)
}

func foldMatMul(f *folder, a *step) error {
	// Unit i has column i of a matrix on the right, or row i of one on the
	// left. Vectors on either side are matrices of one unit.
	k := 1 - a.pos
	dims := a.In[k].Dims
	rank := len(dims)
	along := rank - 1 // the axis of the units
	if a.pos == 1 {
		along = rank - 2
	}
	t, err := f.constant(a, k, func(at []int) int {
		if rank == 1 {
			return 0
		}
		return at[along]
	})
	if err != nil {
		return err
	}
	switch {
	case rank == 1:
		return f.matrix(a, 1, dims[0], func(_, j int) float64 { return t.Data[j] }, make([]float64, 1))
	case a.pos == 0:
		rows, cols := dims[rank-1], dims[rank-2]
		return f.matrix(a, rows, cols, func(i, j int) float64 { return t.Data[j*rows+i] }, make([]float64, rows))
	default:
		rows, cols := dims[rank-2], dims[rank-1]
		return f.matrix(a, rows, cols, func(i, j int) float64 { return t.Data[i*cols+j] }, make([]float64, rows))
	}
}

func foldGemm(f *folder, a *step) error {
	g, err := a.Gemm()
	if err != nil {
		return err
	}
	// B' holds a unit in each column, A' in each row.
	k := 1 - a.pos
	unitsFirst := g.TransB
	if a.pos == 1 {
		unitsFirst = !g.TransA
	}
	along := 1
	if unitsFirst {
		along = 0
	}
	t, err := f.constant(a, k, func(at []int) int { return at[along] })
	if err != nil {
		return err
	}
	rows, cols := t.Dims[along], t.Dims[1-along]
	weight := func(i, j int) float64 { return g.Alpha * t.Data[j*rows+i] }
	if unitsFirst {
		weight = func(i, j int) float64 { return g.Alpha * t.Data[i*cols+j] }
	}
	bias := make([]float64, rows)
	if a.In[2] != nil && len(a.Out.Data) == rows {
		c, err := f.constant(a, 2, nil)
		if err != nil {
			return err
		}
		for i, v := range c.Expand(a.Out.Dims) {
			bias[i] = g.Beta * v
		}
	}
	return f.matrix(a, rows, cols, weight, bias)
}

// operand is the constant operand of an elementwise operator, one number for
// each component of the computed one.
func (f *folder) operand(a *step) ([]float64, error) {
	if have := len(a.In[a.pos].Data); len(a.Out.Data) != have {
		return nil, fmt.Errorf("%s of %v and %v repeats what depends on the network's input (%d numbers become %d): not supported", a.Op, a.In[0].Dims, a.In[1].Dims, have, len(a.Out.Data))
	}
	t, err := f.constant(a, 1-a.pos, nil)
	if err != nil {
		return nil, err
	}
	return t.Expand(a.Out.Dims), nil
}

func opposite(_ int, v float64) float64 { return -v }

func foldAdd(f *folder, a *step) error {
	c, err := f.operand(a)
	if err != nil {
		return err
	}
	return f.each(nil, func(i int, v float64) float64 { return v + c[i] })
}

func foldSub(f *folder, a *step) error {
	c, err := f.operand(a)
	if err != nil {
		return err
	}
	if a.pos == 0 {
		return f.each(nil, func(i int, v float64) float64 { return v - c[i] })
	}
	return f.each(opposite, func(i int, v float64) float64 { return c[i] - v })
}

func foldMul(f *folder, a *step) error {
	c, err := f.operand(a)
	if err != nil {
		return err
	}
	times := func(i int, v float64) float64 { return v * c[i] }
	return f.each(times, times)
}

func foldDiv(f *folder, a *step) error {
	if a.pos == 1 {
		return fmt.Errorf("%s by what depends on the network's input is not affine", a.Op)
	}
	c, err := f.operand(a)
	if err != nil {
		return err
	}
	for i, v := range c {
		if v == 0 {
			return fmt.Errorf("%s by %q: it is 0 at component %d", a.Op, a.Inputs[1], i)
		}
	}
	by := func(i int, v float64) float64 { return v / c[i] }
	return f.each(by, by)
}

func foldNeg(f *folder, _ *step) error {
	return f.each(opposite, opposite)
}

func foldBatchNorm(f *folder, a *step) error {
	eps, err := a.BatchNorm()
	if err != nil {
		return err
	}
	for k := 1; k <= 4; k++ {
		if _, err := f.constant(a, k, nil); err != nil {
			return err
		}
	}
	gain, shift, mean, variance := a.In[1].Data, a.In[2].Data, a.In[3].Data, a.In[4].Data
	factor := make([]float64, len(gain))
	for c := range factor {
		if !(variance[c]+eps > 0) {
			return fmt.Errorf("%s: var %g and epsilon %g of channel %d do not add up to more than 0", a.Op, variance[c], eps, c)
		}
		factor[c] = gain[c] / math.Sqrt(variance[c]+eps)
	}
	// The components of a channel follow each other.
	size := len(a.Out.Data) / (a.Out.Dims[0] * len(gain))
	channel := func(i int) int { return i / size % len(gain) }
	minus := func(i int, v float64) float64 { return v - mean[channel(i)] }
	times := func(i int, v float64) float64 { return v * factor[channel(i)] }
	plus := func(i int, v float64) float64 { return v + shift[channel(i)] }
	return errors.Join(f.each(nil, minus), f.each(times, times), f.each(nil, plus))
}
