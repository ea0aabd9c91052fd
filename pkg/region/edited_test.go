package region

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/domain"
	"relucount/pkg/milp"
	"relucount/pkg/relu"
	"relucount/pkg/tighten"
)

// copyOf is the milp after a trip through JSON, as jq gives it back.
func copyOf(t testing.TB, p *milp.Problem) *milp.Problem {
	t.Helper()
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	q := new(milp.Problem)
	if err := json.Unmarshal(b, q); err != nil {
		t.Fatal(err)
	}
	return q
}

func addRow(p *milp.Problem, lo, hi float64, idx []int, val []float64) {
	p.Rows = append(p.Rows, milp.Row{Name: fmt.Sprint("u_", len(p.Rows)), Kind: "user", Lo: milp.Lo(lo), Hi: milp.Hi(hi), Idx: idx, Val: val})
}

func addCol(p *milp.Problem, lo, hi float64, integer bool) int {
	p.Cols = append(p.Cols, milp.Col{Name: fmt.Sprint("v_", len(p.Cols)), Kind: "user", Lo: milp.Lo(lo), Hi: milp.Hi(hi), Integer: integer})
	return len(p.Cols) - 1
}

func inputCols(p *milp.Problem) (cols []int) {
	for j, c := range p.Cols {
		if c.Kind == milp.Input {
			cols = append(cols, j)
		}
	}
	return cols
}

// unstableOf returns the units of a layer that have a z; of the last for -1.
func unstableOf(p *milp.Problem, layer int) (units []int) {
	if layer < 0 && len(p.Units) > 0 {
		layer = p.Units[len(p.Units)-1].Layer
	}
	for k := range p.Units {
		if p.Units[k].Layer == layer && p.Units[k].Z != nil {
			units = append(units, k)
		}
	}
	return units
}

func ones(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = 1
	}
	return out
}

func small(rng *rand.Rand) float64 { return float64(1+rng.IntN(3)) * float64(1-2*rng.IntN(2)) }

var inf = math.Inf(1)

