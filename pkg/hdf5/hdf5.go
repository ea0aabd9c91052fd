// Package hdf5 reads groups, attributes of text and arrays of numbers from HDF5 files
// in memory, as far as Keras writes them.
//
// An object of a file, a group or an array, is a header of messages. A message says
// one thing of the object: its links, an attribute, the shape, the type, the place of
// the numbers. Both forms of headers are read, of HDF5 1.0 and of 1.8, and the three
// forms of groups: with a symbol table, with links as messages, and with links in a
// heap. Arrays in chunks, and so compressed ones, are not read.
//
// Every address is checked, and what a file may ask for is limited by its size: a
// file of any bytes gives an error or what it says.
//
// https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html
package hdf5

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"relucount/pkg/budget"
)

const signature = "\x89HDF\r\n\x1a\n"

// Is says whether data begins as an HDF5 file does.
func Is(data []byte) bool { return bytes.HasPrefix(data, []byte(signature)) }

// File is an open file.
type File struct {
	data []byte
	root uint64
	left budget.Budget // bytes of headers and numbers of arrays

	groups map[uint64]map[string]uint64 // the links of groups, by address
}

// undefined is the address of what is not there.
const undefined = math.MaxUint64

// Open finds the root of a file.
func Open(data []byte) (*File, error) {
	f := &File{data: data, left: budget.Of(len(data)), groups: map[uint64]map[string]uint64{}}
	c := f.at(uint64(len(signature)))
	version := c.byte()
	var offsets, lengths byte
	switch version {
	case 0, 1:
		c.skip(4)
		offsets, lengths = c.byte(), c.byte()
		c.skip(9)
		if version == 1 {
			c.skip(4)
		}
		c.base()
		c.skip(3*8 + 8) // more addresses, and the name of the root
		f.root = c.uint64()
	case 2, 3:
		offsets, lengths = c.byte(), c.byte()
		c.skip(1)
		c.base()
		c.skip(2 * 8)
		f.root = c.uint64()
	default:
		return nil, fmt.Errorf("byte 8: version %d of HDF5's superblock is not known", version)
	}
	if c.err == nil && (offsets != 8 || lengths != 8) {
		return nil, fmt.Errorf("byte 13: addresses of %d and lengths of %d bytes: only 8 are supported", offsets, lengths)
	}
	return f, c.err
}

// cursor takes fields from a place in a file. After an error all fields are 0.
type cursor struct {
	data []byte // of the file up to where the structure must end
	pos  uint64
	err  error
}

func (f *File) at(pos uint64) *cursor { return &cursor{data: f.data, pos: pos} }

func (c *cursor) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("byte %d: %s", c.pos, fmt.Sprintf(format, args...))
	}
}

// bytes takes n bytes.
func (c *cursor) bytes(n uint64) []byte {
	size := uint64(len(c.data))
	if c.err == nil && (c.pos > size || n > size-c.pos) {
		c.fail("%d bytes should be here, but the file or its part has %d: it is damaged or cut short", n, size)
	}
	if c.err != nil {
		return nil
	}
	c.pos += n
	return c.data[c.pos-n : c.pos : c.pos]
}

func (c *cursor) skip(n uint64) { c.bytes(n) }

func (c *cursor) more() bool { return c.err == nil && c.pos < uint64(len(c.data)) }

// number takes an unsigned number of up to 8 bytes.
func (c *cursor) number(width uint64) uint64 {
	var wide [8]byte
	copy(wide[:], c.bytes(width))
	return binary.LittleEndian.Uint64(wide[:])
}

func (c *cursor) byte() byte     { return byte(c.number(1)) }
func (c *cursor) uint16() uint64 { return c.number(2) }
func (c *cursor) uint32() uint64 { return c.number(4) }
func (c *cursor) uint64() uint64 { return c.number(8) }

// base takes the address that all others count from.
func (c *cursor) base() {
	if v := c.uint64(); v != 0 {
		c.fail("addresses count from %d: only 0 is supported", v)
	}
}

// mark takes the four letters that open a structure.
func (c *cursor) mark(want string) {
	if got := c.bytes(4); c.err == nil && string(got) != want {
		c.pos -= 4
		c.fail("%q where %q should be", got, want)
	}
}

// part limits the cursor to the next n bytes, and is a cursor on them.
func (c *cursor) part(n uint64) *cursor {
	from := c.pos
	if c.skip(n); c.err != nil {
		return &cursor{err: c.err}
	}
	return &cursor{data: c.data[:c.pos], pos: from}
}

