package onnx

import "fmt"

// The part of an ONNX model that matters here, as onnx.proto has it.
type (
	model struct {
		irVersion int64
		opset     bool // whether the model says which operators it uses
		graph     *graphProto
		functions []*function
	}

	// function is a local function of the model, called as an operator.
	function struct {
		name, domain    string
		inputs, outputs []string
		nodes           []*Node
		defaults        []Attribute
	}

	graphProto struct {
		name            string
		nodes           []*Node
		initializers    []*tensorProto
		inputs, outputs []valueInfo
		sparse          []sparseProto
	}

	// sparseProto is a sparse initialiser.
	sparseProto struct {
		values, indices *tensorProto
		dims            []int64
	}

	valueInfo struct {
		name string
		elem DataType
		dims []int64 // -1 where the dimension is left open
	}

	// tensorProto is a tensor as it is stored; see tensorProto.decode.
	tensorProto struct {
		name     string
		dims     []int64
		typ      DataType
		raw      []byte
		floats   []float64 // of float_data
		doubles  []float64 // of double_data
		int32s   []int64   // of int32_data
		int64s   []int64   // of int64_data
		external bool
		where    map[string]string // of external data: location, offset, length
	}
)

// Limits on what takes little room in a file and much in memory.
const (
	maxNodes      = 1 << 16
	maxTensors    = 1 << 16
	maxAttributes = 64
	maxFunctions  = 1 << 10
)

