package polytope

import (
	"math"
	"math/bits"
	"slices"

	"gonum.org/v1/gonum/floats"

	"relucount/pkg/dense"
)

// longStep maximises row . (y, 1) over the points y = centre + gen x, x in
// [-1, 1]^n, of a zonotope that keep a number of rows. With c and a_i for the row
// and the rows over x, it minimises the dual
//
//	c_0 + sum_i l_i a_i0 + sum_j |c_j + sum_i l_i a_ij|,   l_i >= 0
//
// which is convex and piecewise linear. A basis is a set of rows with multipliers
// and as many generators whose terms, the residuals, are 0. A step goes along an
// edge, past all kinks until the function rises (Barrodale and Roberts, 1973;
// Maros, 2003, chapter 9), so that it takes about as many steps as rows hold in the
// end, whatever the number of generators. At the minimum x is the maximum's place:
// generators with a residual are at its sign.
type longStep struct {
	zono    *Zonotope
	images  map[*float64]image // of rows that came before, by their places
	bases   map[int]basis
	a       [][]float64  // of the rows
	free    []bool       // whether a row is an equation, whose multiplier may have any sign
	rows    []int        // of the basis
	cols    []int        // of the basis
	inv     dense.Square // the inverse of a[rows][cols]: for each of cols a number for each of rows
	part    dense.Square // what becomes the inverse
	l       []float64    // of rows
	inBasis []bool       // generators
	held    []bool       // rows
	c       []float64    // of the objective
	p       []float64    // c but for a little, so that few residuals are 0 at once
	r, x    []float64    // residuals, and x
	across  []float64    // a, column by column: for each generator, and the constants
	wide    int          // numbers that across has for each generator: room for more rows
	tall    int          // generators of across, and the constants
	from    []*float64   // the rows that across is of
	rest    []float64    // of each row its value at x, where generators of the basis are 0
	slack   []float64    // of each row its value at x, as worst has found it
	sum     dense.Rows   // that are about to be added up
	turns   dense.Rows   // likewise, to rest
	room    []float64    // values at a point that keeps the rows
	edge    []float64    // of each row the square of the length of its edge
	norm    []float64    // of each generator of the basis likewise: of its row of inv
	worth   float64      // of the dual
	u, tau  []float64    // of the basis
	alpha   []float64    // likewise
	change  []float64    // of the rows
	turned  []float64    // likewise
	since   int          // steps since the inverse was made
	steps   int64
	rho     []float64 // how residuals change along an edge
	delta   []float64 // how multipliers do
	v, w    []float64
	kinks   []kink
	marks   []uint8 // which residuals have one
	work    []float64
}

// image is what a row is over the generators: a number for each, and a constant.
type image struct{ row, of []float64 }

// kink is where a residual or a multiplier becomes 0 along an edge.
type kink struct {
	at   float64
	gain float64 // of the slope
	col  int
}

const (
	mostImages  = 1 << 12
	edgeTol     = 1e-9  // what is out of its limits by less is within
	longestWalk = 20000 // steps
	blur        = 1e-10 // how much an objective is changed
	floor       = -1e-7 // a maximum that is no larger is below 0, whatever rounding and blur do
	mostSince   = 100   // steps with the same inverse
	tryEvery    = 4     // steps between looks at what x shows
	hopeful     = 1e-6  // what it has to show
	independent = 1e-6  // the least pivot of a basis that is taken over
	rough       = 1e-4  // the part of a norm that is left below which it is made anew
)

// image returns what a row is over the generators.
func (s *longStep) image(row []float64) []float64 {
	m, ok := s.images[&row[0]]
	if ok && slices.Equal(m.row, row) { // its memory may have been another row's
		return m.of
	}
	if len(s.images) >= mostImages {
		clear(s.images)
	}
	m = image{slices.Clone(row), s.over(row, nil)}
	s.images[&row[0]] = m
	return m.of
}

// over writes what a row is over the generators, and the constant.
func (s *longStep) over(row, to []float64) []float64 {
	d, n := s.zono.gen.Rows, s.zono.gen.Cols
	if len(s.work) != s.zono.gen.Width() {
		s.work = make([]float64, s.zono.gen.Width())
	}
	s.zono.gen.Combine(row, s.work)
	to = append(to[:0], s.work[:n]...)
	return append(to, row[d]+dot(s.zono.centre, row[:d]))
}

