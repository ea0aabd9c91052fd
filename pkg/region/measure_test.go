package region

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"relucount/pkg/milp"
	"relucount/pkg/property"
	"relucount/pkg/record"
	"relucount/pkg/truth"
)

var everything = Measures{Class: true, Facets: true, Radius: true, Slope: true, Volume: true}

// measurerOf returns a prober of a milp, and what measures all that can be had.
func measurerOf(t testing.TB, p *milp.Problem, copies int) (*Prober, *Measurer) {
	t.Helper()
	s, err := NewSpace(p)
	if err != nil {
		t.Fatal(err)
	}
	prober, err := s.NewProber(Options{Copies: copies})
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.NewMeasurer(s.Able(everything))
	if err != nil {
		t.Fatal(err)
	}
	return prober, m
}

// measured draws a network whose regions can be measured.
func measured(t testing.TB, i uint64) (*milp.Problem, *rand.Rand) {
	rng := rand.New(rand.NewPCG(171, i))
	for {
		d := drawnFor(rng, i)
		p := d.Encode(t)
		s, err := NewSpace(p)
		if err == nil {
			_, err = s.NewMeasurer(Measures{})
		}
		if err == nil {
			return p, rng
		}
	}
}

// TestMeasures: what a probe says of its region is what an enumeration says of it, and its
// weight is what it is when nothing is measured.
func TestMeasures(t *testing.T) {
	t.Parallel()
	for i := range property.Seeds(t, 150, 15) {
		p, rng := measured(t, i)
		prober, m := measurerOf(t, p, 1+4*int(i%2))
		regions := described(t, p, Aspects{Facets: true, Vertices: true, Volume: true, Radius: m.Radius, Affine: len(m.s.net.Outputs) > 0})
		for range 20 {
			key := rng.Uint64()
			d, of, err := prober.Measure(context.Background(), rand.New(rand.NewPCG(key, 1)), m)
			if err != nil || of == nil {
				t.Fatalf("%d: %v, %v", i, of, err)
			}
			if plain := prober.Probe(context.Background(), rand.New(rand.NewPCG(key, 1))); plain.Log2 != d.Log2 {
				t.Errorf("%d: the weight is 2^%v, and 2^%v with measures", i, plain.Log2, d.Log2)
			}
			r, ok := regions[strings.Join(of.Pattern, "/")]
			if !ok {
				t.Fatalf("%d: %v is no region", i, of.Pattern)
			}
			compareMeasures(t, fmt.Sprintf("%d, %v", i, of.Pattern), of, &r)
		}
	}
}

func compareMeasures(t *testing.T, who string, got *record.Measures, want *record.Region) {
	t.Helper()
	near := func(what string, got, want float64) {
		if math.Abs(got-want) > 1e-9*(1+math.Abs(want)) {
			t.Errorf("%s: %s %v, want %v", who, what, got, want)
		}
	}
	neighbours := 0
	for _, f := range want.Facets {
		if f.Unit != nil {
			neighbours++
		}
	}
	if *got.Facets != neighbours {
		t.Errorf("%s: %d facets, want %d", who, *got.Facets, neighbours)
	}
	if want.Radius != nil {
		near("radius", *got.Radius, *want.Radius)
	}
	near("volume", *got.Volume, *want.Volume)
	if want.Affine == nil {
		return
	}
	for k, row := range want.Affine.A {
		s := 0.0
		for _, v := range row {
			s += v * v
		}
		near("slope", got.Slopes[k], math.Sqrt(s))
	}
	checkClass(t, who, got, want)
}

// checkClass holds a class against the outputs at the vertices.
func checkClass(t *testing.T, who string, got *record.Measures, want *record.Region) {
	t.Helper()
	at := func(k int, x []float64) float64 {
		if len(want.Affine.B) == 1 {
			k--
		}
		if k < 0 {
			return 0
		}
		y := want.Affine.B[k]
		for j, v := range x {
			y += want.Affine.A[k][j] * v
		}
		return y
	}
	classes := max(2, len(want.Affine.B))
	if got.Constant == nil || *got.Class < 0 || *got.Class >= classes {
		t.Fatalf("%s: class %v, constant %v", who, got.Class, got.Constant)
	}
	worst := math.Inf(-1) // how far another output is above that of the class
	for k := range classes {
		most, here := math.Inf(-1), at(k, want.X)-at(*got.Class, want.X)
		for _, x := range want.Vertices {
			most = max(most, at(k, x)-at(*got.Class, x))
		}
		if here > 1e-9 {
			t.Errorf("%s: output %d is larger than that of class %d", who, k, *got.Class)
		}
		worst = max(worst, most)
	}
	if worst > 1e-9 && *got.Constant || worst < 1e-13 && !*got.Constant {
		t.Errorf("%s: class %d is constant: %v, but another output is up to %g above", who, *got.Class, *got.Constant, worst)
	}
}

