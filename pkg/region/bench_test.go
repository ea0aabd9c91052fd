package region

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"relucount/pkg/domain"
	"relucount/pkg/milp"
	"relucount/pkg/netfile"
	"relucount/pkg/parity"
	"relucount/pkg/record"
	"relucount/pkg/tighten"
)

// example reads a network of the folder examples and encodes it.
func example(b *testing.B, name string, lo, hi float64) *milp.Problem {
	b.Helper()
	path := filepath.Join("..", "..", "examples", name)
	r, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	f, err := netfile.Read(r, path)
	if err != nil {
		b.Fatal(err)
	}
	p, _, err := tighten.Encode(context.Background(), f.Net, domain.Box(f.Net.Inputs, lo, hi), tighten.Options{Method: "lp", Workers: 2})
	if err != nil {
		b.Fatal(err)
	}
	return p
}

// cost reports what an operation took.
func cost(b *testing.B, e Effort) {
	n := float64(b.N)
	b.ReportMetric(float64(e.Nodes)/n, "nodes/op")
	b.ReportMetric(float64(e.LPs)/n, "LPs/op")
	b.ReportMetric(float64(e.HiGHS)/n, "HiGHS-LPs/op")
	b.ReportMetric(float64(e.Pivots)/n, "pivots/op")
}

var benchmarks = []struct {
	file   string
	lo, hi float64
}{
	{"random/random-2-32-32-32.json", -1, 1},
	{"random/random-3-16-16-16.json", -1, 1},
	{"random/random-4-24-24.json", -1, 1},
	{"random/random-8-20.json", -1, 1},
	{"random/random-20-14.json", -1, 1},
	{"mnist-5-17-10.onnx", 0, 1},
	{"mnist-7-15-10.onnx", 0, 1},
}

func BenchmarkCount(b *testing.B) {
	for _, c := range benchmarks {
		b.Run(strings.TrimSuffix(filepath.Base(c.file), filepath.Ext(c.file)), func(b *testing.B) {
			s, err := NewSpace(example(b, c.file, c.lo, c.hi))
			if err != nil {
				b.Fatal(err)
			}
			var e Effort
			var regions int64
			for b.Loop() {
				c, err := s.Count(context.Background(), Options{Margin: DefaultMargin, Workers: 1})
				if err != nil {
					b.Fatal(err)
				}
				e.Add(c.Effort)
				regions += c.Regions
			}
			cost(b, e)
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(regions), "ns/region")
		})
	}
}

func BenchmarkTrial(b *testing.B) {
	p := example(b, "mnist-11-11-10.onnx", 0, 1)
	s, err := NewSpace(p)
	if err != nil {
		b.Fatal(err)
	}
	var e Effort
	n := 0
	for b.Loop() {
		rows := parity.Draw(p.Unstable(), 48, record.Half, "bench", p.ID, n%8)
		t, err := s.Trial(context.Background(), rows, Options{Margin: DefaultMargin})
		if err != nil {
			b.Fatal(err)
		}
		e.Add(t.Effort)
		n++
	}
	cost(b, e)
}

func BenchmarkProbe(b *testing.B) {
	s, err := NewSpace(example(b, "mnist-11-11-10.onnx", 0, 1))
	if err != nil {
		b.Fatal(err)
	}
	p, err := s.NewProber(Options{Margin: DefaultMargin})
	if err != nil {
		b.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	var e Effort
	for b.Loop() {
		e.Add(p.Probe(context.Background(), rng).Effort)
	}
	cost(b, e)
}

// BenchmarkRegions writes region records.
func BenchmarkRegions(b *testing.B) {
	for _, c := range benchmarks[:3] {
		for name, a := range map[string]Aspects{"facets": {Facets: true}, "volume": {Volume: true}} {
			b.Run(strings.TrimSuffix(filepath.Base(c.file), ".json")+"/"+name, func(b *testing.B) {
				s, err := NewSpace(example(b, c.file, c.lo, c.hi))
				if err != nil {
					b.Fatal(err)
				}
				if s, err = s.Wide(); err != nil {
					b.Fatal(err)
				}
				d, err := s.NewDescriber(a)
				if err != nil {
					b.Fatal(err)
				}
				var w Description
				for b.Loop() {
					n := 0
					if _, err := s.Count(context.Background(), Options{Workers: 1, Max: 10000, Each: func(r Region) error {
						d.Describe(r, &w)
						n++
						return nil
					}}); err != nil {
						b.Fatal(err)
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n)/float64(b.N), "ns/region")
				}
			})
		}
	}
}
