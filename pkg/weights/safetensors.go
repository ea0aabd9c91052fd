package weights

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"relucount/pkg/ieee"
)

// maxHeader is a third of the limit that the format has for its header: JSON takes
// many times its size in memory.
const maxHeader = 1 << 25

// IsSafetensors says whether data begins as a safetensors file does: the length of
// a header, and a JSON object.
func IsSafetensors(data []byte) bool {
	if len(data) < 10 || data[8] != '{' {
		return false
	}
	n := binary.LittleEndian.Uint64(data)
	return n >= 2 && n <= maxHeader
}

// safetensorsTypes are the floating-point types, and safetensorsOthers the widths
// in bytes of the rest.
var (
	safetensorsTypes  = map[string]ieee.Kind{"F16": ieee.Half, "BF16": ieee.Bfloat, "F32": ieee.Single, "F64": ieee.Double}
	safetensorsOthers = map[string]int{"BOOL": 1, "U8": 1, "I8": 1, "U16": 2, "I16": 2, "U32": 4, "I32": 4, "U64": 8, "I64": 8,
		"F8_E4M3": 1, "F8_E5M2": 1, "C64": 8}
)

// Safetensors reads a safetensors file. The format does not keep the order of the
// arrays, so they come in the order of their names, where numbers count as such.
//
// https://github.com/huggingface/safetensors#format
func Safetensors(data []byte) ([]Array, error) {
	length := binary.LittleEndian.Uint64(data)
	if length > uint64(len(data)-8) {
		return nil, fmt.Errorf("byte 0: the header has %d bytes, but only %d follow: the file is cut short", length, len(data)-8)
	}
	header, body := data[8:8+length], data[8+length:]
	var entries map[string]json.RawMessage
	if err := json.Unmarshal(header, &entries); err != nil {
		return nil, fmt.Errorf("the header of %d bytes at byte 8: %w", length, err)
	}
	delete(entries, "__metadata__")
	lim := newLimits(len(data))
	var out []Array
	for _, name := range slices.SortedFunc(maps.Keys(entries), compareNames) {
		a, err := safetensor(entries[name], body, lim)
		if err != nil {
			return nil, fmt.Errorf("array %q: %w", name, err)
		}
		a.Name = name
		out = append(out, a)
	}
	return out, nil
}

func safetensor(entry json.RawMessage, body []byte, lim *limits) (a Array, err error) {
	var e struct {
		DType   string  `json:"dtype"`
		Shape   []int   `json:"shape"`
		Offsets []int64 `json:"data_offsets"`
	}
	if err := json.Unmarshal(entry, &e); err != nil {
		return a, err
	}
	n, err := count(e.Shape)
	if err != nil {
		return a, err
	}
	kind, floating := safetensorsTypes[e.DType]
	width := safetensorsOthers[e.DType]
	if floating {
		width = kind.Bytes()
	}
	if width == 0 {
		return a, fmt.Errorf("its type %.20q is not known", e.DType)
	}
	if len(e.Offsets) != 2 || e.Offsets[0] < 0 || e.Offsets[0] > e.Offsets[1] {
		return a, fmt.Errorf("data_offsets %v are no two places in order", e.Offsets)
	}
	from, to := e.Offsets[0], e.Offsets[1]
	if to > int64(len(body)) {
		return a, fmt.Errorf("it ends at byte %d of the data, which has %d: the file is cut short", to, len(body))
	}
	if to-from != int64(n*width) {
		return a, fmt.Errorf("its shape %v of %s needs %d bytes, but it has %d", e.Shape, e.DType, n*width, to-from)
	}
	if err := lim.add(n); err != nil {
		return a, err
	}
	a = Array{Dims: e.Shape, Type: e.DType}
	if floating {
		a.Data = kind.Widen(body[from:to], binary.LittleEndian)
	}
	return a, nil
}
