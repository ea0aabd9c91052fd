package polytope

import (
	"math"
	"math/bits"
)

// mostSides is the largest number of vertices of a polygon, and mostLines that of
// functions, that are counted without sections.
const (
	mostSides = 24
	mostLines = 32
)

// polygon counts the parts of a polygon as parts does, line by line, without making a
// segment of each: a line makes one part more, and another one for each point inside
// where it meets lines before it. It fails where a sign is not sure.
func (s *Splitter) polygon(p *Vertices, cols, ids []int) (int64, bool) {
	m := p.Len()
	if m > mostSides || len(cols) > mostLines || p.worst > blunt {
		return 0, false
	}
	var around [mostSides]int
	if !p.walk(around[:m]) {
		return 0, false
	}
	worst := p.Worst()
	var lines [mostLines]line
	n, total := 0, int64(1)
	for i, c := range cols {
		l := &lines[n]
		l.col, l.id = c, ids[i]
		var below, above uint32 // by the place of the vertex on the way around
		for k, v := range around[:m] {
			switch x := p.Val[v*p.Cols+c]; {
			case x > worst:
				above |= 1 << k
			case x < -worst:
				below |= 1 << k
			default:
				return 0, false
			}
		}
		if below == 0 || above == 0 {
			continue
		}
		// where it goes up, and where down: a vertex of one side before one of the other
		all := uint32(1)<<m - 1
		next := below>>1 | below<<(m-1)&all
		up := above & (below<<1 | below>>(m-1)) & all
		down := above & next
		if bits.OnesCount32(up) != 1 || bits.OnesCount32(down) != 1 {
			return 0, false
		}
		j, k := bits.TrailingZeros32(up), bits.TrailingZeros32(down)
		l.ends[0] = [2]int{around[(j+m-1)%m], around[j]}
		l.ends[1] = [2]int{around[(k+1)%m], around[k]}
		crossed, ok := s.crossed(p, l, lines[:n])
		if !ok {
			return 0, false
		}
		total += 1 + crossed
		n++
	}
	return total, true
}

// line is that of a function of a polygon.
type line struct {
	col, id int
	ends    [2][2]int // the vertices, below and above, of the two sides that it cuts
}

// walk writes the vertices of a polygon in the order of its sides.
func (p *Vertices) walk(around []int) bool {
	m := len(around)
	if m < 3 {
		return false
	}
	last := -1
	for k, v := 0, 0; ; k++ {
		if k == m {
			return v == 0
		}
		if k > 0 && v == 0 {
			return false
		}
		around[k] = v
		to := -1
		for w, f := range p.On {
			if f&p.On[v] != 0 && w != v && w != last {
				to = w
				break
			}
		}
		if to < 0 {
			return false
		}
		last, v = v, to
	}
}

// crossed is the number of points inside a polygon in which a line meets others.
func (s *Splitter) crossed(p *Vertices, l *line, others []line) (int64, bool) {
	var share, errs [2]float64
	var rows [2][2][]float64
	for e, of := range l.ends {
		rows[e] = [2][]float64{p.At(of[0]), p.At(of[1])}
		x, y := -rows[e][0][l.col], rows[e][1][l.col]
		off := max(p.Err[of[0]], p.Err[of[1]])
		value := off + p.Row
		room := x + y - 2*value
		far := 0.0
		for i := range others {
			c := others[i].col
			far = max(far, math.Abs(rows[e][1][c]-rows[e][0][c]))
		}
		share[e] = x / (x + y)
		errs[e] = off + (value/room+4*ulp)*(far+4*off) + mixing
		if !(room > 2*value) || errs[e] > blunt {
			return 0, false
		}
	}
	worst := max(errs[0], errs[1]) + p.Row
	var buf [mostLines]zero
	zeros := buf[:0]
	for i := range others {
		c := others[i].col
		var at [2]float64
		for e, r := range rows {
			at[e] = r[0][c] + share[e]*(r[1][c]-r[0][c])
			if !(math.Abs(at[e]) > worst) {
				return 0, false
			}
		}
		if at[0] < 0 != (at[1] < 0) {
			zeros = within(zeros, at[0], at[1], worst, others[i].id)
		}
	}
	on := p.On[l.ends[0][0]] & p.On[l.ends[0][1]] & p.On[l.ends[1][0]] & p.On[l.ends[1][1]]
	s.cuts = append(s.cuts, s.fns[l.id])
	n := s.distinct(p, on, zeros)
	s.cuts = s.cuts[:len(s.cuts)-1]
	return n, true
}
