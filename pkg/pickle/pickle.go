// Package pickle reads Python pickles as data.
//
// A pickle is a program for a small stack machine, and it may call any function
// of Python. This reader knows values and containers, and it makes no call: the
// name of a function or class becomes a Global, and the call of one a Call with
// its arguments. The reader of a format says which names it knows. A pickle with
// any other name is refused, because only code could tell what it means.
//
// Values become these Go values: nil, bool, int64, *big.Int, float64, string,
// []byte, *List, Tuple, *Dict, Global, *Call, and what the caller makes of objects
// outside the pickle. Containers are shared, as the pickle has them, and a hostile
// file can make them circular.
//
// https://github.com/python/cpython/blob/main/Lib/pickletools.py
package pickle

import "fmt"

// List is a list; the only container that grows besides Dict.
type List struct{ Items []any }

// Tuple is a tuple.
type Tuple []any

// Dict is a dictionary in the order of the file.
type Dict struct{ Keys, Values []any }

// Get returns the last value of a key that is a string.
func (d *Dict) Get(key string) (any, bool) {
	for i := len(d.Keys) - 1; i >= 0; i-- {
		if d.Keys[i] == any(key) {
			return d.Values[i], true
		}
	}
	return nil, false
}

// Global is the name of a function or class.
type Global struct{ Module, Name string }

func (g Global) String() string { return g.Module + "." + g.Name }

// Call stands for what a function would return. Items are what the pickle then
// stores in it as in a dictionary.
type Call struct {
	Func  Global
	Args  Tuple
	Items Dict
}

// UnknownName is the error of a pickle with a name that the caller does not know.
type UnknownName struct {
	Global Global
	At     int // byte
}

func (e *UnknownName) Error() string {
	return fmt.Sprintf("byte %d: it asks for %s, which is code and not data", e.At, e.Global)
}

// maxOperations bounds what a pickle builds: an operation of one byte can make a
// container of a hundred. A checkpoint of a thousand layers has some 10^5.
const maxOperations = 1 << 21

// Read reads the first pickle in data, and returns what follows it. It refuses
// every global name that known does not say is known. Objects outside the pickle
// come from outside, which gets their id; where it is nil they are refused.
func Read(data []byte, known func(Global) bool, outside func(id any) (any, error)) (value any, rest []byte, err error) {
	m := &machine{data: data, known: known, outside: outside, memo: map[int]any{}}
	for range maxOperations {
		at := m.at
		code, err := m.bytes(1)
		if err != nil {
			return nil, nil, err
		}
		if code[0] == stop {
			value, err := m.pop()
			return value, data[m.at:], err
		}
		op := opcodes[code[0]]
		if op == nil {
			return nil, nil, fmt.Errorf("byte %d: opcode %#02x is not one of plain data", at, code[0])
		}
		if err := op(m); err != nil {
			if _, ok := err.(*UnknownName); ok {
				return nil, nil, err
			}
			return nil, nil, fmt.Errorf("byte %d: opcode %#02x: %w", at, code[0], err)
		}
	}
	return nil, nil, fmt.Errorf("byte %d: more than %d operations", m.at, maxOperations)
}
