package capacity

import (
	"fmt"
	"math/big"
)

// Table says how many units of a layer can be active, and how many inactive,
// by how many units of the layer before are active.
//
// A[k] (I[k]) is the largest number of units of the layer that can be active
// (inactive) on an input where at most k units of the layer before are active,
// k = 0..n_{l-1}; where it could not be found, an upper bound of it. Layer 1
// has one entry each, that holds for every input of the domain. Each unit can
// be one or the other, so A[k] + I[k] >= Units.
type Table struct {
	Layer int   `json:"layer"` // from 1
	Units int   `json:"units"` // n_l
	A     []int `json:"a"`     // n_{l-1}+1 entries, nondecreasing; 1 for layer 1
	I     []int `json:"i"`     // as A
	Exact bool  `json:"exact"` // whether every entry is the number itself
}

// Activation returns the bound of Serra and Ramalingam, "Empirical Bounds on
// Linear Regions of Deep Rectifier Networks" (AAAI 2020), Theorem 2, for n0
// free inputs and one table for each ReLU layer, in order:
//
//	R(l,k,d) = sum_{j<=min(I_l(k),A_l(k),d)} C(I_l(k),j) R(l+1, k', min(d,k')),
//	k' = A_l(k) - j,  R(L+1,.,.) = 1,
//
// at R(1,n_0,n_0). R(l,k,d) bounds the regions within a cell of layers 1..l-1
// on which at most k units of layer l-1 are active and h^{l-1} has dimension
// at most d. Proof: let S be the active units of layer l-1, and let a and c
// count the units of layer l that can be active, and that can be both, given
// S. All others have one state on the cell, so a part with j of the c units
// inactive has a-j active ones, and fact (d) of the package comment gives the
// sum above with m = c and r_j = R(l+1, a-j, min(d,a-j)), j <= c <= a. It
// does not fall when a, c or d grow, by induction from the last layer as
// tables do not fall with k, so a and c may be replaced by A_l(k) >= a and
// I_l(k) >= c. The sum stops at A_l(k) because c <= a; the paper, which leaves
// negative k' open, prints the limit min(I_l(k),d). With A = I = n_l for each
// k it is Serra.
//
// No tables give 1. The error names the first table entry that cannot be, as
// in tables[1].a[3]. It panics when n0 is negative.
func Activation(n0 int, tables []Table) (*big.Int, error) {
	natural("Activation", "n0", n0)
	if err := check(tables); err != nil {
		return nil, err
	}
	r := newRecursion(byNumber)
	for l := range tables {
		t := &tables[l]
		lay := layer{cut: t.Units, image: t.Units}
		for k := range t.A {
			lay.options = append(lay.options, option{t.A[k], t.I[k]})
		}
		r.layers = append(r.layers, lay)
	}
	return r.regions(n0), nil
}

// check reports the first thing about the tables that cannot be.
func check(tables []Table) error {
	for l := range tables {
		t := &tables[l]
		if t.Layer != l+1 {
			return fmt.Errorf("tables[%d].layer: %d, %d expected", l, t.Layer, l+1)
		}
		if t.Units < 0 {
			return fmt.Errorf("tables[%d].units: %d", l, t.Units)
		}
		entries := 1
		if l > 0 {
			entries = tables[l-1].Units + 1
		}
		for _, col := range []struct {
			name string
			v    []int
		}{{"a", t.A}, {"i", t.I}} {
			if len(col.v) != entries {
				return fmt.Errorf("tables[%d].%s: %d entries, %d expected", l, col.name, len(col.v), entries)
			}
			for k, v := range col.v {
				if v < 0 || v > t.Units {
					return fmt.Errorf("tables[%d].%s[%d]: %d, the layer has %d units", l, col.name, k, v, t.Units)
				}
				if k > 0 && v < col.v[k-1] {
					return fmt.Errorf("tables[%d].%s[%d]: %d after %d: entries cannot fall", l, col.name, k, v, col.v[k-1])
				}
			}
		}
		for k := range t.A {
			if t.A[k]+t.I[k] < t.Units {
				return fmt.Errorf("tables[%d]: a[%d] + i[%d] is %d, the layer has %d units", l, k, k, t.A[k]+t.I[k], t.Units)
			}
		}
	}
	return nil
}
