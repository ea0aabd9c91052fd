package netfile

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/budget"
	"relucount/pkg/domain"
	"relucount/pkg/relu"
)

// maxDiagonal is the widest elementwise map that is made into a layer of its
// own, with a matrix of its width squared.
const maxDiagonal = 4096

// chain puts a network together from affine maps and activations in the order
// in which the data flows.
type chain struct {
	inputs int
	layers []relu.Dense // as they came; only the last may still be changed
	budget budget.Budget

	// scale and shift are an elementwise map that waits for the next matrix,
	// so that no width x width matrix is needed; nil when there is none. They
	// follow an activation or the input: after a matrix its rows are changed instead.
	scale, shift []float64

	// mag bounds the size of the terms that add up in each component of the
	// present value, so that rounding can be told from error; mags has it for
	// the pre-activations of each layer.
	mag  []float64
	mags [][]float64
}

// newChain starts at n inputs of size at most size.
func newChain(n int, size float64, b budget.Budget) *chain {
	c := &chain{inputs: n, budget: b, mag: make([]float64, n)}
	for i := range c.mag {
		c.mag[i] = size
	}
	return c
}

func (c *chain) width() int { return len(c.mag) }

// open says whether the last layer is linear and can be added to.
func (c *chain) open() bool { return len(c.layers) > 0 && c.layers[len(c.layers)-1].Linear() }

// affine appends x -> Wx + b. It takes both over.
func (c *chain) affine(w *mat.Dense, b []float64) error {
	rows, cols := w.Dims()
	cost := rows * cols
	if c.open() {
		cost += rows * c.openInputs() // Fold multiplies the two
	}
	if err := c.budget.Spend(cost); err != nil {
		return err
	}
	mag := make([]float64, rows)
	for i := range rows {
		row := w.RawRowView(i)
		mag[i] = math.Abs(b[i])
		for j := range row {
			mag[i] += math.Abs(row[j]) * c.mag[j]
			if c.scale != nil {
				b[i] += row[j] * c.shift[j]
				row[j] *= c.scale[j]
			}
		}
	}
	c.scale, c.shift = nil, nil
	c.mag = mag
	c.layers = append(c.layers, relu.Dense{W: w, B: b})
	return nil
}

// openInputs is the number of columns of the linear layers at the end once
// they are multiplied.
func (c *chain) openInputs() int {
	for l := len(c.layers) - 1; l >= 0; l-- {
		if !c.layers[l].Linear() {
			return c.layers[l].Units()
		}
	}
	return c.inputs
}

// each appends an affine map of every component by itself: coefficients go
// through weight, or stay when that is nil, and constant terms through bias.
func (c *chain) each(weight, bias func(i int, v float64) float64) error {
	if weight != nil && c.open() {
		if err := c.budget.Spend(len(c.layers[len(c.layers)-1].W.RawMatrix().Data)); err != nil {
			return err
		}
	}
	mag := make([]float64, c.width()) // the old one may be in mags
	for i, m := range c.mag {
		if weight != nil {
			m = math.Abs(weight(i, m))
		}
		mag[i] = m + math.Abs(bias(i, 0))
	}
	c.mag = mag
	if c.open() {
		lay := &c.layers[len(c.layers)-1]
		for i := range lay.B {
			if weight != nil {
				row := lay.W.RawRowView(i)
				for j := range row {
					row[j] = weight(i, row[j])
				}
			}
			lay.B[i] = bias(i, lay.B[i])
		}
		return nil
	}
	if c.scale == nil {
		c.scale, c.shift = make([]float64, c.width()), make([]float64, c.width())
		for i := range c.scale {
			c.scale[i] = 1
		}
	}
	for i := range c.scale {
		if weight != nil {
			c.scale[i] = weight(i, c.scale[i])
		}
		c.shift[i] = bias(i, c.shift[i])
	}
	return nil
}

// activate appends an activation and says whether that closed a layer: slopes
// that are all 1 change nothing, and directly after another activation they
// only change its slopes.
func (c *chain) activate(slopes []relu.Slopes) (closed bool, err error) {
	if !slices.ContainsFunc(slopes, func(s relu.Slopes) bool { return s != relu.Slopes{Inactive: 1, Active: 1} }) {
		return false, nil
	}
	closed = c.open() || len(c.layers) == 0 || c.scale != nil
	if closed {
		if !c.open() {
			if err := c.diagonal(); err != nil {
				return false, err
			}
		}
		c.layers[len(c.layers)-1].Slopes = slices.Clone(slopes)
		c.mags = append(c.mags, c.mag)
	} else {
		last := &c.layers[len(c.layers)-1]
		for i, s := range slopes {
			last.Slopes[i] = last.Slopes[i].Then(s)
		}
	}
	c.mag = outputSize(c.mag, slopes)
	return closed, nil
}

// outputSize bounds the size of the terms of units' outputs, given that of
// their pre-activations.
func outputSize(mag []float64, slopes []relu.Slopes) []float64 {
	out := make([]float64, len(mag))
	for i, s := range slopes {
		out[i] = mag[i] * math.Max(math.Abs(s.Inactive), math.Abs(s.Active))
	}
	return out
}

// diagonal makes the waiting elementwise map, or the identity, a layer.
func (c *chain) diagonal() error {
	n := c.width()
	if n > maxDiagonal {
		return fmt.Errorf("%d units without a weight matrix before them: at most %d are supported", n, maxDiagonal)
	}
	w := mat.NewDense(n, n, nil)
	for i := range n {
		w.Set(i, i, 1)
	}
	return c.affine(w, make([]float64, n))
}

// finish returns the folded network.
func (c *chain) finish(name string) (*relu.Chain, error) {
	if len(c.layers) == 0 || c.scale != nil {
		if err := c.diagonal(); err != nil {
			return nil, err
		}
	}
	if c.open() {
		c.mags = append(c.mags, c.mag)
	}
	net := (&relu.Chain{Name: name, Inputs: c.inputs, Layers: c.layers}).Fold()
	if err := net.Check(); err != nil {
		return nil, fmt.Errorf("after folding: %w", err)
	}
	for l := range c.mags {
		for i, m := range c.mags[l] {
			if math.IsInf(m, 0) || math.IsNaN(m) {
				return nil, fmt.Errorf("layer %d, unit %d: the values overflow", l+1, i)
			}
		}
	}
	return net, nil
}

// file returns the folded network once it agrees with the plain pass over what
// the file says.
func (c *chain) file(name string, over *domain.Domain, plain forward) (*File, error) {
	net, err := c.finish(name)
	if err != nil {
		return nil, err
	}
	if err := check(net, over, c.mags, plain); err != nil {
		return nil, err
	}
	return &File{Net: net.Network(), Domain: over}, nil
}
