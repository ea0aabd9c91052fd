// Package prooftest makes proofs of small networks for tests, in another way
// than the tools do: from an exact rational enumeration of the regions, with
// multiples that a search over all bases finds.
package prooftest

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"relucount/pkg/milp"
	"relucount/pkg/record"
	"relucount/pkg/truth"
)

// form is an affine function of the inputs, its constant last.
type form []*big.Rat

// region is a pattern with a point inside.
type region struct {
	on     string // a digit for each unit
	inside []*big.Rat
}

// maker makes the proof of one milp.
type maker struct {
	t       testing.TB
	p       *milp.Problem
	rng     *rand.Rand
	inputs  []int
	states  []int // of the units so far
	split   []bool
	path    record.Path
	domain  []int // rows
	records []*record.Proof
	current *record.Proof
}

// Make returns proof records that together prove the number of regions of a
// milp of at most three inputs, and this number. rng decides how they are cut
// and written.
func Make(t testing.TB, p *milp.Problem, rng *rand.Rand) ([]*record.Proof, int) {
	t.Helper()
	m := &maker{t: t, p: p, rng: rng, inputs: truth.InputCols(p), split: make([]bool, len(p.Units))}
	for i, r := range p.Rows {
		if r.Kind != milp.Pre && r.Kind != milp.On && r.Kind != milp.Off {
			m.domain = append(m.domain, i)
		}
	}
	var all []region
	for pattern, r := range truth.OfProblem(p, 1e6).Regions() {
		all = append(all, region{strings.ReplaceAll(pattern, "/", ""), r.Inside})
	}
	slices.SortFunc(all, func(a, b region) int { return strings.Compare(a.on, b.on) })
	if len(all) == 0 {
		return nil, 0
	}
	m.whole(all)
	return m.records, len(all)
}

// whole cuts the tree below the states so far at random: splits that no record
// has, and records below them.
func (m *maker) whole(all []region) {
	k := 0 // the unit that is split first
	for k < len(m.p.Units) && all[0].on[k] == all[len(all)-1].on[k] {
		k++
	}
	if k == len(m.p.Units) || m.rng.IntN(2) == 0 {
		m.record(all)
		return
	}
	at := slices.IndexFunc(all, func(r region) bool { return r.on[k] == '1' })
	for on, part := range [][]region{all[:at], all[at:]} {
		m.path = append(m.path, record.Split{k, on})
		m.whole(part)
		m.path = m.path[:len(m.path)-1]
	}
}

// record makes a record for the regions below the path.
func (m *maker) record(all []region) {
	p := &record.Proof{
		Head: record.Head{Type: record.KindProof, Schema: record.Schema},
		Milp: m.p.ID, Coordinates: record.OverInputs, Path: slices.Clone(m.path), Regions: strconv.Itoa(len(all)),
	}
	if m.rng.IntN(2) == 0 && m.first() {
		p.Coordinates = record.OverFirst
	}
	m.records, m.current = append(m.records, p), p
	for _, s := range p.Path {
		m.split[s[0]] = true
	}
	m.states = nil
	m.node(all)
	clear(m.split)
}

// first reports whether coordinates "first" can be used.
func (m *maker) first() bool {
	for k := range m.p.Units {
		for _, j := range m.p.Rows[m.p.Units[k].Pre].Idx {
			if m.p.Units[k].Layer > 1 && m.p.Cols[j].Kind == milp.Input {
				return false
			}
		}
	}
	return true
}

// node makes the node of the regions with the states so far. Between the splits
// of the path units are claimed.
func (m *maker) node(all []region) {
	var node record.ProofNode
	for len(m.states) < len(m.p.Units) {
		k := len(m.states)
		on := int(all[0].on[k] - '0')
		if m.split[k] { // on the path
			m.states = append(m.states, on)
			continue
		}
		if all[len(all)-1].on[k] == all[0].on[k] {
			node.Claims = append(node.Claims, m.claim(k, on))
			m.states = append(m.states, on)
			continue
		}
		node.Split = &k
		m.current.Nodes = append(m.current.Nodes, node)
		at := slices.IndexFunc(all, func(r region) bool { return r.on[k] == '1' })
		m.split[k] = true
		for on, part := range [][]region{all[:at], all[at:]} {
			m.states = append(m.states[:k:k], on)
			m.node(part)
		}
		m.states, m.split[k] = m.states[:k:k], false
		return
	}
	m.leaf(&node, all[0].inside)
	m.current.Nodes = append(m.current.Nodes, node)
}

