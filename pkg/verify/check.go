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
	den    *big.Int // of the points
	t      big.Int  // scratch
	place  string   // in the record
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
	f := zero(t.n + 1)
	for i := range f {
		f[i].Set(u.own[i])
	}
	for _, l := range u.from {
		if l.on == (n.states[l.unit] > 0) && l.by.Sign() != 0 {
			g := t.form(n, l.unit)
			if g == nil {
				return nil
			}
			f.plus(l.by, g, &t.t)
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
	need(by[0].Sign() > 0, "times is not positive")
	var forms []form // what is added up, with its depths
	var depths []uint
	for i, k := range append([]int{c.Unit}, units...) {
		f, minus := t.form(n, k), c.On == 1
		need(f != nil, "what unit %d rests on is not known", k)
		if i > 0 {
			need(n.states[k]/split != 0 && by[i].Sign() >= 0, "unit %d is not split above, or its number is negative", k)
			minus = n.states[k] < 0
		}
		if minus {
			by[i].Neg(by[i])
		}
		forms, depths = append(forms, f), append(depths, t.units[k].depth)
	}
	for i, row := range rows {
		end := 0
		if by[len(forms)].Sign() < 0 { // m (value - hi) is |m| (hi - value)
			end = 1
		}
		f := t.rows[row][end]
		need(f != nil, "rows[%d]: row %d has no such limit of the domain", i, row)
		forms, depths = append(forms, f), append(depths, 1)
	}
	sum := zero(t.n + 1)
	for i, f := range forms {
		sum.plus(by[i].Lsh(by[i], t.c.scale*(slices.Max(depths)-depths[i])), f, &t.t)
	}
	need(t.most(sum, 1).Sign() <= 0 || t.lift != nil && t.c.inputs.most(t.lowered(sum), 1).Sign() <= 0, "the claim of unit %d does not follow from its multiples", c.Unit)
	n.fix(c.Unit, c.On, claimed)
}

// lowered writes a form over the inputs.
func (t *tree) lowered(f form) form {
	out := zero(t.c.inputs.n + 1)
	out[t.c.inputs.n].Lsh(f[t.n], t.c.scale)
	for i, g := range t.lift {
		out.plus(f[i], g, &t.t)
	}
	return out
}

// at is the value of a form at a point, times den.
func (f form) at(x form, den, t *big.Int) *big.Int {
	v := new(big.Int).Mul(f[len(x)], den)
	for i := range x {
		if f[i].Sign() != 0 && x[i].Sign() != 0 {
			v.Add(v, t.Mul(f[i], x[i]))
		}
	}
	return v
}

// locate finds the coordinates of a point of the inputs, times den. They are
// times 2^s besides where they are not these inputs.
func (t *tree) locate(x form, den *big.Int) point {
	in, p := t.c.inputs, point{x, true}
	need(len(x) == in.n, "%d numbers for %d inputs", len(x), in.n)
	var v big.Int
	for j := range x {
		v.Lsh(x[j], in.scale)
		below, above := v.Cmp(t.t.Mul(in.box[0][j], den)), v.Cmp(t.t.Mul(in.box[1][j], den))
		need(below >= 0 && above <= 0, "input %d is outside of its limits", j)
		p.inside = p.inside && (below > 0 && above < 0 || in.box[0][j].Cmp(in.box[1][j]) == 0)
	}
	if t.lift != nil {
		p.x = nil
		for _, f := range t.lift {
			p.x = append(p.x, f.at(x, den, &t.t))
		}
	}
	return p
}

// locateAll reads the points that leaves mix.
func (t *tree) locateAll(points []record.Point) {
	var numbers []record.Rational
	for _, p := range points {
		numbers = append(numbers, p.X...)
	}
	all, den := common(numbers)
	t.den = new(big.Int).Lsh(den, t.c.scale)
	for _, p := range points {
		if p.Corner != "" {
			t.points = append(t.points, t.corner(p.Corner, den))
			continue
		}
		x := all[:len(p.X)]
		for _, v := range x {
			v.Lsh(v, t.c.scale)
		}
		t.points, all = append(t.points, t.locate(x, t.den)), all[len(p.X):]
	}
}

// corner finds the coordinates of a corner of the box as locate does, times den
// 2^s. A corner is inside of the limits where these leave no room.
func (t *tree) corner(digits string, den *big.Int) point {
	in := t.c.inputs
	need(strings.Trim(digits, "01") == "" && len(digits) == in.n, "a corner has a 0 or a 1 for each input")
	x, one := make(form, in.n), new(big.Int).Lsh(big.NewInt(1), t.c.scale)
	inside := true
	for j := range x {
		x[j] = in.box[digits[j]-'0'][j]
		inside = inside && in.box[0][j].Cmp(in.box[1][j]) == 0
	}
	y := x
	if t.lift != nil {
		y = make(form, t.n)
	}
	for i, f := range t.lift {
		if t.ends[i].add[0] == nil {
			y[i] = f.at(x, one, &t.t)
			continue
		}
		sum := int64(0)
		for j := range in.n {
			sum += t.ends[i].add[digits[j]-'0'][j]
		}
		y[i] = new(big.Int).Lsh(big.NewInt(sum), t.ends[i].shift)
		y[i].Add(y[i], t.t.Mul(f[in.n], one))
	}
	p := point{zero(len(y)), inside}
	p.x.plus(den, y, &t.t)
	return p
}

// leaf checks that every unit has a state, and that the point is strictly on the
// right side of everything.
func (t *tree) leaf(n node, leaf *record.ProofNode) {
	p, den := t.point(leaf)
	need(p.inside && !slices.Contains(n.states, 0), "a leaf with a unit without a state, or a point not strictly within the limits")
	if t.lift != nil {
		den = new(big.Int).Lsh(den, t.c.scale)
	}
	for i, row := range t.rows {
		equation := row[0] != nil && row[1] != nil && row[0][t.n].Cmp(row[1][t.n]) == 0
		for end, f := range row {
			if f != nil {
				sign := f.at(p.x, den, &t.t).Sign()
				need(equation && sign == 0 || !equation && sign == 1-2*end, "the point is not strictly within row %d", i)
			}
		}
	}
	for k, state := range n.states {
		f := t.form(n, k)
		need(f != nil, "what unit %d rests on is not known", k)
		sign := f.at(p.x, den, &t.t).Sign()
		need(state > 0 && sign > 0 || state < 0 && sign < 0 || state == -claimed && sign == 0, "the point is on the wrong side of unit %d", k)
	}
}

// point returns the point of a leaf, times den.
func (t *tree) point(leaf *record.ProofNode) (p point, den *big.Int) {
	need((leaf.X == nil) != (leaf.Mix == nil), "a leaf has one of x and mix")
	if leaf.X != nil {
		x, den := common(leaf.X)
		return t.locate(x, den), den
	}
	at, numbers := apart(leaf.Mix)
	distinct("mix", len(t.points), at)
	weights, _ := common(numbers)
	p.x, den = zero(t.n), new(big.Int)
	for i, w := range weights {
		need(w.Sign() > 0, "mix[%d]: the weight is not positive", i)
		p.inside = p.inside || t.points[at[i]].inside
		p.x.plus(w, t.points[at[i]].x, &t.t)
		den.Add(den, w)
	}
	return p, den.Mul(den, t.den)
}
