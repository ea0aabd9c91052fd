package verify

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"

	"relucount/pkg/record"
)

// tree is the state of a check: where in the tree of a record it is.
type tree struct {
	*space
	x      *space  // over the inputs
	states []int   // of the units: 0, 1, or -1 where it is not known
	split  []bool  // whether a unit is split, and not claimed
	levels []int   // at which a unit got its state
	set    [][]int // by level: the units that got theirs there
	forms  []composed
	made   [][]int     // by level: the units whose forms rest on states of that level at most
	points [][]big.Int // coordinates, times den
	inside []bool      // whether a point is strictly within the limits
	den    *big.Int

	sum, over []big.Int // scratch for claims
	values    []big.Int // and for leaves: of the units
	a, b      big.Int
}

// composed is the pre-activation of a unit over the coordinates, the constant
// last.
type composed struct {
	by    []big.Int
	level int // -1 when it is not known
}

// Check checks a proof record and returns the path below which it proves the
// number of regions.
func (c *Checker) Check(line *record.Line) (path record.Path, regions int, err error) {
	var p record.Proof
	if err := line.Decode(&p); err != nil {
		return nil, 0, err
	}
	s := c.spaces[p.Coordinates]
	switch {
	case p.Milp != c.id:
		return nil, 0, fmt.Errorf("milp: %.80q is not %.80q", p.Milp, c.id)
	case s == nil:
		return nil, 0, fmt.Errorf("coordinates: %.40q cannot be used", p.Coordinates)
	}
	units := len(s.units)
	t := &tree{
		space: s, x: c.inputs, states: make([]int, units), split: make([]bool, units), levels: make([]int, units),
		set: make([][]int, 1), made: make([][]int, 1), forms: make([]composed, units), values: make([]big.Int, units), sum: make([]big.Int, s.n+1), over: make([]big.Int, c.inputs.n+1),
	}
	for k := range units {
		t.states[k], t.forms[k].level = -1, -1
	}
	for i, v := range p.Path {
		if err := t.fix(v[0], v[1], true); err != nil {
			return nil, 0, fmt.Errorf("path[%d]: %w", i, err)
		}
	}
	if err := t.locate(p.Points); err != nil {
		return nil, 0, err
	}
	if regions, err = t.walk(p.Nodes); err == nil && strconv.Itoa(regions) != p.Regions {
		err = fmt.Errorf("regions: %.40q, the tree has %d leaves", p.Regions, regions)
	}
	return p.Path, regions, err
}

// walk goes through the nodes and returns the number of leaves.
func (t *tree) walk(nodes []record.ProofNode) (leaves int, err error) {
	var above []int // units that the nodes above split
	for i := range nodes {
		n := &nodes[i]
		if leaves > 0 && len(above) == 0 {
			return 0, fmt.Errorf("nodes[%d]: the tree has ended", i)
		}
		for j := range n.Claims {
			if err := t.claim(&n.Claims[j]); err != nil {
				return 0, fmt.Errorf("nodes[%d].claims[%d]: %w", i, j, err)
			}
		}
		if n.Split == nil {
			if err := t.leaf(n); err != nil {
				return 0, fmt.Errorf("nodes[%d]: %w", i, err)
			}
			leaves++
			for len(above) > 0 && t.states[above[len(above)-1]] == 1 {
				above = above[:len(above)-1]
				t.leave()
			}
			if len(above) > 0 {
				t.leave()
				_ = t.enter(above[len(above)-1], 1) // as it was for off
			}
			continue
		}
		if n.X != nil || n.Mix != nil {
			return 0, fmt.Errorf("nodes[%d]: both a split and a point", i)
		}
		if err := t.enter(*n.Split, 0); err != nil {
			return 0, fmt.Errorf("nodes[%d].split: %w", i, err)
		}
		above = append(above, *n.Split)
	}
	if leaves == 0 || len(above) > 0 {
		return 0, fmt.Errorf("nodes: the tree is cut short after %d", len(nodes))
	}
	return leaves, nil
}

// fix gives a unit its state.
func (t *tree) fix(unit, on int, split bool) error {
	switch {
	case unit < 0 || unit >= len(t.units):
		return fmt.Errorf("unit %d is out of range", unit)
	case on != 0 && on != 1:
		return fmt.Errorf("the state %d is neither 0 nor 1", on)
	case t.states[unit] >= 0:
		return fmt.Errorf("unit %d has a state already", unit)
	}
	level := len(t.set) - 1
	t.states[unit], t.split[unit], t.levels[unit] = on, split, level
	t.set[level] = append(t.set[level], unit)
	return nil
}

// enter goes to a level below, where a unit is split.
func (t *tree) enter(unit, on int) error {
	t.set, t.made = append(t.set, nil), append(t.made, nil)
	return t.fix(unit, on, true)
}

// leave goes back to the level above.
func (t *tree) leave() {
	last := len(t.set) - 1
	for _, k := range t.set[last] {
		t.states[k], t.split[k] = -1, false
	}
	for _, k := range t.made[last] {
		t.forms[k].level = -1
	}
	t.set, t.made = t.set[:last], t.made[:last]
}