// TestMeasuresAreUnbiased: the mean of the weight, times what is measured, is the sum over
// all regions; and so is the share of the weight that each region has. Each network gives
// z-values, whose sum over the root of their number is about normal.
func TestMeasuresAreUnbiased(t *testing.T) {
	t.Parallel()
	const descents = 400
	figures := map[string]func(*record.Measures) float64{
		"facets": func(m *record.Measures) float64 { return float64(*m.Facets) },
		"volume": func(m *record.Measures) float64 { return *m.Volume },
		"class 0": func(m *record.Measures) float64 {
			if *m.Class == 0 {
				return 1
			}
			return 0
		},
		"slope": func(m *record.Measures) float64 { return m.Slopes[0] },
		"pattern": func(m *record.Measures) float64 { // any function of it
			return float64(strings.Count(strings.Join(m.Pattern, ""), "1"))
		},
	}
	sum, n := map[string]float64{}, 0
	for i := range property.Seeds(t, 40, 6) {
		p, rng := measured(t, i)
		prober, m := measurerOf(t, p, 1+4*int(i%2))
		m.Radius = false
		want := map[string]float64{}
		if _, err := m.s.Count(context.Background(), Options{Workers: 1, Each: func(r Region) error {
			of := m.of(r)
			for name, f := range figures {
				want[name] += f(of)
			}
			return nil
		}}); err != nil {
			t.Fatal(err)
		}
		n++
		got := map[string][]float64{}
		for range descents {
			d, of, err := prober.Measure(context.Background(), rng, m)
			if err != nil {
				t.Fatal(err)
			}
			for name, f := range figures {
				got[name] = append(got[name], math.Exp2(d.Log2)*f(of))
			}
		}
		for name, list := range got {
			mean, square := 0.0, 0.0
			for j, x := range list {
				by := x - want[name] - mean
				mean += by / float64(j+1)
				square += by * (x - want[name] - mean)
			}
			if se := math.Sqrt(square) / descents; se > 1e-9*math.Abs(want[name]) {
				sum[name] += mean / se
			} else if math.Abs(mean) > 1e-6*math.Abs(want[name]) {
				t.Errorf("%d: %s is %g off %g", i, name, mean, want[name])
			}
		}
	}
	for name, z := range sum {
		if z /= math.Sqrt(float64(n)); math.Abs(z) > 4.5 {
			t.Errorf("%s: z = %.2f over %d networks", name, z, n)
		}
	}
}

// TestMeasuresPick: of the regions of a cell that are counted at once each is taken as
// often as any other.
func TestMeasuresPick(t *testing.T) {
	t.Parallel()
	prober, m := measurerOf(t, encode(t, truth.OneLayer(truth.TypeB(3)), -1, 1, "interval"), 1)
	m.Measures = Measures{}
	const each = 100
	seen, rng := map[string]float64{}, rand.New(rand.NewPCG(172, 1))
	for range 48 * each {
		d, of, err := prober.Measure(context.Background(), rng, m)
		if err != nil {
			t.Fatal(err)
		}
		seen[strings.Join(of.Pattern, "/")] += math.Exp2(d.Log2) / 48
	}
	if len(seen) != 48 {
		t.Errorf("%d regions, want 48", len(seen))
	}
	chi := 0.0
	for _, n := range seen {
		chi += (n - each) * (n - each) / each
	}
	if chi > 47+5*math.Sqrt(2*47) {
		t.Errorf("chi-squared is %.1f with 47 degrees of freedom", chi)
	}
}

// TestMeasurerRefuses: what cannot be measured is said before anything is.
func TestMeasurerRefuses(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(173, 1))
	wide := truth.Dense(rng, 7, 8, 2).Encode(t)
	mute := truth.Dense(rng, 2, 3, 2).Encode(t)
	mute.Outputs = nil
	mute.Network.Layers[len(mute.Network.Layers)-1].Activation = "linear"
	for _, c := range []struct {
		p    *milp.Problem
		m    Measures
		want string
	}{
		{wide, Measures{Volume: true}, "volumes can be measured in up to 6 coordinates: the domain has 7 that vary"},
		{mute, Measures{Class: true}, "classes and slopes cannot be measured: the milp has no outputs"},
		{mute, Measures{Slope: true}, "classes and slopes cannot be measured: the milp has no outputs"},
	} {
		s, err := NewSpace(c.p)
		if err == nil {
			_, err = s.NewMeasurer(c.m)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %s", c.m, err, c.want)
		}
		if got := s.Able(c.m); got != (Measures{}) {
			t.Errorf("able %+v of %+v", got, c.m)
		}
	}
}
