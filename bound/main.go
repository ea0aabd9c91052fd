// Bound adds upper bounds on the number of linear regions to a stream of milp
// records: those that use the trained weights, and the classical ones, which
// are the same for every network of a shape.
package main

import "relucount/pkg/cli"

const about = `Passes its input on and adds bound records for every milp: upper bounds on its
number of linear regions. Reads stdin when no file is named.
`

func tool() *cli.Tool {
	o := &options{}
	return &cli.Tool{
		Name: "bound", About: about, Flags: o.flags(),
		Examples: []string{`encode net.onnx | bound | jq -c 'select(.type == "bound") | {method, log2}'`},
		Run:      o.run,
	}
}

func main() { cli.Main(tool()) }
