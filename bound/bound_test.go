package main

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/capacity"
	"relucount/pkg/domain"
	"relucount/pkg/milp"
	"relucount/pkg/property"
	"relucount/pkg/record"
	"relucount/pkg/region"
	"relucount/pkg/relu"
	"relucount/pkg/stage"
	"relucount/pkg/tighten"
)

// draw returns a network of 1 to 6 inputs and 1 to 4 layers, over a box that
// often does not have 0 in its middle. Small whole weights meet in common
// points again and again; units may be dead, doubled, opposite, parallel, or
// have no weights or no bias.
func draw(rng *rand.Rand) (*relu.Chain, *domain.Domain) {
	n := &relu.Chain{Name: "drawn", Inputs: 1 + rng.IntN(6)}
	d := domain.Box(n.Inputs, -1, 1)
	for j := range d.Lower {
		switch rng.IntN(8) {
		case 0:
			d.Lower[j] = 0
		case 1:
			d.Lower[j], d.Upper[j] = 0.5, 2
		case 2:
			d.Upper[j] = -0.25
		case 3:
			if n.Inputs > 1 {
				d.Upper[j] = d.Lower[j]
			}
		}
	}
	zeros, whole := []float64{0, 0.3, 0.7}[rng.IntN(3)], rng.IntN(2) == 0
	w := func() float64 {
		switch {
		case rng.Float64() < zeros:
			return 0
		case whole:
			return float64(rng.IntN(7) - 3)
		}
		return rng.NormFloat64()
	}
	shift := []float64{0, -1, -2, 1}[rng.IntN(4)]
	in, units := n.Inputs, 13
	layers := 1 + rng.IntN(4)
	for l := range layers {
		size := 1 + rng.IntN(min(7, units-(layers-1-l)))
		units -= size
		lay := relu.Dense{W: mat.NewDense(size, in, nil), B: make([]float64, size), Slopes: relu.ReLU(size)}
		for i := range size {
			row := lay.W.RawRowView(i)
			for j := range row {
				row[j] = w()
			}
			lay.B[i] = w() + shift
			switch other := lay.W.RawRowView(rng.IntN(i + 1)); rng.IntN(12) {
			case 0:
				clear(row)
			case 1:
				lay.B[i] = 0
			case 2:
				lay.B[i] = -9
			case 3:
				copy(row, other)
				lay.B[i] = lay.B[0]
			case 4:
				for j, v := range other {
					row[j] = -v
				}
			case 5:
				lay.B[i] = 4
			}
		}
		n.Layers = append(n.Layers, lay)
		in = size
	}
	return n, d
}

// edit changes the domain, in ways that the unit bounds do not know of.
func edit(rng *rand.Rand, p *milp.Problem) {
	for j := range p.Cols {
		c := &p.Cols[j]
		switch {
		case c.Kind == milp.Input && rng.IntN(2) == 0:
			c.Hi = (c.Hi + milp.Hi(c.Lo)) / 2
		case c.Kind == milp.Input && rng.IntN(2) == 0:
			c.Lo -= 1
		case c.Kind == milp.Input && rng.IntN(3) == 0:
			c.Hi = milp.Hi(math.Inf(1))
		case c.Kind == milp.Z && rng.IntN(8) == 0:
			c.Lo = 1
		}
	}
}

// each returns what each method says of a problem, and names those that are from
// unit bounds of another kind than they should be, or relaxed.
func (b *bounder) each(t *testing.T, p *milp.Problem, rng *rand.Rand) (got map[string]*big.Int, wrong []string) {
	t.Helper()
	layered, err := capacity.FromProblem(p, b.content != "")
	if err != nil {
		t.Fatal(err)
	}
	from := p.Tighten
	if b.content != "" {
		from = "interval"
	}
	got = map[string]*big.Int{}
	for _, m := range new(options).list() {
		if m == "zaslavsky" && len(layered.Sizes) > 1 {
			continue
		}
		r := record.Bound{Method: m}
		if got[m], err = b.regions(layered, &r); err != nil {
			t.Fatal(err)
		}
		if r.From != "" && r.From != from {
			wrong = append(wrong, fmt.Sprintf("%s is from %q, want %q", m, r.From, from))
		}
		if m == "tight" && r.Relaxed {
			wrong = append(wrong, "so small a network is relaxed")
		}
	}
	for name, most := range map[string]capacity.Limits{
		"tight by sizes":   {SetUnits: 21, Work: 1 << 25},
		"tight by numbers": {},
		"tight in part":    {SetUnits: 3, Work: 1 << 25, Sets: 1 << rng.IntN(8)},
	} {
		if got[name], _, err = capacity.Tight(layered, b.tables, most); err != nil {
			t.Fatal(err)
		}
	}
	for name, most := range map[string]stage.Limits{
		"pairs in part":  {Tail: 1 << rng.IntN(8), Head: 1 << rng.IntN(8)},
		"pairs by tails": {Tail: 1 << 16},
		"pairs by heads": {Head: 1 << 16},
		"pairs":          {Tail: 1 << 16, Head: 1 << 16},
	} {
		cells, _, err := capacity.NewCells(layered, b.tables, tightWork)
		if err != nil {
			t.Fatal(err)
		}
		if got[name], _, err = stage.Bound(context.Background(), p, b.content != "", layered, cells, most); err != nil {
			t.Fatal(err)
		}
	}
	return got, wrong
}

