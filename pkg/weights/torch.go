package weights

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"path"
	"slices"
	"strings"

	"relucount/pkg/ieee"
	"relucount/pkg/pickle"
	"relucount/pkg/zipfile"
)

// storage is the memory of tensors.
type storage struct {
	key  string
	typ  string // as Python names its class
	size int    // numbers
	data []byte // nil until it is read
	wide []float64
}

// storageTypes are the classes of storages: floating-point ones, or the width of
// others.
var storageTypes = map[string]struct {
	kind  ieee.Kind
	width int
}{
	"HalfStorage": {ieee.Half, 2}, "BFloat16Storage": {ieee.Bfloat, 2}, "FloatStorage": {ieee.Single, 4}, "DoubleStorage": {ieee.Double, 8},
	"BoolStorage": {0, 1}, "ByteStorage": {0, 1}, "CharStorage": {0, 1}, "ShortStorage": {0, 2}, "IntStorage": {0, 4}, "LongStorage": {0, 8},
}

// rebuilders are the functions that make a tensor of a storage, and wrappers those
// whose first argument is one.
var (
	rebuilders = []string{"torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor"}
	wrappers   = []string{"torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state"}
)

// torchName says which names state dicts have.
func torchName(g pickle.Global) bool {
	name := g.String()
	_, storage := storageTypes[g.Name]
	return storage && g.Module == "torch" || slices.Contains(rebuilders, name) || slices.Contains(wrappers, name) ||
		slices.Contains([]string{"collections.OrderedDict", "torch.Size", "torch.device", "torch.serialization._get_layout"}, name)
}

// torchReader reads the tensors of one file.
type torchReader struct {
	storages map[string]*storage
	keys     []string // in the order of the pickle
	fetch    func(s *storage) ([]byte, error)
	lim      *limits
}

// unpickle reads a pickle whose storages are outside.
func (r *torchReader) unpickle(data []byte) (any, []byte, error) {
	v, rest, err := pickle.Read(data, torchName, r.outside)
	if unknown := (*pickle.UnknownName)(nil); errors.As(err, &unknown) {
		err = fmt.Errorf("%w: save the model's state_dict() alone, or export the network to ONNX (torch.onnx.export)", err)
	}
	return v, rest, err
}

// outside is the storage that an id names: ('storage', class, key, device, size).
func (r *torchReader) outside(id any) (any, error) {
	t, _ := id.(pickle.Tuple)
	if len(t) < 5 || t[0] != any("storage") {
		return nil, fmt.Errorf("an object outside the pickle that is no storage")
	}
	class, ok1 := t[1].(pickle.Global)
	key, ok2 := t[2].(string)
	size, ok3 := t[4].(int64)
	if !ok1 || !ok2 || !ok3 || size < 0 || size > math.MaxInt32 || storageTypes[class.Name].width == 0 {
		return nil, fmt.Errorf("a storage that is not understood")
	}
	if len(t) > 5 && t[5] != nil {
		return nil, fmt.Errorf("storage %q is a view of another: save it with a newer PyTorch", key)
	}
	if s := r.storages[key]; s != nil {
		if s.typ != class.Name || s.size != int(size) {
			return nil, fmt.Errorf("storage %q is described in two ways", key)
		}
		return s, nil
	}
	s := &storage{key: key, typ: class.Name, size: int(size)}
	r.storages[key] = s
	r.keys = append(r.keys, key)
	return s, nil
}

// entries are the keys and values of a dictionary.
func entries(v any) (*pickle.Dict, bool) {
	switch v := v.(type) {
	case *pickle.Dict:
		return v, true
	case *pickle.Call:
		if v.Func.String() == "collections.OrderedDict" {
			return &v.Items, true
		}
	}
	return nil, false
}

// arrays are the tensors of a state dict, or of the one in a checkpoint.
func (r *torchReader) arrays(v any) ([]Array, error) {
	top, ok := entries(v)
	if !ok {
		return nil, fmt.Errorf("the file holds no state dict: save the model's state_dict()")
	}
	dict, err := stateDict(top)
	if err != nil {
		return nil, err
	}
	var out []Array
	for i, v := range dict.Values {
		name, ok := dict.Keys[i].(string)
		call := tensorCall(v)
		if !ok || call == nil {
			continue
		}
		a, err := r.tensor(call)
		if err != nil {
			return nil, fmt.Errorf("tensor %q: %w", name, err)
		}
		a.Name = name
		out = append(out, a)
	}
	return out, nil
}

// stateDict finds the dictionary of tensors: the whole, or one that is in it.
func stateDict(top *pickle.Dict) (*pickle.Dict, error) {
	if hasTensors(top) {
		return top, nil
	}
	for _, key := range []string{"state_dict", "model_state_dict", "model", "net"} {
		if v, ok := top.Get(key); ok {
			if d, ok := entries(v); ok && hasTensors(d) {
				return d, nil
			}
		}
	}
	var found []string
	var dict *pickle.Dict
	for i, v := range top.Values {
		if d, ok := entries(v); ok && hasTensors(d) {
			found = append(found, fmt.Sprintf("%.40q", fmt.Sprint(top.Keys[i])))
			dict = d
		}
	}
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("the file holds no tensors with names: save the model's state_dict()")
	case 1:
		return dict, nil
	}
	return nil, fmt.Errorf("several state dicts: %s: save one alone", strings.Join(found, ", "))
}

