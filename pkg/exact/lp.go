package exact

import (
	"cmp"
	"math/big"
	"slices"
)

// Most is what Maximum finds.
type Most struct {
	// Positive tells that the function is positive somewhere. Then Num/Den is a
	// point of the body where it is.
	Positive bool
	Num      []big.Int
	Den      big.Int
	// Otherwise Times f + sum of Mult[i] rows[i] is nowhere positive on the
	// box, which proves it. All Mult are >= 0, and Times > 0.
	Times big.Int
	Mult  []big.Int
	// Empty tells that the closed body has no point at all.
	Empty  bool
	Pivots int64
}

// Maximum finds out whether f is positive somewhere in the body
//
//	{ t in [-1, 1]^d : rows[i] . (t, 1) >= 0 }
//
// of integer functions. It is the dual simplex method for bounded variables: it
// starts in the corner of the box that is best for f, where all reduced costs
// have the right sign, and moves what violates its bounds back to them. So f's
// value falls, and when it comes to 0 the multipliers at hand are the proof.
// The dictionary is that of Edmonds, of integers over one denominator. After a
// while the least index decides, as Bland has it, so that it ends.
func Maximum(rows [][]big.Int, f []big.Int) Most {
	s := newDual(rows, f)
	for {
		if s.bound().Sign() <= 0 {
			return s.proof(len(rows))
		}
		r := s.leaving()
		if r < 0 {
			return s.point()
		}
		e := s.entering(r)
		if e < 0 {
			return Most{Empty: true, Pivots: s.pivots}
		}
		s.pivot(r, e)
	}
}

// dual is a dictionary: den x[head[i]] = sum over j of tab[i][j] x[tail[j]] +
// tab[i][n], and the last row is den f. Variables below d are coordinates, d+i
// is the slack of row i. Nonbasic coordinates are at -1 or, where up says so,
// at 1, and nonbasic slacks are 0.
type dual struct {
	d, n   int
	head   []int
	tail   []int
	up     []bool
	tab    [][]big.Int
	den    big.Int
	val    []big.Int // den times the basic variables
	pivots int64
}

func newDual(rows [][]big.Int, f []big.Int) *dual {
	d := len(f) - 1
	s := &dual{d: d, n: d, tail: make([]int, d), up: make([]bool, d)}
	s.den.SetInt64(1)
	for j := range d {
		s.tail[j], s.up[j] = j, f[j].Sign() > 0
	}
	for i, r := range append(slices.Clone(rows), f) {
		row := make([]big.Int, d+1)
		for j := range r {
			row[j].Set(&r[j])
		}
		s.tab = append(s.tab, row)
		if i < len(rows) {
			s.head = append(s.head, d+i)
		}
	}
	s.val = make([]big.Int, len(s.tab))
	for i := range s.tab {
		s.settle(i)
	}
	return s
}

// settle computes the value of a row.
func (s *dual) settle(i int) {
	v := &s.val[i]
	v.Set(&s.tab[i][s.n])
	for j := range s.tail {
		if s.tail[j] >= s.d {
			continue
		}
		if s.up[j] {
			v.Add(v, &s.tab[i][j])
		} else {
			v.Sub(v, &s.tab[i][j])
		}
	}
}

// bound is den times the largest value that f may have yet.
func (s *dual) bound() *big.Int { return &s.val[len(s.tab)-1] }

// violation is how far, times den, basic variable i is beyond its bounds; low
// tells that it is the lower one.
func (s *dual) violation(i int, to *big.Int) (low bool) {
	if s.head[i] >= s.d {
		to.Neg(&s.val[i])
		return true
	}
	low = s.val[i].Sign() < 0
	to.Abs(&s.val[i])
	to.Sub(to, &s.den)
	return low
}

// patience is the number of pivots, for each row and coordinate, after which
// the least index decides.
const patience = 3

