package verify

import (
	"errors"
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
	if p.Milp != c.ID || t.space == nil {
		return nil, 0, fmt.Errorf("the milp %.80q, or the coordinates %.40q, cannot be used", p.Milp, p.Coordinates)
	}
	root := node{make([]int, len(c.Units)), make([]form, len(c.Units))}
	for _, s := range p.Path {
		if err := root.fix(s[0], s[1], split); err != nil {
			return nil, 0, fmt.Errorf("path: %w", err)
		}
	}
	if err := t.locateAll(p.Points); err != nil {
		return nil, 0, fmt.Errorf("points: %w", err)
	}
	todo := []node{root} // nodes to come, the next one last
	for i := range p.Nodes {
		if len(todo) == 0 {
			return nil, 0, fmt.Errorf("nodes[%d]: the tree has ended", i)
		}
		n := todo[len(todo)-1]
		if todo, err = t.node(n, &p.Nodes[i], todo[:len(todo)-1]); err != nil {
			return nil, 0, fmt.Errorf("nodes[%d]: %w", i, err)
		}
		if p.Nodes[i].Split == nil {
			regions++
		}
	}
	if len(todo) > 0 || p.Regions != strconv.Itoa(regions) {
		return nil, 0, fmt.Errorf("the tree is cut short, or it has not %.40q leaves but %d", p.Regions, regions)
	}
	return p.Path, regions, nil
}

// node checks a node and puts those below it on the list.
func (t *tree) node(n node, p *record.ProofNode, todo []node) ([]node, error) {
	for i := range p.Claims {
		if err := t.claim(n, &p.Claims[i]); err != nil {
			return nil, fmt.Errorf("claims[%d]: %w", i, err)
		}
	}
	if p.Split == nil {
		return todo, t.leaf(n, p)
	}
	if p.X != nil || p.Mix != nil {
		return nil, errors.New("both a split and a point")
	}
	for k := range t.units {
		_, _ = t.form(n, k) // what is known here the nodes below share
	}
	for on := 1; on >= 0; on-- {
		below := node{slices.Clone(n.states), slices.Clone(n.forms)}
		if err := below.fix(*p.Split, on, split); err != nil {
			return nil, err
		}
		todo = append(todo, below)
	}
	return todo, nil
}

// fix gives a unit its state.
func (n node) fix(unit, on, how int) error {
	if unit < 0 || unit >= len(n.states) || n.states[unit] != 0 || on != 0 && on != 1 {
		return fmt.Errorf("unit %d cannot be %d: there is none, or it has a state already", unit, on)
	}
	n.states[unit] = how * (2*on - 1)
	return nil
}

// form returns the pre-activation of a unit over the coordinates, if the states
// of the units that it rests on are known.
func (t *tree) form(n node, k int) (form, error) {
	if n.forms[k] != nil {
		return n.forms[k], nil
	}
	u := &t.units[k]
	for _, l := range u.from {
		if n.states[l.unit] == 0 {
			return nil, fmt.Errorf("the state of unit %d, on which unit %d rests, is not known", l.unit, k)
		}
	}
	f := zero(t.n + 1)
	for i := range f {
		f[i].Set(u.own[i])
	}
	for _, l := range u.from {
		if l.on == (n.states[l.unit] > 0) && l.by.Sign() != 0 {
			g, err := t.form(n, l.unit)
			if err != nil {
				return nil, err
			}
			f.plus(l.by, g, &t.t)
		}
	}
	n.forms[k] = f
	return f, nil
}

