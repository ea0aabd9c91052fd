package region

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"relucount/pkg/highs"
)

// Cube is a share of the regions: those whose pattern starts with Prefix.
type Cube struct {
	Prefix   []bool  // states of the leading units, in unit order
	Known    []bool  // the prefix, and states of the next units that follow from it
	Estimate float64 // of the number of its regions; no bound
}

// Cubes splits the regions below o.Prefix into about n shares of roughly even
// work: every region is in exactly one of them. There are fewer when the tree
// has no more branches, or when ctx ends early.
//
// It starts with one cube and splits the one with the largest estimate at the
// first unit that takes both states in it. A state is left out only when no
// doubt remains that no region has it; a cube is certain to have a region
// unless such a doubt is why it is there. The cubes depend on the milp, the
// margin, the prefix and n alone. They come with the largest estimate first,
// so that the long ones start early.
//
// The tree search makes the cubes, whatever the engine. Counts with a smaller
// margin than o.Margin may see regions that none of the cubes has.
func (s *Space) Cubes(ctx context.Context, o Options, n int) ([]Cube, Effort, error) {
	if n < 1 {
		return nil, Effort{}, fmt.Errorf("%d cubes: at least 1", n)
	}
	if len(o.Prefix) > len(s.units) {
		return nil, Effort{}, fmt.Errorf("the prefix has %d states for %d units", len(o.Prefix), len(s.units))
	}
	var e Effort
	first := &share{Cube: Cube{Prefix: o.Prefix}}
	s.probeAll(ctx, o, []*share{first}, &e)
	var open, done []*share // those that can be split, by estimate, and the others
	add := func(c *share) {
		if !c.split {
			done = append(done, c)
			return
		}
		i, _ := slices.BinarySearchFunc(open, c, (*share).compare)
		open = slices.Insert(open, i, c)
	}
	add(first)
	for len(open) > 0 && len(open)+len(done) < n {
		top := open[len(open)-1]
		if top.parts == nil {
			// The next ones are likely to be split, too. What a probe finds
			// depends on its prefix alone, so looking ahead changes nothing.
			ahead := min(len(open), n-len(open)-len(done), (o.Workers+1)/2)
			s.halve(ctx, o, open[len(open)-max(1, ahead):], &e)
		}
		if ctx.Err() != nil {
			break
		}
		open = open[:len(open)-1]
		parts := slices.DeleteFunc(top.parts, func(c *share) bool { return c.empty })
		if len(parts) == 0 { // its region was too close to call: leave that to the count
			done = append(done, top)
		}
		for _, c := range parts {
			add(c)
		}
	}
	all := append(open, done...)
	slices.SortFunc(all, func(a, b *share) int { return b.compare(a) })
	cubes := make([]Cube, len(all))
	for i, c := range all {
		cubes[i] = c.Cube
		cubes[i].Known = c.path
	}
	return cubes, e, nil
}

// share is a cube on its way.
type share struct {
	Cube
	probed
	parts []*share // its halves, once they are known
}

// compare orders by estimate.
func (c *share) compare(d *share) int {
	return cmp.Or(cmp.Compare(c.Estimate, d.Estimate), strings.Compare(digits(d.Prefix), digits(c.Prefix)))
}

// halve gives the shares that have none their halves.
func (s *Space) halve(ctx context.Context, o Options, shares []*share, e *Effort) {
	var fresh []*share
	for _, c := range shares {
		if c.parts != nil {
			continue
		}
		for _, on := range []bool{false, true} {
			c.parts = append(c.parts, &share{Cube: Cube{Prefix: append(slices.Clone(c.path), on)}})
		}
		fresh = append(fresh, c.parts...)
	}
	s.probeAll(ctx, o, fresh, e)
}

