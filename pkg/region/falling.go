package region

import (
	"math/big"
	"slices"
	"sync"
	"sync/atomic"

	"relucount/pkg/record"
)

// account has what a search knows of a cell. The bounds of the open cells that
// an ended search leaves, and the regions that it found, bound the whole; a
// cell that was divided keeps its own bound, too, as those of its parts may add
// up to more.
type account struct {
	most  *big.Int     // at most so many regions; nil: not known
	found atomic.Int64 // regions that are in none of the parts
	parts []*account
	least int64 // so many regions are certain
	open  bool  // whether there may be regions in none of the parts that have not been found
}

// add enters regions. There may be no account.
func (a *account) add(n int64) {
	if a != nil {
		a.found.Add(n)
	}
}

// bounds returns how many regions the cell has at least and at most.
func (a *account) bounds() (lower, upper *big.Int) {
	lower, upper = big.NewInt(a.found.Load()), big.NewInt(a.found.Load())
	for _, p := range a.parts {
		lo, up := p.bounds()
		lower.Add(lower, lo)
		upper.Add(upper, up)
	}
	if a.open || a.most != nil && a.most.Cmp(upper) < 0 {
		upper = a.most
	}
	if least := big.NewInt(a.least); lower.Cmp(least) < 0 {
		lower = least
	}
	return lower, upper
}

// books keeps the accounts of a count.
type books struct {
	root   account // of the whole
	prefix []bool
	bound  func(on, open []bool) *big.Int // nil: there are no bounds
	mu     sync.Mutex
	on, op []bool // arguments of bound
}

func (s *Space) books(o Options) *books {
	b := &books{prefix: o.Prefix}
	if len(o.Rows) == 0 && o.Bound != nil {
		b.bound, b.on, b.op = o.Bound, make([]bool, len(s.units)), make([]bool, len(s.units))
	}
	return b
}

// cell bounds the regions of a cell by the states of the units that are not
// undecided; those of the prefix are never.
func (b *books) cell(state []decision, undecided func(k int) bool) *big.Int {
	b.mu.Lock()
	defer b.mu.Unlock()
	for k := range b.on {
		switch open := undecided(k); {
		case open && k < len(b.prefix):
			b.on[k], b.op[k] = b.prefix[k], false
		case open:
			b.on[k], b.op[k] = false, true
		default:
			b.on[k], b.op[k] = state[k].on, false
		}
	}
	return b.bound(b.on, b.op)
}

// seat gives a node an account of its own.
func (b *books) seat(nd *node) {
	a := &account{most: b.node(nd)}
	nd.acct.parts = append(nd.acct.parts, a)
	nd.acct = a
}

func (b *books) node(nd *node) *big.Int {
	return b.cell(nd.state, func(k int) bool {
		return nd.st == nil || k >= nd.st.end || k >= nd.st.first && nd.undecided(k)
	})
}

// leave enters a node that nobody will finish.
func (b *books) leave(nd *node) {
	if b.bound == nil {
		return
	}
	nd.acct.parts = append(nd.acct.parts, &account{most: b.node(nd), least: b.least(nd), open: true})
}

// least returns how many regions a node certainly has.
func (b *books) least(nd *node) int64 {
	switch {
	case !b.sure(nd):
		return 0
	case nd.ripe && nd.open[0].r.cuts():
		return 2
	}
	return 1
}

// sure reports whether a node certainly has a region that the prefix wants.
func (b *books) sure(nd *node) bool {
	if nd.st == nil || nd.rho < thick {
		return false
	}
	return len(b.prefix) == 0 || nd.ripe && !slices.ContainsFunc(nd.open, func(u openUnit) bool { return u.unit < len(b.prefix) }) &&
		nd.st.end >= len(b.prefix)
}

// abandon enters what a walk that was ended early leaves.
func (b *books) abandon(w *walk) {
	if b.bound == nil {
		return
	}
	for _, fr := range w.frames {
		b.frame(fr, w.state)
	}
	if w.halted >= 0 {
		b.part(&account{open: true, most: b.cell(w.state, func(k int) bool { return k >= w.halted })})
	}
}

// frame enters a child that nobody will visit, given the states before it.
func (b *books) frame(fr frame, state []decision) {
	if b.bound == nil {
		return
	}
	states := make([]decision, len(b.on))
	copy(states, state[:max(0, fr.unit)])
	if fr.unit >= 0 {
		states[fr.unit].on = fr.on
	}
	b.part(&account{open: true, most: b.cell(states, func(k int) bool { return k > fr.unit })})
}

// part makes an account a part of the whole.
func (b *books) part(a *account) {
	b.mu.Lock()
	b.root.parts = append(b.root.parts, a)
	b.mu.Unlock()
}

// close returns the bounds of the whole from what is known when a count ends
// that has found so many regions. Where HiGHS has failed the whole counts as
// open.
func (b *books) close(found int64, done bool, e Effort) (lower, upper *big.Int) {
	if b.bound == nil {
		return nil, nil
	}
	if done && e.Unclear == 0 {
		return big.NewInt(found), big.NewInt(found)
	}
	b.root.most = b.cell(nil, func(int) bool { return true })
	b.root.open = b.root.open || e.Unclear > 0
	lower, upper = b.root.bounds()
	if n := big.NewInt(found); lower.Cmp(n) < 0 {
		lower = n
	}
	return lower, upper
}

// weight orders cells by their bounds.
func (a *account) weight() float64 {
	if a.most == nil {
		return 0
	}
	return record.Log2(a.most)
}
