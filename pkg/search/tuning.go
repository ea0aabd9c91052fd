package search

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
)

// Tuning is how much descents make of what two children may hold: the odds of the
// children are as the guesses at how many regions they hold (see capacity), to the
// power Capacity. Whatever it is, the mean weight of a descent is the number of
// regions; the spread depends on it.
type Tuning struct {
	Capacity float64
	Pilots   int // descents that it was chosen by; 0: none
}

// untuned is good on average.
var untuned = Tuning{Capacity: 0.5}

// powers are those that a tuning is chosen from.
var powers = [...]float64{0.5, 0, 0.125, 0.25, 0.375, 0.625, 0.75, 1}

// division is what a descent knew when it took one of two children.
type division struct {
	capacity float64 // the first child's, less the second one's: logarithms
	width    float64 // what their widths add to that
	second   bool    // which was taken
}

// chance is the probability with which the first child is taken.
func (d *division) chance(power float64) float64 {
	lean := power*d.capacity + d.width
	return max(leastChance, min(1-leastChance, 1/(1+math.Exp(-lean))))
}

// trail is a descent's divisions, in order, and the logarithm of the number of
// regions that it has counted at once.
type trail struct {
	divisions []division
	end       float64
}

// weight is the logarithm of the weight that the descent would have.
func (t *trail) weight(power float64) float64 {
	w := t.end
	for i := range t.divisions {
		d := &t.divisions[i]
		p := d.chance(power)
		if d.second {
			p = 1 - p
		}
		w -= math.Log(p)
	}
	return w
}

// tune chooses the power with the least second moment of the weight. With weights W by
// the power that the trails are from and V by another one, that of V is the mean of W V
// over the trails, as W and V are one over the probabilities of the same path.
func tune(trails []trail, from float64) float64 {
	best, least := from, math.Inf(1)
	products := make([]float64, len(trails))
	for _, power := range powers {
		for i := range trails {
			products[i] = trails[i].weight(from) + trails[i].weight(power)
		}
		if moment := floats.LogSumExp(products); moment < least {
			best, least = power, moment
		}
	}
	return best
}

func (p *prober) Pilot(ctx context.Context, rng func(i int) *rand.Rand, n int) (Tuning, Effort, bool) {
	if p.w.sparing || p.copies > 1 {
		return untuned, Effort{}, true
	}
	p.w.attend(ctx)
	before := p.w.effort()
	tuning := p.w.tuning
	p.w.tuning = untuned
	trails := make([]trail, n)
	whole := true
	for i := range trails {
		p.w.trail = &trails[i]
		d := p.w.descend(rng(i), nil)
		whole = whole && d.whole
	}
	p.w.trail, p.w.tuning = nil, tuning
	return Tuning{tune(trails, untuned.Capacity), n}, p.w.effort().Since(before), whole
}

func (p *prober) Use(t Tuning) { p.w.tuning = t }

func (p *prober) Method() string {
	switch {
	case p.copies > 1:
		return fmt.Sprintf("population-%d", p.copies)
	case p.w.sparing:
		return "halving"
	case p.w.tuning.Pilots > 0:
		return fmt.Sprintf("pilot-%d", p.w.tuning.Pilots)
	}
	return "look-ahead"
}