// edits change a milp as a user with jq would. An edit returns false when the
// milp has nothing for it to change.
var edits = map[string]func(rng *rand.Rand, p *milp.Problem) bool{
	"input inequality": func(rng *rand.Rand, p *milp.Problem) bool {
		in, mid := inputCols(p), 0.0
		var val []float64
		for _, j := range in {
			val = append(val, small(rng))
			mid += val[len(val)-1] * float64(p.Cols[j].Lo+milp.Lo(p.Cols[j].Hi)) / 2
		}
		addRow(p, mid, inf, in, val)
		return true
	},
	"input slice": func(rng *rand.Rand, p *milp.Problem) bool {
		in, mid := inputCols(p), 0.0
		var val []float64
		for _, j := range in {
			val = append(val, small(rng))
			mid += val[len(val)-1] * (0.25*float64(p.Cols[j].Lo) + 0.75*float64(p.Cols[j].Hi))
		}
		addRow(p, mid, mid, in, val)
		return true
	},
	"input band": func(rng *rand.Rand, p *milp.Problem) bool {
		in := inputCols(p)
		a, b := float64(p.Cols[in[0]].Lo), float64(p.Cols[in[0]].Hi)
		addRow(p, a+(b-a)/4, a+(b-a)*3/4, in[:1], []float64{1})
		return true
	},
	"two inequalities": func(rng *rand.Rand, p *milp.Problem) bool {
		in := inputCols(p)
		for range 2 {
			mid, val := 0.0, []float64(nil)
			for _, j := range in {
				val = append(val, small(rng))
				mid += val[len(val)-1] * float64(p.Cols[j].Lo+milp.Lo(p.Cols[j].Hi)) / 2
			}
			addRow(p, mid-float64(rng.IntN(2))/2, mid+1+float64(rng.IntN(3)), in, val)
		}
		return true
	},
	"shrunk input": func(rng *rand.Rand, p *milp.Problem) bool {
		c := &p.Cols[inputCols(p)[0]]
		c.Hi = milp.Hi(float64(c.Lo)/2 + float64(c.Hi)/2)
		return true
	},
	"widened input": func(rng *rand.Rand, p *milp.Problem) bool {
		c := &p.Cols[inputCols(p)[0]]
		if rng.IntN(2) == 0 {
			c.Lo -= milp.Lo(0.5 + float64(rng.IntN(3)))
		}
		c.Hi += milp.Hi(0.25 + float64(rng.IntN(4))/2)
		return true
	},
	"moved box": func(rng *rand.Rand, p *milp.Problem) bool {
		for _, j := range inputCols(p) {
			c := &p.Cols[j]
			by := float64(rng.IntN(9)-4) / 4
			c.Lo, c.Hi = c.Lo+milp.Lo(by), c.Hi+milp.Hi(by)
		}
		return p.Digest() != p.ID
	},
	"fixed input": func(rng *rand.Rand, p *milp.Problem) bool {
		c := &p.Cols[inputCols(p)[0]]
		c.Lo += (milp.Lo(c.Hi) - c.Lo) / 4
		c.Hi = milp.Hi(c.Lo)
		return true
	},
	"h of the first layer": func(rng *rand.Rand, p *milp.Problem) bool {
		us := unstableOf(p, 1)
		if len(us) < 2 {
			return false
		}
		a, b := p.Units[us[0]], p.Units[us[1]]
		addRow(p, math.Inf(-1), dyadic(a.Upper/2), []int{a.H, b.H}, []float64{1, 0.5})
		return true
	},
	"h of the last layer": func(rng *rand.Rand, p *milp.Problem) bool {
		us := unstableOf(p, -1)
		if len(us) == 0 {
			return false
		}
		u := p.Units[us[0]]
		addRow(p, math.Inf(-1), dyadic(u.Upper/4), []int{u.H}, []float64{1})
		return true
	},
	"h of the last layer fixed": func(rng *rand.Rand, p *milp.Problem) bool {
		us := unstableOf(p, -1)
		if len(us) == 0 {
			return false
		}
		u := p.Units[us[0]]
		addRow(p, dyadic(u.Upper/8), dyadic(u.Upper/8), []int{u.H}, []float64{1})
		return true
	},
	"h and x": func(rng *rand.Rand, p *milp.Problem) bool {
		us, in := unstableOf(p, -1), inputCols(p)
		if len(us) == 0 {
			return false
		}
		u := p.Units[us[len(us)-1]]
		c := p.Cols[in[0]]
		addRow(p, float64(c.Lo+milp.Lo(c.Hi))/2, inf, []int{in[0], u.H, u.Hbar}, []float64{1, 1, -0.5})
		return true
	},
	"at most one active": func(rng *rand.Rand, p *milp.Problem) bool {
		us := unstableOf(p, 1)
		var z []int
		for _, k := range us {
			z = append(z, *p.Units[k].Z)
		}
		addRow(p, math.Inf(-1), 1, z, ones(len(z)))
		return len(z) > 1
	},
	"one or two active anywhere": func(rng *rand.Rand, p *milp.Problem) bool {
		var z []int
		for _, k := range p.Unstable() {
			z = append(z, *p.Units[k].Z)
		}
		addRow(p, 1, 2, z, ones(len(z)))
		return len(z) > 2
	},
	"implication": func(rng *rand.Rand, p *milp.Problem) bool {
		us := p.Unstable()
		if len(us) < 2 {
			return false
		}
		i := rng.IntN(len(us))
		j := rng.IntN(len(us))
		if i == j {
			return false
		}
		addRow(p, math.Inf(-1), 1, []int{*p.Units[us[i]].Z, *p.Units[us[j]].Z}, ones(2))
		return true
	},
	"implied by x": func(rng *rand.Rand, p *milp.Problem) bool {
		us, j := p.Unstable(), inputCols(p)[0]
		if len(us) == 0 {
			return false
		}
		// x <= lo + (hi - lo) (1 + z) / 2: active units may use all of the range
		lo, hi := float64(p.Cols[j].Lo), float64(p.Cols[j].Hi)
		addRow(p, math.Inf(-1), (lo+hi)/2, []int{j, *p.Units[us[rng.IntN(len(us))]].Z}, []float64{1, -(hi - lo) / 2})
		return true
	},
	"z fixed": func(rng *rand.Rand, p *milp.Problem) bool {
		us := p.Unstable()
		for _, k := range us {
			if z := *p.Units[k].Z; rng.IntN(3) == 0 {
				p.Cols[z].Lo, p.Cols[z].Hi = 1, 1
			} else if rng.IntN(2) == 0 {
				p.Cols[z].Hi = 0
			}
			if rng.IntN(2) == 0 {
				break
			}
		}
		return len(us) > 0 && p.Digest() != p.ID
	},
	"h.hi lowered": func(rng *rand.Rand, p *milp.Problem) bool {
		us := p.Unstable()
		if len(us) == 0 {
			return false
		}
		u := p.Units[us[rng.IntN(len(us))]]
		p.Cols[u.H].Hi = milp.Hi(dyadic(u.Upper / 2))
		return true
	},
	"hbar.hi lowered": func(rng *rand.Rand, p *milp.Problem) bool {
		us := p.Unstable()
		if len(us) == 0 {
			return false
		}
		u := p.Units[us[rng.IntN(len(us))]]
		p.Cols[u.Hbar].Hi = milp.Hi(dyadic(-u.Lower / 2))
		return true
	},
	"on row lowered": func(rng *rand.Rand, p *milp.Problem) bool {
		for i := range p.Rows {
			if r := &p.Rows[i]; r.Kind == milp.On && rng.IntN(2) == 0 {
				r.Val[1] = dyadic(r.Val[1] / 2)
				return true
			}
		}
		return false
	},
	"slice by parameters": func(rng *rand.Rand, p *milp.Problem) bool {
		s, t := addCol(p, -inf, inf, false), addCol(p, -1, 1, false)
		for _, j := range inputCols(p) {
			c := p.Cols[j]
			mid, half := float64(c.Lo+milp.Lo(c.Hi))/2, float64(c.Hi-milp.Hi(c.Lo))/2
			addRow(p, mid, mid, []int{j, s, t}, []float64{1, half * small(rng), half * small(rng) / 2})
		}
		return true
	},
	"bounded aux column": func(rng *rand.Rand, p *milp.Problem) bool {
		in := inputCols(p)
		a := addCol(p, -inf, inf, false)
		// |x - mid| <= a <= (hi - lo)/4
		c := p.Cols[in[0]]
		mid := float64(c.Lo+milp.Lo(c.Hi)) / 2
		addRow(p, math.Inf(-1), mid, []int{in[0], a}, []float64{1, -1})
		addRow(p, mid, inf, []int{in[0], a}, []float64{1, 1})
		addRow(p, math.Inf(-1), float64(c.Hi-milp.Hi(c.Lo))/4, []int{a}, []float64{1})
		return true
	},
	"free aux column": func(rng *rand.Rand, p *milp.Problem) bool {
		addCol(p, -inf, inf, false)
		return true
	},
	"integer sum": func(rng *rand.Rand, p *milp.Problem) bool {
		in := inputCols(p)
		lo, hi := 0.0, 0.0
		for _, j := range in {
			lo += float64(p.Cols[j].Lo)
			hi += float64(p.Cols[j].Hi)
		}
		if hi-lo > 20 {
			return false
		}
		k := addCol(p, math.Floor(lo), math.Ceil(hi), true)
		addRow(p, 0, 0, append(in, k), append(ones(len(in)), -1))
		return true
	},
	"integer choice of a state": func(rng *rand.Rand, p *milp.Problem) bool {
		us := p.Unstable()
		if len(us) < 2 {
			return false
		}
		b := addCol(p, 0, 1, true) // both active or both inactive
		addRow(p, 0, 0, []int{*p.Units[us[0]].Z, b}, []float64{1, -1})
		addRow(p, 0, 0, []int{*p.Units[us[1]].Z, b}, []float64{1, -1})
		return true
	},
	"contradiction": func(rng *rand.Rand, p *milp.Problem) bool {
		j := inputCols(p)[0]
		addRow(p, float64(p.Cols[j].Hi)+1, inf, []int{j}, []float64{1})
		return true
	},
	"a row without entries": func(rng *rand.Rand, p *milp.Problem) bool {
		addRow(p, -1, 1, []int{}, []float64{})
		return true
	},
	"a row without entries that fails": func(rng *rand.Rand, p *milp.Problem) bool {
		addRow(p, 1, 2, []int{}, []float64{})
		return true
	},
	"a free row": func(rng *rand.Rand, p *milp.Problem) bool {
		addRow(p, math.Inf(-1), inf, inputCols(p), ones(len(inputCols(p))))
		return true
	},
	"one row removed": func(rng *rand.Rand, p *milp.Problem) bool {
		for i := range p.Rows {
			if p.Rows[i].Kind == milp.Off { // hbar is free to its limit: nothing changes
				p.Rows = append(p.Rows[:i], p.Rows[i+1:]...)
				for k := range p.Units {
					if p.Units[k].Pre > i {
						p.Units[k].Pre--
					}
				}
				return true
			}
		}
		return false
	},
}

