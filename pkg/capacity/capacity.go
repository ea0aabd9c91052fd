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
// Units may have other slopes than ReLU's (relu.Slopes): on a cell h is still an
// affine function of g. Fact (a) below, and so Zaslavsky, Montufar and Unstable,
// hold for them. Fact (c) needs the output 0 of an inactive unit, so Serra, Hinz,
// Activation and Tight are for ReLU units; Layered.OnlyReLU tells.
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
// When m > d >= 1, (b) is not sharp from j = d on. At most
//
//	(e) sum_{j<=d} C(m,j) - C(m-2(J-d+1), d) parts have J >= d or fewer of the
//	    m units inactive.
//
// On a line, d = 1, this says 2J+1. Indeed, of two parts with at most J
// inactive units each, 2J units at most are in different states, and as a unit
// changes state once on a line, at most 2J points lie between the parts.
// For d > 1 take away one of the units: parts that it cuts in two lie on its
// hyperplane, of dimension d-1, and the half with the unit inactive has one
// inactive unit more. So at most f(m-1,d,J) + f(m-1,d-1,J-1) parts have J or
// fewer inactive, if f says so for less units, and by Pascal's rule (e) solves
// this recurrence. As r falls, (d) holds with the differences of (e) for J and
// J-1 in the place of C(m,j), j >= d: the same parts, with more inactive units.
//
// Nothing is asked of the weights: rows of zeros, dead units and duplicates
// only make the left sides smaller. With n_0 = 0 the domain is a point, and
// every bound but Unstable is 1. docs/bounds.md has the proofs in full.
//
// # Which bound asks for what
//
// Zaslavsky, Montufar, Serra and Hinz need n_0 and the layer sizes only.
// Activation needs the signs of the weights, summed up in tables, and bounds
// of the pre-activations of layer 1; Tight the weights themselves and bounds
// of all pre-activations. Always
//
//	Tight <= Activation <= Serra <= Montufar,  Tight <= Hinz <= Serra.
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

// Montufar returns prod_l sum_{j<=d_l} C(n_l,j), d_l = min(n_0, ..., n_l), for
// n0 free inputs and layers of sizes[l-1] units (Montufar, "Notes on the
// Number of Linear Regions of Deep Neural Networks", 2017, Proposition 3). It
// is fact (a) of the package comment, applied to each layer: the dimension of
// h^{l-1} is at most d_{l-1}, and C(n_l,j) = 0 for j > n_l. No layers give 1.
// It panics when n0 or a size is negative.
func Montufar(n0 int, sizes []int) *big.Int { return ofShape("Montufar", n0, sizes, together) }

// Serra returns sum_J prod_l C(n_l,j_l) for n0 free inputs and layers of
// sizes[l-1] units, where J has the (j_1, ..., j_L) with
// 0 <= j_l <= min(n_0, n_1-j_1, ..., n_{l-1}-j_{l-1}, n_l) (Serra,
// Tjandraatmadja and Ramalingam, "Bounding and Counting Linear Regions of Deep
// Neural Networks", ICML 2018, Theorem 1). Summed from the last layer on, it is
//
//	R(l,d) = sum_{j<=min(n_l,d)} C(n_l,j) R(l+1, min(n_l-j,d)),  R(L+1,.) = 1,
//
// at R(1,n_0): fact (d) of the package comment with m = n_l. No layers give 1.
// It panics when n0 or a size is negative.
func Serra(n0 int, sizes []int) *big.Int { return ofShape("Serra", n0, sizes, byNumber) }

// Hinz returns Serra's bound with the numbers of fact (e) in the place of
// C(n_l,j): the bound of Hinz and van de Geer, "A Framework for the
// Construction of Upper Bounds on the Number of Affine Linear Regions of ReLU
// Feed-Forward Neural Networks" (IEEE Trans. Inf. Theory 2019), for the bound
// function gamma_{d,n} whose entry at n-j is
//
//	C(n,j)                             j < d,
//	C(n-2(j-d), d) - C(n-2(j-d)-2, d)  j >= d >= 1.
//
// Their framework takes any gamma that dominates the numbers of active units;
// with C(n,j) for j <= d it is Serra's bound. No layers give 1. It panics when
// n0 or a size is negative.
func Hinz(n0 int, sizes []int) *big.Int { return ofShape("Hinz", n0, sizes, byLevel) }

// ofShape is the bound for networks of which nothing but the shape is known.
func ofShape(name string, n0 int, sizes []int, s spread) *big.Int {
	natural(name, "n0", n0)
	r := newRecursion(s)
	for l, n := range sizes {
		natural(name, fmt.Sprintf("sizes[%d]", l), n)
		r.layers = append(r.layers, layer{cut: n, image: n, options: []option{{n, n}}})
	}
	return r.regions(n0)
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
