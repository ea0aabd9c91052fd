package parity

import "relucount/pkg/record"

// Residual is what a system of parity rows still asks of the units that have
// no state yet. Units may get their states in any order, and rows may be added
// at any time. The rows are kept in reduced row echelon form, so that a unit
// is implied exactly when there is a row of it alone: a combination of several
// rows has all their pivots.
type Residual struct {
	n     int
	rows  []bitset // over the units without a state; bit n is the right-hand side
	pivot []int    // of each row
	known bitset
	on    bitset // of the known ones, those that are active
	dead  bool
	spare []bitset
}

// NewResidual returns the empty system over n units without states.
func NewResidual(n int) *Residual {
	return &Residual{n: n, known: newBitset(n + 1), on: newBitset(n + 1)}
}

// Copy makes r a copy of o.
func (r *Residual) Copy(o *Residual) {
	r.n, r.dead = o.n, o.dead
	r.known, r.on = append(r.known[:0], o.known...), append(r.on[:0], o.on...)
	r.spare = append(r.spare, r.rows...)
	r.rows = r.rows[:0]
	for _, row := range o.rows {
		r.rows = append(r.rows, append(r.take()[:0], row...))
	}
	r.pivot = append(r.pivot[:0], o.pivot...)
}

// take returns a row to be overwritten.
func (r *Residual) take() bitset {
	if k := len(r.spare); k > 0 {
		b := r.spare[k-1]
		r.spare = r.spare[:k-1]
		return b
	}
	return newBitset(r.n + 1)
}

// Dead reports whether no states of the other units satisfy the rows.
func (r *Residual) Dead() bool { return r.dead }

// Rank is the number of independent rows that are left.
func (r *Residual) Rank() int { return len(r.rows) }

// Add adds a row, of which units may have a state already. The units must be
// in range; one that is named twice counts twice.
func (r *Residual) Add(p record.ParityRow) {
	row := r.take()
	clear(row)
	for _, u := range p.Units {
		row.flip(u)
	}
	if p.Odd {
		row.flip(r.n)
	}
	if row.parityOf(r.on) { // what the known units leave of the right-hand side
		row.flip(r.n)
	}
	for w := range row {
		row[w] &^= r.known[w]
	}
	for i, q := range r.rows {
		if row.has(r.pivot[i]) {
			row.add(q)
		}
	}
	r.rows, r.pivot = append(r.rows, row), append(r.pivot, -1)
	r.repivot(len(r.rows) - 1)
}

// repivot gives row i, which has none of the other pivots, a pivot of its own.
func (r *Residual) repivot(i int) {
	row := r.rows[i]
	top := row.below(r.n)
	if top < 0 {
		r.dead = r.dead || row.has(r.n)
		last := len(r.rows) - 1
		r.spare = append(r.spare, row)
		r.rows[i], r.pivot[i] = r.rows[last], r.pivot[last]
		r.rows, r.pivot = r.rows[:last], r.pivot[:last]
		return
	}
	r.pivot[i] = top
	for j, q := range r.rows {
		if j != i && q.has(top) {
			q.add(row)
		}
	}
}

// Set gives unit u a state.
func (r *Residual) Set(u int, active bool) {
	if r.known.has(u) {
		r.dead = r.dead || r.on.has(u) != active
		return
	}
	r.known.flip(u)
	if active {
		r.on.flip(u)
	}
	lost := -1
	for i, row := range r.rows {
		if !row.has(u) {
			continue
		}
		row.flip(u)
		if active {
			row.flip(r.n)
		}
		if r.pivot[i] == u {
			lost = i
		}
	}
	if lost >= 0 {
		r.repivot(lost)
	}
}

// Implied returns the state of a unit without one that the rows imply, if they
// imply one.
func (r *Residual) Implied(u int) (active, implied bool) {
	for i, p := range r.pivot {
		if p == u {
			row := r.rows[i]
			return row.has(r.n), row.len(r.n) == 1
		}
	}
	return false, false
}

// Shortest is the number of units of the shortest row with unit u; the number
// of all units when no row has it.
func (r *Residual) Shortest(u int) int {
	least := r.n
	for _, row := range r.rows {
		if row.has(u) {
			least = min(least, row.len(r.n))
		}
	}
	return least
}