func hasTensors(d *pickle.Dict) bool {
	return slices.ContainsFunc(d.Values, func(v any) bool { return tensorCall(v) != nil })
}

// tensorCall is the call that makes v a tensor, or nil.
func tensorCall(v any) *pickle.Call {
	call, ok := v.(*pickle.Call)
	for ok && slices.Contains(wrappers, call.Func.String()) && len(call.Args) > 0 {
		call, ok = call.Args[0].(*pickle.Call)
	}
	if !ok || !slices.Contains(rebuilders, call.Func.String()) {
		return nil
	}
	return call
}

// tensor reads _rebuild_tensor_v2(storage, offset, size, stride, ...).
func (r *torchReader) tensor(call *pickle.Call) (a Array, err error) {
	if len(call.Args) < 4 {
		return a, fmt.Errorf("%d arguments of %s", len(call.Args), call.Func)
	}
	s, ok1 := call.Args[0].(*storage)
	offset, ok2 := call.Args[1].(int64)
	dims, ok3 := sizes(call.Args[2])
	steps, ok4 := sizes(call.Args[3])
	if !ok1 || !ok2 || !ok3 || !ok4 || offset < 0 || len(dims) != len(steps) {
		return a, fmt.Errorf("arguments of %s are not understood", call.Func)
	}
	n, err := count(dims)
	if err != nil {
		return a, err
	}
	if err := r.lim.add(n); err != nil {
		return a, err
	}
	a = Array{Dims: dims, Type: strings.TrimSuffix(s.typ, "Storage")}
	if storageTypes[s.typ].kind == 0 {
		return a, nil
	}
	last := int(min(offset, 1<<40))
	for k, d := range dims {
		last += (d - 1) * steps[k]
	}
	if n > 0 && last >= s.size {
		return a, fmt.Errorf("it has numbers beyond its storage of %d", s.size)
	}
	wide, err := r.widen(s)
	if err != nil {
		return a, err
	}
	a.Data = strided(wide, int(offset), dims, steps)
	return a, nil
}

// sizes are small numbers that are not negative.
func sizes(v any) ([]int, bool) {
	if call, ok := v.(*pickle.Call); ok && call.Func.String() == "torch.Size" && len(call.Args) == 1 {
		v = call.Args[0]
	}
	t, ok := v.(pickle.Tuple)
	out := make([]int, len(t))
	for i := range t {
		d, isInt := t[i].(int64)
		if !isInt || d < 0 || d > 1<<31 || len(t) > maxRank {
			return nil, false
		}
		out[i] = int(d)
	}
	return out, ok
}

// widen returns the numbers of a storage, which it reads once.
func (r *torchReader) widen(s *storage) ([]float64, error) {
	if s.wide != nil {
		return s.wide, nil
	}
	data, err := r.fetch(s)
	if err != nil {
		return nil, fmt.Errorf("storage %q: %w", s.key, err)
	}
	kind := storageTypes[s.typ].kind
	if len(data) != s.size*kind.Bytes() {
		return nil, fmt.Errorf("storage %q: %d bytes, but %d numbers of %s need %d", s.key, len(data), s.size, s.typ, s.size*kind.Bytes())
	}
	if err := r.lim.left.Spend(s.size); err != nil {
		return nil, err
	}
	s.wide = kind.Widen(data, binary.LittleEndian)
	return s.wide, nil
}

// IsTorch says whether an archive is one of torch.save or of TorchScript.
func IsTorch(a *zipfile.Archive) bool { return torchFolder(a) != "" }

// torchFolder is the folder of the archive that has data.pkl.
func torchFolder(a *zipfile.Archive) string {
	for _, name := range a.Names {
		if path.Base(name) == "data.pkl" {
			return path.Dir(name)
		}
	}
	return ""
}

// Torch reads the state dict of an archive that torch.save wrote.
func Torch(a *zipfile.Archive, fileBytes int) ([]Array, error) {
	folder := torchFolder(a)
	if a.Has(path.Join(folder, "constants.pkl")) {
		return nil, fmt.Errorf("a TorchScript model, which is code: export the network to ONNX (torch.onnx.export), or save its state_dict()")
	}
	if order := path.Join(folder, "byteorder"); a.Has(order) {
		if b, err := a.Read(order); err != nil || string(b) != "little" {
			return nil, fmt.Errorf("%s: %.20q: only little-endian numbers are supported", order, b)
		}
	}
	name := path.Join(folder, "data.pkl")
	data, err := a.Read(name)
	if err != nil {
		return nil, err
	}
	r := &torchReader{storages: map[string]*storage{}, lim: newLimits(fileBytes)}
	r.fetch = func(s *storage) ([]byte, error) { return a.Read(path.Join(folder, "data", s.key)) }
	v, _, err := r.unpickle(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return r.arrays(v)
}
