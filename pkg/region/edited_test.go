package region

import (
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"relucount/pkg/domain"
	"relucount/pkg/milp"
	"relucount/pkg/property"
	"relucount/pkg/relu"
	"relucount/pkg/truth"
)

func small(rng *rand.Rand) float64 { return float64(1+rng.IntN(3)) * float64(1-2*rng.IntN(2)) }

var inf = math.Inf(1)

// edit changes a milp as a user with jq would. It returns false when the milp
// has nothing for it to change.
type edit = func(rng *rand.Rand, p *milp.Problem) bool

// edits are all of them.
var edits = map[string]edit{}

func init() {
	for _, some := range []map[string]edit{inputEdits, unitEdits, columnEdits} {
		maps.Copy(edits, some)
	}
}

// checkEdited compares both engines with the exact count of the literal milp.
func checkEdited(t *testing.T, who string, n *relu.Chain, p *milp.Problem, mip bool) {
	t.Helper()
	if err := p.Check(); err != nil {
		t.Fatalf("%s: %v", who, err)
	}
	exact := truth.OfProblem(p, 1000).Regions()
	s, err := NewSpace(p)
	if err != nil {
		t.Fatal(err)
	}
	if !s.Edited() {
		t.Errorf("%s: not edited", who)
	}
	for workers := 1; workers <= 2; workers++ {
		f := countAll(t, s, "tree", workers)
		if name := fmt.Sprintf("%s: tree with %d workers", who, workers); sameRegions(t, name, f, exact) {
			goodWitnesses(t, name, n, inputLimits(p), f, exact)
			keepsRows(t, name, p, f)
		}
	}
	if mip && len(exact) <= 16 {
		sameRegions(t, who+": mip", countAll(t, s, "mip", 1), exact)
	}
}

func inputLimits(p *milp.Problem) *domain.Domain {
	d := &domain.Domain{}
	for _, j := range truth.InputCols(p) {
		d.Lower, d.Upper = append(d.Lower, float64(p.Cols[j].Lo)), append(d.Upper, float64(p.Cols[j].Hi))
	}
	return d
}

// keepsRows checks the witnesses against the rows over the inputs alone.
func keepsRows(t testing.TB, who string, p *milp.Problem, f found) {
	t.Helper()
	at := map[int]int{}
	for i, j := range truth.InputCols(p) {
		at[j] = i
	}
	for _, r := range p.Rows {
		mine, size := true, 1.0
		for e, j := range r.Idx {
			_, ok := at[j]
			mine = mine && ok
			size += math.Abs(r.Val[e]) * math.Max(math.Abs(float64(p.Cols[j].Lo)), math.Abs(float64(p.Cols[j].Hi)))
		}
		if !mine || len(r.Idx) == 0 {
			continue
		}
		for pat, x := range f.at {
			v := 0.0
			for e, j := range r.Idx {
				v += r.Val[e] * x[at[j]]
			}
			if v < float64(r.Lo)-1e-9*size || v > float64(r.Hi)+1e-9*size {
				t.Errorf("%s: %s: row %s is %v at %v, limits [%v, %v]", who, pat, r.Name, v, x, r.Lo, r.Hi)
			}
		}
	}
}

func TestEditsTogether(t *testing.T) {
	t.Parallel()
	names := slices.Sorted(maps.Keys(edits))
	for i := range property.Seeds(t, 160, 16) {
		rng := rand.New(rand.NewPCG(12, i))
		d := truth.Editable(rng)
		p := truth.Copy(t, d.Encode(t))
		var done []string
		for range 3 {
			if name := names[rng.IntN(len(names))]; edits[name](rng, p) {
				done = append(done, name)
			}
		}
		if len(done) < 2 {
			continue
		}
		checkEdited(t, fmt.Sprint(i, done), d.Net, p, i%8 == 0)
		if t.Failed() {
			t.Fatal(d)
		}
	}
}

// TestSharedWork: rows over h are part of the cell also for a worker that is
// handed a frame from the middle of the tree.
func TestSharedWork(t *testing.T) {
	t.Parallel()
	for i := range property.Seeds(t, 24, 2) {
		rng := rand.New(rand.NewPCG(13, i))
		var rows [][]float64
		for range 9 {
			rows = append(rows, []float64{rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64() / 4})
		}
		d := truth.In(truth.OneLayer(rows), -1, 1, "interval")
		p := truth.Copy(t, d.Encode(t))
		for k := range 3 {
			u := &p.Units[2*k]
			p.Cols[u.H].Hi, p.Cols[u.Hbar].Hi = milp.Hi(truth.Dyadic(u.Upper/2)), milp.Hi(truth.Dyadic(-u.Lower/2))
		}
		exact := truth.OfProblem(p, 1).Regions()
		s, err := NewSpace(p)
		if err != nil {
			t.Fatal(err)
		}
		for workers := 1; workers <= 5; workers += 2 {
			sameRegions(t, fmt.Sprintf("%d: %d workers", i, workers), countAll(t, s, "tree", workers), exact)
		}
	}
}

// TestDomainsAtFullSpeed: rows over inputs and limits of inputs leave the tree
// search its geometry; it asks HiGHS no more than where something is close.
func TestDomainsAtFullSpeed(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"input inequality", "two inequalities", "input slice", "input band", "shrunk input", "widened input", "moved box"} {
		for i := range property.Seeds(t, 8, 1) {
			rng := rand.New(rand.NewPCG(14, i))
			d := truth.Dense(rng, 3+rng.IntN(2), 5, 5)
			if i%4 == 3 {
				d = truth.Dense(rng, 7, 3, 5) // a narrow first layer
			}
			p := truth.Copy(t, d.Encode(t))
			if !edits[name](rng, p) {
				continue
			}
			s, err := NewSpace(p)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range oracles(s)[:2] {
				c, err := o.space.Count(context.Background(), Options{Margin: DefaultMargin, Workers: 1})
				if err != nil || !c.Complete || c.HiGHS > 4 && c.HiGHS > c.Regions/10 {
					t.Errorf("%s, %d, %s: %+v, %v", name, i, o.name, c, err)
				}
			}
		}
	}
}
