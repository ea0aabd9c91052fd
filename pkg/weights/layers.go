package weights

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Layer is an affine map and what follows it.
type Layer struct {
	Name    string
	In, Out int
	Weights []float64 // Out rows of In
	Bias    []float64 // nil where there is none
	Norms   []Norm    // directly after the map
	Slopes  []float64 // of a PReLU after these, one or Out; nil where there is none
}

// Norm is a batch normalisation: Scale (x - Mean) / sqrt(Var + Epsilon) + Shift.
type Norm struct {
	Name                    string
	Scale, Shift, Mean, Var []float64
	Epsilon                 float64
}

// Epsilons that PyTorch and Keras have where nothing else is said. Files of weights
// do not say.
const (
	torchEpsilon = 1e-5
	kerasEpsilon = 1e-3
)

const export = "export the network to ONNX (torch.onnx.export), which says how its layers work"

// Layers makes layers of arrays: all of them in order, or the named ones. Notes say
// what it assumed beyond the names.
func Layers(arrays []Array, names []string) (layers []Layer, notes []string, err error) {
	all, err := modules(arrays)
	if err == nil && len(names) > 0 {
		all, err = choose(all, names)
	}
	if err != nil {
		return nil, nil, err
	}
	var maps []*module
	for _, m := range all {
		switch kind, err := m.kind(); {
		case err != nil:
			return nil, nil, err
		case kind == linear:
			maps = append(maps, m)
			l := Layer{Name: m.name}
			if b := m.parts["bias"]; b != nil {
				l.Bias = b.Data
			}
			layers = append(layers, l)
		case len(layers) == 0:
			return nil, nil, fmt.Errorf("layer %q is no matrix, but there is none before it: %s", m.name, export)
		case kind == norm:
			l := &layers[len(layers)-1]
			if l.Slopes != nil {
				return nil, nil, fmt.Errorf("layer %q, a normalisation after an activation: %s", m.name, export)
			}
			n := m.norm()
			l.Norms = append(l.Norms, n)
			notes = append(notes, fmt.Sprintf("%s is a batch normalisation before the activation, with epsilon %g", m.name, n.Epsilon))
		case kind == prelu:
			l := &layers[len(layers)-1]
			if l.Slopes != nil {
				return nil, nil, fmt.Errorf("layer %q, an activation after another: %s", m.name, export)
			}
			l.Slopes = m.parts["weight"].Data
			notes = append(notes, m.name+" is a PReLU")
		}
	}
	if len(layers) == 0 {
		return nil, nil, fmt.Errorf("the file has no matrix of weights among its %d arrays", len(arrays))
	}
	note, err := orient(layers, maps)
	return layers, append(notes, note...), err
}

// Kinds of modules; nothing is a counter of batches alone.
const (
	linear = iota
	norm
	prelu
	nothing
)

// kind says what a module is, by its arrays.
func (m *module) kind() (int, error) {
	var have []string
	for _, role := range []string{"weight", "bias", "mean", "var", "batches", "unknown"} {
		if a := m.parts[role]; a != nil {
			have = append(have, role)
			if a.Data == nil && role != "batches" {
				return 0, fmt.Errorf("array %q has numbers of type %s, which are no weights of a network: name the layers with -layers", a.Name, a.Type)
			}
			if role != "batches" && len(a.Data) == 0 {
				return 0, fmt.Errorf("array %q of shape %v is empty", a.Name, a.Dims)
			}
			if i := slices.IndexFunc(a.Data, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }); i >= 0 {
				return 0, fmt.Errorf("array %q: number %d is %g", a.Name, i, a.Data[i])
			}
			if role != "weight" && role != "batches" && role != "unknown" && len(a.Dims) != 1 {
				return 0, fmt.Errorf("array %q has the shape %v: one dimension is needed", a.Name, a.Dims)
			}
		}
	}
	w := m.parts["weight"]
	switch all := strings.Join(have, " "); all {
	case "weight bias mean var batches", "weight bias mean var", "mean var batches", "mean var", "bias mean var", "weight mean var":
		if w == nil || len(w.Dims) == 1 {
			return norm, nil
		}
	case "batches":
		return nothing, nil
	case "unknown":
		return 0, fmt.Errorf("array %q is not known by its name: name the layers in order with -layers, or %s", m.parts["unknown"].Name, export)
	case "weight", "weight bias":
		switch {
		case len(w.Dims) == 2:
			return linear, nil
		case len(w.Dims) > 2:
			return 0, fmt.Errorf("array %q of shape %v is of a convolution: %s", w.Name, w.Dims, export)
		case all == "weight" && len(w.Dims) == 1:
			return prelu, nil
		}
	}
	return 0, fmt.Errorf("layer %q, with %s%s, is not understood: %s", m.name, strings.Join(have, ", "), shape(w), export)
}

