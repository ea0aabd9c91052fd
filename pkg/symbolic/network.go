package symbolic

import (
	"fmt"
	"math"
	"slices"

	"relucount/pkg/budget"
	"relucount/pkg/relu"
)

// element is one number of a tensor: an affine form of the sources. Its mag bounds
// the size of the terms that add up in it, so that rounding can be told from error.
// Its off bounds how far its weights and its constant, added up, are from those of
// exact arithmetic.
type element struct {
	relu.Form
	mag, off float64
}

func constant(v float64) element { return element{Form: relu.Form{B: v}, mag: math.Abs(v)} }

// of returns a constant that is computed from others, with the size of their terms.
func of(v float64, from ...*element) element {
	e := constant(v)
	for _, f := range from {
		e.mag, e.off = max(e.mag, f.mag), e.off+f.off
	}
	return e
}

// fixed reports whether the element is a constant.
func (e *element) fixed() bool { return len(e.Src) == 0 }

// unit is a unit of the network, in the order in which units are made. Its source
// is the number of inputs and its place.
type unit struct {
	element
	slopes relu.Slopes
	layer  int
	// again tells that another unit was made of the same pre-activation, so that
	// this one is none where nothing else takes it.
	again bool
}

// network is the network so far.
type network struct {
	inputs int
	units  []unit
	sum    *relu.Sum
	mag    float64
	off    float64
	left   budget.Budget
	err    error // that the budget is spent
}

// add adds c times an element to the sum.
func (n *network) add(c float64, e *element) {
	n.spend(len(e.Src) + 1)
	n.sum.Add(c, &e.Form)
	n.mag += math.Abs(c) * e.mag
	n.off += math.Abs(c) * e.off
}

// addOff is add with a factor that is itself off by a part of its size.
func (n *network) addOff(c, part float64, e *element) {
	n.add(c, e)
	if part > 0 {
		n.off += math.Abs(c) * part * e.Size()
	}
}

// share adds an element over a number.
func (n *network) share(by float64, e *element) {
	n.addOff(1/by, relu.Off(1/by, by, 1), e)
}

// take returns the sum and starts another.
func (n *network) take() element {
	n.spend(n.sum.Terms() + 4)
	form, off := n.sum.Take()
	e := element{form, n.mag, n.off + off}
	n.mag, n.off = 0, 0
	return e
}

func (n *network) spend(k int) {
	if err := n.left.Spend(k); err != nil && n.err == nil {
		n.err = err
	}
}

// term is an element times a factor.
type term struct {
	c float64
	e *element
}

const (
	roundoff = 0x1p-53
	few      = 4 * roundoff // of a product, a quotient and a root, one after the other
)

func (n *network) combine(terms ...term) element {
	for _, t := range terms {
		n.add(t.c, t.e)
	}
	return n.take()
}

// apply returns the output of a unit with the slopes and the pre-activation e.
// A constant makes no unit, nor do slopes that are equal, nor the output of a unit
// that is bent where the unit is.
func (n *network) apply(s relu.Slopes, e element) element {
	if e.fixed() {
		out := of(s.Of(e.B))
		out.off = (e.off + roundoff*math.Abs(e.B)) * max(math.Abs(s.Inactive), math.Abs(s.Active))
		out.mag = max(out.mag, e.mag*max(math.Abs(s.Inactive), math.Abs(s.Active)))
		return out
	}
	if !s.Kink() {
		return n.combine(term{s.Active, &e})
	}
	if len(e.Src) == 1 && e.B == 0 && e.Src[0] >= n.inputs {
		return n.after(s, e)
	}
	return n.make(s, e)
}

