package truth

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/domain"
	"relucount/pkg/milp"
	"relucount/pkg/relu"
	"relucount/pkg/tighten"
)

// Drawn is a random network over a random box.
type Drawn struct {
	Net    *relu.Chain
	Domain *domain.Domain
	Method string // of bounding units
}

func (d Drawn) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "bounds by %s, domain %v %v\n", d.Method, d.Domain.Lower, d.Domain.Upper)
	for _, l := range d.Net.Layers {
		for i := range l.B {
			fmt.Fprintf(&b, "%v %v\n", l.W.RawRowView(i), l.B[i])
		}
		b.WriteString("--\n")
	}
	return b.String()
}

// Encode encodes and checks it.
func (d Drawn) Encode(t testing.TB) *milp.Problem {
	t.Helper()
	p, _, err := tighten.Encode(context.Background(), d.Net.Network(), d.Domain, tighten.Options{Method: d.Method, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	return p
}

// weights draws numbers of one kind for a whole network. Whole and dyadic ones
// meet in common points again and again; real ones are in general position.
func weights(rng *rand.Rand) func() float64 {
	sparse := rng.IntN(3) == 0
	var draw func() float64
	switch rng.IntN(4) {
	case 0:
		draw = func() float64 { return float64(rng.IntN(3) - 1) }
	case 1:
		draw = func() float64 { return float64(rng.IntN(7) - 3) }
	case 2:
		draw = func() float64 { return float64(rng.IntN(17)-8) / 4 }
	default:
		draw = rng.NormFloat64
	}
	return func() float64 {
		if sparse && rng.IntN(2) == 0 {
			return 0
		}
		return draw()
	}
}

func randomDomain(rng *rand.Rand, n int) *domain.Domain {
	var d *domain.Domain
	switch rng.IntN(4) {
	case 0:
		d = domain.Box(n, -1, 1)
	case 1:
		d = domain.Box(n, 0, 1)
	case 2:
		d = domain.Box(n, 0, 255)
	default:
		d = domain.Box(n, 0, 0)
		for i := range d.Lower {
			d.Lower[i] = float64(rng.IntN(9)-6) / 2
			d.Upper[i] = d.Lower[i] + float64(1+rng.IntN(8))/4
		}
	}
	for i := range d.Lower {
		if n > 1 && rng.IntN(6) == 0 { // a fixed input
			if rng.IntN(2) == 0 {
				d.Lower[i] = (d.Lower[i] + d.Upper[i]) / 2
			}
			d.Upper[i] = d.Lower[i]
		}
	}
	return d
}

// Random draws a network of at most units units.
func Random(rng *rand.Rand, inputs, layers, units int) Drawn {
	w := weights(rng)
	n := &relu.Chain{Name: "drawn", Inputs: inputs}
	d := randomDomain(rng, inputs)
	reach := 0.0
	for i := range d.Lower {
		reach = math.Max(reach, math.Max(math.Abs(d.Lower[i]), math.Abs(d.Upper[i])))
	}
	in := inputs
	for l := range layers {
		size := 1 + rng.IntN(min(6, units-(layers-1-l)))
		units -= size
		lay := relu.Dense{W: mat.NewDense(size, in, nil), B: make([]float64, size), Slopes: relu.ReLU(size)}
		for i := range size {
			row := lay.W.RawRowView(i)
			for j := range row {
				row[j] = w()
			}
			lay.B[i] = w()
			if l == 0 && reach > 10 { // hyperplanes through the box
				lay.B[i] *= math.Floor(reach / 2)
			}
			switch other := rng.IntN(i + 1); rng.IntN(12) {
			case 0: // no weights
				clear(row)
			case 1: // no bias
				lay.B[i] = 0
			case 2: // dead, often
				lay.B[i] = -2 * math.Max(1, reach)
			case 3: // the same unit again, or scaled
				s := []float64{1, 2, 0.5}[rng.IntN(3)]
				for j, v := range lay.W.RawRowView(other) {
					row[j] = s * v
				}
				lay.B[i] = s * lay.B[other]
			case 4: // the opposite one
				for j, v := range lay.W.RawRowView(other) {
					row[j] = -v
				}
				lay.B[i] = -lay.B[other]
			case 5: // parallel
				copy(row, lay.W.RawRowView(other))
			}
		}
		n.Layers = append(n.Layers, lay)
		in = size
	}
	return Drawn{n, d, tighten.Methods[rng.IntN(len(tighten.Methods))]}
}

// Dense draws a network with normal weights over a box.
func Dense(rng *rand.Rand, inputs int, sizes ...int) Drawn {
	n := &relu.Chain{Name: "dense", Inputs: inputs}
	for _, size := range sizes {
		l := relu.Dense{W: mat.NewDense(size, inputs, nil), B: make([]float64, size), Slopes: relu.ReLU(size)}
		for i := range size {
			l.B[i] = rng.NormFloat64()
			for j := range inputs {
				l.W.Set(i, j, rng.NormFloat64())
			}
		}
		n.Layers, inputs = append(n.Layers, l), size
	}
	return Drawn{n, domain.Box(n.Inputs, -2, 2), "lp"}
}

// Editable draws a network, of dyadic weights more often than not.
func Editable(rng *rand.Rand) Drawn {
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
	return Drawn{n, d, tighten.Methods[rng.IntN(len(tighten.Methods))]}
}

// In is a network over the box [lo, hi]^n.
func In(n *relu.Chain, lo, hi float64, method string) Drawn {
	return Drawn{n, domain.Box(n.Inputs, lo, hi), method}
}
