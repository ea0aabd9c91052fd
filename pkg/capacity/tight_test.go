package capacity

import (
	"fmt"
	"math/big"
	mathbits "math/bits"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/domain"
	"relucount/pkg/relu"
)

// upToLevel has for each J = 0..m what byLevel says of the parts of m hyperplanes in
// d dimensions with at most J inactive.
func upToLevel(m, d int) []int {
	s, out := 0, []int{}
	for _, v := range byLevel(binomials(m, m), d) {
		s += int(v.Int64())
		out = append(out, s)
	}
	for len(out) <= m {
		out = append(out, s)
	}
	return out
}

// levels visits a grid, finer than the vertices in one dimension and coarse in
// more, and returns how many units with whole weights are inactive in each part
// that it meets.
func levels(w [][]int, b []int) map[string]int {
	const steps = 41
	d := len(w[0])
	out := map[string]int{}
	x := make([]int, d)
	var visit func(j int)
	visit = func(j int) {
		if j < d {
			for x[j] = -steps; x[j] <= steps; x[j] += 1 + 3*(d-1) {
				visit(j + 1)
			}
			return
		}
		key, level := make([]byte, len(w)), 0
		for i := range w {
			g := 7*b[i]*2 + 1 // off the lattice, so that nothing is 0
			for j, v := range w[i] {
				g += 2 * v * x[j]
			}
			if g < 0 {
				key[i] = 1
				level++
			}
		}
		out[string(key)] = level
	}
	visit(0)
	return out
}

// Fact (e) against arrangements: of points on a line, whose cells are plain to
// see, and of lines in the plane through chosen points of all cells.
func TestByLevel(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(21, 22))
	attained := 0
	for range 3000 {
		d := 1 + r.IntN(3)
		m := 1 + r.IntN(9)
		w, b := make([][]int, m), make([]int, m)
		for i := range w {
			b[i] = r.IntN(13) - 6
			for range d {
				w[i] = append(w[i], r.IntN(7)-3)
			}
		}
		parts := levels(w, b)
		for j, most := range upToLevel(m, d) {
			n := 0
			for _, l := range parts {
				if l <= j {
					n++
				}
			}
			if n > most {
				t.Fatalf("%d parts with %d inactive or fewer, at most %d: %v %v", n, j, most, w, b)
			}
			if n == most && j > d && n < 1<<m {
				attained++
			}
		}
	}
	if attained == 0 {
		t.Error("no limit beyond d is attained")
	}
}

// Fact (e) in closed form; and more units or dimensions never mean less.
func TestByLevelClosed(t *testing.T) {
	t.Parallel()
	for m := range 12 {
		for d := range 8 {
			got, all := upToLevel(m, d), Zaslavsky(m, d)
			equal(t, fmt.Sprintf("parts by level of %d in %d dimensions", m, d), all, int64(got[m]))
			for j, v := range got {
				closed := 0
				for i := 0; i <= min(j, d, m); i++ {
					closed += choose(m, i)
				}
				if e := j - d + 1; e > 0 && d > 0 {
					closed -= choose(m-2*e, d)
				}
				if v != closed {
					t.Errorf("m = %d, d = %d, J = %d: %d, want %d", m, d, j, v, closed)
				}
				if m > 0 && j < m && v < upToLevel(m-1, d)[j] || d > 0 && v < upToLevel(m, d-1)[j] {
					t.Errorf("m = %d, d = %d, J = %d: falls", m, d, j)
				}
			}
		}
	}
}

func choose(n, k int) int {
	if n < k {
		return 0
	}
	return int(binomials(n, k)[k].Int64())
}

