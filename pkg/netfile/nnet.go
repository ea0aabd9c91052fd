package netfile

import (
	"fmt"
	"slices"

	"relucount/pkg/domain"
	"relucount/pkg/nnet"
	"relucount/pkg/onnx"
)

// readNNet reads a .nnet file as the graph of its formulas: normalisation, layers,
// and the scale of the outputs. Its limits are the domain.
func readNNet(data []byte, _ Options) (*File, error) {
	n, err := nnet.Read(data)
	if err != nil {
		return nil, err
	}
	over := domain.Box(len(n.Lower), 0, 0)
	copy(over.Lower, n.Lower)
	copy(over.Upper, n.Upper)
	b := onnx.NewBuilder("", len(n.Lower))
	row := []int{len(n.Lower)}
	at := b.Node("normalisation", "Sub", []string{b.Input(), b.Constant("means", row, n.Mean)})
	at = b.Node("normalisation", "Div", []string{at, b.Constant("ranges", row, n.Range)})
	for l, lay := range n.Layers {
		name := fmt.Sprint("layer ", l+1)
		shape := []int{len(lay.Weights), len(lay.Weights[0])}
		at = b.Node(name, "Gemm", []string{at, b.Constant("weights", shape, slices.Concat(lay.Weights...)),
			b.Constant("bias", shape[:1], lay.Bias)}, onnx.IntAttribute("transB", 1))
		if l < len(n.Layers)-1 {
			at = b.Node(name, "Relu", []string{at})
		}
	}
	at = b.Node("outputs", "Mul", []string{at, b.Constant("range", nil, []float64{n.OutputRange})})
	at = b.Node("outputs", "Add", []string{at, b.Constant("mean", nil, []float64{n.OutputMean})})
	g, err := b.Graph(at, len(data))
	if err != nil {
		return nil, err
	}
	return fromGraph(g, over)
}
