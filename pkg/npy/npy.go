// Package npy reads arrays of numbers as NumPy writes them to .npy files.
//
// Taken are format versions 1 to 3, little and big endian, C and Fortran order,
// and the types f2, f4, f8, i1 to i8, u1 to u8 and b1. Others (objects, text,
// complex numbers) are refused by name.
package npy

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"regexp"
	"relucount/pkg/ieee"
	"strconv"
	"strings"
)

// Magic opens every file.
const Magic = "\x93NUMPY"

// Array is an array of any number of dimensions, its values in C order: the last
// index changes fastest.
type Array struct {
	Shape  []int
	Values []float64
}

// header is the Python dictionary that describes the array.
type header struct {
	order   binary.ByteOrder
	kind    byte
	size    int
	fortran bool
	shape   []int
	length  int // numbers
}

// Read reads a file.
func Read(data []byte) (*Array, error) {
	if !bytes.HasPrefix(data, []byte(Magic)) {
		return nil, errors.New("this is no NPY file")
	}
	text, rest, err := split(data[len(Magic):])
	if err != nil {
		return nil, err
	}
	h, err := parse(text)
	if err != nil {
		return nil, err
	}
	if want := h.length * h.size; len(rest) != want {
		return nil, fmt.Errorf("%d bytes of numbers, the shape %v asks for %d", len(rest), h.shape, want)
	}
	a := &Array{Shape: h.shape, Values: make([]float64, h.length)}
	for i := range a.Values {
		a.Values[i] = h.number(rest[i*h.size : (i+1)*h.size])
	}
	if h.fortran && len(h.shape) > 1 {
		a.Values = turn(a.Values, h.shape)
	}
	return a, nil
}

// split returns the header and the numbers.
func split(data []byte) (text string, rest []byte, err error) {
	cut := errors.New("the file is cut short")
	if len(data) < 4 {
		return "", nil, cut
	}
	size, from := 0, 4
	switch data[0] {
	case 1:
		size = int(binary.LittleEndian.Uint16(data[2:]))
	case 2, 3:
		if len(data) < 6 {
			return "", nil, cut
		}
		from = 6
		size = int(binary.LittleEndian.Uint32(data[2:]))
	default:
		return "", nil, fmt.Errorf("NPY version %d.%d is not known", data[0], data[1])
	}
	if size > len(data)-from {
		return "", nil, cut
	}
	return string(data[from : from+size]), data[from+size:], nil
}

var (
	descr   = regexp.MustCompile(`'descr'\s*:\s*'([^']*)'`)
	fortran = regexp.MustCompile(`'fortran_order'\s*:\s*(True|False)`)
	shape   = regexp.MustCompile(`'shape'\s*:\s*\(([\d\s,]*)\)`)
)

// maxLength limits the numbers of an array, so that no product overflows.
const maxLength = 1 << 40

func parse(text string) (*header, error) {
	d, f, s := descr.FindStringSubmatch(text), fortran.FindStringSubmatch(text), shape.FindStringSubmatch(text)
	if d == nil || f == nil || s == nil {
		return nil, errors.New("the header lacks descr, fortran_order or shape, or the array has fields")
	}
	h := &header{fortran: f[1] == "True", length: 1}
	if err := h.of(d[1]); err != nil {
		return nil, err
	}
	for _, n := range strings.Split(s[1], ",") {
		if n = strings.TrimSpace(n); n == "" {
			continue
		}
		v, err := strconv.Atoi(n)
		if err != nil || v > maxLength || v > 0 && h.length > maxLength/v {
			return nil, fmt.Errorf("the shape (%.60s) is none, or too large", s[1])
		}
		h.shape = append(h.shape, v)
		h.length *= v
	}
	return h, nil
}

// of reads a type, as <f4.
func (h *header) of(descr string) error {
	refused := fmt.Errorf("numbers of type %.40q are not taken: convert them with astype('float64')", descr)
	if len(descr) != 3 {
		return refused
	}
	switch descr[0] {
	case '<', '|', '=':
		h.order = binary.LittleEndian
	case '>':
		h.order = binary.BigEndian
	default:
		return refused
	}
	h.kind, h.size = descr[1], int(descr[2]-'0')
	switch descr[1:] {
	case "f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1":
		return nil
	}
	return refused
}

func (h *header) number(b []byte) float64 {
	var v uint64
	switch h.size {
	case 1:
		v = uint64(b[0])
	case 2:
		v = uint64(h.order.Uint16(b))
	case 4:
		v = uint64(h.order.Uint32(b))
	case 8:
		v = h.order.Uint64(b)
	}
	switch h.kind {
	case 'i':
		shift := 64 - 8*h.size
		return float64(int64(v<<shift) >> shift)
	case 'f':
		switch h.size {
		case 2:
			return ieee.FromHalf(uint16(v))
		case 4:
			return float64(math.Float32frombits(uint32(v)))
		}
		return math.Float64frombits(v)
	}
	return float64(v)
}

// turn brings values whose first index changes fastest to C order.
func turn(values []float64, shape []int) []float64 {
	out := make([]float64, len(values))
	index := make([]int, len(shape))
	for i := range out {
		from, stride := 0, 1
		for k, n := range shape {
			from += index[k] * stride
			stride *= n
		}
		out[i] = values[from]
		for k := len(shape) - 1; k >= 0; k-- {
			if index[k]++; index[k] < shape[k] {
				break
			}
			index[k] = 0
		}
	}
	return out
}
