package region

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/domain"
	"relucount/pkg/highs"
	"relucount/pkg/netfile"
	"relucount/pkg/property"
	"relucount/pkg/record"
	"relucount/pkg/relu"
	"relucount/pkg/truth"
)

// quarter draws a multiple of a quarter.
func quarter(rng *rand.Rand) float64 { return float64(rng.IntN(9)-4) / 4 }

// drawMapped draws a network, and a domain with a map, rows or both; with an
// equation at times, so that it is a slice.
func drawMapped(rng *rand.Rand) truth.Drawn {
	dim := 1 + rng.IntN(3)
	d := domain.Box(dim, -1, 1)
	for j := range d.Upper {
		d.Upper[j] += float64(rng.IntN(3)) / 2
	}
	inputs, kind := dim, rng.IntN(3)
	if kind != 1 {
		inputs = 1 + rng.IntN(4)
		d.Map = &domain.Map{}
		for range inputs {
			row := make(record.Numbers, dim)
			for j := range row {
				row[j] = quarter(rng)
			}
			d.Map.Matrix, d.Map.Offset = append(d.Map.Matrix, row), append(d.Map.Offset, quarter(rng))
		}
	}
	if kind != 0 {
		for range 1 + rng.IntN(2) {
			r := domain.Row{Lo: math.Inf(-1), Hi: 0.5 + float64(rng.IntN(3))/4}
			for range dim {
				r.A = append(r.A, quarter(rng))
			}
			switch rng.IntN(4) {
			case 0:
				r.Lo = -0.75
			case 1:
				if dim > 1 {
					r.Lo = r.Hi
				}
			}
			d.Rows = append(d.Rows, r)
		}
	}
	n := truth.Random(rng, inputs, 1+rng.IntN(3), 9).Net
	return truth.Drawn{Net: n, Domain: d, Method: []string{"interval", "lp", "milp"}[rng.IntN(3)]}
}

// folded is a network after the map of a domain, and the domain without it.
func folded(n *relu.Chain, d *domain.Domain) (*relu.Chain, *domain.Domain) {
	if d.Map == nil {
		return n, d
	}
	a := mat.NewDense(n.Inputs, len(d.Lower), nil)
	for i, row := range d.Map.Matrix {
		a.SetRow(i, row)
	}
	first := n.Layers[0]
	var w mat.Dense
	w.Mul(first.W, a)
	b := append([]float64{}, first.B...)
	for i := range b {
		for j, v := range first.W.RawRowView(i) {
			b[i] += v * d.Map.Offset[j]
		}
	}
	out := &relu.Chain{Inputs: len(d.Lower), Layers: append([]relu.Dense{{W: &w, B: b, Slopes: first.Slopes}}, n.Layers[1:]...)}
	return out, &domain.Domain{Lower: d.Lower, Upper: d.Upper, Rows: d.Rows}
}

// inDomain reports whether x is A t + b for a t in the domain, up to rounding.
func inDomain(d *domain.Domain, x []float64) bool {
	q := lpOver(d)
	m := d.Map
	for i := range x {
		a, c := make([]float64, len(d.Lower)), 0.0
		if m == nil {
			a[i] = 1
		} else {
			a, c = m.Matrix[i], m.Offset[i]
		}
		q.AddRow(x[i]-c-1e-7, x[i]-c+1e-7, indices(len(a)), a)
	}
	return feasible(q)
}

// TestMappedDomains counts over domains with maps and rows, and with the map
// folded into the first layer by hand.
func TestMappedDomains(t *testing.T) {
	t.Parallel()
	slices, empty := 0, 0
	for i := range property.Seeds(t, 120, 6) {
		rng := rand.New(rand.NewPCG(93, i))
		d := drawMapped(rng)
		if err := d.Domain.Check(d.Net.Inputs); err != nil {
			t.Fatal(err)
		}
		exact := truth.OfNetwork(d.Net, d.Domain).Regions()
		p := d.Encode(t)
		who := fmt.Sprint("network ", i)
		if literal := truth.OfProblem(p, 1).Regions(); len(literal) != len(exact) && rationalMap(d) {
			t.Errorf("%s: the milp has %d regions, the network %d", who, len(literal), len(exact))
		}
		if len(exact) == 0 {
			empty++
		}
		s, err := NewSpace(p)
		if err != nil {
			t.Fatal(err)
		}
		if s.net.Dim() < len(d.Domain.Lower) {
			slices++
		}
		checkProblem(t, who, rng, p, exact)
		for pattern, x := range countAll(t, s, "tree", 1).at {
			checkWitness(t, who, d, pattern, x, exact[pattern])
		}
		var byHand truth.Drawn
		byHand.Net, byHand.Domain = folded(d.Net, d.Domain)
		byHand.Method = d.Method
		if c := count(t, byHand.Encode(t), "tree", 1); c.Regions != int64(len(exact)) {
			t.Errorf("%s: %+v by hand, %d regions expected", who, c, len(exact))
		}
		if t.Failed() {
			t.Fatalf("%v%+v\nmap %+v", d, d.Domain.Rows, d.Domain.Map)
		}
	}
	if !testing.Short() && (slices == 0 || empty == 0) {
		t.Errorf("%d slices, %d empty domains", slices, empty)
	}
}