// leaf gives a leaf its point, in one of the ways.
func (m *maker) leaf(node *record.ProofNode, x []*big.Rat) {
	if m.rng.IntN(2) == 0 {
		node.X = fractions(x)
		return
	}
	corner, q := "", []*big.Rat{}
	weight := big.NewRat(1, 1)
	for i, j := range m.inputs { // q + weight (q - corner) is within the limits
		c := m.p.Cols[j]
		end := m.rng.IntN(2)
		corner += string(rune('0' + end))
		from := truth.Rat([]float64{float64(c.Lo), float64(c.Hi)}[end])
		to := truth.Rat([]float64{float64(c.Hi), float64(c.Lo)}[end])
		way, room := new(big.Rat).Sub(x[i], from), new(big.Rat).Sub(to, x[i])
		if way.Sign() != 0 {
			if most := room.Quo(room.Abs(room), way.Abs(way)); most.Cmp(weight) <= 0 {
				weight.Quo(most, big.NewRat(2, 1))
			}
		}
	}
	for i, j := range m.inputs {
		end := float64(m.p.Cols[j].Lo)
		if corner[i] == '1' {
			end = float64(m.p.Cols[j].Hi)
		}
		v := new(big.Rat).Sub(x[i], truth.Rat(end))
		q = append(q, v.Add(x[i], v.Mul(v, weight)))
	}
	at := len(m.current.Points)
	m.current.Points = append(m.current.Points, record.Point{Corner: corner}, record.Point{X: fractions(q)})
	node.Mix = record.Terms{{Index: at, Times: Fraction(weight)}, {Index: at + 1, Times: Fraction(big.NewRat(1, 1))}}
}

func fractions(x []*big.Rat) []record.Rational {
	out := make([]record.Rational, len(x))
	for i, v := range x {
		out[i] = Fraction(v)
	}
	return out
}

// Fraction writes a rational, as a double if it is one.
func Fraction(v *big.Rat) record.Rational {
	if f, exact := v.Float64(); exact {
		return record.Rational{Double: f}
	}
	return record.Rational{Fraction: v.RatString()}
}

// pre is the pre-activation of a unit for the states so far.
func (m *maker) pre(k int) form {
	f := zero(len(m.inputs) + 1)
	r := m.p.Rows[m.p.Units[k].Pre]
	f[len(m.inputs)].Sub(f[len(m.inputs)], truth.Rat(float64(r.Lo)))
	for e, j := range r.Idx {
		if i := slices.Index(m.inputs, j); i >= 0 {
			f[i].Add(f[i], truth.Rat(r.Val[e]))
		}
		for o := range k {
			by := truth.Rat(r.Val[e])
			if j == m.p.Units[o].Hbar {
				by.Neg(by)
			}
			if j == m.p.Units[o].H && m.states[o] == 1 || j == m.p.Units[o].Hbar && m.states[o] == 0 {
				f.add(m.pre(o), by)
			}
		}
	}
	return f
}

func zero(n int) form {
	f := make(form, n)
	for i := range f {
		f[i] = new(big.Rat)
	}
	return f
}

func (f form) add(g form, by *big.Rat) {
	for i := range f {
		f[i].Add(f[i], new(big.Rat).Mul(g[i], by))
	}
}

// fact is what a claim may add: a form that is not negative in the cell.
type fact struct {
	form
	unit, row int // -1 for none
	sign      int64
}

