package region

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"relucount/pkg/parity"
	"relucount/pkg/property"
	"relucount/pkg/record"
	"relucount/pkg/truth"
)

// on returns the states of a pattern as a function of the unit.
func on(pattern string) func(int) bool {
	bits := strings.ReplaceAll(pattern, "/", "")
	return func(u int) bool { return bits[u] == '1' }
}

// prefix is the truth that Trial looks for, from the list of all patterns.
func prefix(rows []record.ParityRow, exact map[string]truth.Region) int {
	left := exact
	for r, row := range rows {
		next := map[string]truth.Region{}
		for p, v := range left {
			if parity.Satisfies(row, on(p)) {
				next[p] = v
			}
		}
		if len(next) == 0 {
			return r
		}
		left = next
	}
	return len(rows)
}

// hashes draws rows as hashgen does, and rows that it never draws.
func hashes(rng *rand.Rand, units int, unstable []int) [][]record.ParityRow {
	n := 2 + rng.IntN(10)
	var out [][]record.ParityRow
	for _, size := range []record.Size{record.Half, 1, 2, 3} {
		out = append(out, parity.Draw(unstable, n, size, fmt.Sprint(rng.Uint64()), "m", 0))
	}
	unit := func() int { return rng.IntN(units) }
	odd := func() bool { return rng.IntN(2) == 1 }
	var any, same, never, empty []record.ParityRow
	for range n {
		row := record.ParityRow{Units: []int{}, Odd: odd()}
		for range rng.IntN(units + 3) { // stable units too, and units twice
			row.Units = append(row.Units, unit())
		}
		any = append(any, row)
	}
	a := record.ParityRow{Units: []int{unit(), unit(), unit()}, Odd: odd()}
	b := record.ParityRow{Units: append([]int{unit()}, a.Units...), Odd: odd()}
	same = []record.ParityRow{a, a, b, a, b, b}
	not := record.ParityRow{Units: a.Units, Odd: !a.Odd}
	never = []record.ParityRow{b, a, not, b}
	empty = []record.ParityRow{{Units: []int{}}, a, {Units: []int{}, Odd: odd()}, b}
	return append(out, any, same, never, empty, nil)
}

