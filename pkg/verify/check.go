package verify

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"

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
	den    number // of the points' coordinates
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
	root := node{make([]int, len(c.Units)), make([]form, len(c.Units))}
	for _, s := range p.Path {
		root.fix(s[0], s[1], split)
	}
	t.points, t.den = t.locate(p.Points)
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
	for k, u := range t.units[:len(n.states)] {
		if !slices.ContainsFunc(u.from, func(l link) bool { return n.states[l.unit] == 0 }) {
			t.form(n, k) // the nodes below share it
		}
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

// form returns the pre-activation of a unit over the coordinates.
func (t *tree) form(n node, k int) form {
	if n.forms[k] == nil {
		f := make(form, t.n+1)
		f.plus(&one, t.units[k].own)
		for _, l := range t.units[k].from {
			need(n.states[l.unit] != 0, "what unit %d rests on is not known", k)
			if l.on == (n.states[l.unit] > 0) && l.by.Sign() != 0 {
				f.plus(&l.by, t.form(n, l.unit))
			}
		}
		n.forms[k] = f
	}
	return n.forms[k]
}

// apart returns the indices and the numbers of terms, whose indices are
// different and below n.
func apart(what string, n int, terms record.Terms) (at []int, numbers []record.Rational) {
	for _, v := range terms {
		at, numbers = append(at, v.Index), append(numbers, v.Times)
	}
	distinct(what, n, at)
	return at, numbers
}

// claim checks a claim and gives its unit the state.
func (t *tree) claim(n node, c *record.Claim) {
	need(c.Unit >= 0 && c.Unit < len(n.states), "unit %d is out of range", c.Unit)
	times := record.Rational{Double: 1}
	if c.Times != nil {
		times = *c.Times
	}
	units, ofUnits := apart("units", len(n.states), c.Units)
	rows, ofRows := apart("rows", len(t.c.Rows), c.Rows)
	by, _ := common(slices.Concat([]record.Rational{times}, ofUnits, ofRows))
	need(by[0].Sign() > 0, "times is not positive")
	sum := make(form, t.n+1)
	for i, k := range append([]int{c.Unit}, units...) {
		minus := c.On == 1
		if i > 0 {
			need(n.states[k]/split != 0 && by[i].Sign() >= 0, "unit %d is not split above, or its number is negative", k)
			minus = n.states[k] < 0
		}
		if minus {
			by[i].Neg(&by[i])
		}
		sum.plus(&by[i], t.form(n, k))
	}
	for i, row := range rows {
		m, limit := &by[1+len(units)+i], t.c.Rows[row].Lo
		if m.Sign() < 0 { // m (value - hi) is |m| (hi - value)
			limit = t.c.Rows[row].Hi
		}
		k, ok := t.c.rows[row]
		need(ok && limit != nil, "rows[%d]: row %d has no such limit of the domain", i, row)
		sum.plus(m, t.units[k].own)
		less := exactly(-*limit)
		sum[t.n].Add(&sum[t.n], less.Mul(&less, m))
	}
	most := sum.most(t.box, 1)
	if most.Sign() > 0 && t.lift != nil { // then over the inputs
		f := make(form, t.c.inputs.n+1)
		f[len(f)-1] = sum[t.n]
		for i, g := range t.lift {
			f.plus(&sum[i], g)
		}
		most = f.most(t.c.inputs.box, 1)
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
	in := t.c.inputs
	for _, p := range points {
		x := all[:len(p.X):len(p.X)]
		all = all[len(x):]
		for j, digit := range p.Corner { // of the box: 0 for an input's lower limit, 1 for its upper one
			need(j < in.n && (digit == '0' || digit == '1'), "a corner has a 0 or a 1 for each input")
			x = append(x, *new(number).Mul(&den, &in.box[digit-'0'][j]))
		}
		need(len(x) == in.n, "%d numbers for %d inputs", len(x), in.n)
		p, limit := point{x, true}, new(number)
		for j := range x {
			lower, upper := x[j].Cmp(limit.Mul(&den, &in.box[0][j])), x[j].Cmp(limit.Mul(&den, &in.box[1][j]))
			need(lower >= 0 && upper <= 0, "input %d is outside of its limits", j)
			p.inside = p.inside && lower-upper != 1 // strictly, or there is no room
		}
		if t.lift != nil {
			p.x = nil
			for _, f := range t.lift {
				p.x = append(p.x, *f.at(x, &den))
			}
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
	at, numbers := apart("mix", len(points), mix)
	weights, _ := common(numbers)
	x, total, inside := make(form, t.n), new(number), false
	for i := range weights {
		need(weights[i].Sign() > 0, "mix[%d]: the weight is not positive", i)
		x.plus(&weights[i], points[at[i]].x)
		total.Add(total, &weights[i])
		inside = inside || points[at[i]].inside
	}
	total.Mul(total, &den)
	need(inside && !slices.Contains(n.states, 0), "a leaf with a unit without a state, or a point not strictly within the limits")
	g := make(form, len(t.units))
	for k, u := range t.units {
		g[k] = *u.own.at(x, total)
		for _, l := range u.from {
			if l.on == (n.states[l.unit] > 0) {
				g[k].Add(&g[k], new(number).Mul(&l.by, &g[l.unit]))
			}
		}
	}
	for k, state := range n.states {
		sign := g[k].Sign()
		need(sign*state > 0 || sign == 0 && state == -claimed, "the point is on the wrong side of unit %d", k)
	}
	for i, k := range t.c.rows {
		lo, hi := t.c.Rows[i].Lo, t.c.Rows[i].Hi
		for end, limit := range []*float64{lo, hi} {
			if limit != nil {
				least := exactly(*limit)
				side := g[k].Cmp(least.Mul(&least, total))
				need(side == 1-2*end || side == 0 && lo != nil && hi != nil && *lo == *hi, "the point is not strictly within row %d", i)
			}
		}
	}
}

// Piece is what one record proves: how many regions there are below a path.
type Piece struct {
	Path    record.Path
	Regions *big.Int
}

// Whole adds up pieces that together prove the number of all regions. Any others
// are an error, which says what is missing or stands twice. It sorts the pieces.
//
// In the order of a tree, off before on, each path goes on from the one that is
// due with off only. What is due then is on beside each of these, the deepest
// first.
func Whole(pieces []Piece) (total *big.Int, err error) {
	defer rescue(&err)
	need(len(pieces) > 0, "nothing is proved")
	slices.SortFunc(pieces, func(a, b Piece) int {
		return slices.CompareFunc(a.Path, b.Path, func(a, b record.Split) int { return slices.Compare(a[:], b[:]) })
	})
	total = new(big.Int)
	due := []record.Path{{}} // the next one last
	for _, p := range pieces {
		need(len(due) > 0, "%v is proved besides the whole", p.Path)
		next := due[len(due)-1]
		due = due[:len(due)-1]
		need(len(p.Path) >= len(next) && slices.Equal(p.Path[:len(next)], next), "nothing is proved below %v, or it is proved twice", next)
		for d := len(next); d < len(p.Path); d++ {
			above, unit := p.Path[:d:d], p.Path[d][0]
			need(p.Path[d][1] == 0, "nothing is proved below %v", append(above, record.Split{unit, 0}))
			due = append(due, append(above, record.Split{unit, 1}))
		}
		total.Add(total, p.Regions)
	}
	need(len(due) == 0, "nothing is proved below %v", due)
	return total, nil
}
