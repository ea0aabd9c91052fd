package parity

import (
	"math/rand/v2"
	"testing"

	"relucount/pkg/property"
	"relucount/pkg/record"
)

// TestResidual adds rows and gives units states in random order and compares
// what is said to be implied, or dead, with all patterns.
func TestResidual(t *testing.T) {
	t.Parallel()
	for seed := range property.Seeds(t, 600, 100) {
		rng := rand.New(rand.NewPCG(6, seed))
		n := 1 + rng.IntN(9)
		shift := 0 // at higher units, of which the lower ones are never named
		if seed%3 == 0 {
			shift = 50 + rng.IntN(100)
		}
		r := NewResidual(n + shift)
		var rows []record.ParityRow
		known, on := uint64(0), uint64(0)
		possible := func(pat uint64) bool { return pat&known == on && allHold(rows, pat) }
		for step := range 12 {
			if u := rng.IntN(n); rng.IntN(2) == 0 && known>>u&1 == 0 {
				active := rng.IntN(2) == 1
				r.Set(u+shift, active)
				known |= 1 << u
				if active {
					on |= 1 << u
				}
			} else {
				row := randomRow(rng, n)
				rows = append(rows, row)
				moved := record.ParityRow{Odd: row.Odd}
				for _, u := range row.Units {
					moved.Units = append(moved.Units, u+shift)
				}
				r.Add(moved)
			}
			if rng.IntN(3) == 0 { // go on with a copy, over what another has left
				c := NewResidual(n + shift)
				c.Add(record.ParityRow{Units: []int{shift}, Odd: true})
				c.Copy(r)
				r.Add(record.ParityRow{Odd: true}) // the copy does not mind
				r = c
			}
			left, union, inter := 0, uint64(0), ^uint64(0)
			for pat := range uint64(1) << n {
				if possible(pat) {
					left++
					union |= pat
					inter &= pat
				}
			}
			if r.Dead() != (left == 0) {
				t.Fatalf("seed %d, step %d: dead: %v, %d patterns left", seed, step, r.Dead(), left)
			}
			if left == 0 {
				break
			}
			free := 0
			for u := range n {
				if known>>u&1 == 1 {
					continue
				}
				free++
				active, implied := r.Implied(u + shift)
				if want := union>>u&1 == inter>>u&1; implied != want || implied && active != (union>>u&1 == 1) {
					t.Fatalf("seed %d, step %d: unit %d: active %v, implied %v; %v expected", seed, step, u, active, implied, want)
				}
			}
			if left != 1<<(free-r.Rank()) {
				t.Fatalf("seed %d, step %d: rank %d of %d units, %d patterns left", seed, step, r.Rank(), free, left)
			}
		}
		if known&1 == 1 && !r.Dead() { // a state twice, and another
			r.Set(shift, on&1 == 1)
			dead := r.Dead()
			r.Set(shift, on&1 == 0)
			if dead || !r.Dead() {
				t.Fatalf("seed %d: a state once more is dead %v, another %v", seed, dead, r.Dead())
			}
		}
	}
}
