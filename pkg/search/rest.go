package search

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"

	"relucount/pkg/affine"
)

// Rest is what a count that ends early gives back. Each region that the guide
// wants has been found, or its pattern starts with exactly one of the Prefixes.
//
// A deadline does not end the count before it has divided something, so that
// what it gives back is always less than what it was asked, and to ask for the
// rest again and again comes to an end.
type Rest struct {
	// Enough, if set, ends the count, too, as soon as something is divided.
	Enough func() bool
	// Prefixes are in ascending order.
	Prefixes [][]bool

	divided atomic.Bool
}

// halt returns what ends the search: an interruption always, but a deadline and
// Enough only when something was divided.
func (r *Rest) halt(ctx context.Context, stop *atomic.Bool) func() bool {
	return func() bool {
		switch err := ctx.Err(); {
		case stop.Load(), errors.Is(err, context.Canceled):
			return true
		case !r.divided.Load():
			return false
		default:
			return err != nil || r.Enough != nil && r.Enough()
		}
	}
}

// take notes the nodes that a search leaves below a prefix. Nodes have no part
// in common, and where one ends no other begins, so their prefixes do not either.
func (r *Rest) take(left []*node, below []bool) {
	for _, nd := range left {
		r.Prefixes = append(r.Prefixes, nd.prefix(below))
	}
	slices.SortFunc(r.Prefixes, func(a, b []bool) int { return slices.CompareFunc(a, b, compareStates) })
}

// prefix returns the states of the leading units that all regions of the node
// have, as far as they are known without a gap; those below which it was
// searched for are known at least.
func (nd *node) prefix(below []bool) []bool {
	if nd.Functions == nil {
		return below
	}
	end := nd.Functions.Layer.End
	for _, u := range nd.Open {
		end = min(end, u.Unit)
	}
	if end <= len(below) {
		return below
	}
	return affine.States(nd.States[:end])
}
