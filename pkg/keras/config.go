package keras

import (
	"encoding/json"
	"fmt"
	"math"
)

// object is a model or a layer in the configuration.
type object struct {
	Class   string          `json:"class_name"`
	Name    string          `json:"name"`
	Config  json.RawMessage `json:"config"`
	Inbound json.RawMessage `json:"inbound_nodes"`
	Build   struct {
		Shape []*int `json:"input_shape"`
	} `json:"build_config"`
}

// structure is the configuration of a model.
type structure struct {
	Name    string          `json:"name"`
	Layers  []object        `json:"layers"`
	Inputs  json.RawMessage `json:"input_layers"`
	Outputs json.RawMessage `json:"output_layers"`
	Shape   []*int          `json:"build_input_shape"`
}

// Limits far above what is saved: JSON takes many times its size in memory.
const (
	maxLayers = 1 << 14
	maxConfig = 1 << 24
)

// parse reads a configuration. It also returns all layers in the order of the file,
// which says where their weights are.
func parse(text []byte) (m *Model, all []*Layer, err error) {
	if len(text) > maxConfig {
		return nil, nil, fmt.Errorf("the structure has %d bytes: at most %d are supported", len(text), maxConfig)
	}
	var top object
	if err := json.Unmarshal(text, &top); err != nil {
		return nil, nil, err
	}
	var s structure
	switch top.Class {
	case "Sequential":
		if json.Unmarshal(top.Config, &s.Layers) == nil { // a list alone, in the oldest files
			break
		}
		fallthrough
	case "Functional", "Model":
		if err := json.Unmarshal(top.Config, &s); err != nil {
			return nil, nil, err
		}
	default:
		return nil, nil, fmt.Errorf("a model of class %.40q: only Sequential and Functional are supported; %s", top.Class, ToONNX)
	}
	if len(s.Layers) == 0 || len(s.Layers) > maxLayers {
		return nil, nil, fmt.Errorf("%d layers", len(s.Layers))
	}
	for i := range s.Layers {
		l, err := s.Layers[i].layer()
		if err != nil {
			return nil, nil, fmt.Errorf("layer %d: %w", i, err)
		}
		all = append(all, l)
	}
	m = &Model{Name: s.Name}
	if top.Class == "Sequential" {
		err = m.chain(all, &s)
	} else {
		err = m.functional(all, &s)
	}
	return m, all, err
}

// ToONNX says how to convert what is not supported.
const ToONNX = "convert it to ONNX (model.export(\"net.onnx\", format=\"onnx\"), or python -m tf2onnx.convert)"

func (o *object) layer() (*Layer, error) {
	l := &Layer{Class: o.Class, Name: o.Name}
	if err := json.Unmarshal(o.Config, &l.config); err != nil {
		return nil, err
	}
	if err := l.Config("name", &l.Name); err != nil {
		return nil, err
	}
	if l.Class == "Sequential" || l.Class == "Functional" || l.Class == "Model" {
		return nil, fmt.Errorf("%q is a model within the model, which is not supported: %s", l.Name, ToONNX)
	}
	return l, nil
}

// Config reads a value of the configuration, which keeps what it is where there is
// none or null.
func (l *Layer) Config(key string, to any) error {
	raw, ok := l.config[key]
	if !ok || string(raw) == "null" {
		return nil
	}
	if err := json.Unmarshal(raw, to); err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}

const inputClass = "InputLayer"

// chain connects the layers of a Sequential model. Older ones have no input layer.
func (m *Model) chain(all []*Layer, s *structure) error {
	shape := s.Shape
	if len(shape) == 0 {
		shape = s.Layers[0].Build.Shape
	}
	if all[0].Class != inputClass {
		m.Layers = []*Layer{{Class: inputClass, Name: "input", config: all[0].config}}
	}
	for _, l := range all {
		if n := len(m.Layers); n > 0 {
			if l.Class == inputClass {
				return fmt.Errorf("layer %q: an input within a Sequential model", l.Name)
			}
			l.Takes = m.Layers[n-1 : n : n]
		}
		m.Layers = append(m.Layers, l)
	}
	return m.findShape(shape)
}