// claim checks a claim and gives its unit the state.
func (t *tree) claim(n node, c *record.Claim) error {
	after := node{slices.Clone(n.states), nil}
	if err := after.fix(c.Unit, c.On, claimed); err != nil {
		return err
	}
	numbers := []record.Rational{{Double: 1}}
	if c.Times != nil {
		numbers[0] = *c.Times
	}
	for _, v := range slices.Concat(c.Units, c.Rows) {
		numbers = append(numbers, v.Times)
	}
	by, _, err := common(numbers...)
	if err != nil {
		return err
	}
	// what is added up, each with its depth
	var forms []form
	var depths []uint
	add := func(k int, on bool) error {
		f, err := t.form(n, k)
		if at := len(forms); on {
			by[at].Neg(by[at])
		}
		forms, depths = append(forms, f), append(depths, t.units[k].depth)
		return err
	}
	if by[0].Sign() <= 0 {
		return errors.New("times is not positive")
	}
	if err := add(c.Unit, c.On == 1); err != nil {
		return err
	}
	seen := map[int]bool{}
	for i, v := range c.Units {
		k := v.Index
		if k < 0 || k >= len(n.states) || n.states[k]/split == 0 || seen[k] || by[1+i].Sign() < 0 {
			return fmt.Errorf("units[%d]: unit %d is not split above, or it stands twice, or its number is negative", i, k)
		}
		seen[k] = true
		if err := add(k, n.states[k] < 0); err != nil {
			return err
		}
	}
	clear(seen)
	for i, v := range c.Rows {
		end := 0
		if by[1+len(c.Units)+i].Sign() < 0 { // m (value - hi) is |m| (hi - value)
			end = 1
		}
		f := t.rows[v.Index].less[end]
		if f == nil || seen[v.Index] {
			return fmt.Errorf("rows[%d]: row %d has no such limit of the domain, or it stands twice", i, v.Index)
		}
		seen[v.Index] = true
		forms, depths = append(forms, f), append(depths, 1)
	}
	sum := zero(t.n + 1)
	for i, f := range forms {
		sum.plus(by[i].Lsh(by[i], t.c.scale*(slices.Max(depths)-depths[i])), f, &t.t)
	}
	if t.most(sum, 1).Sign() > 0 && (t.lift == nil || t.c.inputs.most(t.lowered(sum), 1).Sign() > 0) {
		return errors.New("it does not follow from its multiples")
	}
	copy(n.states, after.states)
	return nil
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
func (t *tree) locate(x form, den *big.Int) (p point, err error) {
	in := t.c.inputs
	if len(x) != in.n {
		return p, fmt.Errorf("%d numbers for %d inputs", len(x), in.n)
	}
	p = point{x, true}
	var v big.Int
	for j := range x {
		v.Lsh(x[j], in.scale)
		below, above := v.Cmp(t.t.Mul(in.box[0][j], den)), v.Cmp(t.t.Mul(in.box[1][j], den))
		if below < 0 || above > 0 {
			return p, fmt.Errorf("input %d is outside of its limits", j)
		}
		p.inside = p.inside && (below > 0 && above < 0 || in.box[0][j].Cmp(in.box[1][j]) == 0)
	}
	if t.lift != nil {
		p.x = nil
		for _, f := range t.lift {
			p.x = append(p.x, f.at(x, den, &t.t))
		}
	}
	return p, nil
}

// locateAll reads the points that leaves mix.
func (t *tree) locateAll(points []record.Point) error {
	var numbers []record.Rational
	for _, p := range points {
		numbers = append(numbers, p.X...)
	}
	all, den, err := common(numbers...)
	if err != nil {
		return err
	}
	t.den = new(big.Int).Lsh(den, t.c.scale)
	for i, p := range points {
		if p.Corner != "" {
			if strings.Trim(p.Corner, "01") != "" || len(p.Corner) != t.c.inputs.n {
				return fmt.Errorf("%d: a corner has a 0 or a 1 for each input", i)
			}
			t.points = append(t.points, t.corner(p.Corner, den))
			continue
		}
		var x form
		for _, v := range all[:len(p.X)] {
			x = append(x, v.Lsh(v, t.c.scale))
		}
		all = all[len(p.X):]
		at, err := t.locate(x, t.den)
		if err != nil {
			return fmt.Errorf("%d: %w", i, err)
		}
		t.points = append(t.points, at)
	}
	return nil
}

// corner finds the coordinates of a corner of the box as locate does, times den
// 2^s. A corner is inside of the limits where these leave no room.
func (t *tree) corner(digits string, den *big.Int) point {
	in := t.c.inputs
	x := make(form, in.n)
	inside := true
	for j := range x {
		x[j] = in.box[digits[j]-'0'][j]
		inside = inside && in.box[0][j].Cmp(in.box[1][j]) == 0
	}
	if t.lift != nil {
		one := new(big.Int).Lsh(big.NewInt(1), t.c.scale)
		y := make(form, t.n)
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
		x = y
	}
	p := point{zero(len(x)), inside}
	p.x.plus(den, x, &t.t)
	return p
}

// leaf checks that every unit has a state, and that the point is strictly on the
// right side of everything.
func (t *tree) leaf(n node, leaf *record.ProofNode) error {
	p, den, err := t.mixed(leaf)
	if err != nil {
		return err
	}
	if !p.inside || slices.Contains(n.states, 0) {
		return errors.New("a leaf without all states, or without a point strictly within the limits")
	}
	if t.lift != nil {
		den = new(big.Int).Lsh(den, t.c.scale)
	}
	for i, row := range t.rows {
		for end, f := range row.less {
			if f != nil && f.at(p.x, den, &t.t).Sign() != []int{1, -1}[end] && !row.equation || row.equation && f.at(p.x, den, &t.t).Sign() != 0 {
				return fmt.Errorf("the point is not strictly within row %d", i)
			}
		}
	}
	for k, state := range n.states {
		f, err := t.form(n, k)
		if err != nil {
			return err
		}
		if g := f.at(p.x, den, &t.t).Sign(); state > 0 && g <= 0 || state < 0 && g > 0 || state == -split && g == 0 {
			return fmt.Errorf("the point is on the wrong side of unit %d", k)
		}
	}
	return nil
}

// mixed returns the point of a leaf, times den.
func (t *tree) mixed(leaf *record.ProofNode) (p point, den *big.Int, err error) {
	if (leaf.X == nil) == (leaf.Mix == nil) {
		return p, nil, errors.New("a leaf has one of x and mix")
	}
	if leaf.X != nil {
		x, den, err := common(leaf.X...)
		if err == nil {
			p, err = t.locate(x, den)
		}
		return p, den, err
	}
	numbers := make([]record.Rational, len(leaf.Mix))
	for i, v := range leaf.Mix {
		numbers[i] = v.Times
	}
	weights, _, err := common(numbers...)
	if err != nil {
		return p, nil, err
	}
	p.x, den = zero(t.n), new(big.Int)
	seen := map[int]bool{}
	for i, v := range leaf.Mix {
		if v.Index < 0 || v.Index >= len(t.points) || seen[v.Index] || weights[i].Sign() <= 0 {
			return p, nil, fmt.Errorf("mix[%d]: no point %d, or twice, or its weight is not positive", i, v.Index)
		}
		seen[v.Index], p.inside = true, p.inside || t.points[v.Index].inside
		p.x.plus(weights[i], t.points[v.Index].x, &t.t)
		den.Add(den, weights[i])
	}
	return p, den.Mul(den, t.den), nil
}
