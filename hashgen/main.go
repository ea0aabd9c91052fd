// Hashgen appends random parity constraints to a stream of milp records.
//
// For every milp it writes, after the milp itself, one parity record a trial.
// A parity record is one hash: rows over the unstable units of the milp, each
// asking that the number of active units of a set be odd or even. It asks how
// many of its rows some region satisfies, or, with -rows, how many regions
// satisfy them all. Everything
// else passes through. Rows depend on the seed, the milp, the size and the
// number of the trial only, so a job split with -part draws the same hashes
// as the whole.
package main

import "relucount/pkg/cli"

const about = `Passes its input on and adds parity records: one random hash a trial for every
milp. Reads stdin when no file is named.
`

const notes = `Any size gives valid lower bounds. Rows of few units are faster to solve on some
networks; half gives the tightest bounds.
`

func tool() *cli.Tool {
	o := &options{}
	return &cli.Tool{
		Name: "hashgen", About: about, Flags: o.flags(), Notes: notes,
		Examples: []string{
			"encode net.onnx | hashgen -trials 28 -size half -seed 7 | solve | report",
			"encode net.onnx | hashgen -trials 28 -rows 16 | solve -max 10000 | report",
		},
		Run: o.run,
	}
}

func main() { cli.Main(tool()) }
