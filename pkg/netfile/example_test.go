package netfile_test

import (
	"fmt"
	"strings"

	"relucount/pkg/netfile"
)

func ExampleRead() {
	f, err := netfile.Read(strings.NewReader(`{"name": "tent", "domain": {"lower": 0, "upper": 1}, "layers": [
		{"weights": [[1], [1]], "bias": [0, -0.5], "activation": "relu"},
		{"weights": [[2, -4]], "bias": [0], "activation": "linear"}]}`), "tent.json")
	if err != nil {
		panic(err)
	}
	fmt.Println(f.Format, f.Net.Name, f.Net.Inputs, len(f.Net.Layers))
	fmt.Println(f.Net.Forward([]float64{0.25}))
	// Output:
	// json tent 1 2
	// [[0.25 -0.25] [0.5]]
}

// An error says which part of the file is wrong.
func ExampleRead_error() {
	_, err := netfile.Read(strings.NewReader(`{"layers": [
		{"weights": [[1], [1]], "bias": [0], "activation": "relu"}]}`), "short.json")
	fmt.Println(err)
	// Output: short.json: layers[0].bias: 1 numbers, 2 expected
}
