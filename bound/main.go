// Bound adds upper bounds on the number of linear regions to a stream of milp
// records: those that use the trained weights, and the classical ones, which
// are the same for every network of a shape.
package main

import "relucount/pkg/cli"

const usage = `usage: bound [flags] [file ...]

Passes its input on and adds bound records for every milp: upper bounds on its
number of linear regions. Reads stdin when no file is named.

  -method LIST   comma-separated; default: all that apply
                 tight         from the trained weights, biases and the milp's
                               bounds of units: which units can be active, and
                               which cut, given which of the layer before are
                               active; never above those that follow
                 activation    from which units can be active or inactive
                               given how many of the layer before are active,
                               by the signs of the trained weights
                               (Serra and Ramalingam 2020, theorem 2)
                 hinz2019      from the shape (framework of Hinz and van de
                               Geer 2019, with sharper numbers than serra2018)
                 serra2018     from the shape (Serra, Tjandraatmadja and
                               Ramalingam 2018, theorem 1)
                 montufar2017  from the shape (Montufar 2017)
                 zaslavsky     from the shape, networks of one ReLU layer
                 unstable      2 to the number of unstable units
                 Of these montufar2017, zaslavsky and unstable hold for other
                 units than ReLU (LeakyReLU, PReLU, absolute value), too
  -time-limit D  for each table entry of activation (default 10s, 0 for none),
                 and twice that for all of a milp; past it a valid relaxation
                 stands in and the record says so
  -k             go on after a bad record, with an error record in its place
  -v             say on stderr what was computed
  -version       print the version

Example:
  encode net.onnx | bound | jq -c 'select(.type == "bound") | {method, log2}'
`

func main() {
	cli.Main(cli.Tool{Name: "bound", Usage: usage, Run: run})
}
