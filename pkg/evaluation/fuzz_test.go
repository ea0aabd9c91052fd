package evaluation

import (
	"os"
	"testing"

	. "relucount/pkg/onnx/onnxtest"
)

// FuzzEval wants no panic, and an output that does not change when the graph is
// evaluated again.
func FuzzEval(f *testing.F) {
	data, err := os.ReadFile("../netfile/testdata/spiral-2-16-16-2-s1.onnx")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	for _, m := range Seeds() {
		f.Add(m.Bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		g, err := row(data)
		if err != nil {
			return
		}
		var outputs [2][]float64
		for k := range outputs {
			pass, err := g.Eval(make([]float64, g.Size()), nil)
			if err != nil {
				return
			}
			if outputs[k], err = pass.Output(); err != nil {
				return
			}
		}
		for i, v := range outputs[0] {
			if w := outputs[1][i]; v != w && (v == v || w == w) {
				t.Errorf("component %d of the output is %g and then %g", i, v, w)
			}
		}
	})
}
