package verify

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"relucount/pkg/record"
)

// Of a unit's state the sign is 1 for on and -1 for off; 0 is a state that is
// not known.
const (
	claimed = 1
	split   = 2
)

// node is a node of the tree: the states of units, and the forms of those whose
// pre-activation has become known, over the coordinates.
type node struct {
	states []int
	forms  []form
}

// tree is a record that is being checked.
type tree struct {
	*space
	c      *Checker
	points []point
	den    number // of the points
	place  string // in the record
}

// point has the coordinates of a point, times a number.
type point struct {
	x      form
	inside bool // strictly within the limits
}

// Check checks a proof record and returns the path below which it proves the
// number of regions.
func (c *Checker) Check(line *record.Line) (path record.Path, regions int, err error) {
	var p record.Proof
	if err := line.Decode(&p); err != nil {
		return nil, 0, err
	}
	t := &tree{space: c.spaces[p.Coordinates], c: c}
	defer func() {
		if err != nil && t.place != "" {
			err = fmt.Errorf("%s: %w", t.place, err)
		}
	}()
	defer rescue(&err)
	need(p.Milp == c.ID && t.space != nil, "the milp %.80q, or the coordinates %.40q, cannot be used", p.Milp, p.Coordinates)
	t.place = "path"
	root := node{make([]int, len(c.Units)), make([]form, len(c.Units))}
	for _, s := range p.Path {
		root.fix(s[0], s[1], split)
	}
	t.place = "points"
	t.locateAll(p.Points)
	todo := []node{root} // nodes to come, the next one last
	for i := range p.Nodes {
		t.place = "nodes[" + strconv.Itoa(i) + "]"
		need(len(todo) > 0, "the tree has ended")
		n := todo[len(todo)-1]
		todo = append(todo[:len(todo)-1], t.node(n, &p.Nodes[i])...)
		if p.Nodes[i].Split == nil {
			regions++
		}
	}
	t.place = ""
	need(len(todo) == 0 && p.Regions == strconv.Itoa(regions), "the tree is cut short, or it has not %.40q leaves but %d", p.Regions, regions)
	return p.Path, regions, nil
}

// node checks a node and returns those below it, the first one last.
func (t *tree) node(n node, p *record.ProofNode) (below []node) {
	for i := range p.Claims {
		t.claim(n, &p.Claims[i])
	}
	if p.Split == nil {
		t.leaf(n, p)
		return nil
	}
	need(p.X == nil && p.Mix == nil, "both a split and a point")
	for k := range t.units {
		t.form(n, k) // what is known here the nodes below share
	}
	for on := 1; on >= 0; on-- {
		next := node{slices.Clone(n.states), slices.Clone(n.forms)}
		next.fix(*p.Split, on, split)
		below = append(below, next)
	}
	return below
}

// fix gives a unit its state.
func (n node) fix(unit, on, how int) {
	need(unit >= 0 && unit < len(n.states) && n.states[unit] == 0 && (on == 0 || on == 1), "unit %d cannot be %d: there is none, or it has a state already", unit, on)
	n.states[unit] = how * (2*on - 1)
}

// form returns the pre-activation of a unit over the coordinates, or nil where
// the states that it rests on are not known.
func (t *tree) form(n node, k int) form {
	if n.forms[k] != nil {
		return n.forms[k]
	}
	u := &t.units[k]
	if slices.ContainsFunc(u.from, func(l link) bool { return n.states[l.unit] == 0 }) {
		return nil
	}
	f := make(form, t.n+1)
	f.add(&one, u.own)
	for _, l := range u.from {
		if l.on == (n.states[l.unit] > 0) && l.by.sign() != 0 {
			g := t.form(n, l.unit)
			if g == nil {
				return nil
			}
			f.add(&l.by, g)
		}
	}
	n.forms[k] = f
	return f
}

// apart returns the indices and the numbers of terms.
func apart(terms record.Terms) (at []int, numbers []record.Rational) {
	for _, v := range terms {
		at, numbers = append(at, v.Index), append(numbers, v.Times)
	}
	return at, numbers
}

