package region

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/domain"
	"relucount/pkg/milp"
	"relucount/pkg/property"
	"relucount/pkg/relu"
	"relucount/pkg/truth"
)

func TestDisguises(t *testing.T) {
	t.Parallel()
	for i := range property.Seeds(t, 160, 16) {
		rng := rand.New(rand.NewPCG(21, i))
		d := truth.Degenerate(rng, 1+rng.IntN(3), 1+rng.IntN(4))
		for _, spread := range []float64{0.5, 3} {
			e := truth.Disguise(rng, d, spread) // cancels no more
			want := truth.OfNetwork(e.Net, e.Domain).Regions()
			got := count(t, e.Encode(t), "tree", 1)
			if got.Regions != int64(len(want)) || !got.Complete {
				t.Errorf("%d, factors within e^%v: %+v, %d regions expected\n%v%v", i, spread, got, len(want), d, e)
			}
		}
	}
}

// TestMagnitudes takes weights from 1e-6 to 1e6, unit by unit.
func TestMagnitudes(t *testing.T) {
	t.Parallel()
	for i := range property.Seeds(t, 64, 6) {
		rng := rand.New(rand.NewPCG(22, i))
		inputs := 1 + rng.IntN(3)
		d := truth.ScaledUnits(rng, inputs, 1+rng.IntN(3), 6)
		exact := truth.OfNetwork(d.Net, d.Domain).Regions()
		s, err := NewSpace(d.Encode(t))
		if err != nil {
			t.Fatal(err)
		}
		if !sameRegions(t, fmt.Sprint(i), countAll(t, s, "tree", 1), exact) {
			t.Log(d)
		}
	}
}

// TestNearlyParallel has hyperplanes at angles down to 1e-8.
func TestNearlyParallel(t *testing.T) {
	t.Parallel()
	for i := range property.Seeds(t, 120, 12) {
		rng := rand.New(rand.NewPCG(23, i))
		inputs := 2 + rng.IntN(2)
		w := make([]float64, inputs+1)
		for j := range w {
			w[j] = rng.NormFloat64() / 2
		}
		eps := math.Pow(10, -1-7*rng.Float64())
		var rows [][]float64
		for range 3 + rng.IntN(3) {
			r := make([]float64, len(w))
			for j := range r {
				r[j] = w[j] + eps*rng.NormFloat64()
			}
			rows = append(rows, r)
		}
		d := truth.In(truth.OneLayer(rows), -1, 1, "interval")
		exact := truth.OfNetwork(d.Net, d.Domain).Regions()
		s, err := NewSpace(d.Encode(t))
		if err != nil {
			t.Fatal(err)
		}
		f := countAll(t, s, "tree", 1)
		if !sameRegions(t, fmt.Sprintf("%d, angle %.1g", i, eps), f, exact) {
			t.Log(d)
		}
	}
}

// TestDeep has six layers of up to six units.
func TestDeep(t *testing.T) {
	t.Parallel()
	for i := range property.Seeds(t, 4, 1) {
		rng := rand.New(rand.NewPCG(24, i))
		inputs := 1 + rng.IntN(2)
		d := truth.Drawn{Net: &relu.Chain{Inputs: inputs}, Domain: domain.Box(inputs, -1, 1), Method: []string{"interval", "lp"}[i%2]}
		in := inputs
		for range 6 {
			n := 1 + rng.IntN(6)
			lay := relu.Dense{W: mat.NewDense(n, in, nil), B: make([]float64, n), Slopes: relu.ReLU(n)}
			for k := range n {
				for j := range in {
					lay.W.Set(k, j, rng.NormFloat64()*math.Sqrt(2/float64(in)))
				}
				lay.B[k] = rng.NormFloat64() / 4
			}
			d.Net.Layers = append(d.Net.Layers, lay)
			in = n
		}
		exact := truth.OfNetwork(d.Net, d.Domain).Regions()
		s, err := NewSpace(d.Encode(t))
		if err != nil {
			t.Fatal(err)
		}
		if !sameRegions(t, fmt.Sprint(i), countAll(t, s, "tree", 1+int(i%2)), exact) {
			t.Log(d)
		}
	}
}

// TestTents follows one branch of a row of tents down to cells of width 2^-k.
func TestTents(t *testing.T) {
	t.Parallel()
	for _, k := range []int{10, 18, 24, 27} {
		p := truth.Copy(t, encode(t, truth.Tents(k), 0, 1, "interval"))
		x := 0.3141592653589793
		for l := range k - 3 { // all but the last three layers are fixed
			hi := 0.0
			if x > 0.5 {
				hi = 1
			}
			if z := p.Units[2*l].Z; z != nil {
				p.Cols[*z].Lo = 1
			}
			z := *p.Units[2*l+1].Z
			p.Cols[z].Lo, p.Cols[z].Hi = milp.Lo(hi), milp.Hi(hi)
			x = min(2*x, 2-2*x)
		}
		if c := count(t, p, "tree", 1); c.Regions != 8 || !c.Complete {
			t.Errorf("%d tents: %+v, 8 regions expected", k, c)
		}
	}
}