// findShape takes the shape of the input from its layer, or else the given one.
func (m *Model) findShape(shape []*int) error {
	for _, key := range []string{"batch_shape", "batch_input_shape"} {
		if err := m.Layers[0].Config(key, &shape); err != nil {
			return fmt.Errorf("layer %q: %w", m.Layers[0].Name, err)
		}
	}
	if len(shape) < 2 {
		return fmt.Errorf("the model does not say the shape of its input: build it before it is saved")
	}
	n := 1
	for _, d := range shape[1:] {
		if d == nil || *d < 1 || *d > math.MaxInt32/n {
			return fmt.Errorf("layer %q leaves the shape of the input open", m.Layers[0].Name)
		}
		n *= *d
		m.Shape = append(m.Shape, *d)
	}
	return nil
}

// functional connects the layers of a Functional model, and orders them.
func (m *Model) functional(all []*Layer, s *structure) error {
	byName := map[string]*Layer{}
	for _, l := range all {
		if byName[l.Name] != nil {
			return fmt.Errorf("two layers %q", l.Name)
		}
		byName[l.Name] = l
	}
	find := func(names []string) (out []*Layer, err error) {
		for _, name := range names {
			if byName[name] == nil {
				return nil, fmt.Errorf("there is no layer %q", name)
			}
			out = append(out, byName[name])
		}
		return out, nil
	}
	for i, l := range all {
		names, err := s.Layers[i].inbound()
		if err == nil {
			l.Takes, err = find(names)
		}
		if err != nil {
			return fmt.Errorf("layer %q: %w", l.Name, err)
		}
	}
	ends := [2][]*Layer{}
	for i, raw := range []json.RawMessage{s.Inputs, s.Outputs} {
		var v any
		if err := json.Unmarshal(raw, &v); err != nil {
			return fmt.Errorf("input_layers or output_layers: %w", err)
		}
		var err error
		if ends[i], err = find(histories(v)); err != nil {
			return err
		}
		if len(ends[i]) != 1 {
			return fmt.Errorf("the model has %d inputs or outputs: one of each is supported; %s", len(ends[i]), ToONNX)
		}
	}
	if err := m.order(ends[0][0], ends[1][0]); err != nil {
		return err
	}
	return m.findShape(nil)
}

// order lists the layers that the output depends on, each after those that it takes.
func (m *Model) order(input, output *Layer) error {
	const open, done = 1, 2
	state := map[*Layer]int{input: done}
	m.Layers = []*Layer{input}
	todo := []*Layer{output}
	for len(todo) > 0 {
		l := todo[len(todo)-1]
		switch state[l] {
		case done:
			todo = todo[:len(todo)-1]
		case open:
			todo = todo[:len(todo)-1]
			state[l] = done
			m.Layers = append(m.Layers, l)
		default:
			state[l] = open
			if len(l.Takes) == 0 {
				return fmt.Errorf("layer %q takes nothing: only one input is supported", l.Name)
			}
			for _, from := range l.Takes {
				if state[from] == open {
					return fmt.Errorf("layer %q depends on itself", from.Name)
				}
				if state[from] == 0 {
					todo = append(todo, from)
				}
			}
		}
	}
	return nil
}

// inbound are the names of the layers that a layer takes.
func (o *object) inbound() ([]string, error) {
	var nodes []any
	if len(o.Inbound) > 0 {
		if err := json.Unmarshal(o.Inbound, &nodes); err != nil {
			return nil, fmt.Errorf("inbound_nodes: %w", err)
		}
	}
	switch len(nodes) {
	case 0:
		return nil, nil
	case 1:
	default:
		return nil, fmt.Errorf("it is used %d times, which is not supported: %s", len(nodes), ToONNX)
	}
	if node, ok := nodes[0].(map[string]any); ok {
		named, _ := node["kwargs"].(map[string]any)
		for _, v := range named {
			if len(histories(v)) > 0 {
				return nil, fmt.Errorf("it takes another layer as an argument with a name, which is not supported: %s", ToONNX)
			}
		}
		return histories(node["args"]), nil
	}
	return histories(nodes[0]), nil
}

// histories are the names of the layers that a value mentions: ["name", 0, 0], and
// the same as keras_history of a tensor in newer files.
func histories(v any) (names []string) {
	switch v := v.(type) {
	case []any:
		if len(v) >= 3 {
			name, ok1 := v[0].(string)
			_, ok2 := v[1].(float64)
			_, ok3 := v[2].(float64)
			if ok1 && ok2 && ok3 {
				return []string{name}
			}
		}
		for _, e := range v {
			names = append(names, histories(e)...)
		}
	case map[string]any:
		if h, ok := v["keras_history"]; ok {
			return histories(h)
		}
		if c, ok := v["config"]; ok {
			return histories(c)
		}
	}
	return names
}
