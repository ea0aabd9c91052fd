package capacity

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// trivialTables say that every unit can be either at any time.
func trivialTables(sizes []int) []Table {
	var out []Table
	for l, n := range sizes {
		entries := 1
		if l > 0 {
			entries = sizes[l-1] + 1
		}
		t := Table{Layer: l + 1, Units: n, Exact: true}
		for range entries {
			t.A, t.I = append(t.A, n), append(t.I, n)
		}
		out = append(out, t)
	}
	return out
}

// randomTables returns tables that obey the rules and are otherwise arbitrary.
func randomTables(r *rand.Rand, sizes []int) []Table {
	out := trivialTables(sizes)
	for l := range out {
		t := &out[l]
		a := r.IntN(t.Units + 1)
		i := t.Units - a
		for k := range t.A {
			t.A[k], t.I[k] = a, i
			if a < t.Units && r.IntN(2) == 0 {
				a++
			}
			if i < t.Units && r.IntN(2) == 0 {
				i++
			}
		}
	}
	return out
}

// theorem2 is the recursion as the paper prints it, but for negative k'.
func theorem2(tables []Table, l, k, d int) int {
	if l == len(tables) {
		return 1
	}
	t := tables[l]
	if l == 0 {
		k = 0
	}
	a, i := t.A[k], t.I[k]
	s, c := 0, 1
	for j := 0; j <= i && j <= d && j <= a; j++ {
		s += c * theorem2(tables, l+1, a-j, min(d, a-j))
		c = c * (i - j) / (j + 1)
	}
	return s
}

func TestActivationAgainstTheorem2(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	for range 400 {
		n0 := r.IntN(6)
		sizes := make([]int, r.IntN(5))
		for l := range sizes {
			sizes[l] = r.IntN(7)
		}
		tables := randomTables(r, sizes)
		got, err := Activation(n0, tables)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, fmt.Sprintf("Activation(%d,%v)", n0, tables), got, int64(theorem2(tables, 0, n0, n0)))
		if got.Cmp(Serra(n0, sizes)) > 0 {
			t.Errorf("n0 = %d, %v: Activation %v > Serra %v", n0, tables, got, Serra(n0, sizes))
		}
	}
}

func TestTrivialTablesGiveSerra(t *testing.T) {
	t.Parallel()
	for _, sizes := range [][]int{{5}, {4, 18, 10}, {11, 11, 10}, {7, 3, 9, 2, 5}, {40, 30, 20}} {
		for _, n0 := range []int{0, 1, 2, 6, 784} {
			want := Serra(n0, sizes)
			got, err := Activation(n0, trivialTables(sizes))
			if err != nil {
				t.Fatal(err)
			}
			if got.Cmp(want) != 0 {
				t.Errorf("Activation(%d, trivial tables of %v) = %v, want Serra's %v", n0, sizes, got, want)
			}
		}
	}
}

// The sum ends where no active unit is left.
func TestFewCanBeActive(t *testing.T) {
	t.Parallel()
	tables := []Table{
		{Layer: 1, Units: 5, A: []int{1}, I: []int{5}},
		{Layer: 2, Units: 2, A: []int{0, 2, 2, 2, 2, 2}, I: []int{2, 2, 2, 2, 2, 2}},
	}
	// j = 0: a cell with one active unit, so 1 + 2 regions. j = 1: cells with
	// none, C(5,1) of them by the table.
	got, err := Activation(3, tables)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "Activation", got, 3+5)
}

func TestTablesThatCannotBe(t *testing.T) {
	t.Parallel()
	for want, spoil := range map[string]func([]Table){
		"tables[1].layer: 3, 2 expected":           func(t []Table) { t[1].Layer = 3 },
		"tables[0].units: -1":                      func(t []Table) { t[0].Units = -1 },
		"tables[0].a: 0 entries, 1 expected":       func(t []Table) { t[0].A = nil },
		"tables[1].i: 3 entries, 4 expected":       func(t []Table) { t[1].I = t[1].I[1:] },
		"tables[1].a[2]: 5, the layer has 4 units": func(t []Table) { t[1].A[2] = 5 },
		"tables[1].i[2]: 3 after 4":                func(t []Table) { t[1].I[2] = 3 },
		"a[0] + i[0] is 3":                         func(t []Table) { t[1].A[0], t[1].I[0] = 1, 2 },
	} {
		tables := trivialTables([]int{3, 4})
		spoil(tables)
		if _, err := Activation(2, tables); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// steepTables rise over the whole range of k, which real ones do not: few
// states share a sum.
func steepTables(sizes []int) []Table {
	out := trivialTables(sizes)
	for l := range out {
		t := &out[l]
		for k := range t.A {
			t.A[k] = max(t.Units-(len(t.A)-1-k)/2, t.Units/2)
			t.I[k] = t.A[k]
		}
	}
	return out
}

func BenchmarkActivation(b *testing.B) {
	for name, sizes := range map[string][]int{
		"784-256-256-10":         {256, 256, 10},
		"784-256-256-256-256-10": {256, 256, 256, 256, 10},
		"784-1024-1024-1024-10":  {1024, 1024, 1024, 10},
	} {
		b.Run("steep/"+name, func(b *testing.B) {
			tables := steepTables(sizes)
			for b.Loop() {
				if _, err := Activation(784, tables); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