func tried(t testing.TB, s *Space, rows []record.ParityRow, engine, oracle string) TrialResult {
	t.Helper()
	got, err := s.Trial(context.Background(), rows, Options{Engine: engine, Oracle: oracle, Margin: DefaultMargin, Workers: 1, Witness: true})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// checkHash compares what is said of a hash: how many of its rows some region
// satisfies, by all oracles, and which regions satisfy the first few of them.
func checkHash(t testing.TB, who string, d *truth.Drawn, s *Space, rows []record.ParityRow, exact map[string]truth.Region, mip bool) {
	t.Helper()
	some := rows[:min(len(rows), 3)]
	want := 0
	for pat := range exact {
		if prefix(some, map[string]truth.Region{pat: exact[pat]}) == len(some) {
			want++
		}
	}
	check := func(who string, s *Space, engine, oracle string) {
		t.Helper()
		checkTrial(t, who, d, rows, tried(t, s, rows, engine, oracle), exact)
		for _, patterns := range []bool{false, true} {
			seen := map[string]bool{}
			o := Options{Engine: engine, Oracle: oracle, Margin: DefaultMargin, Workers: 1 + want%3, Rows: some}
			if patterns {
				o.Each = func(w Region) error {
					pat := strings.Join(w.Pattern(), "/")
					if _, ok := exact[pat]; !ok || prefix(some, map[string]truth.Region{pat: {}}) < len(some) || seen[pat] {
						t.Errorf("%s: %s is none of the cell", who, pat)
					}
					seen[pat] = true
					return nil
				}
			}
			c, err := s.Count(context.Background(), o)
			if err != nil || !c.Complete || c.Regions != int64(want) || patterns && len(seen) != want {
				t.Errorf("%s: %+v, %v, %d patterns; %d of %d regions satisfy %v", who, c, err, len(seen), want, len(exact), some)
			}
		}
	}
	for _, o := range oracles(s) {
		check(who+": "+o.name, o.space, "tree", o.flag)
	}
	if mip {
		check(who+": mip", s, "mip", "")
	}
}

func checkTrial(t testing.TB, who string, d *truth.Drawn, rows []record.ParityRow, got TrialResult, exact map[string]truth.Region) {
	t.Helper()
	want := prefix(rows, exact)
	if got.Rows != want || got.Closed != (want < len(rows)) || got.Unclear != 0 {
		t.Errorf("%s: rows %d, closed %v; %d of %d expected; %v", who, got.Rows, got.Closed, want, len(rows), rows)
	}
	if (got.Witness == nil) != (len(exact) == 0) {
		t.Errorf("%s: witness %v of %d regions", who, got.Witness, len(exact))
	}
	if got.Witness == nil {
		return
	}
	pat := strings.Join(got.Witness.Pattern, "/")
	r, ok := exact[pat]
	if !ok {
		t.Errorf("%s: the witness %s is no region", who, pat)
		return
	}
	for i := range got.Rows {
		if !parity.Satisfies(rows[i], on(pat)) {
			t.Errorf("%s: the witness %s does not satisfy row %d", who, pat, i)
		}
	}
	if d != nil {
		f := found{at: map[string][]float64{pat: got.Witness.X}}
		goodWitnesses(t, who, d.Net, d.Domain, f, map[string]truth.Region{pat: r})
	}
}

func TestTrials(t *testing.T) {
	t.Parallel()
	for i := range property.Seeds(t, 80, 8) {
		rng := rand.New(rand.NewPCG(31, i))
		d := truth.Random(rng, 1+rng.IntN(3), 1+rng.IntN(3), 10)
		exact := truth.OfNetwork(d.Net, d.Domain).Regions()
		p := d.Encode(t)
		s, err := NewSpace(p)
		if err != nil {
			t.Fatal(err)
		}
		for k, rows := range hashes(rng, len(p.Units), p.Unstable()) {
			who := fmt.Sprintf("network %d, hash %d", i, k)
			checkHash(t, who, &d, s, rows, exact, i%6 == 0)
		}
		if t.Failed() {
			t.Fatal(d)
		}
	}
}

func TestTrialsOfEdited(t *testing.T) {
	t.Parallel()
	names := []string{"input slice", "input inequality", "h of the last layer", "at most one active", "z fixed", "implication", "contradiction", "h.hi lowered", "integer sum"}
	for i := range property.Seeds(t, 60, 6) {
		rng := rand.New(rand.NewPCG(32, i))
		p := truth.Copy(t, truth.Editable(rng).Encode(t))
		if !edits[names[int(i)%len(names)]](rng, p) {
			continue
		}
		exact := truth.OfProblem(p, 1000).Regions()
		s, err := NewSpace(p)
		if err != nil {
			t.Fatal(err)
		}
		for k, rows := range hashes(rng, len(p.Units), p.Unstable()) {
			who := fmt.Sprintf("%d, %s, hash %d", i, names[int(i)%len(names)], k)
			checkHash(t, who, nil, s, rows, exact, i%6 == 0)
		}
	}
}

// TestTrialAtAPoint: a domain of one point has one region, and a witness.
func TestTrialAtAPoint(t *testing.T) {
	t.Parallel()
	d := truth.In(truth.OneLayer([][]float64{{1, 1, -1}, {1, -1, 0.5}}), 0.25, 0.25, "interval")
	exact := truth.OfNetwork(d.Net, d.Domain).Regions()
	s, err := NewSpace(d.Encode(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, rows := range [][]record.ParityRow{nil, {{Units: []int{1}, Odd: true}, {Units: []int{0}, Odd: true}}} {
		checkHash(t, "a point", &d, s, rows, exact, true)
	}
}

func TestTrialOutOfRange(t *testing.T) {
	t.Parallel()
	s, err := NewSpace(encode(t, truth.Tents(2), 0, 1, "interval"))
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range []int{-1, 4} {
		rows := []record.ParityRow{{Units: []int{0}}, {Units: []int{1, u}}}
		_, err := s.Trial(context.Background(), rows, Options{Engine: "tree", Margin: DefaultMargin})
		if err == nil || !strings.Contains(err.Error(), "rows[1].units") {
			t.Errorf("unit %d of 4: %v", u, err)
		}
	}
}

func TestMax(t *testing.T) {
	t.Parallel()
	s, err := NewSpace(encode(t, truth.OneLayer(truth.Braid(4)), -1, 1, "interval"))
	if err != nil {
		t.Fatal(err)
	}
	engines := []string{"tree", "mip"}
	if testing.Short() {
		engines = engines[:1]
	}
	for _, engine := range engines {
		for workers := 1; workers <= 3; workers++ {
			if engine == "mip" && workers > 1 {
				continue
			}
			for _, limit := range []int64{1, 7, 23, 24, 25, 1000} {
				seen := map[string]bool{}
				c, err := s.Count(context.Background(), Options{
					Engine: engine, Margin: DefaultMargin, Workers: workers, Max: limit,
					Each: func(w Region) error { seen[w.Pattern()[0]] = true; return nil },
				})
				if err != nil {
					t.Fatal(err)
				}
				want := min(limit, 24)
				// a count that ends with its last region may or may not know it
				if c.Regions != want || int64(len(seen)) != want || (c.Complete && limit < 24) || (!c.Complete && limit > 24) {
					t.Errorf("%s, %d workers, max %d: %+v, %d patterns", engine, workers, limit, c, len(seen))
				}
			}
		}
	}
}

func TestEachFails(t *testing.T) {
	t.Parallel()
	s, err := NewSpace(encode(t, truth.OneLayer(truth.Braid(4)), -1, 1, "interval"))
	if err != nil {
		t.Fatal(err)
	}
	full := errors.New("no space left")
	for _, engine := range []string{"tree", "mip"} {
		calls := 0
		_, err := s.Count(context.Background(), Options{Engine: engine, Margin: DefaultMargin, Workers: 2, Each: func(Region) error {
			if calls++; calls == 5 {
				return full
			}
			return nil
		}})
		if err != full || calls != 5 {
			t.Errorf("%s: %v after %d calls", engine, err, calls)
		}
	}
}

// TestCancelled ends the context at the start, and after some regions.
func TestCancelled(t *testing.T) {
	t.Parallel()
	p := encode(t, truth.OneLayer(truth.TypeB(3)), -1, 1, "interval") // 48 regions
	s, err := NewSpace(p)
	if err != nil {
		t.Fatal(err)
	}
	exact := truth.OfProblem(p, 1).Regions()
	rng := rand.New(rand.NewPCG(33, 1))
	rows := parity.Draw(p.Unstable(), 12, record.Half, "c", "m", 1)
	reached := prefix(rows, exact)
	for _, engine := range []string{"tree", "mip"} {
		moments := []int64{0, 1, 10, 47}
		if testing.Short() && engine == "mip" {
			moments = moments[:2]
		}
		for _, after := range moments {
			for workers := 1; workers <= 2; workers++ {
				ctx, cancel := context.WithCancel(context.Background())
				if after == 0 {
					cancel()
				}
				n := int64(0)
				c, err := s.Count(ctx, Options{Engine: engine, Margin: DefaultMargin, Workers: workers, Each: func(w Region) error {
					if n++; n == after {
						cancel()
					}
					if _, ok := exact[w.Pattern()[0]]; !ok {
						t.Errorf("%s: %s is no region", engine, w.Pattern()[0])
					}
					return nil
				}})
				cancel()
				// the other worker may find the last one meanwhile
				if err != nil || (c.Complete && c.Regions < 48) || c.Regions != n || c.Regions < after || c.Regions > after+int64(workers) {
					t.Errorf("%s, %d workers, cancelled after %d: %+v, %v", engine, workers, after, c, err)
				}
			}
		}
		for range 6 {
			ctx, cancel := context.WithTimeout(context.Background(), time.Duration(rng.IntN(4000))*time.Microsecond)
			got, err := s.Trial(ctx, rows, Options{Engine: engine, Margin: DefaultMargin})
			cancel()
			if err != nil || got.Rows > reached || (got.Closed && got.Rows != reached) {
				t.Errorf("%s: trial cut short: %+v, %v; %d rows hold", engine, got, err, reached)
			}
		}
	}
}

// TestWitnessesDoNotDependOnWorkers: neither the patterns nor the points.
func TestWitnessesDoNotDependOnWorkers(t *testing.T) {
	t.Parallel()
	for i := range property.Seeds(t, 24, 2) {
		rng := rand.New(rand.NewPCG(34, i))
		d := truth.Random(rng, 2+rng.IntN(2), 1+rng.IntN(2), 10)
		s, err := NewSpace(d.Encode(t))
		if err != nil {
			t.Fatal(err)
		}
		one, three := countAll(t, s, "tree", 1), countAll(t, s, "tree", 3)
		if len(one.at) != len(three.at) {
			t.Errorf("%d: %d and %d patterns", i, len(one.at), len(three.at))
		}
		for pat, x := range one.at {
			if fmt.Sprint(x) != fmt.Sprint(three.at[pat]) {
				t.Errorf("%d: %s: %v and %v\n%v", i, pat, x, three.at[pat], d)
			}
		}
	}
}
