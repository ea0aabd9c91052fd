package pickle

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"slices"
)

// machine runs a pickle.
type machine struct {
	data    []byte
	at      int
	stack   []any
	marks   []int // lengths of the stack
	memo    map[int]any
	known   func(Global) bool
	outside func(id any) (any, error)
}

const stop = '.'

// opcodes are those of plain data; stop is not among them.
var opcodes = [256]func(m *machine) error{
	0x80: skip(1), // PROTO
	0x95: skip(8), // FRAME

	'N':  constant(nil),
	0x88: constant(true),
	0x89: constant(false),
	'K':  (*machine).integer1,
	'M':  (*machine).integer2,
	'J':  (*machine).integer4,
	0x8a: (*machine).long,
	'G':  (*machine).float,
	'U':  text(1),
	'T':  text(4),
	0x8c: text(1),
	'X':  text(4),
	0x8d: text(8),
	'C':  raw(1),
	'B':  raw(4),
	0x8e: raw(8),

	'(':  (*machine).mark,
	'0':  (*machine).drop,
	'1':  (*machine).dropToMark,
	'2':  (*machine).double,
	')':  tuple(0),
	0x85: tuple(1),
	0x86: tuple(2),
	0x87: tuple(3),
	't':  (*machine).tupleFromMark,
	']':  (*machine).emptyList,
	'a':  (*machine).appendOne,
	'e':  (*machine).appendMany,
	'}':  (*machine).emptyDict,
	's':  (*machine).setOne,
	'u':  (*machine).setMany,

	'q':  put(1),
	'r':  put(4),
	0x94: (*machine).memoize,
	'h':  get(1),
	'j':  get(4),

	'c':  (*machine).global,
	0x93: (*machine).stackGlobal,
	'R':  (*machine).reduce,
	'b':  (*machine).build,
	'Q':  (*machine).persistent,
}

// bytes takes the next n bytes.
func (m *machine) bytes(n int) ([]byte, error) {
	if n < 0 || n > len(m.data)-m.at {
		return nil, fmt.Errorf("the pickle is cut short at byte %d", len(m.data))
	}
	m.at += n
	return m.data[m.at-n : m.at], nil
}

// number takes an unsigned number of width 1, 2, 4 or 8 bytes.
func (m *machine) number(width int) (int, error) {
	b, err := m.bytes(width)
	if err != nil {
		return 0, err
	}
	var wide [8]byte
	copy(wide[:], b)
	v := binary.LittleEndian.Uint64(wide[:])
	if v > math.MaxInt {
		return 0, fmt.Errorf("%d is out of range", v)
	}
	return int(v), nil
}

// line takes what is before the next newline.
func (m *machine) line() (string, error) {
	n := bytes.IndexByte(m.data[m.at:], '\n')
	if n < 0 {
		return "", fmt.Errorf("the line has no end")
	}
	b, err := m.bytes(n + 1)
	return string(b[:n]), err
}

func (m *machine) push(v any) { m.stack = append(m.stack, v) }

// base is the length of the stack at the last mark: what is below it is out of
// reach until the mark is gone.
func (m *machine) base() int {
	if len(m.marks) == 0 {
		return 0
	}
	return m.marks[len(m.marks)-1]
}

func (m *machine) pop() (any, error) {
	v, err := m.popN(1)
	if err != nil {
		return nil, err
	}
	return v[0], nil
}

// popN takes the last n values off the stack.
func (m *machine) popN(n int) ([]any, error) {
	if len(m.stack)-m.base() < n {
		return nil, fmt.Errorf("the stack is empty")
	}
	v := append([]any{}, m.stack[len(m.stack)-n:]...)
	m.stack = m.stack[:len(m.stack)-n]
	return v, nil
}

// popMark takes all values down to the last mark off the stack.
func (m *machine) popMark() ([]any, error) {
	if len(m.marks) == 0 {
		return nil, fmt.Errorf("there is no mark")
	}
	v, err := m.popN(len(m.stack) - m.base())
	m.marks = m.marks[:len(m.marks)-1]
	return v, err
}

// top is the last value on the stack.
func (m *machine) top() (any, error) {
	if len(m.stack) == m.base() {
		return nil, fmt.Errorf("the stack is empty")
	}
	return m.stack[len(m.stack)-1], nil
}

func skip(n int) func(*machine) error {
	return func(m *machine) error {
		_, err := m.bytes(n)
		return err
	}
}

func constant(v any) func(*machine) error {
	return func(m *machine) error {
		m.push(v)
		return nil
	}
}

func (m *machine) integer1() error { return m.unsigned(1) }
func (m *machine) integer2() error { return m.unsigned(2) }

func (m *machine) unsigned(width int) error {
	v, err := m.number(width)
	m.push(int64(v))
	return err
}

func (m *machine) integer4() error {
	v, err := m.number(4)
	m.push(int64(int32(uint32(v))))
	return err
}

// long takes a signed number of up to 255 bytes, the lowest first.
func (m *machine) long() error {
	n, err := m.number(1)
	if err != nil {
		return err
	}
	b, err := m.bytes(n)
	if err != nil {
		return err
	}
	b = slices.Clone(b)
	slices.Reverse(b)
	v := new(big.Int).SetBytes(b)
	if n > 0 && b[0] >= 0x80 {
		v.Sub(v, new(big.Int).Lsh(big.NewInt(1), uint(8*n)))
	}
	if v.IsInt64() {
		m.push(v.Int64())
	} else {
		m.push(v)
	}
	return nil
}

func (m *machine) float() error {
	b, err := m.bytes(8)
	if err != nil {
		return err
	}
	m.push(math.Float64frombits(binary.BigEndian.Uint64(b)))
	return nil
}

// counted takes bytes after their number, which is of the given width.
func (m *machine) counted(width int) ([]byte, error) {
	n, err := m.number(width)
	if err != nil {
		return nil, err
	}
	return m.bytes(n)
}

func text(width int) func(*machine) error {
	return func(m *machine) error {
		b, err := m.counted(width)
		m.push(string(b))
		return err
	}
}

func raw(width int) func(*machine) error {
	return func(m *machine) error {
		b, err := m.counted(width)
		m.push(b)
		return err
	}
}