// start takes rows and an objective. With none, the objective is the least value of
// rows that are no equations, which is as one more generator. No row has a multiplier
// yet.
func (s *longStep) start(z *Zonotope, rows [][]float64, free []bool, row []float64) {
	if s.zono != z {
		*s = longStep{zono: z, images: map[*float64]image{}, bases: map[int]basis{}}
	}
	n := z.gen.Cols
	s.a, s.free, s.room = s.a[:0], s.free[:0], s.room[:0]
	for i, r := range rows {
		if r == nil {
			continue
		}
		a := s.image(r)
		if row == nil {
			least := -1.0
			if free[i] {
				least = 0
			}
			a = append(append(slices.Clone(a[:n]), least), a[n])
		}
		s.a, s.free = append(s.a, a), append(s.free, free[i])
	}
	if row == nil {
		s.c = append(append(s.c[:0], make([]float64, n)...), 1, 0)
		n++
	} else {
		s.c = s.over(row, s.c)
	}
	s.p = append(s.p[:0], s.c[:n]...)
	for j := range s.p {
		_, frac := math.Modf(float64(j+1) * math.Phi)
		s.p[j] += blur * (frac - 0.5)
	}
	s.r = append(s.r[:0], s.p...)
	s.rows, s.cols, s.norm, s.l = s.rows[:0], s.cols[:0], s.norm[:0], s.l[:0]
	s.inv.Clear(0)
	s.x, s.rho = append(s.x[:0], s.r...), append(s.rho[:0], s.r...)
	s.marks = slices.Grow(s.marks[:0], (n+7)/8)[:(n+7)/8]
	s.inBasis, s.held = slices.Repeat([]bool{false}, n), slices.Repeat([]bool{false}, len(s.a))
	for j, v := range s.r {
		s.x[j] = math.Copysign(1, v)
	}
	s.transpose(n)
	s.edge = slices.Grow(s.edge[:0], len(s.a))[:len(s.a)]
	for i := range s.edge {
		s.edge[i] = 1
	}
	s.worth = s.value()
}

// walk goes down to the minimum, or until that is well below 0: Best. On the way it
// tries points that seem to show that the maximum is above 0; true ends it: Reached.
func (s *longStep) walk(try func() bool) Outcome {
	s.since, s.steps = 0, 0
	for n := range longestWalk {
		i, p := s.worst()
		end := i < 0 && p < 0 || s.worth <= floor
		switch {
		case end && s.since == 0:
			if s.refactor(s.c) {
				return Best
			}
			return Lost
		case try != nil && n%tryEvery == 0 && s.promising() && try():
			return Reached
		case end || s.since >= mostSince:
			if !s.refactor(s.p) {
				return Lost
			}
			s.keep()
		case !s.step(i, p):
			return Lost
		default:
			s.since++
			s.steps++
		}
	}
	return Lost
}

// value is that of the dual: no value on the zonotope where it keeps the rows is
// larger.
func (s *longStep) value() float64 {
	n := len(s.x)
	v := s.c[n] + floats.Norm(s.r, 1)
	for a, i := range s.rows {
		v += s.l[a] * s.a[i][n]
	}
	return v
}

// refactor makes the inverse anew, and the multipliers of an objective.
func (s *longStep) refactor(of []float64) bool {
	s.since = 0
	if len(s.rows) == 0 {
		s.worth = s.value()
		return true
	}
	if !s.invert(s.rows, s.cols, pivotTol) {
		return false
	}
	s.multiply(of)
	s.nonNegative()
	s.worth = s.value()
	return true
}

// nonNegative takes what rounding has made of multipliers away.
func (s *longStep) nonNegative() {
	for a, i := range s.rows {
		if !s.free[i] {
			s.l[a] = max(s.l[a], 0)
		}
	}
}

// residues makes the residuals anew, and x where it is far from their sign.
func (s *longStep) residues() {
	copy(s.r, s.p)
	for a, i := range s.rows {
		s.sum.Add(s.r, s.l[a], s.a[i])
	}
	s.sum.Flush(s.r)
	for _, c := range s.cols {
		s.r[c] = 0
	}
	for j, v := range s.r {
		// where it is less it is at a kink, and x is on either side
		if x := math.Copysign(1, v); !s.inBasis[j] && math.Abs(v) > blur/1e3 && x != s.x[j] {
			s.turn(j, x)
		}
	}
	s.worth = s.value()
}

