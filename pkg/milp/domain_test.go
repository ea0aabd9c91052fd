package milp_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/domain"
	"relucount/pkg/milp"
	"relucount/pkg/record"
	"relucount/pkg/relu"
)

// mapped draws a domain for n inputs with a map from k coordinates, and rows.
func mapped(rng *rand.Rand, n int) *domain.Domain {
	k := 1 + rng.IntN(3)
	d := domain.Box(k, -1, 2)
	d.Map = &domain.Map{}
	for range n {
		row := make(record.Numbers, k)
		for j := range row {
			row[j] = float64(rng.IntN(7)-3) / 2
		}
		d.Map.Matrix = append(d.Map.Matrix, row)
		d.Map.Offset = append(d.Map.Offset, rng.NormFloat64())
	}
	for range rng.IntN(3) {
		row := domain.Row{A: make([]float64, k), Lo: math.Inf(-1), Hi: 1}
		for j := range row.A {
			row.A[j] = float64(rng.IntN(3) - 1)
		}
		if rng.IntN(2) == 0 {
			row.Lo = -1
		}
		d.Rows = append(d.Rows, row)
	}
	return d
}

// TestMapsAreSolutions: what a point of the domain gives satisfies the program
// over its coordinates, and breaks the rows of the domain where it is outside.
func TestMapsAreSolutions(t *testing.T) {
	broken := 0
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(21, seed))
		n, _ := random(rng, seed%2 == 0)
		withSlopes(rng, n, seed%3 == 0)
		at := kinked(n)
		if len(at) == 0 {
			continue
		}
		d := mapped(rng, n.Inputs)
		if err := d.Check(n.Inputs); err != nil {
			t.Fatal(err)
		}
		p := encode(n, d)
		if err := p.Check(); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if p.Network.Inputs != n.Inputs || p.FreeInputs() != min(n.Inputs, len(d.Lower)) {
			t.Errorf("seed %d: %d inputs, %d free", seed, p.Network.Inputs, p.FreeInputs())
		}
		for range 10 {
			c := inside(rng, d)
			if !reflect.DeepEqual(p.Point(c), d.Point(c)) {
				t.Errorf("seed %d: point %v, %v expected", seed, p.Point(c), d.Point(c))
			}
			v, pre := preActivations(p, n, c)
			size := inBounds(t, seed, p, pre)
			for i, r := range p.Rows {
				s := valueOf(&r, v)
				tol := 1e-9 * size
				holds := s >= float64(r.Lo)-tol && s <= float64(r.Hi)+tol
				if r.Kind != milp.DomainRow {
					if !holds {
						t.Errorf("seed %d: row %s is %g, limits [%g, %g]", seed, r.Name, s, r.Lo, r.Hi)
					}
					continue
				}
				want := 0.0
				for j, a := range d.Rows[i].A {
					want += a * c[j]
				}
				if s != want || float64(r.Lo) != d.Rows[i].Lo || float64(r.Hi) != d.Rows[i].Hi {
					t.Errorf("seed %d: row %d is %g in [%g, %g], want %g in %+v", seed, i, s, r.Lo, r.Hi, want, d.Rows[i])
				}
				if !holds {
					broken++
				}
			}
		}
		if len(at) == units(n) {
			back, err := p.ReLUNetwork()
			if err != nil || back.Inputs != len(d.Lower) {
				t.Fatalf("seed %d: %+v, %v", seed, back, err)
			}
			c := inside(rng, d)
			got, want := back.Forward(c), n.Forward(d.Point(c))
			for l := range got {
				for i := range got[l] {
					if math.Abs(got[l][i]-want[l][i]) > 1e-9*(1+math.Abs(want[l][i])) {
						t.Errorf("seed %d: unit %d of layer %d is %g, want %g", seed, i, l+1, got[l][i], want[l][i])
					}
				}
			}
		}
	}
	if broken == 0 {
		t.Error("no point is outside of a row")
	}
}

