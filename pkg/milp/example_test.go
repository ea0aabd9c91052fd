package milp_test

import (
	"fmt"
	"strings"

	"relucount/pkg/milp"
	"relucount/pkg/record"
)

// A record that a person wrote: one unit, max(0, x), for x from -1 to 2.
func ExampleDecode() {
	r, err := record.NewReader(strings.NewReader(`{"type":"milp","schema":1,"id":"mine","network":{"inputs":1,"layers":[{"units":1,"activation":"relu"}]},`+
		`"domain":{"lower":[-1],"upper":[2]},"cols":[{"kind":"input","lo":-1,"hi":2},{"lo":0,"hi":2},{"lo":0,"hi":1},{"lo":0,"hi":1,"integer":true}],`+
		`"rows":[{"kind":"pre","lo":0,"hi":0,"idx":[0,1,2],"val":[1,-1,1]},{"kind":"on","hi":0,"idx":[1,3],"val":[1,-2]},{"kind":"off","hi":1,"idx":[2,3],"val":[1,1]}],`+
		`"units":[{"layer":1,"unit":0,"z":3,"h":1,"hbar":2,"pre":0,"lower":-1,"upper":2,"stable":null}]}`), "example")
	if err != nil {
		panic(err)
	}
	line, err := r.Next()
	if err != nil {
		panic(err)
	}
	p, err := milp.Decode(line)
	if err != nil {
		panic(err)
	}
	fmt.Println(p.ID, p.LayerSizes(), p.Unstable(), p.FreeInputs(), p.UnitRows())
	// Output: mine [1] [0] 1 [0 0 0]
}
