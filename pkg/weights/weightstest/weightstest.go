// Package weightstest writes files of weights for tests, as PyTorch, safetensors and
// NumPy write them. Numbers are binary32.
package weightstest

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
)

// Stored is an array in row-major order.
type Stored struct {
	Name string
	Dims []int
	Data []float32
}

// Net is a state dict of Linear(2, 3), ReLU, Linear(3, 2), with names as PyTorch's
// Sequential gives.
func Net() []Stored {
	return []Stored{
		{"0.weight", []int{3, 2}, []float32{1, -1, 0.5, 2, -0.25, 4}},
		{"0.bias", []int{3}, []float32{0.125, 0.25, -0.5}},
		{"2.weight", []int{2, 3}, []float32{1, 2, 3, -1, 0.5, 0}},
		{"2.bias", []int{2}, []float32{-4, 0.75}},
	}
}

// Zip is an archive of names and contents that take turns.
func Zip(members ...string) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		f, err := w.Create(members[i])
		if err == nil {
			_, err = f.Write([]byte(members[i+1]))
		}
		if err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// Floats are numbers as they are stored.
func Floats(data []float32) string {
	var b bytes.Buffer
	_ = binary.Write(&b, binary.LittleEndian, data)
	return b.String()
}

// Safetensors is a safetensors file. Its header may be given, to be wrong.
func Safetensors(arrays []Stored, header ...string) []byte {
	entries := map[string]any{"__metadata__": map[string]string{"format": "pt"}}
	var body string
	for _, a := range arrays {
		from := len(body)
		body += Floats(a.Data)
		entries[a.Name] = map[string]any{"dtype": "F32", "shape": a.Dims, "data_offsets": []int{from, len(body)}}
	}
	text, err := json.Marshal(entries)
	if err != nil {
		panic(err)
	}
	if len(header) > 0 {
		text = []byte(header[0])
	}
	out := binary.LittleEndian.AppendUint64(nil, uint64(len(text)))
	return append(append(out, text...), body...)
}

// Npy is a .npy file.
func Npy(a Stored) string {
	shape := strings.Trim(strings.ReplaceAll(fmt.Sprint(a.Dims), " ", ", "), "[]") + ","
	header := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }\n", shape)
	return fmt.Sprintf("\x93NUMPY\x01\x00%c%c%s%s", byte(len(header)), 0, header, Floats(a.Data))
}

// Npz is an archive of NumPy's savez.
func Npz(arrays []Stored) []byte {
	var members []string
	for _, a := range arrays {
		members = append(members, a.Name+".npy", Npy(a))
	}
	return Zip(members...)
}

// Pickle writes parts of pickles.
type Pickle struct{ strings.Builder }

// Text is a string.
func (p *Pickle) Text(s string) *Pickle {
	fmt.Fprintf(p, "X%s%s", binary.LittleEndian.AppendUint32(nil, uint32(len(s))), s)
	return p
}

// Int is a number.
func (p *Pickle) Int(v int) *Pickle {
	fmt.Fprintf(p, "J%s", binary.LittleEndian.AppendUint32(nil, uint32(v)))
	return p
}

// Ints is a tuple.
func (p *Pickle) Ints(v ...int) *Pickle {
	p.WriteString("(")
	for _, i := range v {
		p.Int(i)
	}
	p.WriteString("t")
	return p
}

// Op are operations as they are.
func (p *Pickle) Op(s string) *Pickle {
	p.WriteString(s)
	return p
}

// Tensor is a tensor of a storage, whole and in row-major order.
func (p *Pickle) Tensor(key string, a Stored) *Pickle {
	steps := make([]int, len(a.Dims))
	n := 1
	for k := len(steps) - 1; k >= 0; k-- {
		steps[k] = n
		n *= a.Dims[k]
	}
	return p.View(key, "FloatStorage", n, 0, a.Dims, steps)
}

// View is a tensor of a part of a storage of size numbers.
func (p *Pickle) View(key, storage string, size, offset int, dims, steps []int) *Pickle {
	p.Op("ctorch._utils\n_rebuild_tensor_v2\n((").Text("storage").Op("ctorch\n" + storage + "\n").Text(key).Text("cpu").Int(size)
	return p.Op("tQ").Int(offset).Ints(dims...).Ints(steps...).Op("\x89ccollections\nOrderedDict\n)RtR")
}

// StateDict is the pickle of a state dict, whose storages are "0", "1", ...
func StateDict(arrays []Stored) string {
	p := &Pickle{}
	p.Op("\x80\x02ccollections\nOrderedDict\n)R(")
	for i, a := range arrays {
		p.Text(a.Name).Tensor(fmt.Sprint(i), a)
	}
	return p.Op("u}").Text("_metadata").Op("}sb.").String()
}

// Torch is a file of torch.save.
func Torch(arrays []Stored) []byte { return TorchOf(StateDict(arrays), arrays) }

// TorchOf is a file of torch.save with the pickle, and the arrays as storages.
func TorchOf(pickle string, arrays []Stored) []byte {
	members := []string{"net/data.pkl", pickle, "net/byteorder", "little"}
	for i, a := range arrays {
		members = append(members, fmt.Sprint("net/data/", i), Floats(a.Data))
	}
	return Zip(append(members, "net/version", "3\n")...)
}

// OldTorch is a file of torch.save before PyTorch 1.6.
func OldTorch(arrays []Stored) []byte {
	p := &Pickle{}
	p.Op("\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02").Int(1001).Op(".\x80\x02}").Text("little_endian").Op("\x88s.").Op(StateDict(arrays))
	p.Op("\x80\x02](")
	for i := range arrays {
		p.Text(fmt.Sprint(i))
	}
	p.Op("e.")
	for _, a := range arrays {
		p.Op(string(binary.LittleEndian.AppendUint64(nil, uint64(len(a.Data)))) + Floats(a.Data))
	}
	return []byte(p.String())
}
