package stage_test

import (
	"context"
	"errors"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"relucount/pkg/capacity"
	"relucount/pkg/milp"
	"relucount/pkg/property"
	"relucount/pkg/region"
	"relucount/pkg/stage"
	"relucount/pkg/truth"
)

var sets = capacity.Limits{SetUnits: 21, Work: 1 << 20, Sets: 1 << 16}

// patterns returns the patterns of all regions.
func patterns(t *testing.T, p *milp.Problem) (all [][]bool) {
	t.Helper()
	s, err := region.NewSpace(p)
	if err != nil {
		t.Fatal(err)
	}
	o := region.Options{Workers: 1, Each: func(r region.Region) error {
		var on []bool
		for _, c := range strings.Join(r.Pattern(), "") {
			on = append(on, c == '1')
		}
		all = append(all, on)
		return nil
	}}
	if c, err := s.Count(context.Background(), o); err != nil || !c.Complete {
		t.Fatal(c, err)
	}
	return all
}

// TestCaps: no cell has more regions than its bound with caps, whatever states its
// leading units have, and some bounds are better for the caps.
func TestCaps(t *testing.T) {
	t.Parallel()
	better, trials := 0, 0
	for seed := range property.Seeds(t, 400, 60) {
		rng := rand.New(rand.NewPCG(23, seed))
		d := truth.Random(rng, 1+rng.IntN(3), 2+rng.IntN(2), 12)
		if seed%2 == 0 {
			d = truth.Dense(rng, 1+rng.IntN(3), 3, 4, 3, 3)
		}
		p := d.Encode(t)
		with, without := stage.Ceiling(p, false, sets, 1<<12), capacity.NewCeiling(p, false, sets)
		with.Whole()
		counts := map[string]int64{}
		all := patterns(t, p)
		for _, on := range all {
			for n := range len(on) + 1 {
				counts[key(on[:n])]++
			}
		}
		for prefix, n := range counts {
			on, open := make([]bool, len(p.Units)), make([]bool, len(p.Units))
			for k := range on {
				on[k], open[k] = k < len(prefix) && prefix[k] == '1', k >= len(prefix)
			}
			most := with.Within(on, open)
			if most.Cmp(big.NewInt(n)) < 0 {
				t.Fatalf("%d: %v: %d regions below %s, the bound is %v", seed, d, n, prefix, most)
			}
			trials++
			if most.Cmp(without.Within(on, open)) < 0 {
				better++
			}
		}
	}
	t.Logf("%d of %d bounds are better", better, trials)
	if better < trials/100 {
		t.Errorf("%d of %d bounds are better", better, trials)
	}
}

func key(on []bool) string {
	text := make([]byte, len(on))
	for k, v := range on {
		text[k] = '0'
		if v {
			text[k] = '1'
		}
	}
	return string(text)
}

// TestInterrupted: a bound ends when its context does.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	p := truth.Dense(rand.New(rand.NewPCG(1, 2)), 3, 4, 4, 4).Encode(t)
	n, err := capacity.FromProblem(p, false)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := capacity.Tables(n, nil)
	if err != nil {
		t.Fatal(err)
	}
	cells, _, err := capacity.NewCells(n, tables, sets)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := stage.Bound(ctx, p, false, n, cells, stage.Limits{Tail: 1 << 10, Head: 1 << 10}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
