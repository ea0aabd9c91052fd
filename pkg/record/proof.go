package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
)

// Coordinates over which a proof may write affine functions.
const (
	OverInputs = "inputs" // the input columns
	OverFirst  = "first"  // the pre-activations of layer 1, then the values of the domain's rows
)

// Proof proves that the regions whose pattern starts with the splits of a path
// are the leaves of a tree (kind "proof"). The nodes stand in pre-order: an
// inner node, then its subtree for off, then that for on.
type Proof struct {
	Head
	Milp        string      `json:"milp"`
	Coordinates string      `json:"coordinates"` // OverInputs or OverFirst
	Path        Path        `json:"path"`
	Points      []Point     `json:"points,omitempty"` // what leaves mix
	Nodes       []ProofNode `json:"nodes"`
	Regions     string      `json:"regions"` // decimal: the number of leaves
	Edited      bool        `json:"edited,omitempty"`
	Content     string      `json:"content,omitempty"` // digest of the edited content
	Prov        *Prov       `json:"prov,omitempty"`
}

// ProofNode is a node of a proof: an inner one has Split, a leaf has X or Mix.
type ProofNode struct {
	Claims []Claim    `json:"claims,omitempty"`
	Split  *int       `json:"split,omitempty"` // a unit
	X      []Rational `json:"x,omitempty"`     // the leaf's point, a number for each input column
	Mix    Terms      `json:"mix,omitempty"`   // or weights of points, of which it is the mean
}

// Claim says that a unit has one state in the whole cell of a node, and which
// multiples of what is positive there show it.
type Claim struct {
	Unit  int       `json:"unit"`
	On    int       `json:"on"`              // 1 or 0
	Units Terms     `json:"units,omitempty"` // multiples of the pre-activations of units that are split
	Rows  Terms     `json:"rows,omitempty"`  // multiples of rows of the domain; negative for their upper limits
	Times *Rational `json:"times,omitempty"` // the multiple of the unit itself; nil for 1
}

// Checked says that a proof record was checked, and what it proves (kind
// "checked").
type Checked struct {
	Head
	Milp    string `json:"milp"`
	Path    Path   `json:"path"`
	Regions string `json:"regions"` // decimal
	Edited  bool   `json:"edited,omitempty"`
	Content string `json:"content,omitempty"`
	Prov    *Prov  `json:"prov,omitempty"`
}

// Split is a unit and its state, 1 for on and 0 for off.
type Split [2]int

// Path is a sequence of splits, the root's first. In JSON null is no split.
type Path []Split

// Term is a multiple of what has an index; in JSON [index, number].
type Term struct {
	Index int
	Times Rational
}

// Terms is a list of terms.
type Terms []Term

// Parts returns the indices and the multiples, each in the order of the terms.
func (t Terms) Parts() (at Indices, times []Rational) {
	for _, v := range t {
		at, times = append(at, v.Index), append(times, v.Times)
	}
	return at, times
}

// Rational is an exact number: the double, or the fraction "n" or "n/d" unless
// that is empty. In JSON it is a number or a string.
type Rational struct {
	Double   float64
	Fraction string
}

// fraction is what a number may be that is no double.
var fraction = regexp.MustCompile("^-?[0-9]+(/[0-9]+)?$")

// Exact returns the number. A fraction has at most 10000 characters.
func (r Rational) Exact() (*big.Rat, error) {
	if r.Fraction == "" {
		return new(big.Rat).SetFloat64(r.Double), nil
	}
	if len(r.Fraction) > 10000 || !fraction.MatchString(r.Fraction) {
		return nil, fmt.Errorf("%.40q is no fraction of at most 10000 characters", r.Fraction)
	}
	v, ok := new(big.Rat).SetString(r.Fraction)
	if !ok {
		return nil, fmt.Errorf("%.40q has the denominator 0", r.Fraction)
	}
	return v, nil
}

// Point is a point, by its coordinates or, for a corner of the limits, by a
// string that has 0 for a lower and 1 for an upper limit. In JSON it is an array
// of numbers or a string.
type Point struct {
	X      []Rational
	Corner string
}

// MarshalJSON writes an array of pairs, [] for a nil path.
func (p Path) MarshalJSON() ([]byte, error) {
	out := []byte{'['}
	for i, s := range p {
		if i > 0 {
			out = append(out, ',')
		}
		out = fmt.Appendf(out, "[%d,%d]", s[0], s[1])
	}
	return append(out, ']'), nil
}

// String is the path as JSON.
func (p Path) String() string {
	b, _ := p.MarshalJSON() // it has no errors
	return string(b)
}

// Check reports a unit that cannot be, or one that stands twice.
func (p Path) Check() error {
	seen := make(map[int]bool, len(p))
	for i, s := range p {
		switch {
		case s[0] < 0:
			return fmt.Errorf("path[%d]: unit %d", i, s[0])
		case s[1] != 0 && s[1] != 1:
			return fmt.Errorf("path[%d]: the state %d is neither 0 nor 1", i, s[1])
		case seen[s[0]]:
			return fmt.Errorf("path[%d]: unit %d stands twice", i, s[0])
		}
		seen[s[0]] = true
	}
	return nil
}

