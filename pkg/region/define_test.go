package region

import (
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/domain"
	"relucount/pkg/milp"
	"relucount/pkg/notion"
	"relucount/pkg/property"
	"relucount/pkg/relu"
	"relucount/pkg/truth"
)

func dense(r, c int) *mat.Dense { return mat.NewDense(r, c, nil) }

// defined counts by a definition.
func defined(t *testing.T, p *milp.Problem, name string) NotionResult {
	t.Helper()
	s, err := NewSpace(p)
	if err == nil {
		s, err = s.Wide()
	}
	if err == nil {
		err = s.Definable(name)
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Define(context.Background(), name, Options{Workers: 1})
	if err != nil || !r.Complete {
		t.Fatal(r, err)
	}
	return r
}

// evaluated evaluates a network: the states that its units have, or with states those
// that are given, and its outputs.
func evaluated(n *relu.Chain, x []*big.Rat, states string) (pattern string, out []*big.Rat) {
	k := 0
	for l := range n.Layers {
		lay := &n.Layers[l]
		var next []*big.Rat
		for i := range lay.Units() {
			g := truth.Rat(lay.B[i])
			for j, v := range x {
				g.Add(g, new(big.Rat).Mul(truth.Rat(lay.W.At(i, j)), v))
			}
			if !lay.Linear() {
				on := g.Sign() > 0
				if states != "" {
					on = states[k] == '1'
				}
				k++
				if on {
					pattern += "1"
					g.Mul(g, truth.Rat(lay.Slopes[i].Active))
				} else {
					pattern += "0"
					g.Mul(g, truth.Rat(lay.Slopes[i].Inactive))
				}
			}
			next = append(next, g)
		}
		x = next
	}
	return pattern, x
}

// brute is what a network has by each definition, from exact corners of all regions.
func brute(d truth.Drawn) map[string]int64 {
	all := truth.OfNetwork(d.Net, d.Domain).Regions()
	names, function := []string{}, []string{}
	patterns, functions := map[string]bool{}, map[string]bool{}
	for p, r := range all {
		names = append(names, p)
		f := ""
		for j := range d.Net.Inputs + 1 { // the function at the middle and beside it
			x := make([]*big.Rat, d.Net.Inputs)
			for i := range x {
				x[i] = new(big.Rat)
				if lo, hi := d.Domain.Lower[i], d.Domain.Upper[i]; lo == hi {
					x[i] = truth.Rat(lo)
				} else if i == j {
					x[i].SetInt64(1)
				}
			}
			_, out := evaluated(d.Net, x, strings.ReplaceAll(p, "/", ""))
			f += fmt.Sprint(out)
		}
		function = append(function, f)
		functions[f] = true
		corners := r.Corners()
		for set := 1; set < 1<<len(corners); set++ {
			x, n := make([]*big.Rat, d.Net.Inputs), int64(0)
			for j := range x {
				x[j] = new(big.Rat)
			}
			for c := range corners {
				if set>>c&1 == 1 {
					n++
					for j := range x {
						x[j].Add(x[j], corners[c][j])
					}
				}
			}
			for j := range x {
				x[j].Mul(x[j], big.NewRat(1, n))
			}
			q, _ := evaluated(d.Net, x, "")
			patterns[q] = true
		}
	}
	together := func(least int) int64 { // sets that hang together by so many dimensions less
		of := make([]int, len(names))
		for i := range of {
			of[i] = i
		}
		sets := int64(len(names))
		for i, p := range names {
			for j, q := range names[:i] {
				a, b := all[p], all[q]
				if of[i] == of[j] || function[i] != function[j] || a.Meet(&b) < max(0, a.Dim()-least) {
					continue
				}
				from, to := of[i], of[j]
				for k := range of {
					if of[k] == from {
						of[k] = to
					}
				}
				sets--
			}
		}
		return sets
	}
	return map[string]int64{
		notion.Patterns: int64(len(patterns)), notion.Affine: int64(len(functions)),
		notion.Pieces: together(1), notion.Closed: together(100), notion.Regions: int64(len(all)),
	}
}

// TestDefinitions holds the counts by all definitions against brute force, and each
// against the next, of networks in which they differ.
func TestDefinitions(t *testing.T) {
	t.Parallel()
	differ := map[string]int{}
	for i := range property.Seeds(t, 300, 30) {
		rng := rand.New(rand.NewPCG(95, i))
		d := truth.Degenerate(rng, 1+rng.IntN(2), 1+rng.IntN(2))
		if i%4 == 1 {
			d = truth.Random(rng, 1+rng.IntN(2), 2, 6)
		}
		if i%3 == 2 {
			truth.TwoSlopes(rng, d.Net)
		}
		withOutputs(rng, d, rng.IntN(3))
		p, want := d.Encode(t), brute(d)
		order := []string{notion.Patterns, notion.Regions, notion.Pieces, notion.Closed, notion.Affine}
		for k, name := range order {
			if name == notion.Regions {
				continue
			}
			if got := defined(t, p, name).Regions; got != want[name] {
				t.Errorf("%d: %d by %s, want %d: %v", i, got, name, want[name], d)
			}
			if k > 0 && want[name] != want[order[k-1]] {
				differ[name]++
			}
		}
		if want[notion.Patterns] != want[notion.Regions] {
			differ[notion.Patterns]++
		}
	}
	for _, name := range []string{notion.Patterns, notion.Pieces, notion.Closed, notion.Affine} {
		if differ[name] == 0 && !testing.Short() {
			t.Errorf("%s is never another number than the one before", name)
		}
	}
}

// TestGolden: max(-y, min(0, -x)), by the numbers of the paper.
func TestGolden(t *testing.T) {
	n := &relu.Chain{Inputs: 2, Layers: []relu.Dense{
		{W: mat.NewDense(3, 2, []float64{1, 0, 0, 1, 0, -1}), B: make([]float64, 3), Slopes: relu.ReLU(3)},
		{W: mat.NewDense(2, 3, []float64{1, -1, 1, 1, 0, 0}), B: make([]float64, 2), Slopes: relu.ReLU(2)},
		{W: mat.NewDense(1, 2, []float64{1, -1}), B: make([]float64, 1)},
	}}
	p := truth.Drawn{Net: n, Domain: domain.Box(2, -1, 1), Method: "lp"}.Encode(t)
	for name, want := range map[string]int64{notion.Patterns: 7, notion.Pieces: 3, notion.Closed: 3, notion.Affine: 3} {
		if got := defined(t, p, name).Regions; got != want {
			t.Errorf("%d by %s, want %d", got, name, want)
		}
	}
	if got := counted(t, p); got != 5 {
		t.Errorf("%d regions, want 5", got)
	}
}

func counted(t *testing.T, p *milp.Problem) int64 {
	t.Helper()
	s, err := NewSpace(p)
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Count(context.Background(), Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	return c.Regions
}

// TestDecision holds pieces and boundaries of classes against the regions of the
// network that has units to compare outputs.
func TestDecision(t *testing.T) {
	t.Parallel()
	for i := range property.Seeds(t, 80, 12) {
		rng := rand.New(rand.NewPCG(96, i))
		d := truth.Degenerate(rng, 1+rng.IntN(2), 1+rng.IntN(2))
		outputs := 1 + rng.IntN(3)
		withOutputs(rng, d, outputs)
		last := d.Net.Layers[len(d.Net.Layers)-1]
		more := truth.Drawn{Net: &relu.Chain{Inputs: d.Net.Inputs, Layers: append([]relu.Dense{}, d.Net.Layers...)}, Domain: d.Domain}
		compare := dense(outputs*outputs, outputs) // whether output a is greater than b
		for a := range outputs {
			for b := range outputs {
				if a != b {
					compare.Set(a*outputs+b, a, 1)
					compare.Set(a*outputs+b, b, -1)
				}
			}
		}
		if outputs == 1 {
			compare.Set(0, 0, 1)
		}
		var w mat.Dense
		w.Mul(compare, last.W)
		var bias mat.VecDense
		bias.MulVec(compare, mat.NewVecDense(outputs, last.B))
		more.Net.Layers[len(more.Net.Layers)-1] = relu.Dense{W: &w, B: bias.RawVector().Data, Slopes: relu.ReLU(outputs * outputs)}
		class := func(p string) int {
			states := p[strings.LastIndexByte(p, '/')+1:]
			if outputs == 1 {
				return int(states[0])
			}
			for a := range outputs {
				best := true
				for b := range outputs {
					best = best && states[b*outputs+a] == '0'
				}
				if best {
					return a
				}
			}
			panic("no class")
		}
		all := truth.OfNetwork(more.Net, more.Domain).Regions()
		of, border := map[string]string{}, int64(0)
		var root func(p string) string
		root = func(p string) string {
			if q, ok := of[p]; ok {
				return root(q)
			}
			return p
		}
		pieces := int64(len(all))
		for p, a := range all {
			for q, b := range all {
				if p >= q || a.Meet(&b) != a.Dim()-1 {
					continue
				}
				if class(p) != class(q) {
					border++
				} else if root(p) != root(q) {
					of[root(p)] = root(q)
					pieces--
				}
			}
		}
		got := defined(t, d.Encode(t), notion.Decision)
		if got.Regions != pieces || got.Border != border {
			t.Errorf("%d: %d pieces and %d facets between classes, want %d and %d: %v", i, got.Regions, got.Border, pieces, border, d)
		}
	}
}