func shape(w *Array) string {
	if w == nil {
		return ""
	}
	return fmt.Sprintf(" (weight of shape %v)", w.Dims)
}

func (m *module) norm() Norm {
	part := func(role string, otherwise float64) []float64 {
		if a := m.parts[role]; a != nil {
			return a.Data
		}
		return slices.Repeat([]float64{otherwise}, len(m.parts["mean"].Data))
	}
	n := Norm{Name: m.name, Scale: part("weight", 1), Shift: part("bias", 0), Mean: part("mean", 0), Var: part("var", 1), Epsilon: torchEpsilon}
	if strings.Contains(m.parts["mean"].Name, "moving") {
		n.Epsilon = kerasEpsilon
	}
	return n
}

// orient says which index of each matrix counts the units, and fills in the layers'
// weights.
func orient(layers []Layer, maps []*module) (notes []string, err error) {
	free := false
	for _, m := range maps {
		_, fixed := m.unitsFirst()
		free = free || !fixed
	}
	first := fit(layers, maps, true)
	second := first
	if free {
		second = fit(layers, maps, false)
	}
	unitsFirst := first == nil || second != nil
	if unitsFirst && first != nil {
		return nil, first
	}
	if free && unitsFirst && second == nil {
		notes = append(notes, "the matrices have a row for each unit (their shapes would allow a column, too)")
	} else if free && !unitsFirst {
		notes = append(notes, "the matrices have a column for each unit, by their shapes")
	}
	for i, m := range maps {
		w := m.parts["weight"]
		layers[i].In, layers[i].Out = m.size(unitsFirst)
		layers[i].Weights = w.Data
		if !m.rows(unitsFirst) {
			layers[i].Weights = strided(w.Data, 0, []int{layers[i].Out, layers[i].In}, []int{1, layers[i].Out})
		}
	}
	return notes, nil
}

// unitsFirst says whether a row of the matrix is a unit, and whether the name of the
// array fixes that: PyTorch's weight has units in rows, kernels of Keras and Flax
// and the coefs of scikit-learn in columns.
func (m *module) unitsFirst() (first, fixed bool) {
	switch m.word {
	case "weight":
		return true, strings.ContainsAny(m.parts["weight"].Name, ".")
	case "kernel", "coef", "coefs":
		return false, true
	}
	return true, false
}

func (m *module) rows(unitsFirst bool) bool {
	first, fixed := m.unitsFirst()
	return first && fixed || !fixed && unitsFirst
}

// size is the number of inputs and of units.
func (m *module) size(unitsFirst bool) (in, out int) {
	d := m.parts["weight"].Dims
	if m.rows(unitsFirst) {
		return d[1], d[0]
	}
	return d[0], d[1]
}

// fit checks that the layers fit together.
func fit(layers []Layer, maps []*module, unitsFirst bool) error {
	before := 0
	for i, m := range maps {
		in, out := m.size(unitsFirst)
		if i > 0 && in != before {
			return fmt.Errorf("layer %q takes %d numbers, but layer %q before it gives %d: name the layers in order with -layers", m.name, in, maps[i-1].name, before)
		}
		if err := layers[i].check(out); err != nil {
			return err
		}
		before = out
	}
	return nil
}

// check compares the sizes of all that has a number for each unit.
func (l *Layer) check(units int) error {
	same := func(what string, v []float64) error {
		if len(v) != units {
			return fmt.Errorf("layer %q has %d units, but the %s has %d numbers", l.Name, units, what, len(v))
		}
		return nil
	}
	if l.Bias != nil {
		if err := same("bias", l.Bias); err != nil {
			return err
		}
	}
	if len(l.Slopes) > 1 {
		if err := same("PReLU after it", l.Slopes); err != nil {
			return err
		}
	}
	for _, n := range l.Norms {
		for _, v := range [][]float64{n.Scale, n.Shift, n.Mean, n.Var} {
			if err := same("normalisation "+n.Name, v); err != nil {
				return err
			}
		}
	}
	return nil
}
