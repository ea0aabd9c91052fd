// Package keras reads models that Keras saved: .keras archives, and the older HDF5
// files (.h5).
//
// Both have the structure of the model as JSON and the weights in HDF5. A model is a
// list of layers, each with its class, its configuration as Keras wrote it, and its
// weights. What a layer computes is said in the operators of ONNX: a model becomes a
// graph. Tensors keep Keras's order of dimensions, with channels last.
//
// https://keras.io/guides/serialization_and_saving
package keras

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"relucount/pkg/hdf5"
	"relucount/pkg/zipfile"
)

// Model is a network of layers with one input and one output.
type Model struct {
	Name   string
	Shape  []int    // of the input, without the batch
	Layers []*Layer // each after those that it takes; the first is the input
}

// Layer is one layer.
type Layer struct {
	Class, Name string
	Takes       []*Layer // none for the input
	Weights     []Array

	config map[string]json.RawMessage
}

// Array is an array in row-major order.
type Array struct {
	Dims []int
	Data []float64
}

// IsArchive says whether an archive is one of Keras.
func IsArchive(a *zipfile.Archive) bool { return a.Has("config.json") && a.Has(archived) }

// archived is the member with the weights.
const archived = "model.weights.h5"

// ReadArchive reads a .keras archive.
func ReadArchive(a *zipfile.Archive) (*Model, error) {
	config, err := a.Read("config.json")
	if err != nil {
		return nil, err
	}
	m, all, err := parse(config)
	if err != nil {
		return nil, fmt.Errorf("config.json: %w", err)
	}
	data, err := a.Read(archived)
	if err != nil {
		return nil, err
	}
	root, err := open(data)
	if err == nil {
		err = newWeights(root, all)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", archived, err)
	}
	return m, nil
}

// ReadHDF5 reads a model in one HDF5 file.
func ReadHDF5(data []byte) (*Model, error) {
	root, err := open(data)
	if err != nil {
		return nil, err
	}
	config, ok, err := root.Text("model_config")
	if err != nil {
		return nil, err
	}
	if !ok || len(config) != 1 {
		return nil, fmt.Errorf("an HDF5 file without the structure of a Keras model: save the whole model with model.save")
	}
	m, all, err := parse([]byte(config[0]))
	if err != nil {
		return nil, fmt.Errorf("model_config: %w", err)
	}
	return m, oldWeights(root, all)
}

func open(data []byte) (*hdf5.Object, error) {
	if !hdf5.Is(data) {
		return nil, fmt.Errorf("no HDF5 file")
	}
	f, err := hdf5.Open(data)
	var root *hdf5.Object
	if err == nil {
		root, err = f.Root()
	}
	if err != nil {
		return nil, fmt.Errorf("not a readable HDF5 file of Keras: %w", err)
	}
	return root, nil
}

// oldWeights reads the weights of a group for each layer, which lists their names.
func oldWeights(root *hdf5.Object, layers []*Layer) error {
	for _, l := range layers {
		group, err := root.Get("model_weights/" + l.Name)
		if err != nil {
			return err
		}
		names, err := list(group, "weight_names")
		if err != nil {
			return err
		}
		for _, name := range names {
			if err := l.read(group, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// list is an attribute that lists names, in parts where it is long.
func list(o *hdf5.Object, name string) ([]string, error) {
	names, ok, err := o.Text(name)
	if ok || err != nil {
		return names, err
	}
	for i := 0; ; i++ {
		part, ok, err := o.Text(fmt.Sprint(name, i))
		if !ok || err != nil {
			return names, err
		}
		names = append(names, part...)
	}
}

func (l *Layer) read(group *hdf5.Object, name string) error {
	o, err := group.Get(name)
	if err != nil {
		return err
	}
	dims, data, err := o.Numbers()
	l.Weights = append(l.Weights, Array{dims, data})
	return err
}

// containers are the groups of layers, of Keras 3 and of Keras 2.13.
var containers = []string{"layers", "_layer_checkpoint_dependencies"}

// newWeights reads the weights of groups that have the classes of layers as names,
// with a number from the second on. Their arrays have numbers as names.
func newWeights(root *hdf5.Object, layers []*Layer) error {
	var group *hdf5.Object
	var err error
	for _, name := range containers {
		if group, err = root.Get(name); err == nil {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("no group %s: %w", strings.Join(containers, " or "), err)
	}
	there, err := group.Names()
	if err != nil {
		return err
	}
	has := map[string]bool{}
	for _, name := range there {
		has[name] = true
	}
	used := map[string]int{}
	for _, l := range layers {
		name := snake(l.Class)
		n := used[name]
		if used[name]++; n > 0 {
			name = fmt.Sprintf("%s_%d", name, n)
		}
		if !has[name] {
			continue
		}
		o, err := group.Get(name + "/vars")
		if err != nil {
			continue // a container of other layers, or no weights
		}
		arrays, err := o.Names()
		if err != nil {
			return err
		}
		for i := range arrays {
			if err := l.read(o, fmt.Sprint(i)); err != nil {
				return err
			}
		}
	}
	return nil
}

var (
	beforeWord = regexp.MustCompile(`(.)([A-Z][a-z]+)`)
	beforeTop  = regexp.MustCompile(`([a-z])([A-Z])`)
)

// snake is the name that Keras makes of a class: BatchNormalization is
// batch_normalization.
func snake(class string) string {
	class = beforeWord.ReplaceAllString(class, "${1}_$2")
	return strings.ToLower(beforeTop.ReplaceAllString(class, "${1}_$2"))
}