// Types of messages.
const (
	msgDataspace   = 0x01
	msgLinkInfo    = 0x02
	msgDatatype    = 0x03
	msgLink        = 0x06
	msgLayout      = 0x08
	msgFilter      = 0x0b
	msgAttribute   = 0x0c
	msgMore        = 0x10
	msgSymbolTable = 0x11
)

// message is one message of an object.
type message struct {
	kind uint64
	body *cursor
}

// Object is a group or an array.
type Object struct {
	file     *File
	path     string
	address  uint64
	messages []message
}

// maxMessages is for one object.
const maxMessages = 1 << 16

// object reads the header at the address.
func (f *File) object(address uint64, path string) (*Object, error) {
	o := &Object{file: f, path: path, address: address}
	c := f.at(address)
	if bytes.HasPrefix(f.data[min(address, uint64(len(f.data))):], []byte("OHDR")) {
		o.newHeader(c)
	} else {
		o.oldHeader(c)
	}
	if c.err != nil {
		return nil, fmt.Errorf("%s: %w", path, c.err)
	}
	return o, nil
}

// oldHeader reads a header of version 1. Its error is in c.
func (o *Object) oldHeader(c *cursor) {
	if v := c.byte(); v != 1 {
		c.pos--
		c.fail("no header of an object")
	}
	c.skip(1 + 2 + 4)
	size := c.uint32()
	c.skip(4)
	o.blocks(c, c.part(size), "", func(b *cursor) (kind uint64, body *cursor) {
		kind, size, flags := b.uint16(), b.uint16(), b.byte()
		b.skip(3)
		return shared(kind, uint64(flags)), b.part(size)
	})
}

// newHeader reads a header of version 2.
func (o *Object) newHeader(c *cursor) {
	c.mark("OHDR")
	if v := c.byte(); v != 2 {
		c.fail("version %d of an object's header is not known", v)
	}
	flags := c.byte()
	if flags&0x20 != 0 {
		c.skip(16)
	}
	if flags&0x10 != 0 {
		c.skip(4)
	}
	size := c.number(1 << (flags & 3))
	o.blocks(c, c.part(size), "OCHK", func(b *cursor) (kind uint64, body *cursor) {
		if uint64(len(b.data))-b.pos < 4 { // a gap
			return 0, b.part(uint64(len(b.data)) - b.pos)
		}
		kind, size, own := uint64(b.byte()), b.uint16(), b.byte()
		if flags&4 != 0 {
			b.skip(2)
		}
		return shared(kind, uint64(own)), b.part(size)
	})
}

// shared is the kind of a message, or none where it is stored elsewhere.
func shared(kind, flags uint64) uint64 {
	if flags&2 != 0 {
		return 0
	}
	return kind
}

// blocks reads the messages of the first block and of those that continue it, which
// open with the mark and then end with a checksum.
func (o *Object) blocks(c, first *cursor, mark string, next func(b *cursor) (uint64, *cursor)) {
	todo := []*cursor{first}
	for len(todo) > 0 && c.err == nil {
		b := todo[0]
		todo = todo[1:]
		for b.more() {
			kind, body := next(b)
			if len(o.messages) == maxMessages {
				b.fail("more than %d messages", maxMessages)
			}
			if err := o.file.left.Spend(64); err != nil {
				b.fail("%v", err)
			}
			if kind == msgMore {
				at, size := body.uint64(), body.uint64()
				if body.err != nil {
					b.err = body.err
					break
				}
				more := o.file.at(at).part(size)
				if mark != "" && more.err == nil {
					more.mark(mark)
					more.data = more.data[:max(len(more.data)-4, int(more.pos))]
				}
				todo = append(todo, more)
			}
			o.messages = append(o.messages, message{kind, body})
		}
		c.err = b.err
	}
}

// find is a cursor on the first message of a kind, or nil.
func (o *Object) find(kind uint64) *cursor {
	for _, m := range o.messages {
		if m.kind == kind {
			body := *m.body
			return &body
		}
	}
	return nil
}

// Root is the group at the top.
func (f *File) Root() (*Object, error) { return f.object(f.root, "/") }

// Get is the object at a path below a group: names with slashes between them.
func (o *Object) Get(path string) (*Object, error) {
	for name := range strings.SplitSeq(path, "/") {
		links, err := o.links()
		if err != nil {
			return nil, err
		}
		address, ok := links[name]
		if !ok {
			return nil, fmt.Errorf("%s has no %q", o.path, name)
		}
		if o, err = o.file.object(address, strings.TrimSuffix(o.path, "/")+"/"+name); err != nil {
			return nil, err
		}
	}
	return o, nil
}