// notAbove has pairs of methods: the first uses more and is never above the second.
var notAbove = [][2]string{
	{"tight", "activation"}, {"activation", "serra2018"}, {"serra2018", "montufar2017"},
	{"tight", "hinz2019"}, {"hinz2019", "serra2018"}, {"tight", "unstable"},
	{"tight by sizes", "activation"}, {"tight by numbers", "activation"},
	{"tight by sizes", "hinz2019"}, {"tight by numbers", "hinz2019"},
	{"tight", "tight by sizes"},
	{"pairs", "tight"}, {"pairs in part", "tight"}, {"pairs by tails", "tight"}, {"pairs by heads", "tight"},
}

// TestBoundsHold: no method is ever below the exact number of regions, and the
// methods that use more are never above those that use less.
func TestBoundsHold(t *testing.T) {
	t.Parallel()
	attained, below := map[string]int{}, map[string]int{}
	trials := 0
	for trial := range property.Seeds(t, 1200, 150) {
		trials++
		rng := rand.New(rand.NewPCG(71, trial))
		net, domain := draw(rng)
		p, _, err := tighten.Encode(context.Background(), net.Network(), domain, tighten.Options{Method: tighten.Methods[trial%3], Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		b := &bounder{p: p, coverer: coverer{ctx: context.Background()}}
		if trial%4 == 0 {
			edit(rng, p)
			b.content = p.Digest()
		}
		exact := regionsOf(t, p)
		got, wrong := b.each(t, p, rng)
		for name, n := range got {
			if n.Cmp(exact) < 0 {
				wrong = append(wrong, fmt.Sprintf("%s is %v for %v regions", name, n, exact))
			}
			if n.Cmp(exact) == 0 {
				attained[name]++
			}
		}
		for _, o := range notAbove {
			if o[1] == "unstable" && b.content != "" {
				continue // the edit may have widened the bounds
			}
			less, more := got[o[0]], got[o[1]]
			if less.Cmp(more) > 0 {
				wrong = append(wrong, fmt.Sprintf("%s %v > %s %v", o[0], less, o[1], more))
			}
			if less.Cmp(more) < 0 {
				below[o[0]+" < "+o[1]]++
			}
		}
		if len(wrong) > 0 {
			t.Fatalf("%d: %s\n%s", trial, strings.Join(wrong, "; "), show(net, domain))
		}
	}
	t.Logf("of %d attained: %v; strictly: %v", trials, attained, below)
	for _, o := range notAbove {
		if !testing.Short() && below[o[0]+" < "+o[1]] == 0 {
			t.Errorf("%s is never below %s", o[0], o[1])
		}
	}
}

func regionsOf(t *testing.T, p *milp.Problem) *big.Int {
	t.Helper()
	s, err := region.NewSpace(p)
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Count(context.Background(), region.Options{Engine: "tree", Margin: region.DefaultMargin, Workers: 1})
	if err != nil || !c.Complete {
		t.Fatal(c, err)
	}
	return big.NewInt(c.Regions)
}

func show(n *relu.Chain, d *domain.Domain) string {
	var b strings.Builder
	fmt.Fprintln(&b, d.Lower, d.Upper)
	for _, l := range n.Layers {
		for i := range l.B {
			fmt.Fprintln(&b, l.W.RawRowView(i), l.B[i])
		}
		fmt.Fprintln(&b, "--")
	}
	return b.String()
}
