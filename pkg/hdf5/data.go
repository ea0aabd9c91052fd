package hdf5

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"relucount/pkg/ieee"
)

// shape is how many numbers of each index there are, none for a single one, and how
// many in all.
func shape(c *cursor) (dims []int, n int) {
	version, rank := c.byte(), c.byte()
	null := false
	switch version {
	case 1:
		c.skip(1 + 5)
	case 2:
		c.skip(1)
		null = c.byte() == 2
	default:
		c.fail("version %d of a shape is not known", version)
	}
	n = 1
	for range rank {
		d := c.uint64()
		if d > 1<<31 || d > 0 && n > 1<<31/int(d) {
			c.fail("a shape that is too large")
			d = 0
		}
		dims = append(dims, int(d))
		n *= int(d)
	}
	if null {
		return []int{0}, 0 // whatever the rank says
	}
	return dims, n
}

// Classes of types.
const (
	classInteger  = 0
	classFloat    = 1
	classText     = 3
	classVariable = 9
)

// typ is the type of an element.
type typ struct {
	class uint64
	size  uint64
	kind  ieee.Kind // of floating point, or 0
	big   bool      // whether the first byte is the highest
	text  bool      // of class classVariable: text
}

func datatype(c *cursor) (t typ) {
	t.class = uint64(c.byte()) & 15
	flags := c.number(3)
	t.size = c.uint32()
	t.big = flags&1 != 0
	switch t.class {
	case classFloat:
		c.skip(2 + 2 + 1)
		switch exponent := c.byte(); {
		case t.size == 8 && exponent == 11:
			t.kind = ieee.Double
		case t.size == 4 && exponent == 8:
			t.kind = ieee.Single
		case t.size == 2 && exponent == 5:
			t.kind = ieee.Half
		case t.size == 2 && exponent == 8:
			t.kind = ieee.Bfloat
		}
		if flags&0x40 != 0 {
			t.kind = 0 // of a VAX
		}
	case classVariable:
		t.text = flags&15 == 1
	}
	return t
}

// Numbers reads an array of floating-point numbers, in row-major order.
func (o *Object) Numbers() (dims []int, data []float64, err error) {
	space, kind, layout := o.find(msgDataspace), o.find(msgDatatype), o.find(msgLayout)
	if space == nil || kind == nil || layout == nil {
		return nil, nil, fmt.Errorf("%s is no array", o.path)
	}
	dims, n := shape(space)
	t := datatype(kind)
	for _, c := range []*cursor{space, kind} {
		if c.err != nil {
			return nil, nil, fmt.Errorf("%s: %w", o.path, c.err)
		}
	}
	if t.kind == 0 {
		return nil, nil, fmt.Errorf("%s: its numbers, of class %d and %d bytes, are not floating point as is supported", o.path, t.class, t.size)
	}
	if o.find(msgFilter) != nil {
		return nil, nil, fmt.Errorf("%s: it is compressed, which is not supported", o.path)
	}
	if err := o.file.left.Spend(n); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", o.path, err)
	}
	body := o.file.place(layout, uint64(n)*t.size)
	if body.err != nil {
		return nil, nil, fmt.Errorf("%s: %w", o.path, body.err)
	}
	var order binary.ByteOrder = binary.LittleEndian
	if t.big {
		order = binary.BigEndian
	}
	data = t.kind.Widen(body.bytes(uint64(n)*t.size), order)
	if body.err != nil {
		return nil, nil, fmt.Errorf("%s: %w", o.path, body.err)
	}
	return dims, data, nil
}

// place is a cursor on the bytes of an array, by its layout message.
func (f *File) place(c *cursor, size uint64) *cursor {
	switch version := c.byte(); version {
	case 3, 4:
		switch class := c.byte(); class {
		case 0: // in the message
			if n := c.uint16(); n < size {
				c.fail("%d bytes, but its shape needs %d", n, size)
			}
			return c
		case 1:
			at, n := c.uint64(), c.uint64()
			if size > 0 && (at == undefined || n < size) {
				c.fail("%d bytes, but its shape needs %d", n, size)
			}
			if c.err != nil || size == 0 {
				return &cursor{err: c.err}
			}
			return f.at(at)
		default:
			c.fail("an array in chunks, which is not supported")
		}
	default:
		c.fail("version %d of an array's place is not supported", version)
	}
	return c
}

// Text is an attribute of text: one, or several. It says whether it is there.
func (o *Object) Text(name string) (text []string, ok bool, err error) {
	for _, m := range o.messages {
		if m.kind != msgAttribute {
			continue
		}
		body := *m.body
		got, text := o.file.attribute(&body, name)
		if body.err != nil {
			return nil, false, fmt.Errorf("an attribute of %s: %w", o.path, body.err)
		}
		if got {
			return text, true, nil
		}
	}
	return nil, false, nil
}

// attribute reads an attribute when it has the name.
func (f *File) attribute(c *cursor, want string) (is bool, text []string) {
	version, flags := c.byte(), c.byte()
	if version < 1 || version > 3 {
		c.fail("version %d of an attribute is not known", version)
	}
	nameSize, typeSize, spaceSize := c.uint16(), c.uint16(), c.uint16()
	if version == 3 {
		c.skip(1)
	}
	part := func(size uint64) *cursor {
		p := c.part(size)
		if version == 1 {
			c.skip((8 - size%8) % 8)
		}
		return p
	}
	name, kind, space := part(nameSize), part(typeSize), part(spaceSize)
	if c.err != nil || until0(name.bytes(nameSize)) != want {
		return false, nil
	}
	if version > 1 && flags != 0 {
		c.fail("%q has a shared type, which is not supported", want)
		return true, nil
	}
	t := datatype(kind)
	_, n := shape(space)
	for _, p := range []*cursor{kind, space} {
		if c.err == nil {
			c.err = p.err
		}
	}
	for i := 0; i < n && c.err == nil; i++ {
		switch {
		case t.class == classText:
			text = append(text, until0(c.bytes(t.size)))
		case t.class == classVariable && t.text:
			size, at, index := c.uint32(), c.uint64(), c.uint32()
			text = append(text, f.global(c, at, index, size))
		default:
			c.fail("%q is no text", want)
		}
	}
	return true, text
}

// global is an object of a global heap.
func (f *File) global(from *cursor, address, index, size uint64) string {
	if size == 0 || from.err != nil {
		return ""
	}
	c := f.at(address)
	c.mark("GCOL")
	c.skip(4)
	total := c.uint64()
	c.pos -= min(c.pos, 16)
	c = c.part(total)
	c.skip(16)
	for c.more() {
		id := c.uint16()
		c.skip(2 + 4)
		n := c.uint64()
		if err := f.left.Spend(16); err != nil {
			c.fail("%v", err)
		}
		if c.err == nil && id == index {
			if n < size {
				c.fail("text of %d bytes where %d should be", n, size)
			}
			if text := c.bytes(size); c.err == nil && f.left.Spend(int(size)) == nil {
				return until0(text)
			}
			break
		}
		if id == 0 { // the rest is free
			break
		}
		c.skip(n)
		c.skip((8 - n%8) % 8)
	}
	if from.err = c.err; from.err == nil {
		from.fail("text %d is not in the heap at byte %d", index, address)
	}
	return ""
}

// until0 is a text up to its end.
func until0(text []byte) string {
	text, _, _ = bytes.Cut(text, []byte{0})
	return string(text)
}
