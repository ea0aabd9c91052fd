package weights

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	made "relucount/pkg/weights/weightstest"
	"relucount/pkg/zipfile"
)

// read reads a file by its first bytes.
func read(data []byte) ([]Array, error) {
	switch {
	case IsSafetensors(data):
		return Safetensors(data)
	case IsOldTorch(data):
		return OldTorch(data)
	case zipfile.Is(data):
		a, err := zipfile.Open(data)
		if err != nil {
			return nil, err
		}
		if IsTorch(a) {
			return Torch(a, len(data))
		}
		if IsNpz(a) {
			return Npz(a, len(data))
		}
	}
	return nil, fmt.Errorf("not recognised")
}

func TestRead(t *testing.T) {
	net := made.Net()
	// The order of names, in which numbers count, is not that of this file.
	mixed := []made.Stored{net[3], net[2], net[1], net[0]}
	inDict := func(key string) []byte {
		p := &made.Pickle{}
		p.Op("\x80\x02}(").Text("epoch").Int(3).Text(key).Op(strings.TrimSuffix(strings.TrimPrefix(made.StateDict(net), "\x80\x02"), ".")).Text("optimizer").Op("}u.")
		return made.TorchOf(p.String(), net)
	}
	parameters := &made.Pickle{}
	parameters.Op("\x80\x02}(")
	for i, a := range net {
		parameters.Text(a.Name).Op("ctorch._utils\n_rebuild_parameter\n(").Tensor(fmt.Sprint(i), a).Op("\x88ccollections\nOrderedDict\n)RtR")
	}
	for name, data := range map[string][]byte{
		"torch":            made.Torch(net),
		"old torch":        made.OldTorch(net),
		"old, protocol 4":  append([]byte("\x80\x04\x95\x0d\x00\x00\x00\x00\x00\x00\x00"), made.OldTorch(net)[2:]...),
		"a checkpoint":     inDict("state_dict"),
		"another":          inDict("weights of mine"),
		"parameters":       made.TorchOf(parameters.Op("u.").String(), net),
		"npz":              made.Npz(net),
		"safetensors":      made.Safetensors(net),
		"safetensors anew": made.Safetensors(mixed),
	} {
		got, err := read(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		order := []int{0, 1, 2, 3}
		if strings.HasPrefix(name, "safe") {
			order = []int{1, 0, 3, 2} // bias before weight
		}
		for i, k := range order {
			if len(got) != 4 || got[i].Name != net[k].Name || !slices.Equal(got[i].Dims, net[k].Dims) || !slices.EqualFunc(got[i].Data, net[k].Data, func(a float64, b float32) bool { return a == float64(b) }) {
				t.Errorf("%s: %+v", name, got)
				break
			}
		}
	}
}

func TestTorchViews(t *testing.T) {
	p := &made.Pickle{}
	p.Op("\x80\x02}(").Text("transposed").View("0", "FloatStorage", 6, 0, []int{2, 3}, []int{1, 2})
	p.Text("row").View("0", "FloatStorage", 6, 3, []int{3}, []int{1})
	p.Text("repeated").View("0", "FloatStorage", 6, 5, []int{2, 2}, []int{0, 0})
	p.Text("scalar").View("0", "FloatStorage", 6, 4, nil, nil)
	p.Text("empty").View("0", "FloatStorage", 6, 0, []int{0, 3}, []int{3, 1})
	p.Text("half").View("1", "HalfStorage", 2, 0, []int{2}, []int{1})
	p.Text("bfloat").View("2", "BFloat16Storage", 2, 0, []int{2}, []int{1})
	p.Text("double").View("3", "DoubleStorage", 1, 0, []int{1}, []int{1})
	p.Text("counter").View("4", "LongStorage", 1, 0, nil, nil).Op("u.")
	got, err := read(made.Zip("x/data.pkl", p.String(), "x/data/0", made.Floats([]float32{1, 2, 3, 4, 5, 6}),
		"x/data/1", "\x00\x3c\x00\xc0", "x/data/2", "\x80\x3f\x00\xc0", "x/data/3", "\x9a\x99\x99\x99\x99\x99\xb9\x3f"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]float64{"transposed": {1, 3, 5, 2, 4, 6}, "row": {4, 5, 6}, "repeated": {6, 6, 6, 6}, "scalar": {5}, "empty": {}, "half": {1, -2}, "bfloat": {1, -2}, "double": {0.1}, "counter": nil}
	if len(got) != len(want) {
		t.Errorf("%d arrays", len(got))
	}
	for _, a := range got {
		if !slices.Equal(a.Data, want[a.Name]) || (a.Data == nil) != (want[a.Name] == nil) {
			t.Errorf("%+v, want %v", a, want[a.Name])
		}
	}
}

func TestErrors(t *testing.T) {
	net := made.Net()
	whole := made.Safetensors(net)
	old := made.OldTorch(net)
	header := func(entry string) []byte { return made.Safetensors(net, `{"a": `+entry+`}`) }
	pickle := func(p *made.Pickle) []byte { return made.TorchOf("\x80\x02}"+p.String()+"s.", net) }
	tensor := func(storage string, size, offset int, dims, steps []int) []byte {
		return pickle((&made.Pickle{}).Text("a").View("0", storage, size, offset, dims, steps))
	}
	flat := []int{2}
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"cut in the header", whole[:50], "byte 0: the header has "},
		{"cut in the data", whole[:len(whole)-1], `array "2.bias": it ends at byte 68 of the data, which has 67: the file is cut short`},
		{"no JSON", made.Safetensors(net, `{"a": }`), "the header of 7 bytes at byte 8: invalid character"},
		{"type", header(`{"dtype": "F31", "shape": [1], "data_offsets": [0, 4]}`), `array "a": its type "F31" is not known`},
		{"shape", header(`{"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}`), "its shape cannot be: [-1]"},
		{"large shape", header(`{"dtype": "F32", "shape": [65536, 65536], "data_offsets": [0, 4]}`), "its shape is too large"},
		{"rank", header(`{"dtype": "F32", "shape": [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1], "data_offsets": [0, 4]}`), "17 dimensions: at most 16"},
		{"size", header(`{"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}`), "its shape [2] of F32 needs 8 bytes, but it has 4"},
		{"offsets", header(`{"dtype": "F32", "shape": [1], "data_offsets": [4, 0]}`), "data_offsets [4 0] are no two places in order"},
		{"before the data", header(`{"dtype": "F32", "shape": [1], "data_offsets": [-4, 0]}`), "data_offsets [-4 0]"},
		{"text for a shape", header(`{"dtype": "F32", "shape": "x", "data_offsets": [0, 4]}`), `array "a": json: cannot unmarshal`},

		{"code", made.TorchOf("\x80\x02cposix\nsystem\nX\x02\x00\x00\x00ls\x85R.", nil), "net/data.pkl: byte 2: it asks for posix.system, which is code and not data: save the model's state_dict() alone"},
		{"a whole model", made.TorchOf("\x80\x02c__main__\nNet\n)\x81.", nil), "it asks for __main__.Net"},
		{"a name near to ours", made.TorchOf("\x80\x02ctorch.storage\nFloatStorage\n.", nil), "it asks for torch.storage.FloatStorage"},
		{"TorchScript", made.Zip("net/data.pkl", "", "net/constants.pkl", "", "net/code/net.py", ""), "a TorchScript model, which is code: export"},
		{"big endian", made.Zip("net/data.pkl", "", "net/byteorder", "big"), `net/byteorder: "big": only little-endian`},
		{"no tensors", made.TorchOf("\x80\x02}.", nil), "no tensors with names"},
		{"a list", made.TorchOf("\x80\x02].", nil), "no state dict"},
		{"two state dicts", made.TorchOf("\x80\x02}("+(&made.Pickle{}).Text("generator").Op("}").Text("a").Tensor("0", net[0]).Op("s").Text("critic").Op("}").Text("a").Tensor("1", net[1]).Op("su.").String(), net),
			`several state dicts: "generator", "critic"`},
		{"beyond the storage", tensor("FloatStorage", 6, 5, flat, []int{1}), `tensor "a": it has numbers beyond its storage of 6`},
		{"far beyond", tensor("FloatStorage", 6, 0, []int{2, 2}, []int{1 << 30, 1 << 30}), "beyond its storage of 6"},
		{"negative offset", tensor("FloatStorage", 6, -1, flat, []int{1}), "are not understood"},
		{"negative step", tensor("FloatStorage", 6, 5, flat, []int{-1}), "are not understood"},
		{"steps", tensor("FloatStorage", 6, 0, flat, nil), "are not understood"},
		{"size of the storage", tensor("FloatStorage", 7, 0, flat, []int{1}), `storage "0": 24 bytes, but 7 numbers of FloatStorage need 28`},
		{"type of the storage", tensor("DoubleStorage", 6, 0, flat, []int{1}), "24 bytes, but 6 numbers of DoubleStorage need 48"},
		{"storage of no type", tensor("OddStorage", 6, 0, flat, []int{1}), "it asks for torch.OddStorage"},
		{"no storage", pickle((&made.Pickle{}).Text("a").View("9", "FloatStorage", 6, 0, flat, []int{1})), `the zip archive has no "net/data/9"`},
		{"two storages", made.TorchOf("\x80\x02}("+(&made.Pickle{}).Text("a").View("0", "FloatStorage", 6, 0, flat, []int{1}).Text("b").View("0", "FloatStorage", 5, 0, flat, []int{1}).Op("u.").String(), net), `storage "0" is described in two ways`},
		{"an object outside", made.TorchOf("\x80\x02X\x01\x00\x00\x00aQ.", nil), "an object outside the pickle that is no storage"},

		{"old and cut", old[:len(old)-1], `storage "3" is cut short`},
		{"old and cut before", old[:len(old)-13], `storage "3" is cut short`},
		{"old and cut in the pickle", old[:200], "pickle 3, at byte "},
		{"old with another version", []byte(strings.Replace(string(old), "J\xe9\x03", "J\xe8\x03", 1)), "version 1000 of torch.save is not known"},
		{"old with another size", []byte(strings.Replace(string(old), "e.\x06", "e.\x05", 1)), `storage "0" has 5 numbers, but its tensors say 6`},

		{"a member cut short", made.Zip("a.npy", made.Npy(net[0])[:60]), "a.npy: "},
		{"objects", made.Zip("a.npy", strings.Replace(made.Npy(net[0]), "'<f4'", "'|O' ", 1)), "a.npy: numbers of type \"|O\" are not taken"},
	} {
		_, err := read(c.data)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// One storage for thousands of large tensors must not fill the memory.
func TestTensorsWithoutEnd(t *testing.T) {
	p := &made.Pickle{}
	p.Op("\x80\x02}(")
	for i := range 1000 {
		p.Text(fmt.Sprint(i)).View("0", "FloatStorage", 1, 0, []int{1 << 20}, []int{0})
	}
	_, err := read(made.TorchOf(p.Op("u.").String(), []made.Stored{{Name: "a", Dims: []int{1}, Data: []float32{1}}}))
	if err == nil || !strings.Contains(err.Error(), "too large") {
		t.Error(err)
	}
}

func TestCompareNames(t *testing.T) {
	want := []string{"0.bias", "0.weight", "2.bias", "10.bias", "010.bias", "a", "a1", "a2b", "a10", "ab"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, compareNames)
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// FuzzRead wants no panic, and arrays that fit their shapes.
func FuzzRead(f *testing.F) {
	net := made.Net()
	for _, data := range [][]byte{made.Torch(net), made.OldTorch(net), made.Npz(net), made.Safetensors(net)} {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		arrays, err := read(data)
		if err != nil {
			return
		}
		for _, a := range arrays {
			if n, err := count(a.Dims); err != nil || a.Data != nil && len(a.Data) != n {
				t.Errorf("%q: %d numbers in the shape %v", a.Name, len(a.Data), a.Dims)
			}
		}
		layers, _, err := Layers(arrays, nil)
		if err != nil {
			return
		}
		for i, l := range layers {
			if len(l.Weights) != l.In*l.Out || i > 0 && layers[i-1].Out != l.In {
				t.Errorf("layer %d: %d weights, %d to %d", i, len(l.Weights), l.In, l.Out)
			}
		}
	})
}
