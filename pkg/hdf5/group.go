package hdf5

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
)

// Names are the names of a group's links, sorted.
func (o *Object) Names() ([]string, error) {
	links, err := o.links()
	return slices.Sorted(maps.Keys(links)), err
}

// links are the addresses of a group's objects. An array has none.
func (o *Object) links() (map[string]uint64, error) {
	if known, ok := o.file.groups[o.address]; ok {
		return known, nil
	}
	g := &links{file: o.file, to: map[string]uint64{}}
	for _, m := range o.messages {
		body := *m.body
		switch m.kind {
		case msgSymbolTable:
			g.symbolTable(&body)
		case msgLink:
			g.link(&body)
		case msgLinkInfo:
			g.dense(&body)
		}
		if g.err == nil {
			g.err = body.err
		}
		if g.err != nil {
			return nil, fmt.Errorf("%s: %w", o.path, g.err)
		}
	}
	o.file.groups[o.address] = g.to
	return g.to, nil
}

// links collects the links of a group.
type links struct {
	file *File
	to   map[string]uint64
	err  error
}

func (g *links) add(c *cursor, name string, address uint64) {
	if err := g.file.left.Spend(64 + len(name)); err != nil {
		c.fail("%v", err)
	}
	if c.err == nil {
		g.to[name] = address
	}
}

// symbolTable reads the links of an old group: a tree of tables, and a heap of names.
func (g *links) symbolTable(c *cursor) {
	tree, heap := c.uint64(), c.uint64()
	if c.err != nil {
		return
	}
	h := g.file.at(heap)
	h.mark("HEAP")
	h.skip(4)
	size := h.uint64()
	h.skip(8)
	names := g.file.at(h.uint64()).part(size)
	if h.err == nil {
		h.err = names.err
	}
	if g.err = h.err; g.err == nil {
		g.err = g.tree(tree, names, 0)
	}
}

// maxDepth is far above what trees of a file that fits in memory need.
const maxDepth = 16

// tree reads a node of a B-tree of version 1, which can be circular in a bad file.
func (g *links) tree(address uint64, names *cursor, depth int) error {
	c := g.file.at(address)
	c.mark("TREE")
	kind, level, entries := c.byte(), int(c.byte()), c.uint16()
	if c.err == nil && (kind != 0 || level > maxDepth-depth) {
		c.fail("a node of kind %d at level %d: no tree of a group", kind, level)
	}
	c.skip(2 * 8)
	for range entries {
		c.skip(8)
		child := c.uint64()
		if err := g.file.left.Spend(64); err != nil {
			c.fail("%v", err)
		}
		if c.err != nil {
			break
		}
		if level > 0 {
			c.err = g.tree(child, names, depth+1)
		} else {
			c.err = g.table(child, names)
		}
	}
	return c.err
}

// table reads a table of symbols.
func (g *links) table(address uint64, names *cursor) error {
	c := g.file.at(address)
	c.mark("SNOD")
	c.skip(2)
	for range c.uint16() {
		name, object := c.uint64(), c.uint64()
		c.skip(4 + 4 + 16)
		at := *names
		at.skip(name)
		text, _, ok := bytes.Cut(at.data[min(at.pos, uint64(len(at.data))):], []byte{0})
		if c.err == nil && (at.err != nil || !ok) {
			c.fail("a name without an end")
		}
		if c.err != nil {
			break
		}
		if object != undefined { // as it is of a soft link
			g.add(c, string(text), object)
		}
	}
	return c.err
}

// link reads a link that is a message. Links to other files and soft links are left
// out.
func (g *links) link(c *cursor) {
	if v := c.byte(); v != 1 {
		c.fail("version %d of a link is not known", v)
	}
	flags := c.byte()
	kind := byte(0)
	if flags&8 != 0 {
		kind = c.byte()
	}
	if flags&4 != 0 {
		c.skip(8)
	}
	if flags&16 != 0 {
		c.skip(1)
	}
	name := c.bytes(c.number(1 << (flags & 3)))
	if kind == 0 {
		g.add(c, string(name), c.uint64())
	}
}

// dense reads the links of a group that keeps them in a heap.
func (g *links) dense(c *cursor) {
	c.skip(1)
	if c.byte()&1 != 0 {
		c.skip(8)
	}
	heap, index := c.uint64(), c.uint64()
	if c.err != nil || heap == undefined {
		return
	}
	h, err := g.file.heap(heap)
	if err == nil {
		err = g.file.records(index, func(record *cursor) {
			record.skip(4) // a hash of the name
			if at := h.managed(record); record.err == nil {
				if g.link(at); at.err != nil {
					record.err = at.err
				}
			}
		})
	}
	g.err = err
}
