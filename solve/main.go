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

const about = `Consumes milp, parity and cube records and writes what it finds; everything
else passes through. Reads stdin when no file is named.

  a parity record  gives a trial record: how many of its leading rows some
                   region satisfies; or a cell record, when it asks how many
                   regions satisfy all
  a milp record    gives a network record, with -count a count record, with
                   -regions also region records, and with -probes probe records,
                   which with -measure say what the region is like that they end in
  a cube record    gives a count record of a share of its milp's regions
`

const notes = `Rows that belong to no unit and limits changed by hand are respected. Results
of a milp whose content does not match its id are marked edited.
`

func tool() *cli.Tool {
	o := &options{}
	return &cli.Tool{
		Name: "solve", About: about, Flags: o.flags(), Notes: notes,
		Examples: []string{
			"encode net.onnx | solve -count | report",
			"encode net.onnx | hashgen | parallel --pipe --header : -N1 solve | report",
			"encode net.onnx | solve -probes 1000 -measure class,facets | report",
			"encode net.json | solve -regions -facets -vertices > regions.ndjson",
			"encode net.onnx | solve -cubes 64 | parallel --pipe --header : -N1 solve -j 1 | report",
		},
		Run: o.run,
	}
}

func main() { cli.Main(tool()) }
