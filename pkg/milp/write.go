package milp

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
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

// text is how a program is written for other solvers.
type text struct {
	*Problem
	about    []string // lines of a comment
	maximise int      // a column, or -1: any solution will do
	exact    bool     // numbers in full
}

// num is the shortest decimal that reads back as the same double, or the
// double in full: an exact solver takes 0.1 for a tenth.
func (t *text) num(v float64) string {
	if t.exact {
		return inFull(big.NewFloat(v + 0)) // no -0
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// width is a - b, which need not be a double.
func (t *text) width(a, b float64) string {
	if t.exact {
		return inFull(new(big.Float).SetPrec(differences).Sub(big.NewFloat(a), big.NewFloat(b)))
	}
	return t.num(a - b)
}

const (
	differences = 2200 // bits that hold the difference of any two doubles
	decimals    = 1074 // places after the point of the smallest double
)

// inFull writes all decimals of a number, without an exponent: SCIP's exact mode
// has taken powers of ten from floating-point arithmetic.
func inFull(v *big.Float) string {
	s := v.Text('f', decimals)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

// WriteMPS writes the program in free MPS format, with numbers that round-trip.
// The objective is empty: the program asks for any solution.
func (p *Problem) WriteMPS(w io.Writer) error {
	return (&text{Problem: p, maximise: -1}).mps(w)
}

// WriteLP writes the program in CPLEX LP format, with numbers that round-trip.
func (p *Problem) WriteLP(w io.Writer) error {
	return (&text{Problem: p, about: []string{"any solution will do"}, maximise: -1}).lp(w)
}

// senses returns what MPS calls the rows: N for free ones, E for equations, L for
// upper limits and G for the others, of which some have a range.
func (p *Problem) senses() []byte {
	out := make([]byte, len(p.Rows))
	for i, r := range p.Rows {
		lo, hi := float64(r.Lo), float64(r.Hi)
		switch {
		case math.IsInf(lo, -1) && math.IsInf(hi, 1):
			out[i] = 'N'
		case lo == hi:
			out[i] = 'E'
		case math.IsInf(lo, -1):
			out[i] = 'L'
		default:
			out[i] = 'G'
		}
	}
	return out
}

// mps starts fields at the places of fixed MPS, as far as names are short:
// SCIP takes the first lines for fixed MPS unless there are other characters
// between these places.
func (t *text) mps(w io.Writer) error {
	b := bufio.NewWriter(w)
	cols, rows := t.names()
	line := func(kind, first, second, number string) {
		fmt.Fprintln(b, strings.TrimRight(fmt.Sprintf(" %-2s %-8s  %-8s  %s", kind, first, second, number), " "))
	}
	for _, s := range t.about {
		fmt.Fprintf(b, "* %s\n", s)
	}
	fmt.Fprintf(b, "NAME          relucount\nROWS\n N  obj\n")
	sense := t.senses()
	for i := range t.Rows {
		fmt.Fprintf(b, " %c  %s\n", sense[i], rows[i])
	}
	type entry struct{ row, value string }
	entries := make([][]entry, len(t.Cols))
	if t.maximise >= 0 { // the sense of the objective is no part of standard MPS
		entries[t.maximise] = append(entries[t.maximise], entry{"obj", "-1"})
	}
	for i, r := range t.Rows {
		for e, j := range r.Idx {
			entries[j] = append(entries[j], entry{rows[i], t.num(r.Val[e])})
		}
	}
	b.WriteString("COLUMNS\n")
	integer := false
	marker := func(on bool) {
		if on != integer {
			word := map[bool]string{true: "INTORG", false: "INTEND"}[on]
			line("", "MARKER", "'MARKER'", "               '"+word+"'")
			integer = on
		}
	}
	for j := range t.Cols {
		marker(t.Cols[j].Integer)
		if len(entries[j]) == 0 {
			line("", cols[j], "obj", "0")
		}
		for _, e := range entries[j] {
			line("", cols[j], e.row, e.value)
		}
	}
	marker(false)
	b.WriteString("RHS\n")
	for i, r := range t.Rows {
		v := float64(r.Lo)
		if sense[i] == 'L' {
			v = float64(r.Hi)
		}
		if sense[i] != 'N' && v != 0 {
			line("", "rhs", rows[i], t.num(v))
		}
	}
	b.WriteString("RANGES\n")
	for i, r := range t.Rows {
		if sense[i] == 'G' && !math.IsInf(float64(r.Hi), 1) {
			line("", "rng", rows[i], t.width(float64(r.Hi), float64(r.Lo)))
		}
	}
	b.WriteString("BOUNDS\n")
	for j, c := range t.Cols {
		lo, hi := float64(c.Lo), float64(c.Hi)
		if math.IsInf(lo, -1) {
			line("MI", "bnd", cols[j], "")
		} else {
			line("LO", "bnd", cols[j], t.num(lo))
		}
		if math.IsInf(hi, 1) {
			line("PL", "bnd", cols[j], "")
		} else {
			line("UP", "bnd", cols[j], t.num(hi))
		}
	}
	b.WriteString("ENDATA\n")
	return b.Flush()
}

func (t *text) lp(w io.Writer) error {
	b := bufio.NewWriter(w)
	cols, rows := t.names()
	for _, s := range t.about {
		fmt.Fprintf(b, "\\ %s\n", s)
	}
	if t.maximise >= 0 {
		fmt.Fprintf(b, "Maximize\n obj: %s\nSubject To\n", cols[t.maximise])
	} else {
		fmt.Fprintf(b, "Minimize\n obj: 0 %s\nSubject To\n", cols[0])
	}
	expr := func(r *Row) {
		long := 0
		for e, j := range r.Idx {
			sign, v := "+", r.Val[e]+0 // no -0
			if v < 0 {
				sign, v = "-", -v
			}
			term := fmt.Sprintf(" %s %s %s", sign, t.num(v), cols[j])
			if long += len(term); e > 0 && (e%8 == 0 || long > 400) {
				b.WriteString("\n ") // some readers take short lines only
				long = len(term)
			}
			b.WriteString(term)
		}
		if len(r.Idx) == 0 {
			fmt.Fprintf(b, " 0 %s", cols[0])
		}
	}
	for i := range t.Rows {
		r := &t.Rows[i]
		lo, hi := float64(r.Lo), float64(r.Hi)
		part := func(suffix, op string, v float64) {
			fmt.Fprintf(b, " %s%s:", rows[i], suffix)
			expr(r)
			fmt.Fprintf(b, " %s %s\n", op, t.num(v))
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
		return t.num(v)
	}
	b.WriteString("Bounds\n")
	for j, c := range t.Cols {
		fmt.Fprintf(b, " %s <= %s <= %s\n", limit(float64(c.Lo)), cols[j], limit(float64(c.Hi)))
	}
	b.WriteString("General\n")
	for j, c := range t.Cols {
		if c.Integer {
			fmt.Fprintf(b, " %s\n", cols[j])
		}
	}
	b.WriteString("End\n")
	return b.Flush()
}
