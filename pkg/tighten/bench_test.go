package tighten_test

import (
	"context"
	"os"
	"testing"

	"relucount/pkg/domain"
	"relucount/pkg/netfile"
	"relucount/pkg/relu"
	"relucount/pkg/tighten"
)

func read(t testing.TB, name string) *relu.Network {
	t.Helper()
	file, err := os.Open("../../examples/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	f, err := netfile.Read(file, name)
	if err != nil {
		t.Fatal(err)
	}
	return f.Net
}

// BenchmarkEncode bounds the units of an MNIST network by one worker.
func BenchmarkEncode(b *testing.B) {
	n := read(b, "mnist-11-11-10.onnx")
	d := domain.Box(n.Inputs, 0, 1)
	for _, method := range []string{"interval", "lp"} {
		b.Run(method, func(b *testing.B) {
			var sum tighten.Totals
			for b.Loop() {
				_, t, err := tighten.Encode(context.Background(), n, d, tighten.Options{Method: method, Workers: 1})
				if err != nil {
					b.Fatal(err)
				}
				sum.LPs, sum.Pivots = sum.LPs+t.LPs, sum.Pivots+t.Pivots
			}
			b.ReportMetric(float64(sum.LPs)/float64(b.N), "LPs/op")
			b.ReportMetric(float64(sum.Pivots)/float64(b.N), "pivots/op")
		})
	}
}
