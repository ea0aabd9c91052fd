package netfile

import (
	"encoding/json"
	"fmt"
	"math"

	"relucount/pkg/relu"
)

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
var withSlopes = map[string]func(slope, v float64) float64{
	"leaky": func(slope, v float64) float64 {
		if v < 0 {
			return slope * v
		}
		return v
	},
}

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
