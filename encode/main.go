// Encode reads trained ReLU networks and writes their mixed-integer programs.
//
// It reads ONNX (the operators of fully connected networks), a JSON form, .nnet,
// Keras models, and files of weights (PyTorch state dicts, safetensors, npz). It
// folds normalisation and linear layers into the ReLU layers, checks the result
// against a forward pass of what the file says, bounds every unit's pre-activation
// over the domain, and writes one milp record a network. It also writes the
// program as text for other solvers, by itself or as the question whether there is
// a region besides those that are known.
package main

import "relucount/pkg/cli"

const about = `Reads trained networks and writes a milp record for each. Reads stdin when no
file is named. Formats are told apart by content: ONNX, JSON, .nnet, Keras (.keras
and .h5), PyTorch state dicts, safetensors and npz; gzip and zstd are recognised.
A milp record is taken too, so that an edited one can be written as LP or MPS.
`

const notes = `JSON networks look like
  {"name": "tiny", "domain": {"lower": -1, "upper": 1}, "layers": [
   {"weights": [[1, -1], [2, 0.5]], "bias": [0, 1], "activation": "relu"}]}
with one row of weights a unit; lower and upper may be arrays. The activation is
"relu", "abs", "linear", or {"leaky": 0.01} with one slope or an array of them.
A domain may also have "matrix" and "offset", so that x = matrix t + offset with
limits of t, and "rows" such as {"a": [1, 1], "lo": 0, "hi": 1} over t.

-domain FILE may be a table (CSV, JSON or NPY) of a lower and an upper limit for
each input, an object like "domain" above, or VNN-LIB: the constraints on X_i are
taken, those with outputs Y_j are left out, and alternatives make several milps,
NAME/1, NAME/2, ... Files may be compressed.

-fix and -rows restrict the domain, then -around, -line and -plane look within
it. The coordinate of a line is 0 at its first point and 1 at the second; a
plane has one from the first point to each of the others.

PyTorch state dicts (.pt, .pth), safetensors and npz have weights but no
structure. Their layers are the matrices in the order of the file, or of their
names in safetensors, with ReLU between them and nothing after the last. encode
says on stderr what it took; -layers and -activation say otherwise. Python code in
a pickle is never run: such files are refused.

-except asks an exact solver, such as SCIP with exact/enable, for a region that
is none of those in the file, which solve -count -patterns writes. The program
has a column f to be maximised. With -strict active an optimum of 0, or no
solution, proves that there is no other region, and an optimum above 0 does not
prove that there is one: use -strict both for that. MPS minimises -f. Records
about other milps are passed over.
`

func tool() *cli.Tool {
	o := &options{}
	return &cli.Tool{
		Name: "encode", About: about, Flags: o.flags(), Notes: notes,
		Examples: []string{
			`encode -tighten milp net.onnx | jq '.units[] | select(.stable == null)'`,
			`encode -domain box.vnnlib net.onnx | solve -count | report`,
			`encode -format lp -except regions.ndjson spiral.ndjson > other.lp`,
			`encode -domain 0,1 -around digits.npy -radius 0.02 net.onnx | solve -count`,
		},
		Run: o.run,
	}
}

func main() { cli.Main(tool()) }
