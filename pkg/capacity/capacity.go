// Package capacity computes upper bounds on the number of linear regions of a
// ReLU network.
//
// # What is bounded
//
// Unit i of layer l = 1..L has the pre-activation g = W_i h^{l-1} + b_i and
// the output h = max(0, g); it is active where g > 0. A region is a set of
// active units whose inputs have an interior relative to the domain, a
// polytope of dimension at most n_0 (the number of inputs that are not fixed).
// A unit that vanishes on a whole cell is inactive there and cuts nothing.
// Linear layers are folded into the ReLU layer that follows them; one at the
// end has no units that count.
//
// # Why the bounds hold
//
// Call the regions of layers 1..l-1 cells. On the interior of a cell each g of
// layer l is an affine function of h^{l-1}, which runs through an open part of
// an affine space of some dimension d. Units whose g is constant there, zero
// or not, have one state on the whole cell. The others cut it by hyperplanes,
// and duplicates cut it at the same place. So, with m units that can have
// either state on the cell:
//
//	(a) the cell falls into at most sum_{j<=d} C(m,j) parts (Zaslavsky 1975,
//	    an upper bound for hyperplanes in any position);
//	(b) parts differ in the set of inactive units, so at most C(m,j) of them
//	    have exactly j of the m units inactive;
//	(c) on a part with k active units in layer l, h^l runs through a space of
//	    dimension at most min(d,k).
//
// Let r_j bound the number of regions within a part that has j inactive units,
// with r_0 >= r_1 >= ... By (a) and (b) the sum of r over the parts is largest
// when the parts have as few inactive units as (b) permits, hence
//
//	(d) the cell has at most sum_{j<=min(m,d)} C(m,j) r_j regions.
//
// Nothing is asked of the weights: rows of zeros, dead units and duplicates
// only make the left sides smaller. With n_0 = 0 the domain is a point, and
// every bound but Unstable is 1.
//
// # Which bound asks for what
//
// Zaslavsky, Montufar, Serra and Layerwise need n_0 and the layer sizes only.
// Activation and Cutting need the signs of the weights, summed up in tables,
// and bounds of the pre-activations of layer 1. Always
//
//	Cutting <= Activation <= Serra <= Montufar <= Layerwise.
package capacity

import (
	"fmt"
	"math/big"
)

// Zaslavsky returns sum_{j<=d} C(n,j), the largest number of parts into which
// n hyperplanes cut a d-dimensional space: the regions of one layer of n units
// on d inputs. It is attained by hyperplanes in general position (Zaslavsky,
// "Facing up to Arrangements", 1975). It panics when n or d is negative.
func Zaslavsky(n, d int) *big.Int {
	natural("Zaslavsky", "n", n)
	natural("Zaslavsky", "d", d)
	return sum(binomials(n, min(n, d)))
}

// Layerwise returns prod_l sum_{j<=n_0} C(n_l,j) for n0 free inputs and layers
// of sizes[l-1] units: fact (a) of the package comment, applied to each layer
// with d = n_0, the count behind Theorem 1 of Raghu et al., "On the Expressive
// Power of Deep Neural Networks" (ICML 2017). It is the weakest bound, but the
// only one here besides Unstable that also holds when a layer takes inputs
// from layers other than the one before (skip connections), since it does not
// say that h^{l-1} has passed through a narrow layer. No layers give 1. It
// panics when n0 or a size is negative.
func Layerwise(n0 int, sizes []int) *big.Int {
	shape("Layerwise", n0, sizes)
	out := big.NewInt(1)
	for _, n := range sizes {
		out.Mul(out, Zaslavsky(n, n0))
	}
	return out
}

// Montufar returns prod_l sum_{j<=d_l} C(n_l,j), d_l = min(n_0, ..., n_l), for
// n0 free inputs and layers of sizes[l-1] units (Montufar, "Notes on the
// Number of Linear Regions of Deep Neural Networks", 2017, Proposition 3). It
// is fact (a) of the package comment, applied to each layer: the dimension of
// h^{l-1} is at most d_{l-1}, and C(n_l,j) = 0 for j > n_l. No layers give 1.
// It panics when n0 or a size is negative.
func Montufar(n0 int, sizes []int) *big.Int {
	shape("Montufar", n0, sizes)
	out, d := big.NewInt(1), n0
	for _, n := range sizes {
		d = min(d, n)
		out.Mul(out, Zaslavsky(n, d))
	}
	return out
}

// Serra returns sum_J prod_l C(n_l,j_l) for n0 free inputs and layers of
// sizes[l-1] units, where J has the (j_1, ..., j_L) with
// 0 <= j_l <= min(n_0, n_1-j_1, ..., n_{l-1}-j_{l-1}, n_l) (Serra,
// Tjandraatmadja and Ramalingam, "Bounding and Counting Linear Regions of Deep
// Neural Networks", ICML 2018, Theorem 1). Summed from the last layer on, it is
//
//	R(l,d) = sum_{j<=min(n_l,d)} C(n_l,j) R(l+1, min(n_l-j,d)),  R(L+1,.) = 1,
//
// at R(1,n_0). R(l,d) bounds the regions within a cell of layers 1..l-1 on
// which h^{l-1} has dimension d: this is fact (d) of the package comment with
// m = n_l and, by (c), r_j = R(l+1, min(n_l-j,d)), which falls with j because
// R does not fall with d. No layers give 1. It panics when n0 or a size is
// negative.
func Serra(n0 int, sizes []int) *big.Int {
	shape("Serra", n0, sizes)
	reach := make([]int, len(sizes)) // the largest d that layer l+1 meets
	d := n0
	for l, n := range sizes {
		reach[l] = d
		d = min(d, n)
	}
	next := []*big.Int{big.NewInt(1)} // R(l+1, .); its last value goes on for ever
	var term big.Int
	for l := len(sizes) - 1; l >= 0; l-- {
		n := sizes[l]
		row := binomials(n, n)
		cur := make([]*big.Int, min(n, reach[l])+1)
		for d := range cur {
			cur[d] = new(big.Int)
			for j := 0; j <= d; j++ {
				below := next[min(n-j, d, len(next)-1)]
				cur[d].Add(cur[d], term.Mul(row[j], below))
			}
		}
		next = cur
	}
	return next[len(next)-1]
}

// Unstable returns 2^n, where n is the number of units that are not known to
// be stable: each region is a different choice of states for these. It panics
// when n is negative.
func Unstable(n int) *big.Int {
	natural("Unstable", "n", n)
	return new(big.Int).Lsh(big.NewInt(1), uint(n))
}

// binomials returns C(n,0), ..., C(n,m).
func binomials(n, m int) []*big.Int {
	row := make([]*big.Int, m+1)
	row[0] = big.NewInt(1)
	var f big.Int
	for j := 1; j <= m; j++ {
		row[j] = new(big.Int).Mul(row[j-1], f.SetInt64(int64(n-j+1)))
		row[j].Quo(row[j], f.SetInt64(int64(j)))
	}
	return row
}

func sum(terms []*big.Int) *big.Int {
	s := new(big.Int)
	for _, t := range terms {
		s.Add(s, t)
	}
	return s
}

func natural(function, name string, v int) {
	if v < 0 {
		panic(fmt.Sprintf("capacity: %s: %s is %d, it cannot be negative", function, name, v))
	}
}

func shape(function string, n0 int, sizes []int) {
	natural(function, "n0", n0)
	for l, n := range sizes {
		natural(function, fmt.Sprintf("sizes[%d]", l), n)
	}
}