// form composes the pre-activation of a unit. It is kept for as long as the
// states that it rests on.
func (t *tree) form(k int) ([]big.Int, error) {
	f, u := &t.forms[k], &t.units[k]
	if f.level >= 0 {
		return f.by, nil
	}
	level := 0
	for _, l := range u.from {
		if t.states[l.unit] < 0 {
			return nil, fmt.Errorf("the state of unit %d, which enters unit %d, is not known", l.unit, k)
		}
		level = max(level, t.levels[l.unit])
	}
	if f.by == nil {
		f.by = make([]big.Int, t.n+1)
	}
	for i := range f.by {
		f.by[i].SetInt64(0)
	}
	for _, v := range u.terms {
		f.by[v.at].Set(v.by)
	}
	for _, l := range u.from {
		by := l.by[t.states[l.unit]]
		if by.Sign() == 0 {
			continue
		}
		from, err := t.form(l.unit)
		if err != nil {
			return nil, err
		}
		level = max(level, t.forms[l.unit].level)
		for i := range from {
			t.add(&f.by[i], by, &from[i])
		}
	}
	f.level = level
	t.made[level] = append(t.made[level], k)
	return f.by, nil
}

// add adds a product.
func (t *tree) add(to, a, b *big.Int) {
	if a.Sign() != 0 && b.Sign() != 0 {
		to.Add(to, t.a.Mul(a, b))
	}
}

// part is what a claim multiplies.
type part struct {
	by    []big.Int // or nil, and
	terms []term
	exp   uint
	minus bool
}

// claim checks a claim and gives its unit the state.
func (t *tree) claim(c *record.Claim) error {
	if c.Unit < 0 || c.Unit >= len(t.units) || t.states[c.Unit] >= 0 {
		return t.fix(c.Unit, c.On, false) // it says why not
	}
	parts, times, err := t.parts(c)
	if err != nil {
		return err
	}
	exp := uint(0)
	for _, p := range parts {
		exp = max(exp, p.exp)
	}
	for i := range t.sum {
		t.sum[i].SetInt64(0)
	}
	for i, p := range parts {
		by := times[i].Lsh(&times[i], exp-p.exp)
		if p.minus {
			by.Neg(by)
		}
		for j := range p.by {
			t.add(&t.sum[j], by, &p.by[j])
		}
		for _, v := range p.terms {
			t.add(&t.sum[v.at], by, v.by)
		}
	}
	if t.space.most(t.sum, t) > 0 && (t.lift == nil || t.x.most(t.lowered(), t) > 0) {
		return errors.New("it does not follow from its multiples")
	}
	return t.fix(c.Unit, c.On, false)
}

// parts returns what a claim adds up, with the multiples, of which the first is
// that of its unit.
func (t *tree) parts(c *record.Claim) ([]part, []big.Int, error) {
	numbers := []record.Rational{{Double: 1}}
	if c.Times != nil {
		numbers[0] = *c.Times
	}
	for _, v := range c.Units {
		numbers = append(numbers, v.Times)
	}
	for _, v := range c.Rows {
		numbers = append(numbers, v.Times)
	}
	times, _, err := common(numbers)
	if err != nil {
		return nil, nil, err
	}
	if times[0].Sign() <= 0 {
		return nil, nil, errors.New("times is not positive")
	}
	by, err := t.form(c.Unit)
	if err != nil {
		return nil, nil, err
	}
	parts := []part{{by: by, exp: t.units[c.Unit].exp, minus: c.On == 1}}
	seen := map[int]bool{}
	for i, v := range c.Units {
		k := v.Index
		if k < 0 || k >= len(t.units) || !t.split[k] || seen[k] || times[1+i].Sign() < 0 {
			return nil, nil, fmt.Errorf("units[%d]: unit %d is not split above, or it stands twice, or its number is negative", i, k)
		}
		seen[k] = true
		if by, err = t.form(k); err != nil {
			return nil, nil, err
		}
		parts = append(parts, part{by: by, exp: t.units[k].exp, minus: t.states[k] == 0})
	}
	clear(seen)
	for i, v := range c.Rows {
		row, ok := t.rows[v.Index]
		limit := row.lo
		if times[1+len(c.Units)+i].Sign() < 0 { // m (value - hi) is |m| (hi - value)
			limit = row.hi
		}
		if !ok || seen[v.Index] || limit == nil {
			return nil, nil, fmt.Errorf("rows[%d]: row %d has no such limit of the domain, or it stands twice", i, v.Index)
		}
		seen[v.Index] = true
		parts = append(parts, part{terms: limit.terms, exp: limit.exp})
	}
	return parts, times, nil
}

// most returns the sign of the maximum of a form over the limits.
func (s *space) most(f []big.Int, t *tree) int {
	total := t.b.Lsh(&f[s.n], s.exp)
	for i := range s.n {
		end := s.hi[i]
		if f[i].Sign() < 0 {
			end = s.lo[i]
		}
		t.add(total, &f[i], end)
	}
	return total.Sign()
}

// lowered writes the sum of a claim over the inputs.
func (t *tree) lowered() []big.Int {
	for i := range t.over {
		t.over[i].SetInt64(0)
	}
	t.over[t.x.n].Lsh(&t.sum[t.n], t.lifted)
	for i, f := range t.lift {
		for _, v := range f.terms {
			t.add(&t.over[v.at], &t.sum[i], v.by)
		}
	}
	return t.over
}