// probeAll probes shares, as many at the same time as there are workers.
func (s *Space) probeAll(ctx context.Context, o Options, shares []*share, e *Effort) {
	var wg sync.WaitGroup
	free := make(chan struct{}, max(1, o.Workers))
	for _, c := range shares {
		free <- struct{}{}
		wg.Add(1)
		go func() {
			defer func() { <-free; wg.Done() }()
			c.probed = s.probe(ctx, o.Margin, c.Prefix)
			c.Estimate = c.regions
		}()
	}
	wg.Wait()
	for _, c := range shares {
		e.add(c.Effort)
	}
}

// probed is what is known of the regions below a prefix.
type probed struct {
	path    []bool  // the prefix and the states that follow from it
	split   bool    // whether the next unit takes both states below it, or may
	empty   bool    // whether there is certainly no region
	regions float64 // estimate of their number
	Effort
}

// descents is how many random descents make an estimate.
const descents = 12

// probe looks below a prefix. The estimate is Knuth's ("Estimating the
// Efficiency of Backtrack Programs", 1975): a random descent chooses among the
// feasible children of each node alike, and the product of their numbers is
// on average the number of leaves. The generator is keyed by the milp's id and
// the prefix, so the same question has the same answer.
func (s *Space) probe(ctx context.Context, margin float64, prefix []bool) probed {
	if s.filterable() {
		return s.probeFiltered(ctx, margin, prefix)
	}
	w := newWalk(ctx, s, s.everything(nil, Options{Prefix: prefix}), margin)
	p := probed{path: prefix}
	children, states, end := w.fork()
	switch end {
	case dead:
		p.empty = w.Doubtful+w.Unclear == 0
	case leaf:
		p.regions = 1
	case forked:
		rng := s.random(prefix)
		for range descents {
			w.replay(states, len(states), nil)
			bits := math.Log2(float64(len(children)))
			at, basis, ok := w.enter(children[rng.IntN(len(children))])
			if ok {
				var rest float64
				rest, ok = w.plunge(rng, len(states)+1, at, basis)
				bits += rest
			}
			if ok {
				p.regions += math.Exp2(bits) / descents
			}
		}
		p.split, p.path = true, onOff(states)
	}
	p.Effort = w.effort()
	if p.split && p.regions == 0 && ctx.Err() == nil {
		// rows of the user's, or doubts, have made all descents end badly
		c, _ := s.Count(ctx, Options{Margin: margin, Workers: 1, Max: 1, Prefix: prefix})
		p.Effort.add(c.Effort)
		p.regions = float64(c.Regions)
		p.empty = c.Complete && c.Regions == 0 && p.Doubtful == 0
		p.split = c.Regions > 0
	}
	return p
}

// probeFiltered is probe where the filtered search can do it.
func (s *Space) probeFiltered(ctx context.Context, margin float64, prefix []bool) probed {
	f := s.newFiltered(ctx, &tally{}, Options{Margin: margin, Prefix: prefix})
	rng := s.random(prefix)
	d := f.descend(rng)
	p := probed{path: d.path, split: d.split}
	if !d.lost {
		p.regions = math.Exp2(d.bits)
	}
	if !d.split {
		p.path = prefix
	}
	for i := 1; d.split && i < descents && !f.halt(); i++ {
		p.regions += (math.Exp2(f.descend(rng).bits) - p.regions) / float64(i+1)
	}
	p.Effort = f.effort()
	p.empty = d.lost && p.Doubtful+p.Unclear == 0
	return p
}

// random returns the generator of a prefix.
func (s *Space) random(prefix []bool) *rand.Rand {
	key := sha256.Sum256(fmt.Appendf(nil, "relucount cubes 1\n%q %s", s.p.ID, digits(prefix)))
	return rand.New(rand.NewChaCha8(key))
}

// ending is what a walk from the root along a prefix comes to.
type ending int

const (
	dead ending = iota // no region, or an end of the context
	leaf               // a region
	forked
)

