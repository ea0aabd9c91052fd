package capacity_test

import (
	"context"
	"os"
	"testing"

	"relucount/pkg/capacity"
	"relucount/pkg/domain"
	"relucount/pkg/netfile"
	"relucount/pkg/tighten"
)

// BenchmarkTightMNIST bounds the regions of MNIST networks from the weights and the
// interval bounds of their units.
func BenchmarkTightMNIST(b *testing.B) {
	for _, name := range []string{"mnist-11-11-10", "mnist-3-19-10"} {
		file, err := os.Open("../../examples/" + name + ".onnx")
		if err != nil {
			b.Fatal(err)
		}
		f, err := netfile.Read(file, name)
		file.Close()
		if err != nil {
			b.Fatal(err)
		}
		p, _, err := tighten.Encode(context.Background(), f.Net, domain.Box(f.Net.Inputs, 0, 1), tighten.Options{Method: "interval", Workers: 1})
		if err != nil {
			b.Fatal(err)
		}
		layered, err := capacity.FromProblem(p, false)
		if err != nil {
			b.Fatal(err)
		}
		tables, err := capacity.Tables(layered, capacity.Search{Nodes: 20000})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			bits := 0.0
			for b.Loop() {
				n, _, err := capacity.Tight(layered, tables, capacity.Limits{SetUnits: 21, Work: 1 << 25, Sets: 1 << 24})
				if err != nil {
					b.Fatal(err)
				}
				bits = float64(n.BitLen())
			}
			b.ReportMetric(bits, "bits")
		})
	}
}