// slice has the plane x = (t0, t1, t0 + t1 - 1/2) of three inputs, in the box
// [0, 1]^3.
func slice() *milp.Problem {
	n := &relu.Chain{Inputs: 3, Layers: []relu.Dense{
		{W: mat.NewDense(2, 3, []float64{1, 2, 3, 1, -1, 0}), B: []float64{0.5, 0}, Slopes: relu.ReLU(2)},
	}}
	d := domain.Box(2, 0, 1)
	d.Map = &domain.Map{Matrix: []record.Numbers{{1, math.Copysign(0, -1)}, {0, 1}, {1, 1}}, Offset: record.Numbers{0, 0, -0.5}}
	d.Rows = []domain.Row{{A: []float64{1, 1}, Lo: 0.5, Hi: 1.5}}
	return encode(n, d)
}

func TestSliceRecord(t *testing.T) {
	p := slice()
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"network":{"inputs":3,`,
		`"domain":{"lower":[0,0],"upper":[1,1],"map":{"matrix":[[1,0],[0,1],[1,1]],"offset":[0,0,-0.5]}}`,
		`{"name":"t_1","kind":"input","lo":0,"hi":1,"integer":false}`,
		`"rows":[{"name":"domain_0","kind":"domain","lo":0.5,"hi":1.5,"idx":[0,1],"val":[1,1]},{"name":"pre_1_0","kind":"pre","lo":1,"hi":1,"idx":[0,1,2,3],"val":[4,5,-1,1]}`,
	} {
		if !strings.Contains(string(b), want) {
			t.Errorf("no %s in %s", want, b)
		}
	}
	var q milp.Problem
	if err := json.Unmarshal(b, &q); err != nil || q.Check() != nil || q.Digest() != p.ID {
		t.Errorf("it comes back as %+v, %v", q, err)
	}
	if own := p.UnitRows(); own[0] != -1 || own[1] != 0 {
		t.Errorf("rows belong to %v", own)
	}
	if b, err = json.Marshal(twoLayers()); err != nil || strings.Contains(string(b), `"map"`) {
		t.Errorf("a box has a map: %s, %v", b, err)
	}
	if err := json.Unmarshal([]byte(`{"matrix":[[null]],"offset":[0]}`), new(domain.Map)); err == nil {
		t.Error("null is a number")
	}
}

func TestCheckDomain(t *testing.T) {
	for want, edit := range map[string]func(p *milp.Problem){
		"domain.map.matrix: 2 rows, 3 inputs":                       func(p *milp.Problem) { p.Domain.Map.Matrix = p.Domain.Map.Matrix[1:] },
		"domain.map.offset: 1 numbers, 3 inputs":                    func(p *milp.Problem) { p.Domain.Map.Offset = record.Numbers{1} },
		"domain.map.matrix[2]: 1 numbers, 2 coordinates":            func(p *milp.Problem) { p.Domain.Map.Matrix[2] = record.Numbers{1} },
		"domain.map.offset[1] is +Inf":                              func(p *milp.Problem) { p.Domain.Map.Offset[1] = math.Inf(1) },
		"domain.map.matrix: 3 rows, 2 inputs":                       func(p *milp.Problem) { p.Network.Inputs = 2 },
		"cols: 2 of kind input, network.inputs is 3":                func(p *milp.Problem) { p.Domain.Map = nil },
		"cols: 2 of kind input, the domain has 2 lower and 1 upper": func(p *milp.Problem) { p.Domain.Upper = p.Domain.Upper[1:] },
		"rows[0]: a row of kind domain has columns of kind input":   func(p *milp.Problem) { p.Rows[0].Idx[0] = p.Units[0].H },
		"rows[7]: a row of kind domain has columns of kind input": func(p *milp.Problem) {
			p.Rows = append(p.Rows, milp.Row{Kind: milp.DomainRow, Idx: []int{2}, Val: []float64{1}})
		},
		"cols: 3 of kind input, the domain has 2 lower and 2 upper ": func(p *milp.Problem) { p.Cols = append(p.Cols, milp.Col{Kind: milp.Input}) },
	} {
		p := slice()
		if p.Check() != nil {
			t.Fatal(p.Check())
		}
		edit(p)
		if err := p.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; %q expected", err, want)
		}
		if !strings.Contains(want, "Inf") && p.Digest() == p.ID {
			t.Errorf("%s: the digest is the same", want)
		}
	}
}

func TestPristine(t *testing.T) {
	mine := func(idx ...int) milp.Row {
		val := make([]float64, len(idx))
		for i := range val {
			val[i] = float64(i + 1)
		}
		return milp.Row{Name: "mine", Kind: "user", Lo: milp.Lo(math.Inf(-1)), Hi: 0.5, Idx: idx, Val: val}
	}
	for _, c := range []struct {
		name             string
		pristine, within bool
		edit             func(p *milp.Problem)
	}{
		{"nothing", true, true, func(p *milp.Problem) {}},
		{"another name", true, true, func(p *milp.Problem) { p.Name = "x" }},
		{"narrower", true, true, func(p *milp.Problem) { p.Cols[0].Lo, p.Cols[1].Hi = 0.25, 0.5 }},
		{"fixed", true, true, func(p *milp.Problem) { p.Cols[0].Lo = milp.Lo(p.Cols[0].Hi) }},
		{"wider", true, false, func(p *milp.Problem) { p.Cols[0].Lo = -2 }},
		{"without a limit", true, false, func(p *milp.Problem) { p.Cols[1].Hi = milp.Hi(math.Inf(1)) }},
		{"rows appended", true, true, func(p *milp.Problem) { p.Rows = append(p.Rows, mine(0), mine(1, 0)) }},
		{"a row and a limit", true, false, func(p *milp.Problem) { p.Rows = append(p.Rows, mine(0, 1)); p.Cols[0].Hi = 7 }},
		{"another id", false, true, func(p *milp.Problem) { p.ID = "mine" }},
		{"an id that goes on", true, true, func(p *milp.Problem) { p.ID += " mine" }},
		{"an id that goes on, and a weight", false, true, func(p *milp.Problem) { p.ID += " mine"; p.Rows[p.Units[0].Pre].Val[0]++ }},
		{"an integer input", false, true, func(p *milp.Problem) { p.Cols[0].Integer = true }},
		{"a row over a unit", false, true, func(p *milp.Problem) { p.Rows = append(p.Rows, mine(0, p.Units[0].H)) }},
		{"a row over nothing", false, true, func(p *milp.Problem) { p.Rows = append(p.Rows, mine()) }},
		{"a row of the domain", false, true, func(p *milp.Problem) {
			r := mine(0)
			r.Kind = milp.DomainRow
			p.Rows = append(p.Rows, r)
		}},
		{"a row before one over a unit", false, true, func(p *milp.Problem) { p.Rows = append(p.Rows, mine(0), mine(p.Units[0].H)) }},
		{"a row in the middle", false, true, func(p *milp.Problem) {
			last := len(p.Rows) - 1
			p.Rows = append(p.Rows[:last:last], mine(0), p.Rows[last])
		}},
		{"a column of the user's", false, true, func(p *milp.Problem) { p.Cols = append(p.Cols, milp.Col{Name: "mine", Kind: "user"}) }},
		{"a limit of a unit", false, true, func(p *milp.Problem) { p.Cols[p.Units[0].H].Hi /= 2 }},
		{"a weight", false, true, func(p *milp.Problem) { p.Rows[p.Units[0].Pre].Val[0]++ }},
		{"another domain", false, false, func(p *milp.Problem) { p.Domain.Lower[0] = 0.25 }},
		{"a domain that lacks a limit", false, false, func(p *milp.Problem) { p.Domain.Upper = p.Domain.Upper[1:] }},
	} {
		for name, p := range map[string]*milp.Problem{"box": twoLayers(), "slice": slice()} {
			p.Domain.Lower = append(record.Numbers(nil), p.Domain.Lower...)
			c.edit(p)
			if p.Pristine() != c.pristine || p.Within() != c.within {
				t.Errorf("%s, %s: pristine %t, within %t", name, c.name, p.Pristine(), p.Within())
			}
		}
	}
}