// TestSharpEdges has cells with an edge of angle e off which the next layer
// cuts what is thin, but long enough to lie well beyond the hyperplane: the tip,
// or a triangle between two hyperplanes and a side.
func TestSharpEdges(t *testing.T) {
	t.Parallel()
	for i := range property.Seeds(t, 80, 8) {
		rng := rand.New(rand.NewPCG(25, i))
		e := math.Pow(10, -3-1.5*rng.Float64())
		h := math.Pow(10, -6.9+2*rng.Float64())
		net := truth.OneLayer([][]float64{{e, -1, 0}, {e, 1, 0}}) // |y| < e x
		rows := [][]float64{{1, 1, -2 * e * h}}                   // x = h
		if i%2 == 1 {                                             // y = e x - 0.4 e, and x = 0.2 + h close to where it starts
			rows = [][]float64{{1, 0, -0.4 * e}, {1, 1, -2 * e * (0.2 + h)}}
		}
		net.Layers = append(net.Layers, truth.OneLayer(rows).Layers[0])
		s, err := NewSpace(encode(t, net, -1, 1, "interval"))
		if err != nil {
			t.Fatal(err)
		}
		countAll(t, s, "tree", 1)
		if t.Failed() {
			t.Fatalf("%d: angle %g, distance %g", i, e, h)
		}
	}
}

// TestZeroUnits has a hyperplane through a corner of the box in the first
// layer, which the limits leave unstable by their rounding, and with it a unit
// that is zero everywhere: limits by LP may then say that it is active.
func TestZeroUnits(t *testing.T) {
	t.Parallel()
	net := truth.OneLayer([][]float64{{1, 0, -1}, {1, -1, -2}, {0, 0, 0}})
	net.Layers = append(net.Layers, truth.OneLayer([][]float64{{-1, -1, 0, -1}, {0, 1, 0, 1}, {-1, -1, 0, 1}, {-1, 1, 1, 0}, {0, 1, 1, 2}}).Layers[0])
	for _, method := range []string{"interval", "lp", "milp"} {
		if c := count(t, encode(t, net, -1, 1, method), "tree", 1); c.Regions != 1 || !c.Complete {
			t.Errorf("%s: %+v, 1 region expected", method, c)
		}
	}
}

// TestThinStrips has strips of width 5e-9, on whose cells HiGHS may find
// nothing on either side of a unit when it starts from a basis. Regions may be
// missed there, but not without a word.
func TestThinStrips(t *testing.T) {
	t.Parallel()
	net := truth.OneLayer([][]float64{
		{287.9959813426943, -0.09754425061966802, 11.029122194946982, 0.006284473762444567},
		{0.2086906041797197, -2.326630482309839e+06, -3.6276174915058e-05, 1.6026176080293044},
		{0.00953151110400815, -0.009342842490335318, 2.7836560806190616e+08, 6.046489608283089e-05},
	})
	for _, rows := range [][][]float64{
		{
			{-1.3117047071270688e-07, -0.4184760930816176, 1.8023712326998642e-05, -0.027238515888099276},
			{0.809263279557753, -0.06666094261891634, -0.6250418410931856, 1.5177258222425012},
		},
		{{-0.33315862671727997, 1.0119038576273616, -0.7538792641507193}},
	} {
		net.Layers = append(net.Layers, truth.OneLayer(rows).Layers[0])
	}
	want := len(truth.OfNetwork(net, domain.Box(3, -1, 1)).Regions())
	s, err := NewSpace(encode(t, net, -1, 1, "interval"))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range oracles(s) {
		if f := enumerate(t, o.space, Options{Engine: "tree", Oracle: o.flag, Workers: 1}); len(f.at) != want && f.Doubtful == 0 {
			t.Errorf("%s: %d regions, %d expected, no doubts", o.name, len(f.at), want)
		}
	}
}

// TestManyFacets: the hyperplanes of the first layer touch a circle, so that
// the cell inside has more facets than vertices can note.
func TestManyFacets(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(26, 1))
	n := &relu.Chain{Inputs: 2}
	first := relu.Dense{W: mat.NewDense(80, 2, nil), B: make([]float64, 80), Slopes: relu.ReLU(80)}
	for i := range 80 {
		s, c := math.Sincos(2 * math.Pi * float64(i) / 80)
		first.W.SetRow(i, []float64{c, s})
		first.B[i] = -0.8
	}
	second := relu.Dense{W: mat.NewDense(4, 80, nil), B: make([]float64, 4), Slopes: relu.ReLU(4)}
	for i := range 4 {
		for j := range 80 {
			second.W.Set(i, j, rng.NormFloat64())
		}
		second.B[i] = rng.NormFloat64()
	}
	n.Layers = []relu.Dense{first, second}
	p := truth.In(n, -1, 1, "interval").Encode(t)
	s, err := NewSpace(p)
	if err != nil {
		t.Fatal(err)
	}
	var got []int64
	for _, o := range oracles(s)[:2] {
		c, err := o.space.Count(context.Background(), Options{Engine: "tree", Oracle: o.flag, Margin: DefaultMargin, Workers: 1})
		if err != nil || !c.Complete || c.Doubtful > 0 || c.HiGHS > 200 {
			t.Errorf("%s: %+v, %v", o.name, c, err)
		}
		got = append(got, c.Regions)
	}
	if got[0] != got[1] {
		t.Errorf("%d regions", got)
	}
}
