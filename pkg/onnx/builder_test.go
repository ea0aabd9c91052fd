package onnx_test

import (
	"slices"
	"strings"
	"testing"

	"relucount/pkg/evaluation"
	"relucount/pkg/onnx"
)

func TestBuilder(t *testing.T) {
	t.Parallel()
	b := onnx.NewBuilder("built", 2)
	at := b.Node("first", "Gemm", []string{b.Input(), b.Constant("w", []int{2, 3}, []float64{1, 2, 3, 4, 5, 0.1}), b.Constant("w", []int{3}, []float64{0, 0.5, -1})},
		onnx.FloatAttribute("alpha", 0.1), onnx.IntAttribute("transB", 0))
	at = b.Node("first", "LeakyRelu", []string{at}, onnx.FloatAttribute("alpha", 0.1))
	at = b.Node("", "Transpose", []string{at}, onnx.IntsAttribute("perm", 1, 0))
	b.Node("unused", "Neg", []string{at})
	g, err := b.Graph(at, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if g.Name != "built" || len(g.Inputs) != 1 || !slices.Equal(g.Inputs[0].Dims, []int{1, 2}) || len(g.Nodes) != 3 {
		t.Errorf("%+v", g)
	}
	pass, err := evaluation.New(g).Eval([]float64{1, -2}, nil)
	if err != nil {
		t.Fatal(err)
	}
	// No number is rounded to binary32.
	want := []float64{0.1 * (0.1 * -7), 0.1 * (0.1*-8 + 0.5), 0.1 * (0.1*(3-2*0.1) - 1)}
	got, err := pass.Output()
	if err != nil || len(got) != 3 {
		t.Fatal(got, err)
	}
	for i := range want {
		if d := got[i] - want[i]; d > 1e-15 || d < -1e-15 {
			t.Errorf("output %d: %v, want %v", i, got[i], want[i])
		}
	}
}

func TestBuilderErrors(t *testing.T) {
	t.Parallel()
	b := onnx.NewBuilder("", 2)
	g, err := b.Graph(b.Node("head", "Softplusplus", []string{b.Input()}), 1000)
	if err == nil {
		_, err = evaluation.New(g).Eval([]float64{1, 2}, nil)
	}
	if err == nil || !strings.HasPrefix(err.Error(), `node 0 "head": operator Softplusplus is not`) {
		t.Error(err)
	}
	if _, err := onnx.NewBuilder("", 2).Graph("input", 1000); err == nil {
		t.Error("a graph without a node is taken")
	}
}