// facts returns what is not negative where the states are as they are so far.
func (m *maker) facts() []fact {
	var out []fact
	for k := range m.states {
		if m.split[k] {
			f := zero(len(m.inputs) + 1)
			f.add(m.pre(k), big.NewRat(int64(2*m.states[k]-1), 1))
			out = append(out, fact{f, k, -1, 1})
		}
	}
	for _, i := range m.domain {
		r := m.p.Rows[i]
		for sign, limit := range map[int64]float64{1: float64(r.Lo), -1: float64(r.Hi)} {
			if limit < -1e300 || limit > 1e300 {
				continue
			}
			f := zero(len(m.inputs) + 1)
			for e, j := range r.Idx {
				f[slices.Index(m.inputs, j)].Add(f[slices.Index(m.inputs, j)], truth.Rat(r.Val[e]))
			}
			f[len(m.inputs)].Sub(f[len(m.inputs)], truth.Rat(limit))
			g := zero(len(f))
			g.add(f, big.NewRat(sign, 1))
			out = append(out, fact{g, -1, i, sign})
		}
	}
	slices.SortFunc(out, func(a, b fact) int { return 2*(a.row-b.row) + int(b.sign-a.sign) })
	return out
}

// claim finds the multiples for a claim: at a basis of the linear program they
// make as many inputs vanish as there are multiples.
func (m *maker) claim(k, on int) record.Claim {
	g := zero(len(m.inputs) + 1)
	g.add(m.pre(k), big.NewRat(int64(1-2*on), 1))
	facts := m.facts()
	for size := 0; size <= len(m.inputs); size++ {
		for _, rows := range subsets(len(m.inputs), size) {
			for _, chosen := range subsets(len(facts), size) {
				by := solve(g, facts, chosen, rows)
				if by == nil || !m.proves(g, facts, chosen, by) {
					continue
				}
				c := record.Claim{Unit: k, On: on}
				for i, f := range chosen {
					if by[i].Sign() == 0 {
						continue
					}
					if facts[f].unit >= 0 {
						c.Units = append(c.Units, record.Term{Index: facts[f].unit, Times: Fraction(by[i])})
					} else {
						c.Rows = append(c.Rows, record.Term{Index: facts[f].row, Times: Fraction(by[i].Mul(by[i], big.NewRat(facts[f].sign, 1)))})
					}
				}
				return c
			}
		}
	}
	m.t.Fatalf("no multiples show that unit %d is %d after %v", k, on, m.states)
	return record.Claim{}
}

// proves reports whether the sum is never positive over the limits.
func (m *maker) proves(g form, facts []fact, chosen []int, by []*big.Rat) bool {
	f := zero(len(g))
	f.add(g, big.NewRat(1, 1))
	for i, c := range chosen {
		if by[i].Sign() < 0 {
			return false
		}
		f.add(facts[c].form, by[i])
	}
	most := new(big.Rat).Set(f[len(m.inputs)])
	for i, j := range m.inputs {
		end := float64(m.p.Cols[j].Hi)
		if f[i].Sign() < 0 {
			end = float64(m.p.Cols[j].Lo)
		}
		most.Add(most, new(big.Rat).Mul(f[i], truth.Rat(end)))
	}
	return most.Sign() <= 0
}

// solve returns the multiples of the chosen facts that make the given inputs
// vanish from the sum, or nil.
func solve(g form, facts []fact, chosen, inputs []int) []*big.Rat {
	n := len(chosen)
	a := make([]form, n)
	for i, x := range inputs {
		for _, c := range chosen {
			a[i] = append(a[i], new(big.Rat).Set(facts[c].form[x]))
		}
		a[i] = append(a[i], new(big.Rat).Neg(g[x]))
	}
	for i := range n {
		at := slices.IndexFunc(a[i:], func(r form) bool { return r[i].Sign() != 0 })
		if at < 0 {
			return nil
		}
		a[i], a[i+at] = a[i+at], a[i]
		pivot := new(big.Rat).Inv(a[i][i])
		for _, v := range a[i] {
			v.Mul(v, pivot)
		}
		for j := range n {
			if j != i {
				a[j].add(a[i], new(big.Rat).Neg(a[j][i]))
			}
		}
	}
	out := make([]*big.Rat, n)
	for i := range out {
		out[i] = a[i][n]
	}
	return out
}

// subsets returns the subsets of a size of the first n numbers.
func subsets(n, size int) [][]int {
	if size == 0 {
		return [][]int{nil}
	}
	var out [][]int
	for last := size - 1; last < n; last++ {
		for _, s := range subsets(last, size-1) {
			out = append(out, append(slices.Clone(s), last))
		}
	}
	return out
}
