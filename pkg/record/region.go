package record

import (
	"encoding/json"
	"math"
	"strconv"
)

// AppendJSON appends the record as encoding/json writes it, in a fraction of the time:
// there may be millions.
func (r *Region) AppendJSON(b []byte) []byte {
	b = append(b, `{"type":`...)
	b = appendString(b, r.Type)
	b = append(b, `,"schema":`...)
	b = strconv.AppendInt(b, int64(r.Schema), 10)
	b = append(b, `,"milp":`...)
	b = appendString(b, r.Milp)
	if r.Content != "" {
		b = append(b, `,"content":`...)
		b = appendString(b, r.Content)
	}
	b = append(b, `,"pattern":`...)
	b = appendPattern(b, r.Pattern)
	b = append(b, `,"x":`...)
	b = appendNumbers(b, r.X)
	if r.Radius != nil {
		b = append(b, `,"radius":`...)
		b = appendNumber(b, *r.Radius)
	}
	if len(r.Facets) > 0 {
		b = append(b, `,"facets":`...)
		b = appendList(b, len(r.Facets), func(b []byte, i int) []byte { return r.Facets[i].appendJSON(b) })
	}
	for _, l := range []struct {
		key  string
		list [][]float64
	}{{`,"vertices":`, r.Vertices}, {`,"inputs":`, r.Inputs}} {
		if len(l.list) > 0 {
			b = append(b, l.key...)
			b = appendList(b, len(l.list), func(b []byte, i int) []byte { return appendNumbers(b, l.list[i]) })
		}
	}
	if r.Volume != nil {
		b = append(b, `,"volume":`...)
		b = appendNumber(b, *r.Volume)
	}
	if f := r.Affine; f != nil {
		b = append(b, `,"affine":{"a":`...)
		b = appendList(b, len(f.A), func(b []byte, i int) []byte { return appendNumbers(b, f.A[i]) })
		b = append(b, `,"b":`...)
		b = appendNumbers(b, f.B)
		b = append(b, '}')
	}
	return append(b, '}')
}

func (f *Facet) appendJSON(b []byte) []byte {
	b = append(b, `{"unit":`...)
	if f.Unit == nil {
		return append(b, `null}`...)
	}
	b = strconv.AppendInt(b, int64(*f.Unit), 10)
	if len(f.Neighbour) > 0 {
		b = append(b, `,"neighbour":`...)
		b = appendPattern(b, f.Neighbour)
	}
	return append(b, '}')
}

func appendList(b []byte, n int, item func(b []byte, i int) []byte) []byte {
	b = append(b, '[')
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		b = item(b, i)
	}
	return append(b, ']')
}

// appendPattern appends strings of digits.
func appendPattern(b []byte, p []string) []byte {
	b = append(b, '[')
	for i, s := range p {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = append(b, s...)
		b = append(b, '"')
	}
	return append(b, ']')
}

func appendString(b []byte, s string) []byte {
	if plain(s) {
		return append(append(append(b, '"'), s...), '"')
	}
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // no string is refused
	}
	return append(b, text...)
}

// plain reports whether a string stands for itself.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '&' || c == '<' || c == '>' {
			return false
		}
	}
	return true
}

func appendNumbers(b []byte, v []float64) []byte {
	b = append(b, '[')
	for i, x := range v {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendNumber(b, x)
	}
	return append(b, ']')
}

// appendNumber appends a finite number in the form that encoding/json gives it.
func appendNumber(b []byte, x float64) []byte {
	format := byte('f')
	if a := math.Abs(x); a != 0 && (a < 1e-6 || a >= 1e21) {
		format = 'e'
	}
	b = strconv.AppendFloat(b, x, format, -1, 64)
	if n := len(b); format == 'e' && n >= 4 && b[n-4] == 'e' && b[n-2] == '0' { // e-09
		b[n-2] = b[n-1]
		b = b[:n-1]
	}
	return b
}
