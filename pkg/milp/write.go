package milp

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
)

// plainName is a name that LP and MPS readers agree on.
var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// names returns the names of columns or rows, or numbered ones when theirs are
// not unique, or not plain.
func names(n int, name func(int) string, prefix string) []string {
	out := make([]string, n)
	seen := map[string]bool{}
	plain := true
	for i := range out {
		out[i] = name(i)
		// LP format reads e12 as a number's exponent
		plain = plain && plainName.MatchString(out[i]) && !seen[out[i]] && out[i][0] != 'e' && out[i][0] != 'E'
		seen[out[i]] = true
	}
	if !plain {
		for i := range out {
			out[i] = prefix + strconv.Itoa(i)
		}
	}
	return out
}

func (p *Problem) names() (cols, rows []string) {
	return names(len(p.Cols), func(j int) string { return p.Cols[j].Name }, "c"),
		names(len(p.Rows), func(i int) string { return p.Rows[i].Name }, "r")
}

func num(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// WriteMPS writes the program in free MPS format, with numbers that round-trip.
// The objective is empty: the program asks for any solution.
func (p *Problem) WriteMPS(w io.Writer) error {
	b := bufio.NewWriter(w)
	cols, rows := p.names()
	fmt.Fprintf(b, "NAME relucount\nROWS\n N obj\n")
	sense := make([]byte, len(p.Rows))
	for i, r := range p.Rows {
		lo, hi := float64(r.Lo), float64(r.Hi)
		switch {
		case math.IsInf(lo, -1) && math.IsInf(hi, 1):
			sense[i] = 'N'
		case lo == hi:
			sense[i] = 'E'
		case math.IsInf(lo, -1):
			sense[i] = 'L'
		default:
			sense[i] = 'G'
		}
		fmt.Fprintf(b, " %c %s\n", sense[i], rows[i])
	}
	entries := make([][]string, len(p.Cols))
	for i, r := range p.Rows {
		for e, j := range r.Idx {
			entries[j] = append(entries[j], fmt.Sprintf(" %s %s %s\n", cols[j], rows[i], num(r.Val[e])))
		}
	}
	b.WriteString("COLUMNS\n")
	integer := false
	marker := func(on bool) {
		if on != integer {
			word := map[bool]string{true: "INTORG", false: "INTEND"}[on]
			fmt.Fprintf(b, " MARKER 'MARKER' '%s'\n", word)
			integer = on
		}
	}
	for j := range p.Cols {
		marker(p.Cols[j].Integer)
		if len(entries[j]) == 0 {
			fmt.Fprintf(b, " %s obj 0\n", cols[j])
		}
		for _, s := range entries[j] {
			b.WriteString(s)
		}
	}
	marker(false)
	b.WriteString("RHS\n")
	for i, r := range p.Rows {
		v := float64(r.Lo)
		if sense[i] == 'L' {
			v = float64(r.Hi)
		}
		if sense[i] != 'N' && v != 0 {
			fmt.Fprintf(b, " rhs %s %s\n", rows[i], num(v))
		}
	}
	b.WriteString("RANGES\n")
	for i, r := range p.Rows {
		if sense[i] == 'G' && !math.IsInf(float64(r.Hi), 1) {
			fmt.Fprintf(b, " rng %s %s\n", rows[i], num(float64(r.Hi)-float64(r.Lo)))
		}
	}
	b.WriteString("BOUNDS\n")
	for j, c := range p.Cols {
		lo, hi := float64(c.Lo), float64(c.Hi)
		if math.IsInf(lo, -1) {
			fmt.Fprintf(b, " MI bnd %s\n", cols[j])
		} else {
			fmt.Fprintf(b, " LO bnd %s %s\n", cols[j], num(lo))
		}
		if math.IsInf(hi, 1) {
			fmt.Fprintf(b, " PL bnd %s\n", cols[j])
		} else {
			fmt.Fprintf(b, " UP bnd %s %s\n", cols[j], num(hi))
		}
	}
	b.WriteString("ENDATA\n")
	return b.Flush()
}

// WriteLP writes the program in CPLEX LP format, with numbers that round-trip.
func (p *Problem) WriteLP(w io.Writer) error {
	b := bufio.NewWriter(w)
	cols, rows := p.names()
	fmt.Fprintf(b, "\\ any solution will do\nMinimize\n obj: 0 %s\nSubject To\n", cols[0])
	expr := func(r *Row) {
		for e, j := range r.Idx {
			if e > 0 && e%8 == 0 {
				b.WriteString("\n ") // some readers take short lines only
			}
			sign, v := "+", r.Val[e]+0 // no -0
			if v < 0 {
				sign, v = "-", -v
			}
			fmt.Fprintf(b, " %s %s %s", sign, num(v), cols[j])
		}
		if len(r.Idx) == 0 {
			fmt.Fprintf(b, " 0 %s", cols[0])
		}
	}
	for i := range p.Rows {
		r := &p.Rows[i]
		lo, hi := float64(r.Lo), float64(r.Hi)
		part := func(suffix, op string, v float64) {
			fmt.Fprintf(b, " %s%s:", rows[i], suffix)
			expr(r)
			fmt.Fprintf(b, " %s %s\n", op, num(v))
		}
		switch {
		case lo == hi:
			part("", "=", lo)
		case math.IsInf(lo, -1) && math.IsInf(hi, 1):
		case math.IsInf(lo, -1):
			part("", "<=", hi)
		case math.IsInf(hi, 1):
			part("", ">=", lo)
		default: // readers disagree about two-sided rows
			part("_lo", ">=", lo)
			part("_hi", "<=", hi)
		}
	}
	limit := func(v float64) string {
		switch {
		case math.IsInf(v, 1):
			return "+inf"
		case math.IsInf(v, -1):
			return "-inf"
		}
		return num(v)
	}
	b.WriteString("Bounds\n")
	for j, c := range p.Cols {
		fmt.Fprintf(b, " %s <= %s <= %s\n", limit(float64(c.Lo)), cols[j], limit(float64(c.Hi)))
	}
	b.WriteString("General\n")
	for j, c := range p.Cols {
		if c.Integer {
			fmt.Fprintf(b, " %s\n", cols[j])
		}
	}
	b.WriteString("End\n")
	return b.Flush()
}