// fork walks from the root along the guide's prefix, and on while there is only one
// way. Where there are two it returns the children and the states before. A
// state that no point was found for, but in doubt, counts as a way.
func (w *walk) fork() (children []frame, states []decision, end ending) {
	root, ok := w.root()
	at, basis := root.at, root.basis
	for k := 0; ok && k < len(w.s.units); k++ {
		if w.halt() {
			return nil, nil, dead
		}
		doubts := w.Doubtful + w.Unclear
		children = w.children(k, at, basis)
		unsure := w.Doubtful+w.Unclear > doubts && w.allow(k)&w.s.units[k].only == both
		switch {
		case len(children) == 2 || unsure:
			return children, slices.Clone(w.state[:k]), forked
		case len(children) == 0:
			return nil, nil, dead
		}
		at, basis, ok = w.enter(children[0])
	}
	if !ok || w.s.integer && !w.integral() {
		return nil, nil, dead
	}
	return nil, nil, leaf
}

// children returns the feasible children of the current node, at which unit k
// is to be decided.
func (w *walk) children(k int, at []float64, basis *highs.Basis) []frame {
	w.compose(k)
	w.frames = w.frames[:0]
	p, b, ok := w.step(k, at, basis)
	if !ok {
		return nil
	}
	d := w.state[k]
	return append(slices.Clone(w.frames), frame{unit: k, on: d.on, tested: true, cuts: d.cuts, at: p, basis: b})
}

// plunge follows random children from the current node, at which unit k is to
// be decided, down to a region, and returns the log2 of the product of their
// numbers. It returns false at a dead end, of which there is none but for
// doubts and rows of the user's.
func (w *walk) plunge(rng *rand.Rand, k int, at []float64, basis *highs.Basis) (bits float64, ok bool) {
	for ; k < len(w.s.units) && !w.halt(); k++ {
		children := w.children(k, at, basis)
		if len(children) == 0 {
			return bits, false
		}
		bits += math.Log2(float64(len(children)))
		if at, basis, ok = w.enter(children[rng.IntN(len(children))]); !ok {
			return bits, false
		}
	}
	return bits, !w.s.integer || w.integral()
}

// allowed returns the states that a prefix leaves to unit k.
func allowed(prefix []bool, k int) side {
	if k < len(prefix) {
		return sideOf(prefix[k])
	}
	return both
}

func onOff(states []decision) []bool {
	out := make([]bool, len(states))
	for k, d := range states {
		out[k] = d.on
	}
	return out
}

// digits writes states as 0 and 1.
func digits(states []bool) string {
	b := make([]byte, len(states))
	for k, on := range states {
		b[k] = '0'
		if on {
			b[k] = '1'
		}
	}
	return string(b)
}

// FormatPrefix writes the states of the leading units as a string for each
// layer that has some. The last one may be shorter than its layer.
func (s *Space) FormatPrefix(prefix []bool) []string {
	out, from := []string{}, 0
	for k := range prefix {
		if k+1 == len(prefix) || s.p.Units[k+1].Unit == 0 {
			out = append(out, digits(prefix[from:k+1]))
			from = k + 1
		}
	}
	return out
}

// ParsePrefix reads what FormatPrefix writes.
func (s *Space) ParsePrefix(layers []string) ([]bool, error) {
	var prefix []bool
	for i, text := range layers {
		end := len(prefix) // one past the units of the layer
		for end < len(s.units) && (end == len(prefix) || s.p.Units[end].Unit > 0) {
			end++
		}
		switch size := end - len(prefix); {
		case size == 0:
			return nil, fmt.Errorf("prefix[%d]: there are %d layers", i, i)
		case strings.Trim(text, "01") != "":
			return nil, fmt.Errorf("prefix[%d]: %q has other digits than 0 and 1", i, text)
		case len(text) > size:
			return nil, fmt.Errorf("prefix[%d]: %d digits for a layer of %d units", i, len(text), size)
		case len(text) < size && i+1 < len(layers):
			return nil, fmt.Errorf("prefix[%d]: %d digits for a layer of %d units, and it is not the last", i, len(text), size)
		}
		for _, c := range text {
			prefix = append(prefix, c == '1')
		}
	}
	return prefix, nil
}
