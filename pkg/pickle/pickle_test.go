package pickle

import (
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"strings"
	"testing"
)

func known(g Global) bool { return g.Module == "collections" }

func outside(id any) (any, error) {
	if id == "lost" {
		return nil, errors.New("not there")
	}
	return fmt.Sprint("outside: ", id), nil
}

func TestValues(t *testing.T) {
	magic, _ := new(big.Int).SetString("1950a86a20f9469cfc6c", 16)
	for _, c := range []struct {
		name, data string // as Python writes them
		want       any
	}{
		{"None", "\x80\x02N.", nil},
		{"True", "\x80\x02\x88.", true},
		{"False", "\x80\x02\x89.", false},
		{"7", "\x80\x02K\x07.", int64(7)},
		{"1000", "\x80\x02M\xe8\x03.", int64(1000)},
		{"-1", "\x80\x02J\xff\xff\xff\xff.", int64(-1)},
		{"2**40", "\x80\x02\x8a\x06\x00\x00\x00\x00\x00\x01.", int64(1) << 40},
		{"-2**40", "\x80\x02\x8a\x06\x00\x00\x00\x00\x00\xff.", -int64(1) << 40},
		{"PyTorch's number", "\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", magic},
		{"1.5", "\x80\x02G?\xf8\x00\x00\x00\x00\x00\x00.", 1.5},
		{"'ab'", "\x80\x02X\x02\x00\x00\x00abq\x00.", "ab"},
		{"'ab' in protocol 4", "\x80\x04\x95\x06\x00\x00\x00\x00\x00\x00\x00\x8c\x02ab\x94.", "ab"},
		{"b'ab'", "\x80\x03C\x02abq\x00.", []byte("ab")},
		{"()", "\x80\x02).", Tuple{}},
		{"(1, 2)", "\x80\x02K\x01K\x02\x86q\x00.", Tuple{int64(1), int64(2)}},
		{"(1, 2, 3, 4)", "\x80\x02(K\x01K\x02K\x03K\x04tq\x00.", Tuple{int64(1), int64(2), int64(3), int64(4)}},
		{"[1]", "\x80\x02]q\x00K\x01a.", &List{[]any{int64(1)}}},
		{"[1, 2]", "\x80\x02]q\x00(K\x01K\x02e.", &List{[]any{int64(1), int64(2)}}},
		{"{'a': 1}", "\x80\x02}q\x00X\x01\x00\x00\x00aq\x01K\x01s.", &Dict{[]any{"a"}, []any{int64(1)}}},
		{"a tuple of one thing twice", "\x80\x02X\x01\x00\x00\x00aq\x00h\x00\x86.", Tuple{"a", "a"}},
		{"OrderedDict(a=1)", "\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01X\x01\x00\x00\x00aq\x02K\x01s.",
			&Call{Global{"collections", "OrderedDict"}, Tuple{}, Dict{[]any{"a"}, []any{int64(1)}}}},
		{"with an attribute", "\x80\x02ccollections\nOrderedDict\nq\x00)R}X\x01\x00\x00\x00aK\x01sb.",
			&Call{Global{"collections", "OrderedDict"}, Tuple{}, Dict{}}},
		{"in protocol 4", "\x80\x04\x8c\x0bcollections\x94\x8c\x0bOrderedDict\x94\x93\x94)R\x94.",
			&Call{Global{"collections", "OrderedDict"}, Tuple{}, Dict{}}},
		{"outside", "\x80\x02X\x01\x00\x00\x00aQ.", "outside: a"},
	} {
		got, rest, err := Read([]byte(c.data+"rest"), known, outside)
		if err != nil || !reflect.DeepEqual(got, c.want) || string(rest) != "rest" {
			t.Errorf("%s: %#v, %q, %v, want %#v", c.name, got, rest, err, c.want)
		}
	}
	d := &Dict{[]any{"a", int64(1), "a"}, []any{1, 2, 3}}
	if v, ok := d.Get("a"); v != 3 || !ok {
		t.Error("the last value of a key counts, got", v, ok)
	}
	if v, ok := d.Get("b"); v != nil || ok {
		t.Error(v, ok)
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct{ name, data, want string }{
		{"nothing", "", "cut short at byte 0"},
		{"no end", "\x80\x02N", "cut short at byte 3"},
		{"cut text", "\x80\x02X\x05\x00\x00\x00ab", "byte 2: opcode 0x58: the pickle is cut short at byte 9"},
		{"endless text", "\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\xff", "byte 2: opcode 0x8d: 18446744073709551615 is out of range"},
		{"a call of the shell", "\x80\x02cos\nsystem\nX\x02\x00\x00\x00ls\x85R.", "byte 2: it asks for os.system, which is code and not data"},
		{"the same in protocol 4", "\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x02ls\x85R.", "byte 14: it asks for os.system"},
		{"in protocol 0", "cos\nsystem\n(S'ls'\ntR.", "byte 0: it asks for os.system"},
		{"an object", "\x80\x02ccollections\nOrderedDict\n)\x81.", "opcode 0x81 is not one of plain data"},
		{"an instance", "(icollections\nOrderedDict\n.", "byte 1: opcode 0x69 is not one of plain data"},
		{"an extension", "\x80\x02\x82\x01.", "opcode 0x82 is not one of plain data"},
		{"a call of no name", "\x80\x02K\x01)R.", "a call of int64 with pickle.Tuple"},
		{"half a name", "\x80\x02ccollections", "the line has no end"},
		{"a name of numbers", "\x80\x04K\x01K\x01\x93.", "a name of int64 and int64"},
		{"pop of nothing", "\x80\x020.", "the stack is empty"},
		{"result of nothing", ".", "the stack is empty"},
		{"below the mark", "\x80\x02K\x01(0.", "the stack is empty"},
		{"no mark", "\x80\x02t.", "there is no mark"},
		{"nothing remembered", "\x80\x02h\x05.", "nothing is remembered as 5"},
		{"append to a number", "\x80\x02K\x01K\x01a.", "int64 where a list should be"},
		{"set in a list", "\x80\x02]K\x01K\x01s.", "*pickle.List where a dictionary should be"},
		{"a list as key", "\x80\x02}]K\x01s.", "*pickle.List cannot be a key"},
		{"odd", "\x80\x02}(K\x01u.", "a key has no value"},
		{"attributes of a list", "\x80\x02]}b.", "attributes of *pickle.List"},
		{"not there", "\x80\x02X\x04\x00\x00\x00lostQ.", "byte 11: opcode 0x51: not there"},
		{"too much", strings.Repeat("N0", maxOperations/2), "more than 2097152 operations"},
	} {
		_, _, err := Read([]byte(c.data), known, outside)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestOutside(t *testing.T) {
	if _, _, err := Read([]byte("NQ."), known, nil); err == nil || !strings.Contains(err.Error(), "an object outside the pickle") {
		t.Error(err)
	}
}

// FuzzRead wants no panic.
func FuzzRead(f *testing.F) {
	f.Add([]byte("\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01(X\x01\x00\x00\x00aq\x02K\x01X\x01\x00\x00\x00b]K\x01aux."))
	f.Add([]byte("\x80\x04\x95\x06\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x8c\x06system\x93\x8c\x02ls\x85R\x94."))
	f.Add([]byte("\x80\x02}(K\x01\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19K\x02G?\xf8\x00\x00\x00\x00\x00\x00ub."))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, rest, err := Read(data, known, outside)
		if err == nil && len(rest) >= len(data) {
			t.Errorf("%d bytes left of %d", len(rest), len(data))
		}
	})
}