func (s *dual) leaving() int {
	bland := s.pivots > int64(patience*(len(s.head)+s.d))
	at := -1
	var x, top big.Int
	for i := range s.head {
		s.violation(i, &x)
		if x.Sign() <= 0 {
			continue
		}
		switch {
		case at < 0, bland && s.head[i] < s.head[at], !bland && x.Cmp(&top) > 0:
			at = i
			top.Set(&x)
		}
	}
	return at
}

// entering finds the nonbasic variable that takes the place of basic variable
// r, of those that move it in the right direction: in the order in which their
// reduced costs come to 0. Coordinates before it, which by going from one bound to
// the other do not move r all the way, do that (the long step of the dual
// method: Maros, "A generalized dual phase-2 simplex algorithm", 2003).
func (s *dual) entering(r int) int {
	var x big.Int
	want := -1 // the sign in which x[head[r]] has to move
	if s.violation(r, &x) {
		want = 1
	}
	row, z := s.tab[r], s.tab[len(s.tab)-1]
	var list []int
	for j := range s.tail {
		move := 1 // the sign in which the nonbasic variable may move
		if s.tail[j] < s.d && s.up[j] {
			move = -1
		}
		if row[j].Sign()*move == want {
			list = append(list, j)
		}
	}
	var a, b big.Int
	slices.SortFunc(list, func(i, j int) int { // |z[i]| / |row[i]| against that of j
		a.Mul(&z[i], &row[j])
		b.Mul(&z[j], &row[i])
		return cmp.Or(a.CmpAbs(&b), cmp.Compare(s.tail[i], s.tail[j]))
	})
	flipped := false
	at := -1
	for _, j := range list {
		// from bound to bound a coordinate moves r by twice its entry
		x.Sub(&x, a.Lsh(b.Abs(&row[j]), 1))
		if s.tail[j] >= s.d || x.Sign() <= 0 {
			at = j
			break
		}
		s.up[j] = !s.up[j]
		flipped = true
	}
	if flipped {
		for i := range s.tab {
			s.settle(i)
		}
	}
	return at
}

func (s *dual) pivot(r, e int) {
	s.pivots++
	var x big.Int
	low := s.violation(r, &x)
	row := s.tab[r]
	p := new(big.Int).Set(&row[e])
	for i := range s.tab {
		if i == r {
			continue
		}
		t := s.tab[i]
		c := new(big.Int).Set(&t[e])
		for j := range t {
			if j == e {
				continue
			}
			t[j].Mul(&t[j], p)
			if c.Sign() != 0 && row[j].Sign() != 0 {
				t[j].Sub(&t[j], x.Mul(c, &row[j]))
			}
			if t[j].Sign() != 0 {
				t[j].Quo(&t[j], &s.den)
			}
		}
	}
	for j := range row {
		row[j].Neg(&row[j])
	}
	row[e].Set(&s.den)
	s.den.Set(p)
	if p.Sign() < 0 {
		s.den.Neg(&s.den)
		for i := range s.tab {
			for j := range s.tab[i] {
				s.tab[i][j].Neg(&s.tab[i][j])
			}
		}
	}
	s.head[r], s.tail[e] = s.tail[e], s.head[r]
	s.up[e] = s.tail[e] < s.d && !low
	for i := range s.tab {
		s.settle(i)
	}
}

// proof reads the multipliers off the reduced costs of the slacks.
func (s *dual) proof(rows int) Most {
	m := Most{Mult: make([]big.Int, rows), Pivots: s.pivots}
	m.Times.Set(&s.den)
	for j, v := range s.tail {
		if v >= s.d {
			m.Mult[v-s.d].Neg(&s.tab[len(s.tab)-1][j])
		}
	}
	return m
}

func (s *dual) point() Most {
	m := Most{Positive: true, Num: make([]big.Int, s.d), Pivots: s.pivots}
	m.Den.Set(&s.den)
	for j, v := range s.tail {
		if v < s.d {
			m.Num[v].Set(&s.den)
			if !s.up[j] {
				m.Num[v].Neg(&s.den)
			}
		}
	}
	for i, v := range s.head {
		if v < s.d {
			m.Num[v].Set(&s.val[i])
		}
	}
	return m
}
