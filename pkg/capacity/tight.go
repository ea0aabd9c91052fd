package capacity

import (
	"math"
	"math/big"
	mathbits "math/bits"
	"slices"
)

// Profile says what Tight found out about a layer.
type Profile struct {
	Layer    int `json:"layer"`    // from 1
	Units    int `json:"units"`    // n_l
	Active   int `json:"active"`   // of these active on the whole domain
	Inactive int `json:"inactive"` // inactive on the whole domain; the others are unstable
	Cut      int `json:"cut"`      // rank of the weights of its unstable units
	Image    int `json:"image"`    // rank of the weights of those not always inactive
	// Pairs[k] has, for the sets of at most k active unstable units of the
	// layer before, how many unstable units of this layer can be active, and
	// how many of these can be inactive as well; pairs that no other pair
	// exceeds in both numbers, fewest active first. None: there are no such
	// inputs. Layer 1 has one entry.
	Pairs [][][2]int `json:"pairs"`
	// Exact tells that Pairs comes from all sets; else each entry is one pair
	// of upper bounds.
	Exact bool `json:"exact"`
	// Sums tells that each set of active units of this layer was taken for
	// itself; else the worst of those of each size.
	Sums bool `json:"sums"`
}

// Limits says how much work may be spent on single sets of active units.
type Limits struct {
	SetUnits int // most unstable units of a layer whose sets are looked at; at most 21
	Work     int // most sets times units of the next layer
	Sets     int // most sets that may enter the sums of one layer
}

// Tight returns an upper bound from the weights and the bounds of all
// pre-activations, and how the layers entered it. It takes Activation's
// tables, too, so as never to be above it. In Activation's recursion it
//
//   - leaves out units that are active, or inactive, on the whole domain,
//   - decides what units can be, given the active units of the layer before,
//     by the sizes of weights, biases and bounds instead of signs alone,
//   - counts the units that can be both on the same sets as those that can be
//     active,
//   - limits dimensions by the ranks of weights,
//   - spreads the parts by fact (e) of the package comment,
//   - and, where a layer has not too many sets of active units, takes each
//     for itself, as the parts of a cell have different ones, instead of the
//     worst set of each size for all.
//
// docs/bounds.md has the proof.
func Tight(n *Layered, tables []Table, most Limits) (*big.Int, []Profile, error) {
	c, profiles, err := NewCells(n, tables, most)
	if err != nil {
		return nil, nil, err
	}
	return c.All(), profiles, nil
}

// everything has all unstable units, if there are few enough of them.
func everything(roles []role) fact {
	var f fact
	bit := uint32(1)
	for _, u := range roles {
		if u.unstable() {
			f.active |= bit
			if u == free {
				f.both |= bit
			}
			bit <<= 1
		}
	}
	return f
}

func count(roles []role, r role) int {
	n := 0
	for _, v := range roles {
		if v == r {
			n++
		}
	}
	return n
}