// claim checks a claim and gives its unit the state.
func (t *tree) claim(n node, c *record.Claim) {
	need(c.Unit >= 0 && c.Unit < len(t.units), "unit %d is out of range", c.Unit)
	units, ofUnits := apart(c.Units)
	rows, ofRows := apart(c.Rows)
	distinct("units", len(t.units), units)
	distinct("rows", len(t.c.Rows), rows)
	times := record.Rational{Double: 1}
	if c.Times != nil {
		times = *c.Times
	}
	by, _ := common(slices.Concat([]record.Rational{times}, ofUnits, ofRows))
	need(by[0].sign() > 0, "times is not positive")
	sum := make(form, t.n+1)
	for i, k := range append([]int{c.Unit}, units...) {
		f, minus := t.form(n, k), c.On == 1
		need(f != nil, "what unit %d rests on is not known", k)
		if i > 0 {
			need(n.states[k]/split != 0 && by[i].sign() >= 0, "unit %d is not split above, or its number is negative", k)
			minus = n.states[k] < 0
		}
		if minus {
			by[i].m.Neg(&by[i].m)
		}
		sum.add(&by[i], f)
	}
	for i, row := range rows {
		m, end := &by[1+len(units)+i], 0
		if m.sign() < 0 { // m (value - hi) is |m| (hi - value)
			end = 1
		}
		f := t.rows[row][end]
		need(f != nil, "rows[%d]: row %d has no such limit of the domain", i, row)
		sum.add(m, f)
	}
	most := sum.most(t.box, 1)
	if most.sign() > 0 && t.lift != nil {
		most = sum.over(t.lift, t.c.inputs.n).most(t.c.inputs.box, 1)
	}
	need(most.sign() <= 0, "the claim of unit %d does not follow from its multiples", c.Unit)
	n.fix(c.Unit, c.On, claimed)
}

// locateAll reads the points that leaves mix.
func (t *tree) locateAll(points []record.Point) {
	var numbers []record.Rational
	for _, p := range points {
		numbers = append(numbers, p.X...)
	}
	all, den := common(numbers)
	t.den = den
	for _, p := range points {
		x := all[:len(p.X)]
		all = all[len(x):]
		if p.Corner != "" { // of the box: 0 for an input's lower limit, 1 for its upper one
			need(strings.Trim(p.Corner, "01") == "" && len(p.Corner) == t.c.inputs.n, "a corner has a 0 or a 1 for each input")
			x = make(form, t.c.inputs.n)
			for j := range x {
				x[j].add(&den, &t.c.inputs.box[p.Corner[j]-'0'][j])
			}
		}
		t.points = append(t.points, t.locate(x, den))
	}
}

// locate finds the coordinates of a point of the inputs, which are times den.
func (t *tree) locate(x form, den number) point {
	box, p, minus := t.c.inputs.box, point{x, true}, den
	minus.m = *new(big.Int).Neg(&den.m)
	need(len(x) == len(box[0]), "%d numbers for %d inputs", len(x), len(box[0]))
	for j := range x {
		var over [2]number // what x is over each limit
		for end := range over {
			over[end].add(&one, &x[j])
			over[end].add(&minus, &box[end][j])
		}
		lower, upper := over[0].sign(), over[1].sign()
		need(lower >= 0 && upper <= 0, "input %d is outside of its limits", j)
		p.inside = p.inside && (lower > 0 && upper < 0 || lower == 0 && upper == 0)
	}
	if t.lift != nil {
		p.x = nil
		for _, f := range t.lift {
			p.x = append(p.x, f.at(x, &den))
		}
	}
	return p
}

// leaf checks that every unit has a state, and that the point is strictly on the
// right side of everything.
func (t *tree) leaf(n node, leaf *record.ProofNode) {
	p, den := t.point(leaf)
	need(p.inside && !slices.Contains(n.states, 0), "a leaf with a unit without a state, or a point not strictly within the limits")
	for i, row := range t.rows {
		lo, hi := t.c.Rows[i].Lo, t.c.Rows[i].Hi
		equation := lo != nil && hi != nil && *lo == *hi
		for end, f := range row {
			if f != nil {
				v := f.at(p.x, &den)
				need(equation && v.sign() == 0 || !equation && v.sign() == 1-2*end, "the point is not strictly within row %d", i)
			}
		}
	}
	g := make(form, len(t.units))
	for k, u := range t.units {
		g[k] = u.own.at(p.x, &den)
		for _, l := range u.from {
			if l.on == (n.states[l.unit] > 0) {
				g[k].add(&l.by, &g[l.unit])
			}
		}
		state, sign := n.states[k], g[k].sign()
		need(state > 0 && sign > 0 || state < 0 && sign < 0 || state == -claimed && sign == 0, "the point is on the wrong side of unit %d", k)
	}
}

// point returns the point of a leaf, times den.
func (t *tree) point(leaf *record.ProofNode) (p point, den number) {
	need((leaf.X == nil) != (leaf.Mix == nil), "a leaf has one of x and mix")
	if leaf.X != nil {
		x, den := common(leaf.X)
		return t.locate(x, den), den
	}
	at, numbers := apart(leaf.Mix)
	distinct("mix", len(t.points), at)
	weights, _ := common(numbers)
	p.x = make(form, t.n)
	for i := range weights {
		w, from := &weights[i], t.points[at[i]]
		need(w.sign() > 0, "mix[%d]: the weight is not positive", i)
		p.inside = p.inside || from.inside
		p.x.add(w, from.x)
		den.add(w, &t.den)
	}
	return p, den
}
