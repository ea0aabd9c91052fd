package capacity

import "math/big"

// recursion evaluates the bounds. It goes through the layers as the proofs do:
//
//	cells(l, o, d) = sum_j gamma_j(o.cut, min(d, cut_l)) below(l, o.active-j, d)
//	below(l, k, d) = cells(l+1, option of layer l+1 at k, d'),
//	d' = min(d, k + always_l, image_l),  below(L, k, d) = 1 for k >= 0.
//
// cells bounds the regions within a cell of layers 1..l-1 on which h^{l-1} has
// dimension at most d, o.active units of layer l can be active, and o.cut of
// these can be both; below those within a cell of layers 1..l on which at most
// k units of layer l are active. Where a layer has its sets, below asks those.
type recursion struct {
	layers []layer
	spread spread
	known  map[question]*big.Int
	rows   map[int][]*big.Int // n -> C(n,0), ..., C(n,n)
	bySets setMemo
	first  fact // of layer 1, when it has sets
}

// layer is what the recursion knows of a layer. Units that are active, or
// inactive, for ever are not counted by k nor in the options.
type layer struct {
	always  int      // units that are active for ever
	cut     int      // the largest number of hyperplanes of the layer that are independent
	image   int      // h of the layer has at most this dimension
	options []option // by k of the layer before; the last one goes on for ever
	sets    *sets    // what each set of active units does to the next layer; or nil
	caps    *caps    // what else bounds the regions within a cell, by its set; or nil
}

// option says how many units of a layer can be active, and how many of these
// can also be inactive. Where active is negative there are no such inputs.
type option struct{ active, cut int }

type question struct {
	layer int
	option
	d int
}

func newRecursion(s spread) *recursion {
	return &recursion{spread: s, known: map[question]*big.Int{}, rows: map[int][]*big.Int{}, bySets: setMemo{}}
}

// regions returns the bound for n0 free inputs.
func (r *recursion) regions(n0 int) *big.Int {
	if len(r.layers) == 0 {
		return big.NewInt(1)
	}
	if r.layers[0].sets != nil {
		return r.sum(0, r.first, n0)
	}
	return r.cells(0, r.layers[0].options[0], n0)
}

func (r *recursion) cells(l int, o option, d int) *big.Int {
	if o.active < 0 {
		return new(big.Int)
	}
	lay := &r.layers[l]
	d = min(d, o.active+lay.always) // beyond that d no longer matters
	q := question{l, o, d}
	if v := r.known[q]; v != nil {
		return v
	}
	v := new(big.Int)
	var term big.Int
	for j, n := range r.spread(r.row(o.cut), min(d, lay.cut)) {
		if l == len(r.layers)-1 {
			v.Add(v, n)
		} else if j <= o.active {
			v.Add(v, term.Mul(n, r.below(l, o.active-j, d)))
		}
	}
	r.known[q] = v
	return v
}

func (r *recursion) below(l, k, d int) *big.Int {
	lay := &r.layers[l]
	if lay.sets != nil {
		return r.worst(l, k, d)
	}
	d = min(d, k+lay.always, lay.image)
	next := r.layers[l+1].options
	return r.cells(l+1, next[min(k, len(next)-1)], d)
}

func (r *recursion) row(n int) []*big.Int {
	row, ok := r.rows[n]
	if !ok {
		row = binomials(n, n)
		r.rows[n] = row
	}
	return row
}

// A spread says how the parts that m hyperplanes make of a d-dimensional cell
// may be spread over the numbers j of inactive units: the sums of its first
// entries bound the parts with at most j of the m inactive, for every j. It is
// the bound function gamma of Hinz and van de Geer, the other way round. row
// has C(m,0), ..., C(m,m). Sums of first entries do not fall when m or d grow.
type spread func(row []*big.Int, d int) []*big.Int

// together takes every part for one with no inactive unit.
func together(row []*big.Int, d int) []*big.Int {
	return []*big.Int{sum(row[:min(len(row), d+1)])}
}

// byNumber uses fact (b) of the package comment: C(m,j), j <= d.
func byNumber(row []*big.Int, d int) []*big.Int { return row[:min(len(row), d+1)] }

// byLevel uses facts (b) and (e).
func byLevel(row []*big.Int, d int) []*big.Int {
	m := len(row) - 1
	if d == 0 || m <= d {
		return byNumber(row, d)
	}
	out := append([]*big.Int(nil), row[:d]...)
	for left := row[d]; left.Sign() > 0; m -= 2 {
		// C(m-2,d) from C(m,d)
		next := new(big.Int).Mul(left, big.NewInt(int64((m-d)*(m-d-1))))
		if next.Sign() > 0 {
			next.Quo(next, big.NewInt(int64(m*(m-1))))
		}
		out = append(out, new(big.Int).Sub(left, next))
		left = next
	}
	return out
}