// rationalMap reports whether encoding multiplies the map into the first layer
// without rounding.
func rationalMap(d truth.Drawn) bool {
	if d.Domain.Map == nil {
		return true
	}
	for _, v := range d.Net.Layers[0].W.RawMatrix().Data {
		if v*64 != math.Trunc(v*64) {
			return false
		}
	}
	return true
}

// checkWitness checks that a point is in the domain, and has its pattern by
// the network itself.
func checkWitness(t *testing.T, who string, d truth.Drawn, pattern string, x []float64, r truth.Region) {
	t.Helper()
	if len(x) != d.Net.Inputs || !inDomain(d.Domain, x) {
		t.Errorf("%s: %s: the point %v is not in the domain", who, pattern, x)
		return
	}
	states, k := strings.ReplaceAll(pattern, "/", ""), 0
	for l, g := range d.Net.Forward(x) {
		for i, v := range g {
			if on := states[k] == '1'; !r.Zero[k] && on != (v > 0) {
				t.Errorf("%s: %s: unit %d of layer %d is %g at %v", who, pattern, i, l+1, v, x)
			}
			k++
		}
	}
}

// TestDomainOfFile counts over the domain that a network file has: the
// diamond |t_0| + |t_1| <= 1, turned by 45 degrees and moved.
func TestDomainOfFile(t *testing.T) {
	t.Parallel()
	const text = `{"inputs": 2,
	  "layers": [{"weights": [[1, 0], [0, 1], [1, 1]], "bias": [0, 0, -1.5], "activation": "relu"}],
	  "domain": {"lower": [-1, -1], "upper": [1, 1], "matrix": [[1, 1], [1, -1]], "offset": [0.25, 0],
	    "rows": [{"a": [1, 1], "lo": -1, "hi": 1}, {"a": [1, -1], "lo": -1, "hi": 1}]}}`
	f, err := netfile.Read(strings.NewReader(text), "diamond.json")
	if err != nil {
		t.Fatal(err)
	}
	net, err := f.Net.Chain()
	if err != nil {
		t.Fatal(err)
	}
	d := truth.Drawn{Net: net, Domain: f.Domain, Method: "lp"}
	exact := truth.OfNetwork(d.Net, d.Domain).Regions()
	// x_0 from -3/4 to 5/4 and x_1 from -1 to 1: four quadrants, of which one
	// is cut by x_0 + x_1 = 3/2
	if len(exact) != 5 {
		t.Errorf("%d regions by the exact enumeration, 5 expected", len(exact))
	}
	s, err := NewSpace(d.Encode(t))
	if err != nil {
		t.Fatal(err)
	}
	found := countAll(t, s, "tree", 1)
	sameRegions(t, "diamond", found, exact)
	for pattern, x := range found.at {
		checkWitness(t, "diamond", d, pattern, x, exact[pattern])
	}
}

// lpOver is the program of the coordinates of a domain.
func lpOver(d *domain.Domain) *highs.Program {
	q := &highs.Program{}
	for j := range d.Lower {
		q.AddColumn(d.Lower[j], d.Upper[j], 0, false)
	}
	for _, r := range d.Rows {
		q.AddRow(r.Lo, r.Hi, indices(len(r.A)), r.A)
	}
	return q
}

func indices(n int) (idx []int) {
	for j := range n {
		idx = append(idx, j)
	}
	return idx
}

func feasible(q *highs.Program) bool {
	return q.Solve(context.Background(), highs.Options{}).Status == highs.Optimal
}
