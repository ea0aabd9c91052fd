package capacity

import (
	"encoding/json"
	"errors"
	"math"
	mathbits "math/bits"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/domain"
	"relucount/pkg/milp"
	"relucount/pkg/record"
	"relucount/pkg/relu"
)

// signLayer is a layer of small whole weights; zero is the share of zeros.
func signLayer(r *rand.Rand, units, inputs int, zero float64) relu.Dense {
	draw := func() float64 {
		if r.Float64() < zero {
			return 0
		}
		return float64(r.IntN(7) - 3)
	}
	lay := relu.Dense{W: mat.NewDense(units, inputs, nil), B: make([]float64, units), Slopes: relu.ReLU(units)}
	for i := range units {
		lay.B[i] = draw()
		for j := range inputs {
			lay.W.Set(i, j, draw())
		}
	}
	return lay
}

// bruteTable takes the largest numbers over all sets of active units.
func bruteTable(lay *relu.Dense) (a, i []int) {
	n, before := lay.W.Dims()
	a, i = make([]int, before+1), make([]int, before+1)
	for s := range 1 << before {
		active, inactive := 0, 0
		for u := range n {
			on, off := lay.B[u] > 0, lay.B[u] <= 0
			for j := range before {
				if s>>j&1 == 1 {
					on = on || lay.W.At(u, j) > 0
					off = off || lay.W.At(u, j) < 0
				}
			}
			if on {
				active++
			}
			if off {
				inactive++
			}
		}
		for k := mathbits.OnesCount(uint(s)); k <= before; k++ {
			a[k], i[k] = max(a[k], active), max(i[k], inactive)
		}
	}
	return a, i
}

func TestTablesAgainstBruteForce(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 8))
	for trial := range 300 {
		inputs, before, units := 1+r.IntN(3), 1+r.IntN(9), 1+r.IntN(14)
		zero := []float64{0, 0.3, 0.6, 0.85}[trial%4]
		net := &relu.Chain{Inputs: inputs, Layers: []relu.Dense{
			signLayer(r, before, inputs, zero), signLayer(r, units, before, zero),
		}}
		lower, upper := boxBounds(&net.Layers[0], domain.Box(inputs, -1, 1))
		n := &Layered{Net: net, Lower: [][]float64{lower}, Upper: [][]float64{upper}}
		tables, err := Tables(n, Search{Nodes: 1e6})
		if err != nil {
			t.Fatal(err)
		}
		a, i := bruteTable(&net.Layers[1])
		got := tables[1]
		if got.Layer != 2 || got.Units != units || !got.Exact || !slices.Equal(got.A, a) || !slices.Equal(got.I, i) {
			t.Fatalf("trial %d: %+v\nwant a %v\nwant i %v\nW %v\nb %v", trial, got, a, i, mat.Formatted(net.Layers[1].W), net.Layers[1].B)
		}
		// Without a solver and with a hasty one the tables are still bounds.
		for _, c := range []Coverer{nil, Search{Nodes: r.IntN(3)}} {
			loose, err := Tables(n, c)
			if err != nil {
				t.Fatal(err)
			}
			if err := check(loose); err != nil {
				t.Fatal(err)
			}
			for k := range a {
				if loose[1].A[k] < a[k] || loose[1].I[k] < i[k] {
					t.Fatalf("trial %d, %v: %+v is below a %v, i %v", trial, c, loose[1], a, i)
				}
			}
			if same := slices.Equal(loose[1].A, a) && slices.Equal(loose[1].I, i); loose[1].Exact && !same {
				t.Fatalf("trial %d, %v: %+v is not exact: a %v, i %v", trial, c, loose[1], a, i)
			}
		}
	}
}

func TestInputTable(t *testing.T) {
	t.Parallel()
	// Off for ever, on for ever, either, touching zero from below and above.
	lower := []float64{-2, 1, -1, -1, 0}
	upper := []float64{-1, 2, 1, 0, 1}
	got, err := inputTable(5, lower, upper)
	if err != nil {
		t.Fatal(err)
	}
	if got.A[0] != 3 || got.I[0] != 4 {
		t.Errorf("%+v, want a = 3 and i = 4", got)
	}
}

