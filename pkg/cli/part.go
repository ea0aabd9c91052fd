package cli

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// Part is a share of numbered work: those numbers that leave the same
// remainder by the number of parts. The parts together are the whole.
type Part struct{ r, m int }

// PartFlag registers -part, which is R/M and by default 0/1. It cannot change
// a result, so records do not name it.
func (e *Env) PartFlag() *Part {
	p := &Part{0, 1}
	e.Flags.Var(p, "part", "")
	e.NotInProv("part")
	return p
}

func (p *Part) String() string { return fmt.Sprintf("%d/%d", p.r, p.m) }

// Set reads R/M.
func (p *Part) Set(s string) error {
	r, m, ok := strings.Cut(s, "/")
	var err1, err2 error
	p.r, err1 = strconv.Atoi(r)
	p.m, err2 = strconv.Atoi(m)
	if !ok || err1 != nil || err2 != nil || p.r < 0 || p.r >= p.m {
		return fmt.Errorf("R/M with 0 <= R < M")
	}
	return nil
}

// Of yields the numbers below n that are in the part.
func (p *Part) Of(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := p.r; i < n && yield(i); i += p.m {
		}
	}
}
