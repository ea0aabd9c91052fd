// Package record reads and writes the newline-delimited JSON records that the
// relucount filters exchange: one object a line, with its type first. Lines
// that a tool does not handle pass through byte for byte.
//
// docs/records.md describes every kind; the Go structs are here, except that
// of a milp, which package milp owns.
package record

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
)

// Error is a record that could not be read or handled, with its place.
type Error struct {
	Place string // source:line
	Err   error
}

func (e *Error) Error() string { return e.Place + ": " + e.Err.Error() }

// Unwrap returns the error without its place.
func (e *Error) Unwrap() error { return e.Err }

// Line is one record as it stands in the stream.
type Line struct {
	Raw    []byte // without the newline
	Type   string
	Schema int
	place  string
	check  error // why the known kinds must not be decoded
}

// Place is where the record stands: source:line.
func (l *Line) Place() string { return l.place }

// Errorf returns an Error at the line's place.
func (l *Line) Errorf(format string, a ...any) *Error {
	return &Error{l.place, fmt.Errorf(format, a...)}
}

// Decode reads the record into v. It refuses a schema other than Schema and
// what encoding/json would silently accept: a key that stands twice in one
// object, be it in other case.
func (l *Line) Decode(v any) error {
	if l.check != nil {
		return &Error{l.place, l.check}
	}
	if l.Schema != Schema {
		return l.Errorf("schema %d is not known (this version reads schema %d)", l.Schema, Schema)
	}
	if err := uniqueKeys(l.Raw); err != nil {
		return &Error{l.place, err}
	}
	if err := json.Unmarshal(l.Raw, v); err != nil {
		var te *json.UnmarshalTypeError
		if errors.As(err, &te) {
			return l.Errorf("%s: %s where %s belongs (column %d)", te.Field, te.Value, te.Type, te.Offset)
		}
		return &Error{l.place, err}
	}
	return nil
}

// Prov returns how the record was made, or nil when it does not say.
func (l *Line) Prov() *Prov {
	p := &Prov{}
	if raw, ok := topLevel(l.Raw, "prov")["prov"]; !ok || json.Unmarshal(raw, p) != nil || p.Tool == "" {
		return nil
	}
	return p
}

// Reader reads the records of one source.
type Reader struct {
	br   *bufio.Reader
	name string
	num  int
	err  error
}

// NewReader reads records from r, decompressing it if need be. The name is
// what error messages call the source.
func NewReader(r io.Reader, name string) (*Reader, error) {
	d, err := Decompress(r)
	if err != nil {
		return nil, &Error{name, err}
	}
	return &Reader{br: bufio.NewReaderSize(d, 1<<16), name: name}, nil
}

// Next returns the next record, io.EOF at the end of the stream, or an *Error.
// After an error about one line the next call goes on with the next line.
func (r *Reader) Next() (*Line, error) {
	for {
		if r.err != nil {
			return nil, r.err
		}
		raw, err := r.readLine()
		if err != nil && err != io.EOF {
			r.err = io.EOF
			return nil, &Error{fmt.Sprintf("%s:%d", r.name, r.num), cutShort(err)}
		}
		last := err == io.EOF
		if last {
			r.err = io.EOF
		}
		raw = bytes.TrimSuffix(raw, []byte("\n"))
		if len(bytes.TrimSpace(raw)) == 0 {
			continue
		}
		l := &Line{Raw: raw, place: fmt.Sprintf("%s:%d", r.name, r.num)}
		if err := l.parseHead(last); err != nil {
			return nil, &Error{l.place, err}
		}
		return l, nil
	}
}

// readLine returns a fresh slice with the next line, and io.EOF when no
// newline ended it.
func (r *Reader) readLine() ([]byte, error) {
	line, err := r.br.ReadBytes('\n')
	if r.num++; r.num == 1 {
		line = bytes.TrimPrefix(line, []byte("\ufeff")) // as some editors put it before text
	}
	return line, err
}

func (l *Line) parseHead(last bool) error {
	switch text := bytes.TrimSpace(l.Raw); {
	case bytes.HasPrefix(text, []byte("\xff\xfe")), bytes.HasPrefix(text, []byte("\xfe\xff")):
		return errors.New("not a record: this is text in UTF-16, as some shells write it; records are UTF-8 (iconv -f utf-16 -t utf-8)")
	case text[0] < ' ': // as of an ONNX model
		return errors.New("not a record: this is no text; encode reads networks")
	case text[0] != '{':
		return fmt.Errorf("not a record: a line must be one JSON object, this one starts with %q", firstRune(text))
	}
	if !json.Valid(l.Raw) {
		return syntaxError(l.Raw, last)
	}
	head := topLevel(l.Raw, "type", "schema", "layers")
	t, ok := head["type"]
	if !ok {
		if _, ok := head["layers"]; ok {
			return errors.New("no type: this looks like a network, not a record; encode reads networks")
		}
		return errors.New("no type: every record has a type")
	}
	if err := json.Unmarshal(t, &l.Type); err != nil || l.Type == "" {
		return fmt.Errorf("type is %s: it must be a word in quotes", t)
	}
	switch s, ok := head["schema"]; {
	case !ok:
		l.check = fmt.Errorf("%s record has no schema (this version reads schema %d)", l.Type, Schema)
	case json.Unmarshal(s, &l.Schema) != nil:
		l.check = fmt.Errorf("schema is %s: it must be a whole number", s)
	}
	return nil
}

func firstRune(b []byte) string { return string([]rune(string(b[:min(len(b), 4)]))[:1]) }

// syntaxError explains an invalid line: cut short, spread over lines, or wrong
// at a column.
func syntaxError(raw []byte, last bool) error {
	var v any
	err := json.Unmarshal(raw, &v)
	var se *json.SyntaxError
	if !errors.As(err, &se) {
		return fmt.Errorf("not valid JSON: %w", err)
	}
	// encoding/json ends its input with a blank, which a word or an escape
	// that is cut short then seems to contain
	blank := strings.HasPrefix(se.Error(), "invalid character ' '") && raw[se.Offset-1] != ' '
	if blank || se.Error() == "unexpected end of JSON input" {
		if last {
			return fmt.Errorf("the line is cut short after %d bytes", len(raw))
		}
		if bytes.Contains(raw, []byte(`"layers"`)) {
			return errors.New("the JSON object does not end on its line (a network? encode reads networks)")
		}
		return errors.New("the JSON object does not end on its line (from jq? it needs -c)")
	}
	return fmt.Errorf("not valid JSON at column %d: %w", se.Offset, err)
}

// Writer writes records, each as one whole line in one call.
type Writer struct {
	mu  sync.Mutex
	w   io.Writer
	err error
}

// NewWriter returns a Writer on w. It does not buffer beyond one record.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// Write writes v as one line. It is safe for concurrent use; after the first
// error every call returns that error.
func (w *Writer) Write(v any) error {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("cannot write a record: %w", err)
	}
	return w.line(buf.Bytes())
}

// Lines writes whole lines.
func (w *Writer) Lines(b []byte) error { return w.line(b) }

// Pass writes a line as it was read.
func (w *Writer) Pass(l *Line) error { return w.line(append(l.Raw, '\n')) }

func (w *Writer) line(b []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		if _, err := w.w.Write(b); err != nil {
			w.err = &WriteError{err}
		}
	}
	return w.err
}

// WriteError is an output that could not be written: no record is to blame.
type WriteError struct{ Err error }

func (e *WriteError) Error() string { return "cannot write the output: " + e.Err.Error() }

// Unwrap returns the cause.
func (e *WriteError) Unwrap() error { return e.Err }