// dyadic rounds to a sixteenth, so that rows meet the corners of cells.
func dyadic(v float64) float64 { return math.Round(16*v) / 16 }

// editable draws a network, of dyadic weights more often than not.
func editable(rng *rand.Rand) drawn {
	inputs, layers := 1+rng.IntN(3), 1+rng.IntN(2)
	n := &relu.Chain{Inputs: inputs}
	in := inputs
	shake := func(v float64) float64 { return v }
	if rng.IntN(4) == 0 { // general position
		shake = func(v float64) float64 { return v + rng.NormFloat64()/8 }
	}
	for range layers {
		size := 1 + rng.IntN(4)
		lay := relu.Dense{W: mat.NewDense(size, in, nil), B: make([]float64, size), Slopes: relu.ReLU(size)}
		for i := range size {
			for j := range in {
				lay.W.Set(i, j, shake(float64(rng.IntN(13)-6)/4))
			}
			lay.B[i] = shake(float64(rng.IntN(9)-4) / 4)
		}
		n.Layers = append(n.Layers, lay)
		in = size
	}
	d := domain.Box(inputs, -1, 1)
	if rng.IntN(3) == 0 {
		d = domain.Box(inputs, 0, 4)
	}
	return drawn{n, d, tighten.Methods[rng.IntN(3)]}
}

