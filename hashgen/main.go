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

const usage = `usage: hashgen [flags] [file ...]

Passes its input on and adds parity records: one random hash a trial for every
milp. Reads stdin when no file is named.

  -trials T     trials for each milp (default 28, the paper's number)
  -size K       units in a parity row, or "half" for each unstable unit with
                probability 1/2 (default half)
  -rows R       ask for the number of regions that satisfy all of R rows, a
                cell, instead of a trial, which is how many rows of a long
                list some region satisfies (unstable units + 16, so that a
                trial runs out of rows with probability below 2^-16)
  -seed S       any text; the same seed gives the same hashes (default 1)
  -part R/M     only trials R, R+M, R+2M, ... of the T (0 <= R < M)
  -k            go on after a bad record, with an error record in its place
  -v            say on stderr what was drawn
  -version      print the version

Sizes: any size gives valid lower bounds; small rows are faster to solve on
some networks, half gives the tightest bounds.

Examples:
  encode net.onnx | hashgen -trials 28 -size half -seed 7 | solve | report
  encode net.onnx | hashgen -trials 28 -rows 16 | solve -max 10000 | report
`

func main() {
	cli.Main(cli.Tool{Name: "hashgen", Usage: usage, Run: run})
}