// UnmarshalJSON reads an array of pairs.
func (p *Path) UnmarshalJSON(b []byte) error {
	*p = nil
	return elements(b, func(s *scanner) (err error) {
		var v Split
		err = s.pair(func() (err error) { v[0], err = s.index(); return err }, func() (err error) { v[1], err = s.index(); return err })
		*p = append(*p, v)
		return err
	})
}

// MarshalJSON writes a pair.
func (t Term) MarshalJSON() ([]byte, error) {
	number, err := t.Times.MarshalJSON()
	return fmt.Appendf(nil, "[%d,%s]", t.Index, number), err
}

// MarshalJSON writes an array of pairs.
func (t Terms) MarshalJSON() ([]byte, error) {
	out := []byte{'['}
	for i, v := range t {
		if i > 0 {
			out = append(out, ',')
		}
		pair, err := v.MarshalJSON()
		if err != nil {
			return nil, err
		}
		out = append(out, pair...)
	}
	return append(out, ']'), nil
}

// UnmarshalJSON reads an array of pairs.
func (t *Terms) UnmarshalJSON(b []byte) error {
	*t = Terms{}
	if string(b) == "null" {
		*t = nil
	}
	return elements(b, func(s *scanner) (err error) {
		var v Term
		err = s.pair(func() (err error) { v.Index, err = s.index(); return err }, func() (err error) { v.Times, err = s.number(); return err })
		*t = append(*t, v)
		return err
	})
}

// MarshalJSON writes a number or a string.
func (r Rational) MarshalJSON() ([]byte, error) {
	if r.Fraction != "" {
		return json.Marshal(r.Fraction)
	}
	return json.Marshal(r.Double)
}

// UnmarshalJSON reads a number or a string.
func (r *Rational) UnmarshalJSON(b []byte) error {
	var err error
	*r, err = (&scanner{b: b}).number()
	return err
}

// MarshalJSON writes an array of numbers or a string.
func (p Point) MarshalJSON() ([]byte, error) {
	if p.Corner != "" {
		return json.Marshal(p.Corner)
	}
	return json.Marshal(p.X)
}

// UnmarshalJSON reads an array of numbers or a string.
func (p *Point) UnmarshalJSON(b []byte) error {
	*p = Point{}
	if b[0] == '"' {
		return json.Unmarshal(b, &p.Corner)
	}
	return elements(b, func(s *scanner) error {
		v, err := s.number()
		p.X = append(p.X, v)
		return err
	})
}

// scanner reads valid JSON of lists of numbers, which proofs have millions of.
type scanner struct {
	b []byte
	i int
}

var errPair = errors.New("a list of two belongs here")

// elements calls read at each element of an array. null has none.
func elements(b []byte, read func(*scanner) error) error {
	s := &scanner{b: b}
	if string(b) == "null" {
		return nil
	}
	if !s.skip('[') {
		return fmt.Errorf("%.20s where a list belongs", b)
	}
	if s.skip(']') {
		return nil
	}
	for {
		if err := read(s); err != nil {
			return err
		}
		if !s.skip(',') {
			return nil
		}
	}
}

// skip goes beyond a character, if it is next.
func (s *scanner) skip(c byte) bool {
	for s.i < len(s.b) && (s.b[s.i] == ' ' || s.b[s.i] == '\t' || s.b[s.i] == '\r' || s.b[s.i] == '\n') {
		s.i++
	}
	if s.i < len(s.b) && s.b[s.i] == c {
		s.i++
		return true
	}
	return false
}

// pair reads a list of two.
func (s *scanner) pair(first, second func() error) error {
	if !s.skip('[') {
		return errPair
	}
	if err := first(); err != nil {
		return err
	}
	if !s.skip(',') {
		return errPair
	}
	if err := second(); err != nil {
		return err
	}
	if !s.skip(']') {
		return errPair
	}
	return nil
}

// word reads what is neither a list nor an object, a string with its quotes.
func (s *scanner) word() []byte {
	quoted := s.skip('"')
	from := s.i
	for s.i < len(s.b) {
		c := s.b[s.i]
		switch {
		case quoted && c == '"':
			s.i++
			return s.b[from-1 : s.i]
		case quoted && c == '\\':
			s.i++
		case !quoted && (c == ',' || c == ']' || c == '[' || c == ' ' || c == '\t' || c == '\r' || c == '\n'):
			return s.b[from:s.i]
		}
		s.i++
	}
	return s.b[from:]
}

func (s *scanner) index() (int, error) {
	word := s.word()
	v, err := strconv.Atoi(string(word))
	if err != nil {
		return 0, fmt.Errorf("%.20s where a whole number belongs", word)
	}
	return v, nil
}

func (s *scanner) number() (r Rational, err error) {
	word := s.word()
	if len(word) > 1 && word[0] == '"' {
		if err := json.Unmarshal(word, &r.Fraction); err != nil || r.Fraction == "" {
			return r, errors.New("an empty string where a number belongs")
		}
		return r, nil
	}
	if r.Double, err = strconv.ParseFloat(string(word), 64); err != nil {
		return r, fmt.Errorf("%.20s where a number belongs", word)
	}
	return r, nil
}
