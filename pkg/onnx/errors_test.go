package onnx

import (
	"bytes"
	"os"
	"strings"
	"testing"

	. "relucount/pkg/onnx/onnxtest"
)

// fails wants an error of reading that contains all the parts.
func fails(t *testing.T, data []byte, parts ...string) {
	t.Helper()
	_, err := Read(data, nil)
	if err == nil {
		t.Errorf("read, want an error with %q", parts)
		return
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("error %q lacks %q", err, p)
		}
	}
}

var (
	batch = Dims(-1, 3)
	w     = Raw32("w", Dims(3, 2), W23T...)
	mul   = Op("MatMul", In("x", "w"), "y")
)

// What reading refuses, without an evaluation.
func TestErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		m    Model
		want string
	}{
		{"fused with another activation", From(batch, Of("com.microsoft", "FusedGemm", In("x", "w"), "y", AttrS("activation", "Elu")), w), "node 0: FusedGemm with the activation Elu is not supported: save the model before it is optimised"},
		{"data elsewhere", From(batch, mul,
			Store("w", TypeFloat, Dims(3, 2), Varint(14, 1))),
			`initializer "w": its data is in the file "", which is not in the folder of the model`},
		{"initializer twice", From(batch, mul, w, w),
			`initializer "w" is given twice`},
		{"no nodes", From(batch), "graph has no nodes"},
		{"output from nowhere", From(batch, Op("Relu", In("x"), "z")),
			`graph output "y" is made by no node`},
		{"cycle", From(batch, Op("Relu", In("y"), "y")),
			"node 0: Relu depends on its own output"},
		{"cycle of two", From(batch, Op("Add", In("x", "q"), "p"), Op("Neg", In("p"), "q"), Op("Relu", In("q"), "y")),
			"depends on its own output"},
		{"tensor made twice", From(batch, Op("Neg", In("x"), "y"), Op("Relu", In("x"), "y")),
			`node 1: its output "y" is made elsewhere already`},
	} {
		t.Run(c.name, func(t *testing.T) { fails(t, c.m.Bytes(), c.want) })
	}
}

func TestWireErrors(t *testing.T) {
	t.Parallel()
	spiral, err := os.ReadFile("../netfile/testdata/spiral-2-16-16-2-s1.onnx")
	if err != nil {
		t.Fatal(err)
	}
	graph := Message(1, String(1, "x"), String(2, "y"), String(4, "Relu"))
	for _, c := range []struct {
		name string
		data []byte
		want []string
	}{
		{"garbage", []byte("\x00\x01\x02\x03"), []string{"not a readable ONNX model: byte 0: the field after 0 bytes of the file: proto: invalid field number"}},
		{"a group without end", []byte("\x0b\x08\x01"), []string{"byte 0: "}},
		{"cut in the graph", spiral[:1000], []string{"byte 19: graph claims 2016 bytes, 978 are left: the file is cut short"}},
		{"cut in a length", spiral[:21], []string{"byte 19: graph ends at byte 21: the file is cut short"}},
		{"cut before the graph", spiral[:19], []string{"no graph in its 19 bytes"}},
		{"cut after the graph", spiral[:len(spiral)-4], []string{"no opset_import", "cut short"}},
		{"cut in the last field", spiral[:len(spiral)-1], []string{"opset_import claims 2 bytes, 1 are left"}},
		{"a node that claims too much", Wrap(append(String(2, "g"), Message(1, []byte{0x0a, 0x40, 'x'})...)),
			[]string{"graph.node[0].input claims 64 bytes, 1 are left"}},
		{"a graph that is a number", Varint(7, 1), []string{"byte 0: graph has wire type 0, which it cannot have"}},
		{"packed data cut short", Wrap(Message(5, Message(4, []byte{0, 0, 0x80, 0x3f, 0, 0}))), []string{"graph.initializer[0].float_data ends at byte"}},
		{"varint cut short", Wrap(Message(5, Message(7, []byte{0x80}))), []string{"graph.initializer[0].int64_data ends at byte"}},
		{"two graphs", bytes.Join([][]byte{Varint(1, 7), Message(7, graph), Message(7, graph)}, nil), []string{"a second graph"}},
		{"sparse", Wrap(append(graph, Message(15)...)), []string{"sparse initializer 0 has no values"}},
		{"many nodes", Wrap(bytes.Repeat(Message(1), maxNodes+1)), []string{"more than 65536 nodes"}},
		{"many initializers", Wrap(bytes.Repeat(Message(5), maxTensors+1)), []string{"more than 65536 initializers"}},
		{"many inputs", Wrap(bytes.Repeat(Message(11), maxTensors+1)), []string{"more than 65536 graph inputs"}},
		{"many attributes", Wrap(Message(1, bytes.Repeat(Message(5), maxAttributes+1))), []string{"graph.node[0]: more than 64 attributes"}},
	} {
		t.Run(c.name, func(t *testing.T) { fails(t, c.data, c.want...) })
	}
}
