// Package netfile reads trained networks from files.
//
// Formats are told apart by content: the table formats has a row for each. A JSON
// network is an object
//
//	{"name": "tiny",
//	 "domain": {"lower": 0, "upper": [1, 2]},
//	 "layers": [{"weights": [[1, -1], [0.5, 2]], "bias": [0, 1], "activation": "relu"},
//	            {"weights": [[1, 1]], "bias": [0], "activation": "linear"}]}
//
// with one row of weights a unit; name and domain may be absent, a limit is
// one number for all inputs or an array, and fields of other names are
// ignored. The activation is "relu", "abs", "linear", or {"leaky": a} with the
// slope a below 0: one number for all units (LeakyReLU), or an array with one
// a unit (PReLU).
//
// The domain may be another set than a box of inputs x:
//
//	"domain": {"lower": -1, "upper": 1,
//	           "matrix": [[1, 0], [0, 1], [1, 1]], "offset": [0, 0, 0.5],
//	           "rows": [{"a": [1, 1], "lo": 0, "hi": 1}]}
//
// With a matrix it is x = matrix t + offset, and lower and upper are limits of
// t; an absent offset is 0. Rows say lo <= a . t <= hi, or of x where there is no
// matrix; a limit that is null or absent is none.
//
// Other formats are read by packages of their own: nnet, keras, and weights for
// files without a structure. What they read becomes a graph of ONNX operators.
//
// Anything else is taken for an ONNX model: a graph, which package onnx reads,
// package evaluation evaluates and package symbolic makes into layers.
// docs/operators.md says what becomes of each operator.
//
// The reader of JSON gives its layers to a chain. There the affine maps between two
// layers are multiplied into one, in float64 on the exact values of the file, and
// the result is compared with a plain forward pass of what the file says before
// it is returned. Two activations in a row are one. Slopes that are equal are no
// unit: later layers take what comes in as it is.
package netfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"relucount/pkg/domain"
	"relucount/pkg/hdf5"
	"relucount/pkg/keras"
	"relucount/pkg/magic"
	"relucount/pkg/nnet"
	"relucount/pkg/onnx"
	"relucount/pkg/relu"
	"relucount/pkg/weights"
	"relucount/pkg/zipfile"
)

// File is what a network file held.
type File struct {
	Net    *relu.Network  // layers with slopes, then at most one linear layer
	Domain *domain.Domain // nil when the file has none
	Format string         // as the table of formats has it
	Notes  []string       // what was assumed beyond what the file says
}

// Options of Read.
type Options struct {
	Output string // the output to take of several; "": all of them
	// Of files of weights without a structure: which of the file's layers, in
	// order, all when empty; and the activations, one after each layer but the
	// last, or one for each layer, ReLU when empty.
	Layers      []string
	Activations []Activation

	open onnx.Open // files beside the one that is read
}

// maxBytes is the limit of a protobuf message, and ours for JSON.
const maxBytes = 1<<31 - 1

// Read reads a network. The name of the file opens every error
// and names a network that has no name of its own; it plays no part in
// recognising the format. A compressed file is to be decompressed by the
// caller.
func Read(r io.Reader, name string) (*File, error) { return Options{}.Read(r, name) }

// Read reads a network as the package's Read does, with the options.
func (o Options) Read(r io.Reader, name string) (*File, error) {
	o.open = beside(name)
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	f, err := parse(data, o)
	if err != nil {
		sep := ": "
		if pos := (*position)(nil); errors.As(err, &pos) {
			sep = ":" // file:line:column: message
		}
		return nil, fmt.Errorf("%s%s%w", name, sep, err)
	}
	if !given(f.Net.Name) {
		f.Net.Name = baseName(name)
	}
	return f, nil
}

// format is a way to write a network in a file.
type format struct {
	name string // as File has it
	is   func(data []byte) bool
	read func(data []byte, o Options) (*File, error)
	free bool // whether it has weights without a structure, so that options count
}

