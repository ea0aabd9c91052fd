package verify

import (
	"math/big"
	"slices"
	"strconv"

	"relucount/pkg/record"
)

// Of a unit's state the sign is 1 for on and -1 for off; 0 is a state that is
// not known.
const claimed, split = 1, 2

// node is a node of the tree: the states of units, and the forms of those whose
// pre-activation has become known, over the coordinates.
type node struct {
	states []int
	forms  []form
}

// point has the coordinates of a point, times a number.
type point struct {
	x      form
	inside bool // strictly within the limits
}

// tree is a record that is being checked.
type tree struct {
	*space
	record.Proof
	c      *Checker
	next   int // node
	points []point
	den    number // of the points' coordinates
	place  string // in the record
}

// Check checks a proof record and returns the path below which it proves the
// number of regions.
func (c *Checker) Check(line *record.Line) (path record.Path, regions int, err error) {
	t := &tree{c: c}
	defer rescue(&err, &t.place)
	must(line.Decode(&t.Proof))
	t.space = c.spaces[t.Coordinates]
	need(t.Milp == c.ID && t.space != nil, "the milp %.80q, or the coordinates %.40q, cannot be used", t.Milp, t.Coordinates)
	root := node{slices.Clone(c.states), make([]form, len(c.states))}
	for _, s := range t.Path {
		root.fix(s[0], s[1], split)
	}
	t.points, t.den = t.locate(t.Points)
	regions = t.leaves(root)
	t.place = ""
	need(t.next == len(t.Nodes), "the tree has ended before the nodes")
	need(t.Regions == strconv.Itoa(regions), "the tree is cut short, or it has not %.40q leaves but %d", t.Regions, regions)
	return t.Path, regions, nil
}

// leaves checks the nodes from the next one down and returns the number of leaves.
func (t *tree) leaves(n node) (leaves int) {
	need(t.next < len(t.Nodes), "the tree is cut short")
	p := &t.Nodes[t.next]
	t.place = "nodes[" + strconv.Itoa(t.next) + "]: "
	t.next++
	for i := range p.Claims {
		t.claim(n, &p.Claims[i])
	}
	if p.Split == nil {
		t.leaf(n, p)
		return 1
	}
	need(p.X == nil && p.Mix == nil, "both a split and a point")
	for k, u := range t.units {
		if !slices.ContainsFunc(u.from, func(l link) bool { return n.states[l.unit] == 0 }) {
			t.form(n, k) // the nodes below share it
		}
	}
	for on := range 2 {
		next := node{slices.Clone(n.states), slices.Clone(n.forms)}
		next.fix(*p.Split, on, split)
		leaves += t.leaves(next)
	}
	return leaves
}

// fix gives a unit its state.
func (n node) fix(unit, on, how int) {
	need(unit >= 0 && unit < len(n.states) && n.states[unit] == 0 && (on == 0 || on == 1), "unit %d cannot be %d: there is none, or it has a state already", unit, on)
	n.states[unit] = how * (2*on - 1)
}

// form returns the pre-activation of a unit over the coordinates.
func (t *tree) form(n node, k int) form {
	if n.forms[k] == nil {
		f := make(form, len(t.lift)+1)
		f.plus(&one, t.units[k].own)
		for _, l := range t.units[k].from {
			need(n.states[l.unit] != 0, "what unit %d rests on is not known", k)
			if l.state*n.states[l.unit] > 0 && l.by.Sign() != 0 {
				f.plus(&l.by, t.form(n, l.unit))
			}
		}
		n.forms[k] = f
	}
	return n.forms[k]
}

// claim checks a claim and gives its unit the state.
func (t *tree) claim(n node, c *record.Claim) {
	own := record.Term{Index: c.Unit, Times: record.Rational{Double: 1}}
	if c.Times != nil {
		own.Times = *c.Times
	}
	units, ofUnits := append(record.Terms{own}, c.Units...).Parts()
	rows, ofRows := c.Rows.Parts()
	must(units.Check(len(t.c.Units)))
	must(rows.Check(len(t.c.Rows)))
	by, _ := common(append(ofUnits, ofRows...))
	for i, row := range rows {
		m, end := &by[len(units)], 0
		if m.Sign() < 0 { // m (value - hi) is |m| (hi - value)
			m.Neg(m)
			end = 1
		}
		k, ok := t.c.limits[[2]int{row, end}]
		need(ok, "rows[%d]: row %d has no such limit of the domain", i, row)
		units = append(units, k)
	}
	need(by[0].Sign() > 0, "times is not positive")
	sum := make(form, len(t.lift)+1)
	for i, k := range units {
		minus := c.On == 1
		if i > 0 {
			need((n.states[k]/split != 0 || k >= len(t.c.Units)) && by[i].Sign() >= 0, "unit %d is not split above, or its number is negative", k)
			minus = n.states[k] < 0
		}
		if minus {
			by[i].Neg(&by[i])
		}
		sum.plus(&by[i], t.form(n, k))
	}
	most := sum.most(t.around, 1)
	if most.Sign() > 0 { // then over the inputs
		f := make(form, len(t.box[0])+1)
		f[len(f)-1] = sum[len(t.lift)]
		for i, g := range t.lift {
			f.plus(&sum[i], g)
		}
		most = f.most(t.box, 1)
	}
	need(most.Sign() <= 0, "the claim of unit %d does not follow from its multiples", c.Unit)
	n.fix(c.Unit, c.On, claimed)
}