// bruteFacts decides for one set, in rational numbers, what each unit can be,
// when pre-activations go slack farther than the bounds say.
func bruteFacts(n *Layered, l int, slack float64, set func(j int) bool) (active, both []bool, possible bool) {
	possible = true
	rat := func(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }
	for i := range n.Sizes[l] {
		least, most := rat(n.Net.Layers[l].B[i]), rat(n.Net.Layers[l].B[i])
		for j, w := range n.Net.Layers[l].W.RawRowView(i) {
			lo, hi := max(0, n.Lower[l-1][j]), max(0, n.Upper[l-1][j])
			if n.Lower[l-1][j] <= 0 && (n.Upper[l-1][j] <= 0 || !set(j)) {
				continue
			}
			p, q := new(big.Rat).Mul(rat(w), rat(lo)), new(big.Rat).Mul(rat(w), rat(hi))
			if p.Cmp(q) > 0 {
				p, q = q, p
			}
			least.Add(least, p)
			most.Add(most, q)
		}
		least.Sub(least, rat(slack))
		most.Add(most, rat(slack))
		switch lower, upper := n.Lower[l][i], n.Upper[l][i]; {
		case upper <= 0:
			possible = possible && least.Sign() <= 0
		case lower > 0:
			possible = possible && most.Sign() > 0
		default:
			a := most.Sign() > 0
			active = append(active, a)
			both = append(both, a && least.Sign() < 0 && lower < 0)
		}
	}
	return active, both, possible
}

func dominated(p [2]int, by [][2]int) bool {
	return slices.ContainsFunc(by, func(q [2]int) bool { return p[0] <= q[0] && p[1] <= q[1] })
}

// Pairs and facts against all sets, in the three ways to treat a layer.
func TestPairsAgainstBruteForce(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(23, 24))
	fronts, looser := 0, 0
	for trial := range 600 {
		net := awkward(r)
		for l := range net.Layers {
			for i, v := range net.Layers[l].B {
				net.Layers[l].B[i] = v + float64(r.IntN(5)-2)
			}
		}
		n := over(net, domain.Box(net.Inputs, -0.5, 1))
		tables, err := Tables(n, Search{Nodes: 1e6})
		if err != nil {
			t.Fatal(err)
		}
		_, sets, err := Tight(n, tables, allSets)
		if err != nil {
			t.Fatal(err)
		}
		_, numbers, err := Tight(n, tables, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		for l := 1; l < len(n.Sizes); l++ {
			var unstable []int
			for j := range n.Sizes[l-1] {
				if n.Lower[l-1][j] <= 0 && n.Upper[l-1][j] > 0 {
					unstable = append(unstable, j)
				}
			}
			if len(sets[l].Pairs) != len(unstable)+1 || len(numbers[l].Pairs) != len(unstable)+1 {
				t.Fatalf("trial %d: %d and %d entries for %d unstable units", trial, len(sets[l].Pairs), len(numbers[l].Pairs), len(unstable))
			}
			for k := range sets[l].Pairs {
				var all, slack [][2]int
				for s := range 1 << len(unstable) {
					if mathbits.OnesCount(uint(s)) > k {
						continue
					}
					for _, v := range []float64{0, 1e-12} {
						active, both, possible := bruteFacts(n, l, v, func(j int) bool {
							at := slices.Index(unstable, j)
							return at < 0 || s>>at&1 == 1
						})
						switch p := [2]int{trues(active), trues(both)}; {
						case possible && v == 0:
							all = append(all, p)
						case possible:
							slack = append(slack, p)
						}
					}
				}
				got := sets[l].Pairs[k]
				if len(got) > 1 {
					fronts++
				}
				for _, p := range all {
					if !dominated(p, got) || !dominated(p, numbers[l].Pairs[k]) {
						t.Fatalf("trial %d, layer %d, k = %d: %v is above %v or %v", trial, l+1, k, p, got, numbers[l].Pairs[k])
					}
				}
				for _, p := range got {
					if !dominated(p, slack) {
						t.Fatalf("trial %d, layer %d, k = %d: %v is above all of %v", trial, l+1, k, p, slack)
					}
				}
				if !reflect.DeepEqual(got, numbers[l].Pairs[k]) {
					looser++
				}
			}
		}
	}
	t.Logf("%d fronts of several pairs, %d entries looser without sets", fronts, looser)
	if fronts == 0 || looser == 0 {
		t.Error("the test shows nothing")
	}
}

func trues(v []bool) int {
	n := 0
	for _, b := range v {
		if b {
			n++
		}
	}
	return n
}

