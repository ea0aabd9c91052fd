package hdf5

import (
	"math/bits"
)

// heap is a fractal heap: blocks of doubling sizes, in rows of equal width. The
// blocks together are one space of offsets.
type heap struct {
	file           *File
	offsetBytes    uint64 // of a number within the space
	lengthBytes    uint64
	width          uint64 // blocks in a row
	start, largest uint64 // sizes of blocks: of the first two rows, and of direct ones
	root           uint64
	rows           uint64 // of the root, when that is indirect, else 0
}

// heap reads the header of a fractal heap.
func (f *File) heap(address uint64) (*heap, error) {
	h := &heap{file: f}
	c := f.at(address)
	c.mark("FRHP")
	c.skip(1)
	idBytes, filters := c.uint16(), c.uint16()
	c.skip(1)
	maxManaged := c.uint32()
	c.skip(12 * 8)
	h.width, h.start, h.largest = c.uint16(), c.uint64(), c.uint64()
	offsetBits := c.uint16()
	c.skip(2)
	h.root, h.rows = c.uint64(), c.uint16()
	h.offsetBytes = (offsetBits + 7) / 8
	h.lengthBytes = uint64(bits.Len64(min(maxManaged, h.largest))+7) / 8
	if c.err == nil && (filters != 0 || h.width == 0 || h.start == 0 || h.start > 1<<32 || h.start&(h.start-1) != 0 || h.largest < h.start ||
		h.offsetBytes > 8 || 1+h.offsetBytes+h.lengthBytes > idBytes || h.rows > 64) {
		c.fail("a heap of a form that is not supported")
	}
	return h, c.err
}

// managed is a cursor on the object whose id the record has next.
func (h *heap) managed(record *cursor) *cursor {
	if kind := record.byte(); kind != 0 {
		record.fail("an object of kind %#x in a heap is not supported", kind)
	}
	offset, length := record.number(h.offsetBytes), record.number(h.lengthBytes)
	if record.err != nil {
		return nil
	}
	c := h.object(offset, length)
	if record.err = c.err; c.err != nil {
		return nil
	}
	return c
}

// object is a cursor on a part of the space.
func (h *heap) object(offset, length uint64) *cursor {
	address, rows, from, size := h.root, h.rows, uint64(0), h.start
	for range maxDepth {
		if rows == 0 {
			c := h.file.at(address)
			c.mark("FHDB")
			c.pos = address
			block := c.part(size)
			block.skip(offset - from)
			return block.part(length)
		}
		c := h.file.at(address)
		c.mark("FHIB")
		c.skip(1 + 8 + h.offsetBytes)
		found := false
		for row := uint64(0); row < rows && !found && c.err == nil; row++ {
			if size = h.start; row > 0 {
				size = h.start << (row - 1)
			}
			for range h.width {
				address = c.uint64()
				if err := h.file.left.Spend(1); err != nil {
					c.fail("%v", err)
				}
				if offset-from < size {
					found = true
					break
				}
				from += size
			}
		}
		if !found || c.err != nil || address == undefined {
			c.fail("a heap has no offset %d", offset)
			return c
		}
		rows = 0
		if size > h.largest { // an indirect block, with as many rows as fill its size
			rows = uint64(bits.Len64(size / (h.start * h.width)))
		}
	}
	c := h.file.at(h.root)
	c.fail("a heap that is too deep")
	return c
}

// records gives the records of a B-tree of version 2 to the function.
func (f *File) records(address uint64, each func(record *cursor)) error {
	c := f.at(address)
	c.mark("BTHD")
	c.skip(2)
	nodeSize, recordSize, depth := c.uint32(), c.uint16(), c.uint16()
	c.skip(2)
	root, used := c.uint64(), c.uint16()
	if c.err == nil && (depth > maxDepth || recordSize == 0 || nodeSize < 64) {
		c.fail("a tree of depth %d is not supported", depth)
	}
	if c.err != nil || root == undefined {
		return c.err
	}
	t := &tree2{f, nodeSize, recordSize, each}
	return t.node(root, used, depth)
}

// tree2 is a B-tree of version 2.
type tree2 struct {
	file                 *File
	nodeSize, recordSize uint64
	each                 func(record *cursor)
}

// most is how many records a leaf, or all below a node of the depth, may have.
func (t *tree2) most(depth uint64) (node, below uint64) {
	leaf := (t.nodeSize - 10) / t.recordSize
	node, below = leaf, leaf
	for d := uint64(1); d <= depth; d++ {
		pointer := 8 + width(leaf)
		if d > 1 {
			pointer += width(below)
		}
		node = (t.nodeSize - 10 - pointer) / (t.recordSize + pointer)
		below = (node+1)*min(below, 1<<40) + node
	}
	return node, below
}

// width is how many bytes a number of up to most needs.
func width(most uint64) uint64 { return uint64(bits.Len64(most)+7) / 8 }

// node reads a node with so many records.
func (t *tree2) node(address, used, depth uint64) error {
	c := t.file.at(address)
	if depth == 0 {
		c.mark("BTLF")
	} else {
		c.mark("BTIN")
	}
	c.skip(2)
	for range used {
		record := c.part(t.recordSize)
		if err := t.file.left.Spend(64); err != nil {
			c.fail("%v", err)
		}
		if c.err != nil {
			return c.err
		}
		if t.each(record); record.err != nil {
			return record.err
		}
	}
	if depth == 0 {
		return c.err
	}
	leaf, _ := t.most(0)
	_, below := t.most(depth - 1)
	for range used + 1 {
		child, n := c.uint64(), c.number(width(leaf))
		if depth > 1 {
			c.skip(width(below))
		}
		if err := t.file.left.Spend(64); err != nil {
			c.fail("%v", err)
		}
		if c.err != nil {
			return c.err
		}
		if err := t.node(child, n, depth-1); err != nil {
			return err
		}
	}
	return nil
}