func TestTableRecord(t *testing.T) {
	t.Parallel()
	b, err := json.Marshal(Table{Layer: 2, Units: 3, A: []int{1, 3}, I: []int{2, 3}, Exact: true})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"layer":2,"units":3,"a":[1,3],"i":[2,3],"exact":true}`; string(b) != want {
		t.Errorf("%s, want %s", b, want)
	}
}

// useless knows no better than that all might be covered, and says too much.
type useless struct{}

func (useless) MaxCover(_ [][]int, universe, _ int) (int, bool, error) {
	return universe + 3, false, nil
}

func TestUselessAnswers(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(17, 18))
	open := 0
	for range 50 {
		lay := signLayer(r, 30, 12, 0.7)
		got, err := layerTable(&lay, useless{})
		if err != nil {
			t.Fatal(err)
		}
		want, err := layerTable(&lay, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.A, want.A) || !slices.Equal(got.I, want.I) || got.Exact != want.Exact {
			t.Errorf("%+v, without a coverer %+v", got, want)
		}
		if !got.Exact {
			open++
		}
	}
	if open == 0 {
		t.Error("the coverer was never asked")
	}
}

type failing struct{}

func (failing) MaxCover([][]int, int, int) (int, bool, error) {
	return 0, false, errors.New("no memory")
}

type wrong struct{ value int }

func (w wrong) MaxCover([][]int, int, int) (int, bool, error) { return w.value, true, nil }

func TestTablesErrors(t *testing.T) {
	t.Parallel()
	// Five sets in a ring of pairs: two of them cover 4 of 5, three cover 5.
	ring := relu.Dense{W: mat.NewDense(5, 5, nil), B: make([]float64, 5), Slopes: relu.ReLU(5)}
	hub := relu.Dense{W: mat.NewDense(7, 4, []float64{
		1, 1, 0, 0,
		1, 1, 0, 0,
		1, 0, 1, 0,
		1, 0, 1, 0,
		0, 1, 0, 0,
		0, 0, 1, 0,
		0, 0, 0, 1,
	}), B: make([]float64, 7), Slopes: relu.ReLU(7)}
	for i := range 5 {
		ring.W.Set(i, i, 1)
		ring.W.Set(i, (i+1)%5, 1)
	}
	net := &relu.Chain{Inputs: 1, Layers: []relu.Dense{
		{W: mat.NewDense(4, 1, []float64{1, 2, 3, 4}), B: make([]float64, 4), Slopes: relu.ReLU(4)}, hub,
	}}
	one := []float64{1, 1, 1, 1}
	of := func(net *relu.Chain, lower, upper []float64) *Layered {
		return &Layered{Net: net, Lower: [][]float64{lower}, Upper: [][]float64{upper}}
	}
	for _, c := range []struct {
		want string
		call func() error
	}{
		{"no memory", func() error { _, err := Tables(of(net, one, one), failing{}); return err }},
		{"the answer 1 is not within", func() error { _, err := Tables(of(net, one, one), wrong{1}); return err }},
		{"the answer 9 is not within", func() error { _, err := Tables(of(net, one, one), wrong{9}); return err }},
		{"layer 1 has 4 units", func() error { _, err := Tables(of(net, one[1:], one), nil); return err }},
		{"bounds of layer 1, unit 2: [NaN, 1]", func() error {
			_, err := Tables(of(net, []float64{1, 1, math.NaN(), 1}, one), nil)
			return err
		}},
		{"layer 1 is linear", func() error {
			linear := *net
			linear.Layers = slices.Clone(net.Layers)
			linear.Layers[0].Slopes = nil
			_, err := Tables(of(&linear, one, one), nil)
			return err
		}},
		{"has no layers", func() error { _, err := Tables(of(&relu.Chain{Inputs: 1}, nil, nil), nil); return err }},
	} {
		if err := c.call(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
	table, err := layerTable(&ring, failing{})
	if err != nil {
		t.Fatalf("the simple bounds settle a ring: %v", err)
	}
	if want := []int{0, 2, 4, 5, 5, 5}; !slices.Equal(table.A, want) {
		t.Errorf("ring: %v, want %v", table.A, want)
	}
}

// chain is a milp of two inputs, the second fixed, and two layers of one unit.
func chain() *milp.Problem {
	free := func(kind string) milp.Col { return milp.Col{Kind: kind, Lo: 0, Hi: 4} }
	z := []int{4, 7}
	return &milp.Problem{
		ID: "m",
		Network: record.Shape{Inputs: 2, Layers: []record.LayerShape{
			{Units: 1, Activation: "relu"}, {Units: 1, Activation: "relu"},
		}},
		Cols: []milp.Col{
			free(milp.Input), {Kind: milp.Input, Lo: 1, Hi: 1},
			free(milp.H), free(milp.Hbar), free(milp.Z),
			free(milp.H), free(milp.Hbar), free(milp.Z),
		},
		Rows: []milp.Row{
			{Kind: milp.Pre, Lo: 1, Hi: 1, Idx: []int{0, 1, 2, 3}, Val: []float64{1, -2, -1, 1}},
			{Kind: milp.Pre, Lo: -1, Hi: -1, Idx: []int{2, 5, 6}, Val: []float64{-1, -1, 1}},
		},
		Units: []milp.Unit{
			{Layer: 1, Z: &z[0], H: 2, Hbar: 3, Pre: 0, Lower: -3, Upper: 1},
			{Layer: 2, Z: &z[1], H: 5, Hbar: 6, Pre: 1, Lower: -1, Upper: 1},
		},
	}
}

func TestFromProblem(t *testing.T) {
	t.Parallel()
	p := chain()
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	n, err := FromProblem(p, false)
	if err != nil {
		t.Fatal(err)
	}
	if n.N0 != 1 || !slices.Equal(n.Sizes, []int{1, 1}) || !slices.Equal(n.Fixed, []bool{false, true}) ||
		!reflect.DeepEqual(n.Lower, [][]float64{{-3}, {-1}}) || !reflect.DeepEqual(n.Upper, [][]float64{{1}, {1}}) {
		t.Errorf("%+v", n)
	}
	tables, err := Tables(n, nil)
	if err != nil {
		t.Fatal(err)
	}
	// Unit 2 is 1 - h: active unless the first unit is, then either.
	if a, i := tables[1].A, tables[1].I; !slices.Equal(a, []int{1, 1}) || !slices.Equal(i, []int{0, 1}) {
		t.Errorf("layer 2: a %v, i %v", a, i)
	}
	got, err := Activation(n.N0, tables)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "Activation", got, 3)

	// The second layer now looks at the input too.
	p.Rows[1].Idx[0] = 0
	if _, err := FromProblem(p, false); err == nil || !strings.Contains(err.Error(), "no layered network: layer 2, unit 0 takes input 0") {
		t.Errorf("error %v for a skip connection", err)
	}
}
