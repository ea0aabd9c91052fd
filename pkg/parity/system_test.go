package parity

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"relucount/pkg/property"
	"relucount/pkg/record"
)

// holds reports whether a pattern, a bit for each unit, satisfies a row.
func holds(r record.ParityRow, pattern uint64) bool {
	odd := false
	for _, u := range r.Units {
		odd = odd != (pattern>>u&1 == 1)
	}
	return odd == r.Odd
}

func allHold(rows []record.ParityRow, pattern uint64) bool {
	for _, r := range rows {
		if !holds(r, pattern) {
			return false
		}
	}
	return true
}

// of is the pattern of n units as the methods of System take it.
func of(pattern uint64, n int) *Pattern {
	p := NewPattern(n)
	for u := range n {
		p.Set(u, true) // and back, for those that are not
		p.Set(u, pattern>>u&1 == 1)
	}
	return p
}

func randomRow(rng *rand.Rand, n int) record.ParityRow {
	r := record.ParityRow{Odd: rng.IntN(2) == 1}
	for range rng.IntN(n + 2) { // units twice, too
		r.Units = append(r.Units, rng.IntN(n))
	}
	return r
}

func TestSystemAgainstAllPatterns(t *testing.T) {
	t.Parallel()
	for seed := range property.Seeds(t, 400, 60) {
		rng := rand.New(rand.NewPCG(5, seed))
		n := 1 + rng.IntN(9)
		s := NewSystem(n)
		var rows []record.ParityRow
		left := 1 << n
		for range 1 + rng.IntN(n+3) {
			row := randomRow(rng, n)
			effect, err := s.Add(row)
			if err != nil {
				t.Fatal(err)
			}
			before := left
			rows = append(rows, row)
			left = 0
			for pat := range uint64(1) << n {
				if allHold(rows, pat) {
					left++
				}
			}
			want := Cut
			switch {
			case left == before:
				want = Redundant
			case left == 0:
				want = Inconsistent
			case 2*left != before:
				t.Fatalf("%d patterns left of %d", left, before)
			}
			if effect != want {
				t.Fatalf("seed %d: row %v had effect %v, %v expected", seed, row, effect, want)
			}
			if got := s.Solutions(); got.Cmp(big.NewInt(int64(left))) != 0 || s.Consistent() != (left > 0) {
				t.Fatalf("seed %d: %v solutions, consistent %v; %d expected", seed, got, s.Consistent(), left)
			}
			if left == 0 {
				break
			}
			if 1<<(n-s.Rank()) != left {
				t.Fatalf("seed %d: rank %d of %d units leaves %d", seed, s.Rank(), n, left)
			}
			checkImplied(t, s, rows, n)
		}
	}
}

// checkImplied: a unit is implied when all solutions that agree before it have
// one state of it. The echelon form promises more: which units are implied
// does not depend on the states, and FirstViolated is the first at which no
// solution goes on.
func checkImplied(t *testing.T, s *System, rows []record.ParityRow, n int) {
	t.Helper()
	for pat := range uint64(1) << n {
		p := of(pat, n)
		first := n
		for u := range n {
			var can [2]bool // with the units before u as in pat
			for q := range uint64(1) << n {
				if (q^pat)&(1<<u-1) == 0 && allHold(rows, q) {
					can[q>>u&1] = true
				}
			}
			active, implied := s.Implied(u, p)
			if can[0] || can[1] { // else the prefix is lost already
				if implied != (can[0] != can[1]) || (implied && active != can[1]) {
					t.Fatalf("rows %v, pattern %b: unit %d implied %v %v, possible %v", rows, pat, u, implied, active, can)
				}
				if !can[pat>>u&1] && first == n {
					first = u
				}
			}
		}
		if got := s.FirstViolated(p); got != first {
			t.Fatalf("rows %v, pattern %b: first violated %d, %d expected", rows, pat, got, first)
		}
		if (first == n) != allHold(rows, pat) {
			t.Fatalf("rows %v, pattern %b", rows, pat)
		}
		for _, r := range rows {
			if Satisfies(r, func(u int) bool { return pat>>u&1 == 1 }) != holds(r, pat) {
				t.Fatalf("row %v, pattern %b: Satisfies is wrong", r, pat)
			}
		}
	}
}

// TestSystemOfManyUnits crosses the words of the bit sets: rows are made to
// hold for a hidden pattern, so they never contradict each other, and every
// unit is implied once there are enough.
func TestSystemOfManyUnits(t *testing.T) {
	t.Parallel()
	for _, n := range []int{63, 64, 65, 128, 200} {
		rng := rand.New(rand.NewPCG(6, uint64(n)))
		hidden := NewPattern(n)
		state := make([]bool, n)
		for u := range n {
			state[u] = rng.IntN(2) == 1
			hidden.Set(u, state[u])
		}
		s := NewSystem(n)
		rank := 0
		for range 2 * n {
			r := record.ParityRow{}
			for u := range n {
				if rng.IntN(2) == 1 {
					r.Units = append(r.Units, u)
					r.Odd = r.Odd != state[u]
				}
			}
			effect, err := s.Add(r)
			if err != nil || effect == Inconsistent {
				t.Fatalf("%d units: %v, %v", n, effect, err)
			}
			if effect == Cut {
				rank++
			}
		}
		if rank != s.Rank() || rank != n {
			t.Errorf("%d units: rank %d, %d cuts", n, s.Rank(), rank)
		}
		if s.FirstViolated(hidden) != n || s.Solutions().Cmp(big.NewInt(1)) != 0 {
			t.Errorf("%d units: the hidden pattern is violated at %d, %v solutions", n, s.FirstViolated(hidden), s.Solutions())
		}
		for u := range n {
			hidden.Set(u, !state[u])
			if got := s.FirstViolated(hidden); got != u {
				t.Errorf("%d units: unit %d turned: violated at %d", n, u, got)
			}
			hidden.Set(u, state[u])
		}
		if e, _ := s.Add(record.ParityRow{Units: []int{n - 1}, Odd: !state[n-1]}); e != Inconsistent || s.Consistent() || s.Solutions().Sign() != 0 {
			t.Errorf("%d units: a contradiction had effect %v", n, e)
		}
		if e, _ := s.Add(record.ParityRow{}); e != Redundant || s.Consistent() {
			t.Errorf("%d units: consistent again", n)
		}
	}
}

func TestSystemRange(t *testing.T) {
	t.Parallel()
	s := NewSystem(3)
	for _, u := range []int{-1, 3, 64} {
		if _, err := s.Add(record.ParityRow{Units: []int{0, u}}); err == nil {
			t.Errorf("unit %d of 3 was taken", u)
		}
	}
	if s.Rank() != 0 || !s.Consistent() {
		t.Error("a refused row left a trace")
	}
	none := NewSystem(0)
	if e, err := none.Add(record.ParityRow{Odd: true}); e != Inconsistent || err != nil {
		t.Errorf("no units: %v, %v", e, err)
	}
}