// part returns the weights of the units of layer l, counted from 0, that keep
// has, from units of the layer before that are ever active.
func (n *Layered) part(l int, roles [][]role, keep func(role) bool) (rows [][]float64) {
	w := n.Net.Layers[l].W
	for i, u := range roles[l] {
		if !keep(u) {
			continue
		}
		var row []float64
		for j, v := range w.RawRowView(i) {
			if l == 0 && !n.Fixed[j] || l > 0 && roles[l-1][j] != off {
				row = append(row, v)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func (o option) pairs() [][2]int {
	if o.active < 0 {
		return [][2]int{}
	}
	return [][2]int{{o.active, o.cut}}
}

// pairs returns Profile.Pairs.
func (s *sets) pairs() [][][2]int {
	top := mathbits.Len(uint(len(s.facts))) // sizes of sets
	best := make([]map[int]int, top)        // active -> most that can be both
	for k := range best {
		best[k] = map[int]int{}
	}
	for _, k := range s.kinds(false) {
		if o := s.size(k.fact); o.active >= 0 {
			b := best[k.units]
			b[o.active] = max(b[o.active], o.cut)
		}
	}
	var out [][][2]int
	all := map[int]int{} // of at most k units
	for _, b := range best {
		for a, c := range b {
			all[a] = max(all[a], c)
		}
		var list [][2]int
		for a, c := range all {
			list = append(list, [2]int{a, c})
		}
		slices.SortFunc(list, func(p, q [2]int) int { return q[0] - p[0] })
		front := [][2]int{}
		for _, p := range list {
			if len(front) == 0 || p[1] > front[len(front)-1][1] {
				front = append(front, p)
			}
		}
		slices.Reverse(front)
		out = append(out, front)
	}
	return out
}

// options bounds, for each k, what sets of at most k unstable units of the
// layer before do, where there are too many to look at each.
//
// A unit that needs t of them at least, those that move it most, can change
// with k >= t only. And one whose way is long takes a share of it from each
// unit, at most 1, which must add up to 1: so the shares of all such units add
// up to their number at least, and are largest with the k units that have the
// largest sums of shares. The tables of Activation, of which t is this
// layer's, limit both numbers once more.
func (r *reach) options(alwaysBefore, always int, t *Table) []option {
	n := len(r.up)
	activeFrom, bothFrom := make([]int, n+2), make([]int, n+2) // how many units need just t
	activeShare, bothShare := make([]float64, n), make([]float64, n)
	possible := 0
	for i, u := range r.unit {
		up := needed(-r.most[i], r.up, i, 1)
		down := needed(r.least[i], r.down, i, -1)
		switch {
		case u == on:
			possible = max(possible, up)
		case u == off:
			if r.least[i] > 0 {
				possible = max(possible, down)
			}
		default:
			activeFrom[up]++
			if up > 0 && up <= n {
				addShares(activeShare, -r.most[i], r.up, i, 1)
			}
			if u != free || max(up, down) > n {
				continue
			}
			bothFrom[max(up, down)]++
			if up > 0 {
				addShares(bothShare, -r.most[i], r.up, i, 1)
			} else if down > 0 {
				addShares(bothShare, r.least[i], r.down, i, -1)
			}
		}
	}
	byActive, byBoth := largestSums(activeShare), largestSums(bothShare)
	out := make([]option, n+1)
	active, both := 0, 0
	for k := range out {
		active += activeFrom[k]
		both += bothFrom[k]
		o := option{
			min(active, activeFrom[0]+byActive[k], t.A[k+alwaysBefore]-always),
			min(both, bothFrom[0]+byBoth[k], t.A[k+alwaysBefore]+t.I[k+alwaysBefore]-t.Units),
		}
		o.cut = min(o.cut, o.active)
		if k < possible || o.active < 0 {
			o = option{active: -1}
		}
		out[k] = o
	}
	return out
}

// needed returns how many of the moves sign * by[j][i] it takes to exceed way:
// 0 when way < 0, and more than there are when all do not suffice.
func needed(way float64, by [][]float64, i int, sign float64) int {
	if way < 0 {
		return 0
	}
	moves := make([]float64, len(by))
	for j := range by {
		moves[j] = sign * by[j][i]
	}
	slices.Sort(moves)
	gone := 0.0
	for t := range moves {
		gone = roundUp(gone + moves[len(moves)-1-t])
		if gone > way {
			return t + 1
		}
	}
	return len(moves) + 1
}

// addShares adds to share[j] which part of the way each move makes.
func addShares(share []float64, way float64, by [][]float64, i int, sign float64) {
	for j := range by {
		if v := sign * by[j][i]; v > way {
			share[j]++
		} else if v > 0 {
			share[j] += min(1, roundUp(v/way))
		}
	}
}

// largestSums returns, for each k, the sum of the k largest shares rounded
// down, but never below it for rounding.
func largestSums(share []float64) []int {
	slices.Sort(share)
	out, sum := []int{0}, 0.0
	for k := len(share) - 1; k >= 0; k-- {
		sum += share[k]
		out = append(out, int(math.Floor(sum*(1+1e-9))))
	}
	return out
}
