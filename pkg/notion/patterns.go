package notion

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"relucount/pkg/affine"
	"relucount/pkg/cell"
	"relucount/pkg/exact"
)

// CountPatterns counts the patterns that occur at some input: where the active units
// are positive, and the others are not. It walks over the units in order. A node is the
// closed polytope where the units so far have the signs of their states, or are 0; it
// has points where the active ones are positive when each of them is at some corner,
// as the mean of these is such a point. It returns false when ctx ended first.
func CountPatterns(ctx context.Context, n *affine.Network) (count int64, done bool, err error) {
	switch {
	case n.Root.Parent != nil || n.Dim() > cell.MostCoordinates:
		return 0, false, fmt.Errorf("patterns without an interior can be had in up to %d coordinates: the domain has %d that vary", cell.MostCoordinates, n.Dim())
	case n.Guarded():
		return 0, false, errors.New("patterns without an interior are not counted where limits of units restrict the domain")
	case n.Void:
		return 0, true, nil
	}
	body := exact.NewBody(n.Dim())
	for i := range n.Root.Cuts {
		body = body.Cut(n.Plane(nil, n.CutPlane(i)).Over, 1)
	}
	w := &patterns{ctx: ctx, n: n, states: make([]affine.State, len(n.Units)), of: make([]*exact.Vec, len(n.Units))}
	if len(body.Corners) > 0 {
		w.visit(0, body)
	}
	return w.count, ctx.Err() == nil, nil
}

type patterns struct {
	ctx    context.Context
	n      *affine.Network
	states []affine.State
	of     []*exact.Vec
	strict [][]big.Int // functions of the active units
	count  int64
}

func (w *patterns) visit(k int, body *exact.Body) {
	if w.ctx.Err() != nil {
		return
	}
	if k == len(w.states) {
		w.count++
		return
	}
	w.of[k] = w.n.Compose(k, w.of, w.states)
	f, _ := w.of[k].Primitive()
	var has [3]bool // signs -1, 0, 1
	for _, s := range body.Signs(f) {
		has[s+1] = true
	}
	if has[0] || has[1] {
		off := body
		if has[2] {
			off = body.Cut(f, -1)
		}
		w.states[k].On = false
		w.enter(k, off)
	}
	if has[2] {
		on := body
		if has[0] {
			on = body.Cut(f, 1)
		}
		w.states[k].On = true
		w.strict = append(w.strict, f)
		w.enter(k, on)
		w.strict = w.strict[:len(w.strict)-1]
		w.states[k].On = false
	}
}

// enter goes on where unit k has a state, if it can have it with those before.
func (w *patterns) enter(k int, body *exact.Body) {
	for _, f := range w.strict {
		positive := false
		for _, s := range body.Signs(f) {
			positive = positive || s > 0
		}
		if !positive {
			return
		}
	}
	of := w.of[k]
	w.visit(k+1, body)
	w.of[k] = of
}