// locate finds the coordinates of points, times a number.
func (t *tree) locate(points []record.Point) (out []point, den number) {
	var numbers []record.Rational
	for _, p := range points {
		numbers = append(numbers, p.X...)
	}
	all, den := common(numbers)
	for _, p := range points {
		x := all[:len(p.X):len(p.X)]
		all = all[len(x):]
		for j, digit := range p.Corner { // of the box: 0 for an input's lower limit, 1 for its upper one
			need(j < len(t.box[0]) && (digit == '0' || digit == '1'), "a corner has a 0 or a 1 for each input")
			x = append(x, *new(number).Mul(&den, &t.box[digit-'0'][j]))
		}
		need(len(x) == len(t.box[0]), "%d numbers for %d inputs", len(x), len(t.box[0]))
		p, limit := point{inside: true}, new(number)
		for j := range x {
			lower, upper := x[j].Cmp(limit.Mul(&den, &t.box[0][j])), x[j].Cmp(limit.Mul(&den, &t.box[1][j]))
			need(lower >= 0 && upper <= 0, "input %d is outside of its limits", j)
			p.inside = p.inside && lower-upper != 1 // strictly, or there is no room
		}
		for _, f := range t.lift {
			p.x = append(p.x, *f.at(x, &den))
		}
		out = append(out, p)
	}
	return out, den
}

// leaf checks that every unit has a state, and that the point is strictly on the
// right side of everything.
func (t *tree) leaf(n node, leaf *record.ProofNode) {
	need((leaf.X == nil) != (leaf.Mix == nil), "a leaf has one of x and mix")
	points, den, mix := t.points, t.den, leaf.Mix
	if leaf.X != nil {
		points, den = t.locate([]record.Point{{X: leaf.X}})
		mix = record.Terms{{Times: record.Rational{Double: 1}}}
	}
	at, numbers := mix.Parts()
	must(at.Check(len(points)))
	weights, _ := common(numbers)
	x, total, inside := make(form, len(t.lift)), new(number), false
	for i := range weights {
		need(weights[i].Sign() > 0, "mix[%d]: the weight is not positive", i)
		x.plus(&weights[i], points[at[i]].x)
		total.Add(total, &weights[i])
		inside = inside || points[at[i]].inside
	}
	total.Mul(total, &den)
	need(inside, "no point of the mix is strictly within the limits")
	for k, state := range n.states {
		sign := t.form(n, k).at(x, total).Sign()
		need(sign*state > 0 || sign == 0 && state == -claimed, "unit %d (a limit, from %d on) has no state, or the point is not strictly on its side", k, len(t.c.Units))
	}
}

// Piece is what one record proves: how many regions there are below a path.
type Piece struct {
	Path    record.Path
	Regions *big.Int
}

// Whole adds up pieces that together prove the number of all regions. Any others
// are an error, which says what is missing or stands twice.
func Whole(pieces []Piece) (total *big.Int, err error) {
	defer rescue(&err, new(string))
	need(len(pieces) > 0, "nothing is proved")
	return below(0, pieces), nil
}

// below adds up pieces whose paths have the first d states in common.
func below(d int, pieces []Piece) *big.Int {
	first := pieces[0]
	if len(pieces) == 1 && len(first.Path) == d {
		return first.Regions
	}
	var parts [2][]Piece
	for _, p := range pieces {
		need(len(p.Path) > d && p.Path[d][0] == first.Path[d][0], "something below %v is proved twice", p.Path[:d])
		parts[p.Path[d][1]] = append(parts[p.Path[d][1]], p)
	}
	for on, part := range parts {
		need(len(part) > 0, "nothing is proved below %v", append(first.Path[:d:d], record.Split{first.Path[d][0], on}))
	}
	return new(big.Int).Add(below(d+1, parts[0]), below(d+1, parts[1]))
}
