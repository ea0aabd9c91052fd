package cli

import (
	"errors"
	"iter"
	"strconv"
	"strings"
)

// Part is a share of numbered work: those numbers that leave the same
// remainder by the number of parts. The parts together are the whole. The zero
// value is all of it.
type Part struct{ r, m int }

// parsePart reads R/M.
func parsePart(s string) (Part, error) {
	r, m, ok := strings.Cut(s, "/")
	rest, err1 := strconv.Atoi(r)
	parts, err2 := strconv.Atoi(m)
	if !ok || err1 != nil || err2 != nil || rest < 0 || rest >= parts {
		return Part{}, errors.New("R/M with 0 <= R < M")
	}
	return Part{rest, parts}, nil
}

// Of yields the numbers below n that are in the part.
func (p Part) Of(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := p.r; i < n && yield(i); i += max(1, p.m) {
		}
	}
}
