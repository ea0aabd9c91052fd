package onnx

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
)

// The wire format of protobuf: a message is a list of fields, each a number, a
// type and a value.

// form is how a field is written.
type form int

const (
	varint form = iota
	fixed32
	bytesField
	varints // repeated, packed or not
	fixed32s
	fixed64s
)

func (f form) fits(t protowire.Type) bool {
	switch t {
	case protowire.VarintType:
		return f == varint || f == varints
	case protowire.Fixed32Type:
		return f == fixed32 || f == fixed32s
	case protowire.Fixed64Type:
		return f == fixed64s
	case protowire.BytesType:
		return f != varint && f != fixed32
	}
	return false
}

// schema has the fields of a message that matter, by number.
type schema map[protowire.Number]struct {
	name string
	form form
}

// message is a protobuf message and its place in the file.
type message struct {
	path string
	at   int // offset of data in the file
	data []byte
}

// field is one field of a message.
type field struct {
	message        // the content of a field of the form bytesField
	value   uint64 // of the other forms, when not packed
	packed  bool
	form    form
}

// fields calls visit for each field that the schema has, in order.
func (m message) fields(s schema, visit func(name string, f field) error) error {
	for off := 0; off < len(m.data); {
		rest := m.data[off:]
		num, typ, n := protowire.ConsumeTag(rest)
		if n < 0 {
			return m.broken(off, fmt.Sprintf("the field after %d bytes of %s", off, m.what()), n)
		}
		spec, known := s[num]
		f := field{message: message{path: spec.name, at: m.at + off + n}, form: spec.form}
		if m.path != "" {
			f.path = m.path + "." + spec.name
		}
		if !known {
			f.path = fmt.Sprintf("field %d of %s", num, m.what())
		} else if !spec.form.fits(typ) {
			return fmt.Errorf("byte %d: %s has wire type %d, which it cannot have: no ONNX model, or a damaged one", m.at+off, f.path, typ)
		}
		var size int
		if typ == protowire.BytesType {
			claimed, k := protowire.ConsumeVarint(rest[n:])
			if k >= 0 && claimed > uint64(len(rest)-n-k) {
				return fmt.Errorf("byte %d: %s claims %d bytes, %d are left: the file is cut short or damaged", m.at+off, f.path, claimed, len(rest)-n-k)
			}
			f.packed = true
			f.data, size = protowire.ConsumeBytes(rest[n:])
			f.at += max(k, 0)
		} else {
			size = protowire.ConsumeFieldValue(num, typ, rest[n:])
		}
		if size < 0 {
			return m.broken(off, f.path, size)
		}
		switch typ {
		case protowire.VarintType:
			f.value, _ = protowire.ConsumeVarint(rest[n:])
		case protowire.Fixed32Type:
			v, _ := protowire.ConsumeFixed32(rest[n:])
			f.value = uint64(v)
		case protowire.Fixed64Type:
			f.value, _ = protowire.ConsumeFixed64(rest[n:])
		}
		if known {
			if err := visit(spec.name, f); err != nil {
				return err
			}
		}
		off += n + size
	}
	return nil
}

func (m message) what() string {
	if m.path == "" {
		return "the file"
	}
	return m.path
}

// broken is the error for what protowire could not read.
func (m message) broken(off int, what string, code int) error {
	err := protowire.ParseError(code)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("byte %d: %s ends at byte %d: the file is cut short or damaged", m.at+off, what, m.at+len(m.data))
	}
	// Package protowire writes another kind of space in one build of two.
	return fmt.Errorf("byte %d: %s: %s", m.at+off, what, strings.ReplaceAll(err.Error(), "\u00a0", " "))
}

// values calls add for each number of a repeated field.
func (f field) values(add func(v uint64)) error {
	if !f.packed {
		add(f.value)
		return nil
	}
	for off := 0; off < len(f.data); {
		var v uint64
		var n int
		switch f.form {
		case fixed32s:
			var w uint32
			w, n = protowire.ConsumeFixed32(f.data[off:])
			v = uint64(w)
		case fixed64s:
			v, n = protowire.ConsumeFixed64(f.data[off:])
		default:
			v, n = protowire.ConsumeVarint(f.data[off:])
		}
		if n < 0 {
			return f.broken(off, f.path, n)
		}
		add(v)
		off += n
	}
	return nil
}

func (f field) appendInts(to *[]int64) error {
	return f.values(func(v uint64) { *to = append(*to, int64(v)) })
}

func (f field) appendFloats(to *[]float64) error {
	return f.values(func(v uint64) { *to = append(*to, float(f.form, v)) })
}

// float is the number with the given bits.
func float(f form, bits uint64) float64 {
	if f == fixed32 || f == fixed32s {
		return float64(math.Float32frombits(uint32(bits)))
	}
	return math.Float64frombits(bits)
}

// element is the message as element i of a repeated field.
func (m message) element(i int) message {
	m.path = fmt.Sprintf("%s[%d]", m.path, i)
	return m
}