// step goes along the edge on which row i gets a multiplier, or generator p of the
// basis a residual.
func (s *longStep) step(i, p int) bool {
	n, k := len(s.x), len(s.rows)
	slope, sign := 0.0, 1.0
	s.delta = slices.Grow(s.delta[:0], k+1)[:k]
	clear(s.delta)
	if i >= 0 {
		v := s.slack[i]
		if v > 0 { // of an equation
			sign = -1
		}
		slope = -math.Abs(v)
		copy(s.rho, s.a[i][:n])
		if sign < 0 {
			floats.Scale(-1, s.rho)
		}
		s.along(s.rho, s.delta)
	} else {
		c := s.cols[p]
		slope = 1 - math.Abs(s.x[c])
		sign = math.Copysign(1, s.x[c])
		clear(s.rho)
		floats.AddScaled(s.delta[:k], sign, s.inv.Row(p))
	}
	for a, t := range s.delta {
		s.sum.Add(s.rho, t, s.a[s.rows[a]])
	}
	s.sum.Flush(s.rho)
	// the kinks, up to where a multiplier would become negative
	end, out := math.Inf(1), -1
	for a, t := range s.delta {
		if t < -pivotTol && !s.free[s.rows[a]] {
			if at := max(s.l[a], 0) / -t; at < end {
				end, out = at, a
			}
		}
	}
	s.kinks = s.kinks[:0]
	dense.Crossing(s.r, s.rho, s.x, end, pivotTol, s.marks)
	for at, m := range s.marks {
		for ; m != 0; m &= m - 1 {
			if j := 8*at + bits.TrailingZeros8(m); !s.inBasis[j] {
				v := -s.rho[j] * s.x[j]
				s.kinks = append(s.kinks, kink{math.Abs(s.r[j]) / v, 2 * v, j})
			}
		}
	}
	t, q := s.kink(slope, end)
	if math.IsInf(t, 1) {
		return false
	}
	s.follow(i, p, q, out, sign)
	// the move
	for a, d := range s.delta {
		s.l[a] += t * d
	}
	floats.AddScaled(s.r, t, s.rho)
	if i >= 0 {
		s.held[i] = true
	} else {
		c := s.cols[p]
		s.release(c, sign)
		s.r[c] = t * sign
	}
	if i >= 0 { // what the row is by the rows of the basis
		floats.Scale(-sign, s.delta)
	}
	switch {
	case q >= 0 && i >= 0:
		s.grow(i, q, t*sign, s.alpha, s.delta)
	case q >= 0:
		s.replaceCol(p, q, s.alpha)
	case i >= 0:
		s.replaceRow(out, i, t*sign, s.delta)
	default:
		s.shrink(out, p)
	}
	return true
}

// kink finds how far to go along an edge whose slope is given: to a kink of a
// generator, which it returns, or to the end. It turns those that it passes.
func (s *longStep) kink(slope, end float64) (at float64, col int) {
	fall := 0.0 // how much less the dual would fall but for the kinks that are passed, at 0
	defer func() { s.worth += slope*at - fall }()
	for len(s.kinks) > 0 {
		// sort as few as needed: those before the median of a sample first
		pivot := s.kinks[len(s.kinks)/2].at
		if a, b := s.kinks[0].at, s.kinks[len(s.kinks)-1].at; (a < pivot) != (a < b) {
			pivot = a
		} else if (b < pivot) != (b < a) {
			pivot = b
		}
		near, gain := 0, 0.0
		for i, k := range s.kinks {
			if k.at <= pivot {
				s.kinks[i], s.kinks[near] = s.kinks[near], k
				gain += k.gain
				near++
			}
		}
		if slope+gain < 0 { // beyond all of these
			for _, k := range s.kinks[:near] {
				s.turn(k.col, -s.x[k.col])
				fall += k.gain * k.at
			}
			slope += gain
			s.kinks = s.kinks[near:]
			continue
		}
		if near > 8 && near < len(s.kinks) {
			s.kinks = s.kinks[:near]
			continue
		}
		slices.SortFunc(s.kinks[:near], func(a, b kink) int {
			switch {
			case a.at < b.at:
				return -1
			case a.at > b.at:
				return 1
			}
			return a.col - b.col
		})
		for _, k := range s.kinks[:near] {
			if slope+k.gain >= 0 {
				return k.at, k.col
			}
			slope += k.gain
			fall += k.gain * k.at
			s.turn(k.col, -s.x[k.col])
		}
		s.kinks = s.kinks[near:]
	}
	return end, -1
}

// bound adds to row, of which err bounds the error, the rows times the multipliers,
// as Simplex.Multipliers does.
func (s *longStep) bound(rows [][]float64, errs []float64, row []float64, err float64, to []float64) ([]float64, float64) {
	to = append(to[:0], row...)
	terms := 2.0
	at := 0
	for i, r := range rows {
		if r == nil {
			continue
		}
		if b := slices.Index(s.rows, at); b >= 0 && (s.l[b] > 0 || s.free[at]) {
			floats.AddScaled(to, s.l[b], r)
			err += math.Abs(s.l[b]) * errs[i]
			terms++
		}
		at++
	}
	return to, err * (1 + terms/float64(len(row)+7))
}

// point writes the point y of x.
func (s *longStep) point(y []float64) {
	if len(s.work) != s.zono.gen.Width() {
		s.work = make([]float64, s.zono.gen.Width())
	}
	clear(s.work)
	for j, v := range s.x[:s.zono.gen.Cols] {
		s.work[j] = max(-1, min(1, v))
	}
	s.zono.gen.Mul(s.work, y)
	floats.Add(y, s.zono.centre)
}
