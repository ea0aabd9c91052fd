package parity

import (
	"testing"

	"relucount/pkg/record"
)

// BenchmarkResidual adds the rows of a hash and gives all units their states
// in layer order, as a walk through the tree does.
func BenchmarkResidual(b *testing.B) {
	units := make([]int, 32)
	for u := range units {
		units[u] = u
	}
	for name, size := range map[string]record.Size{"half": record.Half, "5": 5} {
		rows := Draw(units, 24, size, "bench", "m", 0)
		b.Run(name, func(b *testing.B) {
			start, r := NewResidual(len(units)), NewResidual(len(units))
			for _, row := range rows {
				start.Add(row)
			}
			implied := 0
			for b.Loop() {
				r.Copy(start)
				for u := range units {
					active, ok := r.Implied(u)
					if ok {
						implied++
					}
					r.Set(u, active || !ok && u%3 == 0)
				}
			}
			b.ReportMetric(float64(implied)/float64(b.N), "implied/op")
		})
	}
}

// BenchmarkSystem brings the rows of a hash into reduced row echelon form.
func BenchmarkSystem(b *testing.B) {
	units := make([]int, 100)
	for u := range units {
		units[u] = u
	}
	rows := Draw(units, 80, record.Half, "bench", "m", 0)
	rank := 0
	for b.Loop() {
		s := NewSystem(len(units))
		for _, row := range rows {
			if _, err := s.Add(row); err != nil {
				b.Fatal(err)
			}
		}
		rank = s.Rank()
	}
	b.ReportMetric(float64(rank), "rank")
}
