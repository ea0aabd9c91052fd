package nnet

import (
	"reflect"
	"strings"
	"testing"
)

const small = `// a comment
//another, with, commas
2,2,1,3,
2,3,1,
0,
-1.5,0,
1.5,10.0,
0.5,5,7.0,
2.0,10,3.0,
1,-1,
0.5,2e-1,
-0.25,4,
0.1,
0.2,
-0.3,
1,2,3,
-4,
`

func TestRead(t *testing.T) {
	want := &Network{
		Lower: []float64{-1.5, 0}, Upper: []float64{1.5, 10},
		Mean: []float64{0.5, 5}, Range: []float64{2, 10}, OutputMean: 7, OutputRange: 3,
		Layers: []Layer{
			{[][]float64{{1, -1}, {0.5, 0.2}, {-0.25, 4}}, []float64{0.1, 0.2, -0.3}},
			{[][]float64{{1, 2, 3}}, []float64{-4}},
		},
	}
	for name, text := range map[string]string{
		"as written":              small,
		"no comma at the end":     strings.ReplaceAll(small, ",\n", "\n"),
		"lines end as in Windows": strings.ReplaceAll(small, "\n", "\r\n"),
		"blank lines, no end":     strings.TrimSpace(strings.ReplaceAll(small, "\n", "\n\n")),
	} {
		got, err := Read([]byte(text))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if !Is([]byte(text)) {
			t.Errorf("%s: not recognised", name)
		}
	}
	for _, text := range []string{"", "1,2,3\n", "// a comment\n", "a,b,c,d\n", `{"layers": []}`, "1,2,3,4,5\n"} {
		if Is([]byte(text)) {
			t.Errorf("%q is recognised", text)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{small, "", "line 0: the file ends where the sizes of the network should follow"},
		{"2,2,1,3", "2,2,1", "line 3: 3 sizes, 4 expected"},
		{"2,2,1,3", "0,2,1,3", "line 3: the network has 0 layers"},
		{"2,2,1,3", "2,3,1,3", "line 4: layer sizes [2 3 1], but the network has 3 inputs and 1 outputs"},
		{"2,3,1,\n0", "2,0,1,\n0", `line 4: "0" is no size of a layer`},
		{"2,3,1,\n0", "2,-3,1,\n0", `line 4: "-3" is no size of a layer`},
		{"2,3,1,\n0", "2,3333333,1,\n0", `line 4: "3333333" is no size of a layer`},
		{"-1.5,0", "-1.5", "line 6: least values: 1 numbers, 2 expected"},
		{"-1.5,0", "-1.5,11", "line 7: input 1 has the least value 11 and the greatest 10"},
		{"0.5,5,7.0", "0.5,5", "line 8: means: 2 numbers, 3 expected"},
		{"2.0,10,3.0", "2.0,0,3.0", "line 9: range 1 is 0"},
		{"0.5,2e-1", "0.5,2e-1,1", "line 11: weights of layer 1, unit 1: 3 numbers, 2 expected"},
		{"0.5,2e-1", "0.5,nan", `line 11: weights of layer 1, unit 1: "nan" is no finite number`},
		{"0.5,2e-1", "0.5,1e999", `"1e999" is no finite number`},
		{"0.5,2e-1", "0.5,x", `"x" is no finite number`},
		{"0.5,2e-1", strings.Repeat(",", maxUnits+1), "line 11: more than 1048576 numbers"},
		{"-4,\n", "", "line 16: the file ends where bias of layer 2, unit 0 should follow"},
		{"-4,\n", "-4,\n5,\n", "line 18: more lines than the layer sizes [2 3 1] ask for"},
	} {
		_, err := Read([]byte(strings.Replace(small, c.from, c.to, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q for %q: %v, want %q", c.to, c.from, err, c.want)
		}
	}
}

// FuzzRead wants no panic, and as many numbers as the sizes say.
func FuzzRead(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte("1,1,1,1\n1,1\n0\n-1\n1\n0,0\n1,1\n2\n3\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := Read(data)
		if err != nil {
			return
		}
		width := len(n.Lower)
		for l, lay := range n.Layers {
			for i, row := range lay.Weights {
				if len(row) != width {
					t.Errorf("layer %d, unit %d: %d weights for %d inputs", l, i, len(row), width)
				}
			}
			if width = len(lay.Bias); width == 0 || width != len(lay.Weights) {
				t.Errorf("layer %d: %d units, %d of bias", l, len(lay.Weights), width)
			}
		}
	})
}