// after is apply for w times the output of a unit.
func (n *network) after(s relu.Slopes, e element) element {
	u := &n.units[e.Src[0]-n.inputs]
	had := u.slopes
	both := relu.Slopes{Inactive: e.W[0] * had.Inactive, Active: e.W[0] * had.Active}.Then(s)
	switch {
	case !both.Kink(): // the unit has its states all the same
		return n.combine(term{both.Active, &u.element})
	case both.Inactive*had.Active == both.Active*had.Inactive: // had times a factor
		c := both.Active
		if had.Active != 0 {
			c /= had.Active
		} else {
			c = both.Inactive / had.Inactive
		}
		one := element{relu.Source(e.Src[0]), e.mag / math.Abs(e.W[0]), e.off / math.Abs(e.W[0])}
		n.addOff(c, few, &one)
		return n.take()
	}
	u.again = true
	again := u.element
	again.off += few*again.Size() + e.off/math.Abs(e.W[0])*again.Size()
	return n.make(both, again)
}

func (n *network) make(s relu.Slopes, e element) element {
	u := unit{element: e, slopes: s, layer: 1}
	for _, j := range e.Src {
		if j >= n.inputs {
			u.layer = max(u.layer, n.units[j-n.inputs].layer+1)
		}
	}
	n.units = append(n.units, u)
	n.spend(4)
	out := element{Form: relu.Source(n.inputs + len(n.units) - 1), mag: e.mag * math.Max(math.Abs(s.Inactive), math.Abs(s.Active))}
	return out
}

// hinge returns q + c max(0, f). Where q is exactly a multiple of f this is one
// unit with two slopes.
func (n *network) hinge(q element, c float64, f element) element {
	if f.fixed() {
		h := of(math.Max(0, f.B), &f)
		return n.combine(term{1, &q}, term{c, &h})
	}
	if m, how := multiple(&q, &f); how == exact {
		f.off += misfit(&q, &f, m)
		return n.apply(relu.Slopes{Inactive: m, Active: m + c}, f)
	}
	h := n.apply(relu.Slopes{Inactive: 0, Active: 1}, f)
	return n.combine(term{1, &q}, term{c, &h})
}

// How one element is a multiple of another.
const (
	no    = iota
	about // up to rounding
	exact
)

// multiple returns m with q = m f, and how it is so. Slopes must be exact: else a
// sum that vanishes on a whole cell would not.
func multiple(q, f *element) (m float64, how int) {
	if q.fixed() && q.B == 0 {
		return 0, exact
	}
	if f.fixed() || !slices.Equal(q.Src, f.Src) {
		return 0, no
	}
	big := 0
	for k, w := range f.W {
		if math.Abs(w) > math.Abs(f.W[big]) {
			big = k
		}
	}
	m = q.W[big] / f.W[big]
	near := func(a, b float64) bool { return math.Abs(a-m*b) <= 1e-12*(math.Abs(a)+math.Abs(m*b)) }
	how = exact
	look := func(a, b float64) {
		if !near(a, b) {
			how = no
		} else if a != m*b {
			how = min(how, about)
		}
	}
	look(q.B, f.B)
	for k := range f.W {
		look(q.W[k], f.W[k])
	}
	return m, how
}

// misfit is how far q is from m times f, of which it is a multiple but for rounding.
func misfit(q, f *element, m float64) float64 {
	if len(q.Src) == 0 && q.B == 0 {
		return q.off
	}
	off := q.off + relu.Off(m, f.B, q.B)
	for k := range f.W {
		off += relu.Off(m, f.W[k], q.W[k])
	}
	return off
}

// larger returns the maximum of two elements.
func (n *network) larger(a, b element) element {
	if a.fixed() && b.fixed() {
		return of(math.Max(a.B, b.B), &a, &b)
	}
	if a.fixed() {
		a, b = b, a
	}
	if m, how := multiple(&b, &a); how == exact {
		a.off += misfit(&b, &a, m)
		return n.apply(relu.Slopes{Inactive: min(1, m), Active: max(1, m)}, a)
	}
	d := n.combine(term{1, &a}, term{-1, &b})
	return n.hinge(b, 1, d)
}