func TestEdits(t *testing.T) {
	t.Parallel()
	for name, edit := range edits {
		t.Run(name, func(t *testing.T) {
			for i := range draws(12) {
				rng := rand.New(rand.NewPCG(11, uint64(i)))
				d := editable(rng)
				p := copyOf(t, d.encode(t))
				if !edit(rng, p) {
					continue
				}
				checkEdited(t, fmt.Sprint(i), d.net, p, i%4 == 0)
				if t.Failed() {
					t.Fatal(d)
				}
			}
		})
	}
}

// checkEdited compares both engines with the exact count of the literal milp.
func checkEdited(t *testing.T, who string, n *relu.Chain, p *milp.Problem, mip bool) {
	t.Helper()
	if err := p.Check(); err != nil {
		t.Fatalf("%s: %v", who, err)
	}
	truth := exactProblem(p, 1000).regions()
	s, err := NewSpace(p)
	if err != nil {
		t.Fatal(err)
	}
	if !s.Edited() {
		t.Errorf("%s: not edited", who)
	}
	for workers := 1; workers <= 2; workers++ {
		f := countAll(t, s, "tree", workers)
		if name := fmt.Sprintf("%s: tree with %d workers", who, workers); sameRegions(t, name, f, truth) {
			goodWitnesses(t, name, n, inputLimits(p), f, truth)
			keepsRows(t, name, p, f)
		}
	}
	if mip && len(truth) <= 16 {
		sameRegions(t, who+": mip", countAll(t, s, "mip", 1), truth)
	}
}

func inputLimits(p *milp.Problem) *domain.Domain {
	d := &domain.Domain{}
	for _, j := range inputCols(p) {
		d.Lower, d.Upper = append(d.Lower, float64(p.Cols[j].Lo)), append(d.Upper, float64(p.Cols[j].Hi))
	}
	return d
}

// keepsRows checks the witnesses against the rows over the inputs alone.
func keepsRows(t testing.TB, who string, p *milp.Problem, f found) {
	t.Helper()
	at := map[int]int{}
	for i, j := range inputCols(p) {
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
	for i := range draws(160) {
		rng := rand.New(rand.NewPCG(12, uint64(i)))
		d := editable(rng)
		p := copyOf(t, d.encode(t))
		var done []string
		for range 3 {
			if name := names[rng.IntN(len(names))]; edits[name](rng, p) {
				done = append(done, name)
			}
		}
		if len(done) < 2 {
			continue
		}
		checkEdited(t, fmt.Sprint(i, done), d.net, p, i%8 == 0)
		if t.Failed() {
			t.Fatal(d)
		}
	}
}

// TestSharedWork: rows over h are part of the cell also for a worker that is
// handed a frame from the middle of the tree.
func TestSharedWork(t *testing.T) {
	t.Parallel()
	for i := range draws(24) {
		rng := rand.New(rand.NewPCG(13, uint64(i)))
		var rows [][]float64
		for range 9 {
			rows = append(rows, []float64{rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64() / 4})
		}
		d := drawn{oneLayer(rows), domain.Box(2, -1, 1), "interval"}
		p := copyOf(t, d.encode(t))
		for k := range 3 {
			u := &p.Units[2*k]
			p.Cols[u.H].Hi, p.Cols[u.Hbar].Hi = milp.Hi(dyadic(u.Upper/2)), milp.Hi(dyadic(-u.Lower/2))
		}
		truth := exactProblem(p, 1).regions()
		s, err := NewSpace(p)
		if err != nil {
			t.Fatal(err)
		}
		for workers := 1; workers <= 5; workers += 2 {
			sameRegions(t, fmt.Sprintf("%d: %d workers", i, workers), countAll(t, s, "tree", workers), truth)
		}
	}
}

// TestDomainsAtFullSpeed: rows over inputs and limits of inputs leave the tree
// search its geometry; it asks HiGHS no more than where something is close.
func TestDomainsAtFullSpeed(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"input inequality", "two inequalities", "input slice", "input band", "shrunk input", "widened input", "moved box"} {
		for i := range draws(8) {
			rng := rand.New(rand.NewPCG(14, uint64(i)))
			d := dense(rng, 3+rng.IntN(2), 5, 5)
			if i%4 == 3 {
				d = dense(rng, 7, 3, 5) // a narrow first layer
			}
			p := copyOf(t, d.encode(t))
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
