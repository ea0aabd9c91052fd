package cli_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"relucount/pkg/cli"
	"relucount/pkg/record"
)

// pick is a filter: it passes on each record of one type, up to a number.
func pick() *cli.Tool {
	var kind string
	var most int
	return &cli.Tool{
		Name:  "pick",
		About: "Passes on the records of one type.\n",
		Flags: []cli.Group{{Title: "Flags", Flags: []cli.Flag{
			{Name: "type", Arg: "T", Help: "the type", Value: cli.Word(&kind, "milp",
				cli.Choice{Name: "milp", Help: "networks", Old: "program"},
				cli.Choice{Name: "parity", Help: "hashes"})},
			{Name: "most", Arg: "N", Help: "at most N of them", Value: cli.Int(&most, 10, cli.AtLeast(1))},
		}}},
		Examples: []string{"encode net.onnx | hashgen | pick -type parity"},
		Run: func(e *cli.Env, inputs []string) error {
			return e.Each(inputs, func(l *record.Line) error {
				if l.Type != kind || most == 0 {
					return nil
				}
				most--
				return e.Out.Pass(l)
			})
		},
	}
}

// A tool is called on any streams, with the arguments of a command line. In a
// main function it is cli.Main(pick()).
func ExampleTool_Call() {
	in := strings.NewReader(`{"type":"milp","n":1}
{"type":"parity","n":2}
{"type":"milp","n":3}
`)
	code := pick().Call(context.Background(), []string{"-most", "1"}, in, os.Stdout, os.Stderr)
	fmt.Println("exit code", code)
	code = pick().Call(context.Background(), []string{"-most", "0"}, in, os.Stdout, os.Stdout)
	fmt.Println("exit code", code)
	// Output:
	// {"type":"milp","n":1}
	// exit code 0
	// pick: -most 0: at least 1 (pick -h says more)
	// exit code 2
}

// The manual comes from the table of flags.
func ExampleTool_Manual() {
	fmt.Print(pick().Manual())
	// Output:
	// usage: pick [flags] [file ...]
	//
	// Passes on the records of one type.
	//
	// Flags:
	//   -type T   the type (default milp):
	//             milp    networks (once called program)
	//             parity  hashes
	//   -most N   at most N of them (default 10)
	//   -k        go on after bad input: an error record takes its place, and the exit
	//             code is 1
	//   -v        say on stderr what was done
	//   -version  print the version
	//   -h        print this text
	//
	// Example:
	//   encode net.onnx | hashgen | pick -type parity
}

// Provenance names the flags that were set. A former name of a word gives way to
// the present one.
func ExampleEnv_Prov() {
	tool := pick()
	tool.Run = func(e *cli.Env, _ []string) error {
		fmt.Println(e.Prov("").Args)
		return nil
	}
	tool.Call(context.Background(), []string{"-v", "-type", "program", "-most=3"}, os.Stdin, os.Stdout, os.Stderr)
	// Output: [-most=3 -type=milp]
}

// A panic becomes an error that names what was being handled.
func ExampleTry() {
	err := cli.Try("stdin:3", func() error {
		var units []int
		fmt.Println(units[0])
		return nil
	})
	fmt.Println(err)
	// Output: stdin:3: internal error: runtime error: index out of range [0] with length 0
}