// parseModel reads a ModelProto.
func parseModel(data []byte) (*model, error) {
	m := &model{}
	err := message{data: data}.fields(schema{
		1:  {"ir_version", varint},
		7:  {"graph", bytesField},
		8:  {"opset_import", bytesField},
		25: {"functions", bytesField},
	}, func(name string, f field) (err error) {
		switch name {
		case "ir_version":
			m.irVersion = int64(f.value)
		case "opset_import":
			m.opset = true
		case "functions":
			if len(m.functions) == maxFunctions {
				return fmt.Errorf("more than %d functions", maxFunctions)
			}
			g, err := parseFunction(f.element(len(m.functions)))
			m.functions = append(m.functions, g)
			return err
		case "graph":
			if m.graph != nil {
				return fmt.Errorf("byte %d: a second graph", f.at)
			}
			m.graph, err = parseGraph(f.message)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if m.graph == nil {
		return nil, fmt.Errorf("no graph in its %d bytes: no ONNX model, or one cut short", len(data))
	}
	// Every model since 2017 has it, and PyTorch writes it last.
	if !m.opset && m.irVersion >= 3 {
		return nil, fmt.Errorf("no opset_import in its %d bytes: the file is cut short", len(data))
	}
	return m, nil
}

func parseGraph(m message) (*graphProto, error) {
	g := &graphProto{}
	err := m.fields(schema{
		1:  {"node", bytesField},
		2:  {"name", bytesField},
		5:  {"initializer", bytesField},
		11: {"input", bytesField},
		12: {"output", bytesField},
		15: {"sparse_initializer", bytesField},
	}, func(name string, f field) error {
		switch name {
		case "name":
			g.name = string(f.data)
		case "sparse_initializer":
			if len(g.sparse) == maxTensors {
				return fmt.Errorf("more than %d sparse initializers", maxTensors)
			}
			t, err := parseSparse(f.element(len(g.sparse)))
			g.sparse = append(g.sparse, t)
			return err
		case "node":
			return appendNode(&g.nodes, f)
		case "initializer":
			if len(g.initializers) == maxTensors {
				return fmt.Errorf("more than %d initializers", maxTensors)
			}
			t, err := parseTensor(f.element(len(g.initializers)))
			g.initializers = append(g.initializers, t)
			return err
		case "input", "output":
			list := &g.inputs
			if name == "output" {
				list = &g.outputs
			}
			if len(*list) == maxTensors {
				return fmt.Errorf("more than %d graph %ss", maxTensors, name)
			}
			v, err := parseValueInfo(f.element(len(*list)))
			*list = append(*list, v)
			return err
		}
		return nil
	})
	return g, err
}

func parseNode(m message) (*Node, error) {
	n := &Node{}
	err := m.fields(schema{
		1: {"input", bytesField},
		2: {"output", bytesField},
		3: {"name", bytesField},
		4: {"op_type", bytesField},
		5: {"attribute", bytesField},
		7: {"domain", bytesField},
	}, func(name string, f field) error {
		switch name {
		case "input":
			n.Inputs = append(n.Inputs, string(f.data))
		case "output":
			n.Outputs = append(n.Outputs, string(f.data))
		case "name":
			n.Name = string(f.data)
		case "op_type":
			n.Op = string(f.data)
		case "domain":
			n.Domain = string(f.data)
		case "attribute":
			if len(n.Attributes) == maxAttributes {
				return fmt.Errorf("%s: more than %d attributes", m.path, maxAttributes)
			}
			a, err := parseAttribute(f.element(len(n.Attributes)))
			n.Attributes = append(n.Attributes, a)
			return err
		}
		return nil
	})
	return n, err
}

func parseAttribute(m message) (a Attribute, err error) {
	err = m.fields(schema{
		1:  {"name", bytesField},
		2:  {"f", fixed32},
		3:  {"i", varint},
		4:  {"s", bytesField},
		5:  {"t", bytesField},
		6:  {"g", bytesField},
		7:  {"floats", fixed32s},
		8:  {"ints", varints},
		20: {"type", varint},
		21: {"ref_attr_name", bytesField},
	}, func(name string, f field) (err error) {
		switch name {
		case "name":
			a.Name = string(f.data)
		case "f":
			a.Float = float(f.form, f.value)
		case "i":
			a.Int = int64(f.value)
		case "s":
			a.Text = string(f.data)
		case "g":
			a.graph = true
		case "ref_attr_name":
			a.ref = string(f.data)
		case "t":
			a.tensor, err = parseTensor(f.message)
		case "floats":
			err = f.appendFloats(&a.Floats)
		case "ints":
			err = f.appendInts(&a.Ints)
		case "type":
			a.Kind = f.value
		}
		return err
	})
	return a, err
}

func parseTensor(m message) (*tensorProto, error) {
	t := &tensorProto{}
	err := m.fields(schema{
		1:  {"dims", varints},
		2:  {"data_type", varint},
		4:  {"float_data", fixed32s},
		5:  {"int32_data", varints},
		7:  {"int64_data", varints},
		8:  {"name", bytesField},
		9:  {"raw_data", bytesField},
		10: {"double_data", fixed64s},
		13: {"external_data", bytesField},
		14: {"data_location", varint},
	}, func(name string, f field) error {
		switch name {
		case "dims":
			return f.appendInts(&t.dims)
		case "data_type":
			t.typ = DataType(f.value)
		case "float_data":
			return f.appendFloats(&t.floats)
		case "int32_data":
			return f.appendInts(&t.int32s)
		case "int64_data":
			return f.appendInts(&t.int64s)
		case "name":
			t.name = string(f.data)
		case "raw_data":
			t.raw = f.data
		case "double_data":
			return f.appendFloats(&t.doubles)
		case "data_location":
			t.external = f.value == 1
		case "external_data":
			return t.parseWhere(f)
		}
		return nil
	})
	return t, err
}

// parseWhere reads one entry of where external data is.
func (t *tensorProto) parseWhere(m field) error {
	var key, value string
	err := m.fields(schema{1: {"key", bytesField}, 2: {"value", bytesField}}, func(name string, f field) error {
		if name == "key" {
			key = string(f.data)
		} else {
			value = string(f.data)
		}
		return nil
	})
	if t.where == nil {
		t.where = map[string]string{}
	}
	if len(t.where) < maxAttributes {
		t.where[key] = value
	}
	return err
}

func appendNode(nodes *[]*Node, f field) error {
	if len(*nodes) == maxNodes {
		return fmt.Errorf("more than %d nodes", maxNodes)
	}
	n, err := parseNode(f.element(len(*nodes)))
	n.index = len(*nodes)
	*nodes = append(*nodes, n)
	return err
}

func parseFunction(m message) (*function, error) {
	g := &function{}
	err := m.fields(schema{
		1:  {"name", bytesField},
		4:  {"input", bytesField},
		5:  {"output", bytesField},
		7:  {"node", bytesField},
		10: {"domain", bytesField},
		11: {"attribute_proto", bytesField},
	}, func(name string, f field) error {
		switch name {
		case "name":
			g.name = string(f.data)
		case "domain":
			g.domain = string(f.data)
		case "input":
			g.inputs = append(g.inputs, string(f.data))
		case "output":
			g.outputs = append(g.outputs, string(f.data))
		case "node":
			return appendNode(&g.nodes, f)
		case "attribute_proto":
			if len(g.defaults) == maxAttributes {
				return fmt.Errorf("%s: more than %d attributes", m.path, maxAttributes)
			}
			a, err := parseAttribute(f.element(len(g.defaults)))
			g.defaults = append(g.defaults, a)
			return err
		}
		return nil
	})
	return g, err
}

func parseSparse(m message) (t sparseProto, err error) {
	err = m.fields(schema{
		1: {"values", bytesField},
		2: {"indices", bytesField},
		3: {"dims", varints},
	}, func(name string, f field) (err error) {
		switch name {
		case "values":
			t.values, err = parseTensor(f.message)
		case "indices":
			t.indices, err = parseTensor(f.message)
		default:
			err = f.appendInts(&t.dims)
		}
		return err
	})
	return t, err
}

// parseValueInfo reads a ValueInfoProto, with the tensor type nested in it.
func parseValueInfo(m message) (v valueInfo, err error) {
	dim := func(name string, f field) error {
		if name == "dim_value" && int64(f.value) > 0 {
			v.dims[len(v.dims)-1] = int64(f.value)
		}
		return nil
	}
	shape := func(_ string, f field) error {
		v.dims = append(v.dims, -1)
		return f.fields(schema{1: {"dim_value", varint}}, dim)
	}
	tensorType := func(name string, f field) error {
		if name == "elem_type" {
			v.elem = DataType(f.value)
			return nil
		}
		return f.fields(schema{1: {"dim", bytesField}}, shape)
	}
	err = m.fields(schema{1: {"name", bytesField}, 2: {"type", bytesField}}, func(name string, f field) error {
		if name == "name" {
			v.name = string(f.data)
			return nil
		}
		return f.fields(schema{1: {"tensor_type", bytesField}}, func(_ string, f field) error {
			return f.fields(schema{1: {"elem_type", varint}, 2: {"shape", bytesField}}, tensorType)
		})
	})
	return v, err
}
