package polytope

import (
	"math/rand/v2"
	"testing"

	"relucount/pkg/property"
)

// TestPolygon counts the parts of polygons, sections of boxes and parts of squares, line by
// line and by splitting; lines that meet on the border or in one point are among them.
func TestPolygon(t *testing.T) {
	t.Parallel()
	counted, left := 0, 0
	for seed := range property.Anew(t, 400, 80) {
		rng := rand.New(rand.NewPCG(seed, 61))
		d := 2 + rng.IntN(3)
		fns := hyperplanes(rng, d, d+2+rng.IntN(6), rng.IntN(4) == 0)
		order := numbers(len(fns))
		s := Splitter{Oracle: planes(fns), fns: order}
		first, cols := boxWith(d, fns)
		p := &first
		for k := range d - 2 { // down to a polygon
			if lo, hi := p.Range(cols[k]); lo > -1e-3 || hi < 1e-3 {
				break
			}
			s.sort(p, cols[k], k, order)
			s.cuts = append(s.cuts, k)
			p = s.section(p, numbers(p.Cols), append(numbers(d), order...))
		}
		if p.Dim != 2 {
			continue
		}
		s.parting = &first
		n, ok := s.polygon(p, cols[d-2:], order[d-2:])
		if !ok {
			left++
			continue
		}
		counted++
		if len(s.cuts) != d-2 {
			t.Fatalf("seed %d: %d cuts are left", seed, len(s.cuts))
		}
		if want := bySections(&s, p, cols[d-2:], order[d-2:]); n != want {
			t.Errorf("seed %d: %d parts line by line, %d by sections", seed, n, want)
		}
	}
	if counted < 2*left || left == 0 {
		t.Errorf("%d polygons are counted line by line, %d are not", counted, left)
	}
}

// bySections counts the parts of a polygon by sections only.
func bySections(s *Splitter, p *Vertices, cols, ids []int) int64 {
	total := int64(1)
	for k, c := range cols {
		lo, hi := p.Range(c)
		if below, above := s.Sides(p, p.Val[c:], p.Cols, s.fns[ids[k]], s.fns, lo, hi); !below || !above {
			continue
		}
		s.sort(p, c, s.fns[ids[k]], s.fns)
		s.cuts = append(s.cuts, s.fns[ids[k]])
		total += s.parts(s.section(p, cols[:k], s.named(ids[:k])), numbers(k), ids[:k])
		s.cuts = s.cuts[:len(s.cuts)-1]
	}
	return total
}
