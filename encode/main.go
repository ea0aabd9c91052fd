// Encode reads trained ReLU networks and writes their mixed-integer programs.
//
// It reads ONNX (the operators of fully connected networks) and a JSON form,
// folds normalisation and linear layers into the ReLU layers, checks the
// result against a forward pass of the original graph, bounds every unit's
// pre-activation over the domain, and writes one milp record a network.
package main

import "relucount/pkg/cli"

const usage = `usage: encode [flags] [file ...]

Reads trained networks (ONNX or JSON, told apart by content; gzip and zstd are
recognised) and writes a milp record for each. Reads stdin when no file is
named. A milp record is taken too, so that an edited one can be written as LP
or MPS.

  -domain LO,HI  inputs range over [LO, HI] each (default: the file's domain,
                 which may have a map and rows, else 0,1)
  -tighten M     how pre-activations are bounded, layer by layer: interval,
                 lp, milp, or auto (default): lp for networks of up to 20000
                 weights, else interval. Tighter bounds leave fewer units that
                 need a binary; milp is the paper's choice
  -time-limit D  for each bound by milp, as 500ms or 10s (default 10s, 0 for
                 none); a bound that runs out of time is looser but valid
  -name S        the network's name (default: the file's own)
  -format F      records (default), or lp or mps: the program as a text file
                 for other solvers, one network only
  -j N           workers (default: all cores); the result does not depend on it
  -k             go on after a bad file, with an error record in its place
  -v             say on stderr what was found
  -version       print the version

JSON networks look like
  {"name": "tiny", "domain": {"lower": -1, "upper": 1}, "layers": [
   {"weights": [[1, -1], [2, 0.5]], "bias": [0, 1], "activation": "relu"}]}
with one row of weights a unit; lower and upper may be arrays. The activation is
"relu", "abs", "linear", or {"leaky": 0.01} with one slope or an array of them.
A domain may also have "matrix" and "offset", so that x = matrix t + offset with
limits of t, and "rows" such as {"a": [1, 1], "lo": 0, "hi": 1} over t.

Example:
  encode -tighten milp net.onnx | jq '.units[] | select(.stable == null)'
`

func main() {
	cli.Main(cli.Tool{Name: "encode", Usage: usage, Run: run})
}