// smaller returns the minimum of two elements.
func (n *network) smaller(a, b element) element {
	if a.fixed() && b.fixed() {
		return of(math.Min(a.B, b.B), &a, &b)
	}
	if a.fixed() {
		a, b = b, a
	}
	if m, how := multiple(&b, &a); how == exact {
		a.off += misfit(&b, &a, m)
		return n.apply(relu.Slopes{Inactive: max(1, m), Active: min(1, m)}, a)
	}
	d := n.combine(term{1, &b}, term{-1, &a})
	return n.hinge(b, -1, d)
}

// extreme returns the maximum or minimum of some elements, taken two by two in
// rounds, so that few layers are needed.
func (n *network) extreme(es []element, pick func(a, b element) element) element {
	es = slices.Clone(es)
	for len(es) > 1 {
		for i := 0; i+1 < len(es); i += 2 {
			es[i/2] = pick(es[i], es[i+1])
		}
		if len(es)%2 == 1 {
			es[len(es)/2] = es[len(es)-1]
		}
		es = es[:(len(es)+1)/2]
	}
	return es[0]
}

// finish returns the network with the units in layers, and for each unit that was
// made its source there, or -1.
func (n *network) finish(name string, outputs []element) (*relu.Network, []int, error) {
	takes := make([]int, len(n.units))
	count := func(f *relu.Form, by int) {
		for _, j := range f.Src {
			if j >= n.inputs {
				takes[j-n.inputs] += by
			}
		}
	}
	for i := range n.units {
		count(&n.units[i].Form, 1)
	}
	for i := range outputs {
		count(&outputs[i].Form, 1)
	}
	var order []int
	for i := len(n.units) - 1; i >= 0; i-- {
		if n.units[i].again && takes[i] == 0 {
			count(&n.units[i].Form, -1)
			continue
		}
		order = append(order, i)
	}
	slices.Reverse(order)
	slices.SortStableFunc(order, func(a, b int) int { return n.units[a].layer - n.units[b].layer })
	at := slices.Repeat([]int{-1}, len(n.units))
	for k, i := range order {
		at[i] = n.inputs + k
	}
	move := func(f relu.Form) relu.Form {
		src := slices.Clone(f.Src)
		for k, j := range src {
			if j >= n.inputs {
				src[k] = at[j-n.inputs]
			}
		}
		if !slices.IsSorted(src) {
			perm := make([]int, len(src))
			for k := range perm {
				perm[k] = k
			}
			slices.SortFunc(perm, func(a, b int) int { return src[a] - src[b] })
			g := relu.Form{B: f.B}
			for _, k := range perm {
				g.Src, g.W = append(g.Src, src[k]), append(g.W, f.W[k])
			}
			return g
		}
		return relu.Form{Src: src, W: f.W, B: f.B}
	}
	net := &relu.Network{Name: name, Inputs: n.inputs}
	last := 0
	for _, i := range order {
		u := &n.units[i]
		if u.layer != last {
			last = u.layer
			net.Layers = append(net.Layers, relu.Layer{})
		}
		l := &net.Layers[len(net.Layers)-1]
		l.Forms, l.Slopes = append(l.Forms, move(u.Form)), append(l.Slopes, u.slopes)
		net.Round(&u.Form, u.off)
		if math.IsInf(u.mag, 0) || math.IsNaN(u.mag) {
			return nil, nil, fmt.Errorf("layer %d, unit %d: the values overflow", len(net.Layers), l.Units()-1)
		}
	}
	var out []relu.Form
	for i, e := range outputs {
		if math.IsInf(e.mag, 0) || math.IsNaN(e.mag) {
			return nil, nil, fmt.Errorf("output %d: the values overflow", i)
		}
		out = append(out, move(e.Form))
	}
	net.SetOutput(out)
	if err := net.Check(); err != nil {
		return nil, nil, fmt.Errorf("after folding: %w", err)
	}
	return net, at, nil
}
