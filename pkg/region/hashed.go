package region

import "relucount/pkg/record"

// rows returns the parity rows in force.
func (f *filtered) rows() []record.ParityRow {
	if f.hash != nil {
		return f.hash.inForce()
	}
	return f.o.Rows
}

// catchUp tells the node of rows that have come into force since it was made.
// It reports whether it is still of use.
func (f *filtered) catchUp(nd *node) bool {
	if nd.rest == nil {
		return true
	}
	rows := f.rows()
	for ; nd.seen < len(rows) && !nd.rest.Dead(); nd.seen++ {
		nd.rest.Add(rows[nd.seen])
	}
	return !nd.rest.Dead()
}

// allowed returns the states that the prefix and parity leave to a unit.
func (f *filtered) allowed(nd *node, k int) side {
	s := allowed(f.o.Prefix, k)
	if nd.rest != nil {
		if on, implied := nd.rest.Implied(k); implied {
			s &= sideOf(on)
		}
	}
	return s
}

// choose moves the unit that is to be divided next to the front.
func (f *filtered) choose(nd *node) {
}