// The best choice of sets against all choices of sets.
func TestSum(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(25, 26))
	for range 300 {
		const units = 3
		d := r.IntN(4)
		// values as the next layer, of many units, would give them: 2^c
		s := &sets{facts: make([]fact, 1<<units), most: map[int][]*big.Int{}}
		for i := range s.facts {
			c := uint32(r.IntN(4))
			s.facts[i] = fact{c, c}
		}
		rec := newRecursion(byLevel)
		rec.layers = []layer{{cut: 9, image: 9, sets: s}, {cut: 9, image: 9, options: []option{{3, 3}}}}
		f := fact{1<<units - 1, uint32(r.IntN(1 << units))}
		got := rec.sum(0, f, d)
		var parts []uint32
		for p := range uint32(1 << units) {
			if p&^f.both == 0 {
				parts = append(parts, p)
			}
		}
		c := mathbits.OnesCount32(f.both)
		most := byLevel(binomials(c, c), d)
		best := new(big.Int)
		for choice := range 1 << len(parts) {
			number := make([]int64, units+1)
			total := new(big.Int)
			for i, p := range parts {
				if choice>>i&1 == 1 {
					number[mathbits.OnesCount32(p)]++
					total.Add(total, rec.value(0, kind{mathbits.OnesCount32(f.active &^ p), s.facts[f.active&^p]}, d))
				}
			}
			allowed, have, may := true, int64(0), int64(0)
			for j := range number {
				have += number[j]
				if j < len(most) {
					may += most[j].Int64()
				}
				allowed = allowed && have <= may
			}
			if allowed && total.Cmp(best) > 0 {
				best = total
			}
		}
		if got.Cmp(best) != 0 {
			t.Fatalf("%v, d = %d, %v: %v, want %v", s.facts, d, f, got, best)
		}
	}
}

func TestRank(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(27, 28))
	for range 500 {
		rows, cols, k := 1+r.IntN(8), 1+r.IntN(8), r.IntN(6)
		a, b := mat.NewDense(rows, 8, nil), mat.NewDense(8, cols, nil)
		for j := range k {
			for i := range rows {
				a.Set(i, j, float64(r.IntN(41)-20)/16)
			}
			for i := range cols {
				b.Set(j, i, float64(r.IntN(41)-20)*1024)
			}
		}
		var m mat.Dense
		m.Mul(a, b) // without rounding
		var list [][]float64
		for i := range rows {
			list = append(list, m.RawRowView(i))
		}
		var svd mat.SVD
		svd.Factorize(&m, mat.SVDNone)
		want := 0
		for _, v := range svd.Values(nil) {
			if v > 1e-6 {
				want++
			}
		}
		if got := rank(list); got != want {
			t.Fatalf("rank %d, want %d: %v", got, want, list)
		}
	}
	// what is almost dependent is not dependent
	if got := rank([][]float64{{1, 1e-300}, {1, 2e-300}}); got != 2 {
		t.Errorf("rank %d of two rows that are almost the same", got)
	}
	if got := rank([][]float64{{0.1, 0.2, 0.3}, {0.2, 0.4, 0.6}}); got != 1 {
		t.Errorf("rank %d of a row and its double", got)
	}
	if rank(nil) != 0 || rank([][]float64{{0, 0}}) != 0 || rank([][]float64{{}}) != 0 {
		t.Error("the rank of nothing is 0")
	}
	for _, v := range []float64{1, -1, 0.5, 3, 1e-300, -1e300, 5e-324} {
		f := new(big.Rat).SetFloat64(v)
		p := big.NewInt(prime)
		inv := new(big.Int).ModInverse(f.Denom(), p)
		want := inv.Mul(inv, f.Num())
		if got := residue(v); want.Mod(want, p).Uint64() != got {
			t.Errorf("%g is %d modulo the prime, want %v", v, got, want)
		}
	}
}

func TestTightErrors(t *testing.T) {
	t.Parallel()
	n := over(&relu.Chain{Inputs: 1, Layers: []relu.Dense{{W: mat.NewDense(1, 1, []float64{1}), B: []float64{0}, Slopes: relu.ReLU(1)}}}, domain.Box(1, -1, 1))
	if _, _, err := Tight(n, nil, allSets); err == nil {
		t.Error("no tables are taken")
	}
	if _, _, err := Tight(n, []Table{{Layer: 2}}, allSets); err == nil {
		t.Error("wrong tables are taken")
	}
}
