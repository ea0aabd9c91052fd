package relu

import (
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func layer(relu bool, b []float64, w ...float64) Dense {
	l := Dense{W: mat.NewDense(len(b), len(w)/len(b), w), B: b}
	if relu {
		l.Slopes = ReLU(len(b))
	}
	return l
}

func TestForward(t *testing.T) {
	n := &Chain{Inputs: 2, Layers: []Dense{
		layer(true, []float64{0.5, -1}, 1, -1, 2, 3),
		layer(false, []float64{10}, -2, 4),
	}}
	g := n.Forward([]float64{1, 2})
	if g[0][0] != -0.5 || g[0][1] != 7 || g[1][0] != 38 {
		t.Errorf("pre-activations %v", g)
	}
	if y := n.Output([]float64{1, 2}); y[0] != 38 {
		t.Errorf("output %v", y)
	}
	n.Layers[1].Slopes, n.Layers[1].B[0] = ReLU(1), -100
	if y := n.Output([]float64{1, 2}); y[0] != 0 {
		t.Errorf("output %v after a ReLU", y)
	}
	n.Layers[1].Slopes = []Slopes{{-0.5, 1}}
	if y := n.Output([]float64{1, 2}); y[0] != 36 {
		t.Errorf("output %v after slopes -0.5 and 1", y)
	}
	n.Layers[0].Slopes = []Slopes{{0.25, 1}, {-1, 3}}
	if g := n.Forward([]float64{1, 2}); g[1][0] != 0.25+84-100 {
		t.Errorf("pre-activations %v", g)
	}
}

func TestFold(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	flat := 0 // networks in which a unit without a kink makes a connection that skips
	for range 100 {
		n := &Chain{Inputs: 1 + rng.IntN(4)}
		in, relus := n.Inputs, 0
		for range 1 + rng.IntN(6) {
			units := 1 + rng.IntN(4)
			l := Dense{W: mat.NewDense(units, in, nil), B: make([]float64, units)}
			if rng.IntN(2) == 0 {
				l.Slopes = ReLU(units)
				for i := range l.Slopes {
					l.Slopes[i].Inactive = float64(rng.IntN(7)-2) / 4
				}
			}
			for i := range units {
				l.B[i] = rng.NormFloat64()
				for j := range in {
					l.W.Set(i, j, rng.NormFloat64())
				}
			}
			if !l.Linear() {
				relus++
			}
			n.Layers = append(n.Layers, l)
			in = units
		}
		f := n.Fold()
		if err := f.Check(); err != nil {
			t.Fatal(err)
		}
		for l := range f.Layers {
			if f.Layers[l].Linear() && l+1 < len(f.Layers) {
				t.Fatalf("layer %d of %d is still linear", l+1, len(f.Layers))
			}
		}
		if got := len(f.Layers); got != relus && got != relus+1 {
			t.Fatalf("%d layers, %d of %d had slopes", got, relus, len(n.Layers))
		}
		graph := n.Network()
		if err := graph.Check(); err != nil {
			t.Fatal(err)
		}
		if back, err := graph.Chain(); err == nil {
			again, _ := back.Network(), back.Check()
			again.Rounded = graph.Rounded // nothing is folded a second time
			if !reflect.DeepEqual(again, graph) {
				t.Fatalf("%+v comes back as %+v", graph, again)
			}
		} else {
			flat++
		}
		x := make([]float64, n.Inputs)
		for range 5 {
			for j := range x {
				x[j] = rng.NormFloat64()
			}
			want := n.Output(x)
			for _, got := range [][]float64{f.Output(x), graph.Output(x)} {
				for i := range want {
					if math.Abs(want[i]-got[i]) > 1e-9*(1+math.Abs(want[i])) {
						t.Fatalf("output %v, folded %v", want, got)
					}
				}
			}
		}
	}
	if flat < 10 {
		t.Errorf("only %d networks have units without a kink", flat)
	}
}

func TestCheck(t *testing.T) {
	ok := func() *Chain {
		return &Chain{Inputs: 2, Layers: []Dense{
			layer(true, []float64{0, 0, 0}, 1, 2, 3, 4, 5, 6), layer(false, []float64{0}, 1, 2, 3)}}
	}
	if err := ok().Check(); err != nil {
		t.Error(err)
	}
	for want, spoil := range map[string]func(*Chain){
		"0 inputs":                                   func(n *Chain) { n.Inputs = 0 },
		"no layers":                                  func(n *Chain) { n.Layers = nil },
		"layer 1 takes 2 inputs, 3 come in":          func(n *Chain) { n.Inputs = 3 },
		"layer 2 takes 3 inputs, 2 come in":          func(n *Chain) { n.Layers[0] = layer(true, []float64{0, 0}, 1, 2, 3, 4) },
		"layer 1 has weights for 3 units and":        func(n *Chain) { n.Layers[0].B = []float64{1} },
		"layer 2 has no units":                       func(n *Chain) { n.Layers[1].B = nil },
		"layer 1, unit 2: weight 1 is NaN":           func(n *Chain) { n.Layers[0].W.Set(2, 1, math.NaN()) },
		"layer 2, unit 0: bias is -Inf":              func(n *Chain) { n.Layers[1].B[0] = math.Inf(-1) },
		"layer 1 has 3 units and slopes for 2":       func(n *Chain) { n.Layers[0].Slopes = ReLU(2) },
		"layer 1, unit 2: the slopes are NaN":        func(n *Chain) { n.Layers[0].Slopes[2].Inactive = math.NaN() },
		"layer 1, unit 0: the slopes are 0 and +Inf": func(n *Chain) { n.Layers[0].Slopes[0].Active = math.Inf(1) },
	} {
		n := ok()
		spoil(n)
		if err := n.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, %q expected", err, want)
		}
	}
}
