package onnx

import (
	"os"
	"testing"

	. "relucount/pkg/onnx/onnxtest"
)

// FuzzRead wants no panic, and each node once and after those that it depends on.
func FuzzRead(f *testing.F) {
	data, err := os.ReadFile("../netfile/testdata/spiral-2-16-16-2-s1.onnx")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	for _, m := range Seeds() {
		f.Add(m.Bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		g, err := Read(data, nil)
		if err != nil {
			return
		}
		later := map[string]*Node{} // what nodes that follow make
		seen := map[*Node]bool{}
		for _, n := range g.Nodes {
			if seen[n] {
				t.Errorf("%s is there twice", n.At())
			}
			seen[n] = true
			for _, name := range n.Outputs {
				if name != "" {
					later[name] = n
				}
			}
		}
		for _, n := range g.Nodes {
			for _, name := range n.Inputs {
				if m := later[name]; m != nil {
					t.Errorf("%s is before %s, which makes its input %q", n.At(), m.At(), name)
				}
			}
			for _, name := range n.Outputs {
				delete(later, name)
			}
		}
	})
}
