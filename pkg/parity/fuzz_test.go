package parity

import (
	"testing"

	"relucount/pkg/record"
)

// mirror is what a Residual has been told, for a System and for all patterns.
type mirror struct {
	n         int
	rows      []record.ParityRow
	known, on uint64
}

// system has the rows, the states and more rows.
func (m *mirror) system(t *testing.T, more ...record.ParityRow) *System {
	t.Helper()
	s := NewSystem(m.n)
	rows := append(append([]record.ParityRow{}, m.rows...), more...)
	for u := range m.n {
		if m.known>>u&1 == 1 {
			rows = append(rows, unitIs(u, m.on>>u&1 == 1))
		}
	}
	for _, r := range rows {
		if _, err := s.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func unitIs(u int, active bool) record.ParityRow {
	return record.ParityRow{Units: []int{u}, Odd: active}
}

// patterns is how many satisfy everything, all the units that are active in
// one of them, and those that are active in all.
func (m *mirror) patterns() (n int, some, all uint64) {
	all = ^uint64(0)
	for pat := range uint64(1) << m.n {
		if pat&m.known == m.on && allHold(m.rows, pat) {
			n++
			some |= pat
			all &= pat
		}
	}
	return n, some, all
}

func (m *mirror) compare(t *testing.T, r *Residual) {
	t.Helper()
	s := m.system(t)
	n, some, all := m.patterns()
	if r.Dead() != (n == 0) || s.Consistent() != (n > 0) {
		t.Fatalf("%+v: dead %v, consistent %v, %d patterns", m, r.Dead(), s.Consistent(), n)
	}
	if n == 0 {
		return
	}
	free := 0
	for u := range m.n {
		if m.known>>u&1 == 1 {
			continue
		}
		free++
		active, implied := r.Implied(u)
		off, on := m.system(t, unitIs(u, false)).Consistent(), m.system(t, unitIs(u, true)).Consistent()
		if implied != (off != on) || implied && active != on {
			t.Fatalf("%+v: unit %d active %v, implied %v; the system lets it be inactive %v, active %v", m, u, active, implied, off, on)
		}
		if (some>>u&1 == all>>u&1) != implied {
			t.Fatalf("%+v: unit %d implied %v, in some patterns %b, in all %b", m, u, implied, some, all)
		}
		if k := r.Shortest(u); k < 1 || k > m.n || implied && k != 1 {
			t.Fatalf("%+v: unit %d: shortest row of %d units", m, u, k)
		}
	}
	if r.Rank() != s.Rank()-(m.n-free) || n != 1<<(free-r.Rank()) {
		t.Fatalf("%+v: rank %d, the system's is %d, %d units free, %d patterns", m, r.Rank(), s.Rank(), free, n)
	}
}

// FuzzResidual reads steps from the input: a row, a state, or a copy to go on
// with; after each it compares the Residual with a System and with all patterns.
func FuzzResidual(f *testing.F) {
	f.Add([]byte{3, 0, 7, 1, 0, 3, 0, 1, 1, 1, 2, 0, 0, 6, 1})
	f.Add([]byte{8, 0, 255, 1, 0, 170, 0, 2, 0, 0, 1, 5, 1, 1, 5, 1, 0, 33, 0, 1, 0, 0})
	f.Add([]byte{1, 1, 0, 1, 1, 0, 0})
	f.Add([]byte{5, 0, 0, 1})
	f.Fuzz(func(t *testing.T, in []byte) {
		if len(in) == 0 || len(in) > 60 {
			return
		}
		m := &mirror{n: 1 + int(in[0])%9}
		r := NewResidual(m.n)
		for in = in[1:]; len(in) >= 3; in = in[3:] {
			odd := in[2]&1 == 1
			switch in[0] % 3 {
			case 0:
				row := record.ParityRow{Odd: odd}
				for u := range m.n {
					if in[1]>>(u%8)&1 == 1 { // unit 8 goes with unit 0
						row.Units = append(row.Units, u)
					}
				}
				if in[2]&2 != 0 && len(row.Units) > 0 { // twice is as good as not
					row.Units = append(row.Units, row.Units[0])
				}
				m.rows = append(m.rows, row)
				r.Add(row)
			case 1:
				u := int(in[1]) % m.n
				if m.known>>u&1 == 1 {
					if m.on>>u&1 == 1 != odd {
						return // dead for good
					}
				}
				m.known |= 1 << u
				if odd {
					m.on |= 1 << u
				}
				r.Set(u, odd)
			case 2:
				c := NewResidual(m.n)
				c.Add(unitIs(0, true))
				c.Copy(r)
				r.Add(record.ParityRow{Odd: true}) // the copy does not mind
				r = c
			}
			m.compare(t, r)
		}
	})
}
