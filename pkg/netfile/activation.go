package netfile

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"relucount/pkg/relu"
)

// twoSlopes is an operator that has one slope on each side of 0, component by
// component, with so many inputs of which all but the first are constants. Its
// own values at 1 and -1 say which slopes, so eval is all there is to write.
func twoSlopes(inputs int, attributes []string, eval evalFunc) operator {
	fold := func(f *folder, a *step) error {
		for k := 1; k < len(a.in); k++ {
			if _, err := f.constant(a, k, nil); err != nil {
				return err
			}
		}
		at := func(v float64) ([]float64, error) {
			in := slices.Clone(a.in)
			in[0] = &tensor{dims: in[0].dims, data: slices.Repeat([]float64{v}, len(in[0].data))}
			out, err := eval(newEvaluator(f.p.fileBytes), a.node, in)
			if err != nil {
				return nil, err
			}
			return out.data, nil
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
			f.p.before = append(f.p.before, a.inputs[0])
		}
		return err
	}
	return operator{inputs, inputs, attributes, eval, fold, false}
}

func evalLeakyRelu(e *evaluator, n *node, in []*tensor) (*tensor, error) {
	alpha, err := n.float("alpha", float64(float32(0.01)))
	if err != nil {
		return nil, err
	}
	return elementwise(func(v float64) float64 { return leaky(alpha, v) })(e, n, in)
}

func evalPRelu(e *evaluator, n *node, in []*tensor) (*tensor, error) {
	if dims, ok := broadcast(in[0].dims, in[1].dims); !ok || !slices.Equal(dims, in[0].dims) {
		return nil, fmt.Errorf("%s: slopes of shape %v do not fit %v", n.op, in[1].dims, in[0].dims)
	}
	return pairwise(func(v, slope float64) float64 { return leaky(slope, v) })(e, n, in)
}

func leaky(slope, v float64) float64 {
	if v < 0 {
		return slope * v
	}
	return v
}

// jsonActivation is what a JSON network has after an affine map: a function
// number by number, and slopes when it takes them, one for all units or one a
// unit.
type jsonActivation struct {
	f      func(slope, v float64) float64
	slopes []float64
	each   bool // whether there is one for all
}

// words are the activations that take no slopes.
var words = map[string]func(slope, v float64) float64{
	"linear": func(_, v float64) float64 { return v },
	"relu":   func(_, v float64) float64 { return max(0, v) },
	"abs":    func(_, v float64) float64 { return math.Abs(v) },
}

// withSlopes are those that do, the keys of an object.
var withSlopes = map[string]func(slope, v float64) float64{"leaky": leaky}

func (r *jsonReader) activation(path string) (act jsonActivation, err error) {
	switch t := r.token().(type) {
	case string:
		act.f, act.each = words[t], true
		act.slopes = []float64{0}
		if act.f == nil {
			return act, fmt.Errorf(`%s: %q is not known (relu, abs, linear, or {"leaky": slope})`, path, t)
		}
	case json.Delim:
		if t != '{' {
			return act, fmt.Errorf("%s: %s where a string or an object should be", path, describe(t))
		}
		for r.dec.More() {
			key, _ := r.token().(string)
			at := join(path, key)
			if act.f != nil {
				return act, fmt.Errorf("%s: one activation is enough", at)
			}
			if act.f = withSlopes[key]; act.f == nil {
				return act, fmt.Errorf(`%s: not known ({"leaky": slope} is)`, at)
			}
			if act.slopes, act.each, err = r.oneOrMore(at); err != nil {
				return act, err
			}
		}
		if r.token(); act.f == nil {
			return act, fmt.Errorf(`%s: empty ({"leaky": slope} is known)`, path)
		}
	default:
		return act, fmt.Errorf("%s: %s where a string should be", path, describe(t))
	}
	return act, nil
}

// of applies the activation to unit i's pre-activation.
func (a *jsonActivation) of(i int, v float64) float64 {
	if a.each {
		i = 0
	}
	return a.f(a.slopes[i], v)
}

// units returns the slopes of n units, from the values at 1 and -1, and
// whether they are more than the identity.
func (a *jsonActivation) units(n int) (slopes []relu.Slopes, kinks bool) {
	for i := range n {
		s := relu.Slopes{Inactive: 0 - a.of(i, -1), Active: a.of(i, 1)}
		slopes = append(slopes, s)
		kinks = kinks || s.Kink()
	}
	return slopes, kinks
}
