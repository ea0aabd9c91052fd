package vnnlib

import (
	"fmt"
	"strings"
)

// Error is an error at a place in a text.
type Error struct {
	Line, Col int // from 1; columns are bytes
	Msg       string
}

func (e *Error) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Col, e.Msg) }

// expr is an S-expression: an atom, or a list.
type expr struct {
	at   int // offset in the text
	atom string
	list []expr
}

// isList tells a list from an atom, which is never empty.
func (x *expr) isList() bool { return x.atom == "" }

// head is the atom that opens a list, or "".
func (x *expr) head() string {
	if len(x.list) == 0 {
		return ""
	}
	return x.list[0].atom
}

// maxDepth is how deep lists may be nested.
const maxDepth = 1000

// reader splits a text into expressions.
type reader struct {
	text string
	at   int
}

// errorf returns an error at an offset of the text.
func (r *reader) errorf(at int, format string, a ...any) error {
	before := r.text[:min(at, len(r.text))]
	line := strings.Count(before, "\n")
	return &Error{line + 1, len(before) - strings.LastIndexByte(before, '\n'), fmt.Sprintf(format, a...)}
}

// skip passes blanks and comments.
func (r *reader) skip() {
	for r.at < len(r.text) {
		switch c := r.text[r.at]; {
		case c == ';':
			end := strings.IndexByte(r.text[r.at:], '\n')
			if end < 0 {
				end = len(r.text) - r.at
			}
			r.at += end
		case blank(c):
			r.at++
		default:
			return
		}
	}
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// next reads an expression, which skip has seen to begin here.
func (r *reader) next(depth int) (expr, error) {
	x := expr{at: r.at}
	switch r.text[r.at] {
	case ')':
		return x, r.errorf(r.at, "a closing bracket without an opening one")
	case '"', '|':
		end := strings.IndexByte(r.text[r.at+1:], r.text[r.at])
		if end < 0 {
			return x, r.errorf(r.at, "the text that begins with %c has no end", r.text[r.at])
		}
		x.atom = r.text[r.at : r.at+end+2]
		r.at += end + 2
		return x, nil
	case '(':
	default:
		for r.at < len(r.text) && !blank(r.text[r.at]) && !strings.ContainsRune("();", rune(r.text[r.at])) {
			r.at++
		}
		x.atom = r.text[x.at:r.at]
		return x, nil
	}
	if depth >= maxDepth {
		return x, r.errorf(r.at, "more than %d brackets within each other", maxDepth)
	}
	for r.at++; ; {
		r.skip()
		switch {
		case r.at >= len(r.text):
			return x, r.errorf(x.at, "the bracket is not closed: the file is cut short")
		case r.text[r.at] == ')':
			r.at++
			return x, nil
		}
		y, err := r.next(depth + 1)
		if err != nil {
			return x, err
		}
		x.list = append(x.list, y)
	}
}
