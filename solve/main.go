// Solve answers the questions in a stream of milp, parity and cube records.
//
// A parity record asks for the largest number of its leading rows that some
// region satisfies: the answer is a trial record; or for the number of regions
// that satisfy all of them: the answer is a cell record. A milp asks for nothing by
// itself; with -count it asks for its number of regions, with -probes for
// unbiased estimates of it. A cube record asks for the number of a share of
// them. Both engines answer all questions: the
// tree search decides the units in layer order, by its own geometry and
// hot-started linear programs, the mip engine leaves the search to HiGHS's
// branch and bound.
//
// With -cubes it answers nothing and writes cube records instead, which share
// the regions of a milp out.
package main

import "relucount/pkg/cli"

const usage = `usage: solve [flags] [file ...]

Consumes milp, parity and cube records and writes what it finds; everything
else passes through. Reads stdin when no file is named.

  a parity record gives a trial record: how many of its leading rows some
                 region satisfies; or a cell record, when it asks how many
                 regions satisfy all
  a milp record  gives a network record, with -count a count record, and with
                 -probes probe records
  a cube record  gives a count record of a share of its milp's regions

  -count         count the regions of every milp
  -cubes N       answer nothing: pass everything on, with about N cube records
                 after every milp, which share its regions out evenly
  -probes N      N random descents through the regions of every milp, a probe
                 record each, whose mean weight is the number of regions
  -seed S        of the probes: any text (default 1)
  -part R/M      only probes R, R+M, R+2M, ... of the N (0 <= R < M)
  -max N         stop every count after N regions
  -patterns      one pattern record for each region counted, with a point of it
  -engine E      tree (default) or mip, which cannot see regions that reach
                 less than 1e-6 beyond a hyperplane
  -oracle O      of the tree engine: filtered (default) lets
                 HiGHS decide only what its own geometry is not sure of,
                 highs lets it decide all (slow, for comparison)
  -time-limit D  for each question, as 500ms or 10m; what is found by then is
                 reported as a partial fact: a count says how many regions
                 there are at least and at most, and spends the second half
                 of D on closing in
  -margin F      how far a region must reach beyond each hyperplane that
                 bounds it, in coordinates scaled to [-1, 1] (default 1e-9)
  -witness       with each trial, the region that it found last
  -keep          pass milp, parity and cube records on, too
  -j N           workers (default: all cores); the facts do not depend on it,
                 unless a limit cut them short
  -k             go on after a bad record, with an error record in its place
  -v             say on stderr what was done
  -version       print the version

Rows that belong to no unit and limits changed by hand are respected. Results
of a milp whose content does not match its id are marked edited.

Examples:
  encode net.onnx | solve -count | report
  encode net.onnx | hashgen | parallel --pipe --header : -N1 solve | report
  encode net.onnx | solve -probes 1000 | report
  encode net.onnx | solve -cubes 64 | parallel --pipe --header : -N1 solve -j 1 | report
`

func main() {
	cli.Main(cli.Tool{Name: "solve", Usage: usage, Run: run})
}
