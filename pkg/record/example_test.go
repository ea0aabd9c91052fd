package record_test

import (
	"fmt"
	"io"
	"os"
	"strings"

	"relucount/pkg/record"
)

// A tool reads records, looks into the kinds that it knows, and passes on the
// others byte for byte.
func ExampleReader() {
	in := strings.NewReader(`{"type":"bound","schema":1,"milp":"m","method":"serra2018","regions":"236909","log2":17.85}
{"type":"note","text":   "spaces stay"}
{"type":"bound","schema":2}
`)
	r, err := record.NewReader(in, "stdin")
	if err != nil {
		panic(err)
	}
	out := record.NewWriter(os.Stdout)
	for {
		line, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			panic(err)
		}
		if line.Type != record.KindBound {
			out.Pass(line)
			continue
		}
		var b record.Bound
		if err := line.Decode(&b); err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("%s: at most %s regions by %s\n", line.Place(), b.Regions, b.Method)
	}
	// Output:
	// stdin:1: at most 236909 regions by serra2018
	// {"type":"note","text":   "spaces stay"}
	// stdin:3: schema 2 is not known (this version reads schema 1)
}

// A record is one line, with its type first.
func ExampleWriter() {
	w := record.NewWriter(os.Stdout)
	w.Write(record.Network{
		Head: record.Head{Type: record.KindNetwork, Schema: record.Schema}, Milp: "m", Name: "a < b",
		Network: record.Shape{Inputs: 2, Layers: []record.LayerShape{{Units: 3, Activation: "relu"}}},
		Units:   3, Unstable: 3,
	})
	// Output:
	// {"type":"network","schema":1,"milp":"m","name":"a < b","network":{"inputs":2,"layers":[{"units":3,"activation":"relu"}]},"units":3,"active":0,"inactive":0,"unstable":3}
}
