// Solve answers the questions in a stream of milp and parity records.
//
// A parity record asks for the largest number of its leading rows that some
// region satisfies: the answer is a trial record. A milp asks for nothing by
// itself; with -count it asks for its number of regions. Both engines answer
// both questions: the tree search decides the units in layer order with
// hot-started linear programs, the mip engine leaves the search to HiGHS's
// branch and bound.
package main

import "relucount/pkg/cli"

const usage = `usage: solve [flags] [file ...]

Consumes milp and parity records and writes what it finds; everything else
passes through. Reads stdin when no file is named.

  a parity record gives a trial record: how many of its leading rows some
                 region satisfies
  a milp record  gives a network record, and with -count a count record

  -count         count the regions of every milp
  -max N         with -count: stop after N regions
  -patterns      with -count: one pattern record a region, with a point of it
  -engine E      tree (default) or mip, which cannot see regions that reach
                 less than 1e-6 beyond a hyperplane
  -time-limit D  for each question, as 500ms or 10m; what is found by then is
                 reported as a partial fact
  -margin F      how far a region must reach beyond each hyperplane that
                 bounds it, in coordinates scaled to [-1, 1] (default 1e-9)
  -witness       with each trial, the region that it found last
  -keep          pass milp and parity records on, too
  -j N           workers (default: all cores); the facts do not depend on it
  -k             go on after a bad record, with an error record in its place
  -v             say on stderr what was done
  -version       print the version

Rows that belong to no unit and limits changed by hand are respected. Results
of a milp whose content does not match its id are marked edited.

Examples:
  encode net.onnx | solve -count | report
  encode net.onnx | hashgen | parallel --pipe --header : -N1 solve | report
`

func main() {
	cli.Main(cli.Tool{Name: "solve", Usage: usage, Run: run})
}
