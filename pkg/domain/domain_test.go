package domain

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"relucount/pkg/record"
)

// diagonal is the line t(1, 1, -1) + (0, 1, 2) in three inputs.
func diagonal() *Domain {
	return &Domain{Lower: []float64{0}, Upper: []float64{1},
		Map:  &Map{Matrix: []record.Numbers{{1}, {1}, {-1}}, Offset: record.Numbers{0, 1, 2}},
		Rows: []Row{{A: []float64{2}, Lo: 0.5, Hi: math.Inf(1)}}}
}

func TestCheck(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		want string // part of the message; empty: no error
		edit func(d *Domain)
	}{
		{"", func(d *Domain) {}},
		{"domain.matrix: 2 rows, 3 inputs expected", func(d *Domain) { d.Map.Matrix = d.Map.Matrix[1:] }},
		{"domain.offset: 4 numbers, 3 inputs expected", func(d *Domain) { d.Map.Offset = append(d.Map.Offset, 1) }},
		{"domain.matrix[1]: 2 numbers, 1 coordinates expected", func(d *Domain) { d.Map.Matrix[1] = record.Numbers{1, 2} }},
		{"domain.matrix[2][0] is NaN", func(d *Domain) { d.Map.Matrix[2][0] = nan }},
		{"domain.offset[0] is -Inf", func(d *Domain) { d.Map.Offset[0] = -inf }},
		{"domain.matrix: no columns", func(d *Domain) { d.Lower, d.Upper = nil, nil }},
		{"domain has 1 lower and 2 upper limits, there are 1 coordinates", func(d *Domain) { d.Upper = []float64{1, 1} }},
		{"domain of coordinate 0 is [0, +Inf]: it must be bounded", func(d *Domain) { d.Upper[0] = inf }},
		{"domain of coordinate 0 is [0, -1]: it is empty", func(d *Domain) { d.Upper[0] = -1 }},
		{"domain.rows[0].a: 2 numbers, 1 expected", func(d *Domain) { d.Rows[0].A = []float64{1, 2} }},
		{"domain.rows[0].a[0] is +Inf", func(d *Domain) { d.Rows[0].A[0] = inf }},
		{"domain.rows[0]: no value is from 0.5 to 0.25", func(d *Domain) { d.Rows[0].Hi = 0.25 }},
		{"domain.rows[0]: no value is from NaN to +Inf", func(d *Domain) { d.Rows[0].Lo = nan }},
		{"domain.rows[0]: no value is from +Inf to +Inf", func(d *Domain) { d.Rows[0].Lo = inf }},
	} {
		d := diagonal()
		c.edit(d)
		err := d.Check(3)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v; %q expected", err, c.want)
		}
	}
	if err := Box(2, -1, 1).Check(2); err != nil {
		t.Error(err)
	}
	for want, d := range map[string]*Domain{
		"2 lower and 2 upper limits, the network has 3 inputs": Box(2, 0, 1),
		"domain of input 2 is [-Inf, 1]: it must be bounded":   {Lower: []float64{0, 0, -inf}, Upper: []float64{1, 1, 1}},
		"domain of input 1 is [2, 1]: it is empty":             {Lower: []float64{0, 2, 0}, Upper: []float64{1, 1, 1}},
	} {
		if err := d.Check(3); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, %q expected", err, want)
		}
	}
}

func TestPoint(t *testing.T) {
	d := diagonal()
	if d.Inputs() != 3 || Box(2, 0, 1).Inputs() != 2 {
		t.Errorf("%d and %d inputs", d.Inputs(), Box(2, 0, 1).Inputs())
	}
	if x := d.Point([]float64{0.5}); !slices.Equal(x, []float64{0.5, 1.5, 1.5}) {
		t.Errorf("point %v", x)
	}
	if x := Box(2, 0, 1).Point([]float64{0.25, 1}); !slices.Equal(x, []float64{0.25, 1}) {
		t.Errorf("point of a box %v", x)
	}
	if lo, hi := d.Hull(); !slices.Equal(lo, []float64{0, 1, 1}) || !slices.Equal(hi, []float64{1, 2, 2}) {
		t.Errorf("hull %v %v", lo, hi)
	}
}

// The range of an affine form is attained at corners of the box.
func TestRange(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		n := rng.IntN(5)
		coef, lower, upper := make([]float64, n), make([]float64, n), make([]float64, n)
		for j := range n {
			coef[j], lower[j] = float64(rng.IntN(7)-3), float64(rng.IntN(7)-3)
			upper[j] = lower[j] + float64(rng.IntN(4))
			if coef[j] == 0 && rng.IntN(2) == 0 {
				lower[j], upper[j] = math.Inf(-1), math.Inf(1)
			}
		}
		least, most := math.Inf(1), math.Inf(-1)
		for corner := range 1 << n {
			v := 2.0
			for j := range n {
				x := lower[j]
				if corner>>j&1 == 1 {
					x = upper[j]
				}
				if coef[j] != 0 {
					v += coef[j] * x
				}
			}
			least, most = min(least, v), max(most, v)
		}
		if lo, hi := Range(coef, 2, lower, upper); lo != least || hi != most {
			t.Errorf("%v over %v to %v: [%g, %g], the corners have [%g, %g]", coef, lower, upper, lo, hi, least, most)
		}
	}
	lower, upper, coef := []float64{0, 1}, []float64{1, 2}, []float64{1, -1}
	if n := testing.AllocsPerRun(10, func() { Range(coef, 1, lower, upper) }); n != 0 {
		t.Errorf("%g allocations", n)
	}
}
