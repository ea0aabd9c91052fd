package tighten_test

import (
	"context"
	"fmt"
	"strings"

	"relucount/pkg/netfile"
	"relucount/pkg/tighten"
)

// The second layer's unit is the distance between two that depend on each
// other, which only the methods after the first one see.
func ExampleEncode() {
	f, err := netfile.Read(strings.NewReader(`{"domain": {"lower": -1, "upper": 1}, "layers": [
		{"weights": [[1], [-1]], "bias": [0, 0], "activation": "relu"},
		{"weights": [[1, 1]], "bias": [-0.5], "activation": "relu"}]}`), "distance.json")
	if err != nil {
		panic(err)
	}
	for _, method := range tighten.Methods {
		p, _, err := tighten.Encode(context.Background(), f.Net, f.Domain, tighten.Options{Method: method, Workers: 1})
		if err != nil {
			panic(err)
		}
		u := p.Units[2]
		fmt.Printf("%-8s %5.2f to %.2f\n", method, u.Lower, u.Upper)
	}
	// Output:
	// interval -0.50 to 1.50
	// backward -0.50 to 0.50
	// lp       -0.50 to 0.50
	// milp     -0.50 to 0.50
}
