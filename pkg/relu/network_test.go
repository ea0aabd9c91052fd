package relu

import (
	"math"
	"reflect"
	"strings"
	"testing"
)

// skips has two inputs, a layer of two units and one of one that takes an input
// and a unit, and an output that takes all.
func skips() *Network {
	return &Network{Inputs: 2, Layers: []Layer{
		{Forms: []Form{{[]int{0, 1}, []float64{1, -1}, 0.5}, {[]int{1}, []float64{2}, 0}}, Slopes: []Slopes{{0, 1}, {-1, 1}}},
		{Forms: []Form{{[]int{0, 3}, []float64{3, 1}, -1}}, Slopes: ReLU(1)},
		{Forms: []Form{{[]int{1, 2, 4}, []float64{1, 10, 100}, 0}, {B: 7}}},
	}}
}

func TestNetworkForward(t *testing.T) {
	n := skips()
	if err := n.Check(); err != nil {
		t.Fatal(err)
	}
	want := [][]float64{{3.5, -4}, {6}, {-2 + 35 + 600, 7}}
	if g := n.Forward([]float64{1, -2}); !reflect.DeepEqual(g, want) {
		t.Errorf("pre-activations %v, want %v", g, want)
	}
	if n.Units() != 3 || n.Weights() != 8 || n.Sources(2) != 5 {
		t.Errorf("%d units, %d weights, %d sources", n.Units(), n.Weights(), n.Sources(2))
	}
	if _, err := n.Chain(); err == nil || err.Error() != "layer 2, unit 0 takes input 0: a connection that skips a layer" {
		t.Errorf("no chain: %v", err)
	}
	n.Layers[1].Forms[0].Src[0] = 2
	if _, err := n.Chain(); err == nil || err.Error() != "layer 3, unit 0 takes input 1: a connection that skips a layer" {
		t.Errorf("no chain: %v", err)
	}
	n.Layers[2].Forms[0].Src[0] = 3
	n.Layers[2].Forms[0].Src[1] = 4
	if _, err := n.Chain(); err == nil || err.Error() != "layer 3, unit 0 takes unit 1 of layer 1: a connection that skips a layer" {
		t.Errorf("no chain: %v", err)
	}
}

func TestNetworkCheck(t *testing.T) {
	for want, spoil := range map[string]func(*Network){
		"0 inputs":                            func(n *Network) { n.Inputs = 0 },
		"no layers":                           func(n *Network) { n.Layers = nil },
		"layer 2 has no units":                func(n *Network) { n.Layers[1].Forms = nil },
		"layer 2 is linear":                   func(n *Network) { n.Layers[1].Slopes = nil },
		"layer 1 has 2 units and slopes":      func(n *Network) { n.Layers[0].Slopes = ReLU(1) },
		"layer 1, unit 1 has no kink":         func(n *Network) { n.Layers[0].Slopes[1] = Slopes{2, 2} },
		"layer 1, unit 1: source 2 after -1":  func(n *Network) { n.Layers[0].Forms[1].Src[0] = 2 },
		"layer 2, unit 0: source 0 after 0":   func(n *Network) { n.Layers[1].Forms[0].Src[1] = 0 },
		"layer 3, unit 1 has 1 sources and 0": func(n *Network) { n.Layers[2].Forms[1].Src = []int{1} },
		"layer 2, unit 0: weight 1 is NaN":    func(n *Network) { n.Layers[1].Forms[0].W[1] = math.NaN() },
		"layer 2, unit 0: bias is +Inf":       func(n *Network) { n.Layers[1].Forms[0].B = math.Inf(1) },
	} {
		n := skips()
		spoil(n)
		if err := n.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, %q expected", err, want)
		}
	}
}

func TestSum(t *testing.T) {
	s := NewSum(5)
	s.Add(2, &Form{[]int{3, 4}, []float64{1, 1}, 1})
	s.Add(1, &Form{[]int{0, 3}, []float64{5, -2}, 0})
	s.Add(0, &Form{[]int{1}, []float64{5}, 9})
	s.AddConstant(0.5)
	if f, _ := s.Take(); !reflect.DeepEqual(f, Form{[]int{0, 4}, []float64{5, 2}, 2.5}) {
		t.Errorf("the sum is %+v", f)
	}
	if f, _ := s.Take(); !reflect.DeepEqual(f, Form{}) {
		t.Errorf("nothing is %+v", f)
	}
	// 0.1 + 0.2 - 0.3 is rounding; sources may come that were not there before
	for _, v := range []float64{0.1, 0.2, -0.3} {
		s.Add(v, &Form{[]int{2, 9}, []float64{1, 1}, 1})
	}
	s.Add(1, &Form{Src: []int{9}, W: []float64{0x1p-40}})
	if f, _ := s.Take(); len(f.Src) != 1 || f.Src[0] != 9 || math.Abs(f.W[0]-0x1p-40) > 1e-16 || f.B != 0 {
		t.Errorf("what cancels is %+v", f)
	}
	s.Add(math.NaN(), &Form{Src: []int{3}, W: []float64{1}})
	if f, _ := s.Take(); len(f.Src) != 1 || !math.IsNaN(f.W[0]) || !math.IsNaN(f.B) {
		t.Errorf("a NaN is lost: %+v", f)
	}
}
