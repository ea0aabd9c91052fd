package milp_test

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/domain"
	"relucount/pkg/milp"
	"relucount/pkg/relu"
)

// twoLayers has two inputs, layers of 2 and 1 units, all unstable.
func twoLayers() *milp.Problem {
	n := &relu.Chain{Inputs: 2, Layers: []relu.Dense{
		{W: mat.NewDense(2, 2, []float64{1, 2, 3, -4}), B: []float64{0.5, -0.5}, Slopes: relu.ReLU(2)},
		{W: mat.NewDense(1, 2, []float64{1, -1}), B: []float64{0.25}, Slopes: relu.ReLU(1)},
	}}
	return encode(n, domain.Box(2, -1, 1))
}

func TestCheck(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	for _, c := range []struct {
		want string // part of the message; empty: no error
		edit func(p *milp.Problem)
	}{
		{"", func(p *milp.Problem) {}},
		{"id", func(p *milp.Problem) { p.ID = "" }},
		{"network.inputs", func(p *milp.Problem) { p.Network.Inputs = 0 }},
		{"cols[1]", func(p *milp.Problem) { p.Cols[1].Lo = milp.Lo(nan) }},
		{"cols[1]", func(p *milp.Problem) { p.Cols[1].Lo = milp.Lo(math.Inf(1)) }},
		{"cols[0]", func(p *milp.Problem) { p.Cols[0].Hi = milp.Hi(math.Inf(-1)) }},
		{"rows[2]", func(p *milp.Problem) { p.Rows[2].Idx = p.Rows[2].Idx[1:] }},
		{"rows[2].idx: -1 out of range", func(p *milp.Problem) { p.Rows[2].Idx[0] = -1 }},
		{"rows[2].idx: 11 out of range (11 columns)", func(p *milp.Problem) { p.Rows[2].Idx[0] = 11 }},
		{"twice", func(p *milp.Problem) { p.Rows[0].Idx[1] = p.Rows[0].Idx[0] }},
		{"units[0].layer", func(p *milp.Problem) { p.Units[0].Layer = 2 }},
		{"units[2].layer", func(p *milp.Problem) { p.Units[2].Layer = 3 }},
		{"units[1].unit", func(p *milp.Problem) { p.Units[1].Unit = 0 }},
		{"units[1].unit", func(p *milp.Problem) { p.Units[1].Unit = 2 }},
		{"units[1].pre", func(p *milp.Problem) { p.Units[1].Pre = len(p.Rows) }},
		{"units[1].pre", func(p *milp.Problem) { p.Units[1].Pre = -1 }},
		{"units[1]", func(p *milp.Problem) { p.Units[1].H = 99 }},
		{"units[1]", func(p *milp.Problem) { *p.Units[1].Z = -2 }},
		{"belongs to units[0]", func(p *milp.Problem) { p.Units[1].H = p.Units[0].H }},
		{"belongs to units[0]", func(p *milp.Problem) { p.Units[0].Hbar = p.Units[0].H }},
		{"lower", func(p *milp.Problem) { p.Units[0].Lower = p.Units[0].Upper + 1 }},
		{"lower", func(p *milp.Problem) { p.Units[0].Lower = nan }},
		{"stable", func(p *milp.Problem) { s := "on"; p.Units[0].Stable = &s }},
		{"either a z or a stable state", func(p *milp.Problem) { s := milp.Active; p.Units[0].Stable = &s }},
		{"either a z or a stable state", func(p *milp.Problem) { p.Units[0].Z = nil }},
		{"not an equation", func(p *milp.Problem) { p.Rows[p.Units[0].Pre].Hi++ }},
		{"-1 and 1", func(p *milp.Problem) { p.Rows[p.Units[0].Pre].Val[2] = -2 }},
		{"-1 and 1", func(p *milp.Problem) { p.Units[0].Pre = p.Units[1].Pre }},
		{"pre of units[0]", func(p *milp.Problem) { // its own layer
			r := &p.Rows[p.Units[0].Pre]
			r.Idx, r.Val = append(r.Idx, p.Units[1].H), append(r.Val, 1)
		}},
		{"pre of units[1]", func(p *milp.Problem) { // a column of nobody
			p.Cols = append(p.Cols, milp.Col{Name: "free"})
			r := &p.Rows[p.Units[1].Pre]
			r.Idx, r.Val = append(r.Idx, len(p.Cols)-1), append(r.Val, 1)
		}},
		{"pre of units[2]", func(p *milp.Problem) { // hbar of an earlier layer: a leaky unit
			r := &p.Rows[p.Units[2].Pre]
			r.Idx, r.Val = append(r.Idx, p.Units[0].Hbar), append(r.Val, -0.1)
		}},
		{"pre of units[2]", func(p *milp.Problem) { // z of an earlier layer
			r := &p.Rows[p.Units[2].Pre]
			r.Idx, r.Val = append(r.Idx, *p.Units[0].Z), append(r.Val, 1)
		}},
		{"", func(p *milp.Problem) { // an input beside the layer before
			r := &p.Rows[p.Units[2].Pre]
			r.Idx, r.Val = append(r.Idx, 0), append(r.Val, 1)
		}},
		{"", func(p *milp.Problem) { // what a user may add
			p.Cols = append(p.Cols, milp.Col{Name: "mine", Kind: "user", Lo: milp.Lo(math.Inf(-1)), Hi: milp.Hi(math.Inf(1)), Integer: true})
			p.Rows = append(p.Rows, milp.Row{Name: "r", Kind: "user", Lo: 1, Hi: 1, Idx: []int{0, len(p.Cols) - 1}, Val: []float64{1, 1}})
			p.Rows = append(p.Rows, milp.Row{Name: "empty", Kind: "user", Lo: 1, Hi: 2})
		}},
		{"", func(p *milp.Problem) { p.Cols[0].Hi = milp.Hi(p.Cols[0].Lo) }},
	} {
		p := twoLayers()
		c.edit(p)
		err := p.Check()
		switch {
		case err == nil && c.want != "":
			t.Errorf("no error, %q expected", c.want)
		case err != nil && (c.want == "" || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%v; %q expected", err, c.want)
		}
	}
}

func TestLimitsInJSON(t *testing.T) {
	t.Parallel()
	c := milp.Col{Name: "c", Kind: "user", Lo: milp.Lo(math.Inf(-1)), Hi: milp.Hi(math.Inf(1))}
	b, err := json.Marshal(c)
	if err != nil || string(b) != `{"name":"c","kind":"user","lo":null,"hi":null,"integer":false}` {
		t.Errorf("%s, %v", b, err)
	}
	var back milp.Col
	if err := json.Unmarshal(b, &back); err != nil || back != c {
		t.Errorf("%+v, %v", back, err)
	}
	for _, v := range []float64{0, 1, -1, 0.1, 1e300, 5e-324, math.MaxFloat64, 1 << 60} {
		c := milp.Row{Lo: milp.Lo(v), Hi: milp.Hi(v)}
		b, err := json.Marshal(c)
		var back milp.Row
		if err == nil {
			err = json.Unmarshal(b, &back)
		}
		if err != nil || float64(back.Lo) != v || float64(back.Hi) != v {
			t.Errorf("%v came back as %v and %v: %v", v, back.Lo, back.Hi, err)
		}
	}
	for _, c := range []any{milp.Col{Lo: milp.Lo(math.Inf(1))}, milp.Col{Hi: milp.Hi(math.Inf(-1))}, milp.Col{Lo: milp.Lo(math.NaN())}} {
		if b, err := json.Marshal(c); err == nil {
			t.Errorf("%+v was written as %s", c, b)
		}
	}
	// a limit that is not there at all is 0, as everywhere in encoding/json
	if err := json.Unmarshal([]byte(`{"name":"c"}`), &back); err != nil {
		t.Error(err)
	}
}

func TestUnitRows(t *testing.T) {
	t.Parallel()
	p := twoLayers()
	z := *p.Units[0].Z
	mine := len(p.Rows)
	p.Rows = append(p.Rows,
		milp.Row{Kind: "user", Idx: []int{p.Units[0].H, z}, Val: []float64{1, -1}},
		milp.Row{Kind: milp.On, Idx: []int{p.Units[0].H, *p.Units[1].Z}, Val: []float64{1, -1}},
		milp.Row{Kind: milp.On, Idx: []int{0, z}, Val: []float64{1, -1}},
		milp.Row{Kind: milp.Pre, Idx: []int{0}, Val: []float64{1}})
	own := p.UnitRows()
	for i, u := range own {
		if want := i >= mine; want != (u < 0) {
			t.Errorf("row %d (%s) belongs to %d", i, p.Rows[i].Kind, u)
		}
	}
	count := map[int]int{}
	for _, u := range own[:mine] {
		count[u]++
	}
	for k := range p.Units {
		if count[k] != 3 {
			t.Errorf("unit %d has %d rows, pre, on and off expected", k, count[k])
		}
	}
}

func TestEditedNetworkComesBack(t *testing.T) {
	t.Parallel()
	p := twoLayers()
	r := &p.Rows[p.Units[2].Pre]
	r.Idx, r.Val = append(r.Idx, 0), append(r.Val, 1)
	n, err := p.ReLUNetwork()
	if err != nil {
		t.Fatal(err)
	}
	if f := n.Layers[1].Forms[0]; !reflect.DeepEqual(f, relu.Form{Src: []int{0, 2, 3}, W: []float64{1, 1, -1}, B: 0.25}) {
		t.Errorf("a connection that skips a layer: %+v", f)
	}
	if _, err := n.Chain(); err == nil || !strings.Contains(err.Error(), "layer 2, unit 0 takes input 0") {
		t.Errorf("a chain of a network that is none: %v", err)
	}
	p = twoLayers()
	p.Cols = append(p.Cols, milp.Col{Name: "x_2", Kind: milp.Input})
	if _, err := p.ReLUNetwork(); err == nil {
		t.Error("a third input of two")
	}
	p = twoLayers()
	if p.FreeInputs() != 2 {
		t.Errorf("%d free inputs of 2", p.FreeInputs())
	}
	p.Cols[1].Hi = milp.Hi(p.Cols[1].Lo)
	if p.FreeInputs() != 1 {
		t.Errorf("%d free inputs of 1", p.FreeInputs())
	}
}
