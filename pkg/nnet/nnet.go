// Package nnet reads networks in the text format .nnet, which the ACAS Xu
// networks made known.
//
// After lines that begin with // the file has, one a line, with a comma between
// numbers:
//
//	number of layers, of inputs, of outputs, largest layer
//	inputs, units of layer 1, ..., outputs
//	a flag of no meaning
//	the least value of each input
//	the greatest value of each input
//	the mean of each input, and one of all outputs
//	the range of each input, and one of all outputs
//	for each layer: a line of weights for each unit, then a line of bias for each unit
//
// The network takes (x - mean) / range for each input x. Units of all layers but
// the last are ReLUs. An output y stands for y * range + mean.
//
// https://github.com/sisl/NNet
package nnet

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Network is what a file holds.
type Network struct {
	Lower, Upper            []float64 // limits of the inputs
	Mean, Range             []float64 // of the inputs
	OutputMean, OutputRange float64
	Layers                  []Layer
}

// Layer has a row of weights for each unit.
type Layer struct {
	Weights [][]float64
	Bias    []float64
}

// header is the first line that is no comment: four numbers.
var header = regexp.MustCompile(`^\s*(?://[^\n]*\n\s*)*\d+[ \t]*(?:,[ \t]*\d+[ \t]*){3},?[ \t]*\r?\n`)

// Is says whether data begins as a .nnet file does.
func Is(data []byte) bool { return header.Match(data[:min(len(data), 1<<16)]) }

// reader takes a file line by line.
type reader struct {
	rest []byte
	line int // the number of the last line
	err  error
}

// Read reads a file.
func Read(data []byte) (*Network, error) {
	r := &reader{rest: data}
	sizes := r.sizes()
	if r.err != nil {
		return nil, r.err
	}
	inputs := sizes[0]
	n := &Network{}
	r.fields("the flag")
	n.Lower = r.numbers("least values", inputs)
	n.Upper = r.numbers("greatest values", inputs)
	for i := range min(len(n.Lower), len(n.Upper)) {
		if n.Lower[i] > n.Upper[i] {
			r.fail("input %d has the least value %g and the greatest %g", i, n.Lower[i], n.Upper[i])
		}
	}
	n.Mean = r.numbers("means", inputs+1)
	n.Range = r.numbers("ranges", inputs+1)
	for i, v := range n.Range {
		if v == 0 {
			r.fail("range %d is 0", i)
		}
	}
	for l := 1; l < len(sizes) && r.err == nil; l++ {
		n.Layers = append(n.Layers, r.layer(l, sizes[l-1], sizes[l]))
	}
	if r.err == nil && len(bytes.TrimSpace(r.rest)) > 0 {
		r.line++
		r.fail("more lines than the layer sizes %v ask for", sizes)
	}
	if r.err != nil {
		return nil, r.err
	}
	n.Mean, n.OutputMean = n.Mean[:inputs], n.Mean[inputs]
	n.Range, n.OutputRange = n.Range[:inputs], n.Range[inputs]
	return n, nil
}

// mostLayers is far more than any network has.
const mostLayers = 10_000

// sizes takes the lines that say how large the layers are.
func (r *reader) sizes() []int {
	var first []string
	for {
		first = r.fields("the sizes of the network")
		if len(first) == 0 || !strings.HasPrefix(first[0], "//") {
			break
		}
	}
	head := r.counts(first, 4, 0)
	if r.err != nil {
		return nil
	}
	layers, inputs, outputs := head[0], head[1], head[2]
	switch {
	case layers > mostLayers:
		r.fail("the network has %d layers: at most %d are supported", layers, mostLayers)
		return nil
	case layers == 0:
		r.fail("the network has 0 layers")
		return nil
	}
	sizes := r.counts(r.fields("the layer sizes"), layers+1, 1)
	if r.err == nil && (sizes[0] != inputs || sizes[layers] != outputs) {
		r.fail("layer sizes %v, but the network has %d inputs and %d outputs", sizes, inputs, outputs)
	}
	return sizes
}

// layer takes layer l.
func (r *reader) layer(l, inputs, units int) (lay Layer) {
	for i := 0; i < units && r.err == nil; i++ {
		what := fmt.Sprintf("weights of layer %d, unit %d", l, i)
		lay.Weights = append(lay.Weights, r.numbers(what, inputs))
	}
	for i := 0; i < units && r.err == nil; i++ {
		what := fmt.Sprintf("bias of layer %d, unit %d", l, i)
		lay.Bias = append(lay.Bias, r.numbers(what, 1)...)
	}
	return lay
}

// fail keeps the first error.
func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("line %d: %s", r.line, fmt.Sprintf(format, args...))
	}
}

// fields splits the next line that is not blank.
func (r *reader) fields(what string) []string {
	for r.err == nil && len(r.rest) > 0 {
		var line []byte
		line, r.rest, _ = bytes.Cut(r.rest, []byte("\n"))
		r.line++
		if bytes.Count(line, []byte(",")) > maxUnits {
			r.fail("more than %d numbers", maxUnits)
		} else if text := strings.TrimSpace(string(line)); text != "" {
			return strings.Split(strings.TrimSuffix(text, ","), ",")
		}
	}
	r.fail("the file ends where %s should follow", what)
	return nil
}

// numbers takes a line of n finite numbers.
func (r *reader) numbers(what string, n int) []float64 {
	fields := r.fields(what)
	if r.err == nil && len(fields) != n {
		r.fail("%s: %d numbers, %d expected", what, len(fields), n)
	}
	if r.err != nil {
		return nil
	}
	out := make([]float64, n)
	for i, f := range fields {
		v, err := strconv.ParseFloat(strings.TrimSpace(f), 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			r.fail("%s: %.40q is no finite number", what, f)
			return nil
		}
		out[i] = v
	}
	return out
}

// maxUnits, of a layer and so numbers of a line, is far above what a text file is
// used for.
const maxUnits = 1 << 20

// counts reads n sizes, none of them below least.
func (r *reader) counts(fields []string, n, least int) []int {
	if r.err == nil && len(fields) != n {
		r.fail("%d sizes, %d expected", len(fields), n)
	}
	if r.err != nil {
		return nil
	}
	out := make([]int, n)
	for i, f := range fields {
		v, err := strconv.Atoi(strings.TrimSpace(f))
		if err != nil || v < least || v > maxUnits {
			r.fail("%.40q is no size of a layer", f)
			return nil
		}
		out[i] = v
	}
	return out
}