// formats are tried in this order. A protobuf message has no mark, so ONNX is
// what is left.
var formats = []format{
	{"json", isObject, readJSON, false},
	{"nnet", nnet.Is, readNNet, false},
	{"pytorch", archive(weights.IsTorch), readTorch, true},
	{"pytorch", weights.IsOldTorch, readOldTorch, true},
	{"keras", archive(keras.IsArchive), readKeras, false},
	{"keras", hdf5.Is, readKerasHDF5, false},
	{"npz", archive(weights.IsNpz), readNpz, true},
	{"safetensors", weights.IsSafetensors, readSafetensors, true},
	{"onnx", func(data []byte) bool { return magic.Name(data) == "" && magic.Text(data) == "" }, readONNX, false},
}

const known = "JSON, ONNX, .nnet, Keras, PyTorch's state dict, safetensors, npz"

func parse(data []byte, o Options) (*File, error) {
	if len(data) > maxBytes {
		return nil, fmt.Errorf("file is larger than 2 GiB")
	}
	if len(text(data)) == 0 {
		return nil, fmt.Errorf("file is empty")
	}
	for _, format := range formats {
		if !format.is(data) {
			continue
		}
		if o.Output != "" && format.name != "onnx" {
			return nil, fmt.Errorf("of a file in this format no output can be chosen")
		}
		if !format.free && (len(o.Layers) > 0 || len(o.Activations) > 0) {
			return nil, fmt.Errorf("the file says which layers and activations it has: none may be given")
		}
		f, err := format.read(data, o)
		if err != nil {
			return nil, err
		}
		if len(f.Net.Layers) > relu.MostLayers {
			return nil, tooDeep("the network")
		}
		f.Format = format.name
		return f, nil
	}
	if what := magic.Name(data); what != "" {
		return nil, fmt.Errorf("this is %s", what)
	}
	return nil, fmt.Errorf("not a network (%s): this is %s", known, magic.Text(data))
}

func tooDeep(what string) error {
	return fmt.Errorf("%s: more than %d layers", what, relu.MostLayers)
}

// archive says whether a file is a zip archive with such members.
func archive(is func(*zipfile.Archive) bool) func(data []byte) bool {
	return func(data []byte) bool {
		if !zipfile.Is(data) {
			return false
		}
		a, err := zipfile.Open(data)
		return err == nil && is(a)
	}
}

// text is what follows a byte order mark and white space.
func text(data []byte) []byte {
	return bytes.TrimLeftFunc(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), unicode.IsSpace)
}

// given reports whether a person may have given a name to the network: the names
// that converters give to each are none.
func given(name string) bool {
	if slices.Contains([]string{"", "torch_jit", "torch-jit-export", "torch-jit-exported", "main_graph", "main", "graph", "model", "tf2onnx", "keras2onnx", "Network",
		"nnet2onnx_Model", "OnnxRelu", "mxnet_converted_model", "onnx-model", "ONNX_model", "onnxmltools"}, name) {
		return false
	}
	hexadecimal := func(r rune) bool { return strings.ContainsRune("0123456789abcdefABCDEF-", r) }
	id := len(name) >= 8 && strings.ContainsAny(name, "0123456789") && strings.IndexFunc(name, func(r rune) bool { return !hexadecimal(r) }) < 0
	return !id && !strings.HasPrefix(name, "tf2onnx") && !strings.HasPrefix(name, "main_graph")
}

// baseName is the file's name without folders and without the endings that
// say how it is written: "nets/a-1.5.onnx.gz" is a-1.5.
func baseName(name string) string {
	base := filepath.Base(name)
	base = strings.TrimSuffix(strings.TrimSuffix(base, ".gz"), ".zst")
	if ext := filepath.Ext(base); len(ext) > 1 && unicode.IsLetter(rune(ext[1])) {
		base = strings.TrimSuffix(base, ext)
	}
	if base == "" || base == "." || base == "-" {
		return "network"
	}
	return base
}
