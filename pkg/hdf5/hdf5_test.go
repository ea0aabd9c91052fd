package hdf5

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// The files testdata/old.h5.gz and new.h5.gz were written by h5py 3.7 with HDF5
// 1.10.8, in the format of HDF5 1.0 (libver="earliest") and in its own
// (libver="latest"). They have the same objects, and the small ones fewer of them.
var forms = []string{"old", "new"}

func load(t testing.TB, form string) []byte {
	t.Helper()
	packed, err := os.ReadFile("testdata/" + form + ".h5.gz")
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func root(t *testing.T, data []byte) *Object {
	t.Helper()
	f, err := Open(data)
	if err != nil {
		t.Fatal(err)
	}
	o, err := f.Root()
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestNumbers(t *testing.T) {
	for _, form := range forms {
		o := root(t, load(t, form))
		for path, want := range map[string]struct {
			dims []int
			data []float64
		}{
			"a/b/matrix": {[]int{2, 3}, []float64{0, 1, 2, 3, 4, 5}},
			"a/b/double": {[]int{2}, []float64{0.1, -2}},
			"a/b/half":   {[]int{2}, []float64{1, -2}},
			"a/b/big":    {[]int{2}, []float64{1, -2}},
			"a/b/scalar": {nil, []float64{7}},
			"a/b/empty":  {[]int{0, 3}, []float64{}},
		} {
			a, err := o.Get(path)
			if err != nil {
				t.Errorf("%s: %v", form, err)
				continue
			}
			if dims, data, err := a.Numbers(); err != nil || !slices.Equal(dims, want.dims) || !slices.Equal(data, want.data) {
				t.Errorf("%s: %s is %v %v, %v", form, path, dims, data, err)
			}
		}
		for path, want := range map[string]string{
			"a/b/integers":  "/a/b/integers: its numbers, of class 0 and 8 bytes, are not floating point",
			"a/b/chunks":    "an array in chunks, which is not supported",
			"a/b/zipped":    "/a/b/zipped: it is compressed, which is not supported",
			"a/b/unwritten": "but its shape needs 12",
			"a":             "/a is no array",
			"a/c":           `/a has no "c"`,
			"a/b/soft":      `/a/b has no "soft"`,
			"a/b/double/c":  `/a/b/double has no "c"`,
		} {
			a, err := o.Get(path)
			if err == nil {
				_, _, err = a.Numbers()
			}
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %s: %v, want %q", form, path, err, want)
			}
		}
	}
}

func TestManyLinks(t *testing.T) {
	for _, form := range forms {
		o := root(t, load(t, form))
		if names, err := o.Names(); err != nil || !slices.Equal(names, []string{"a", "many"}) {
			t.Errorf("%s: %q, %v", form, names, err)
		}
		many, err := o.Get("many")
		if err != nil {
			t.Fatal(err)
		}
		names, err := many.Names()
		if err != nil || len(names) != 300 {
			t.Errorf("%s: %d names, %v", form, len(names), err)
		}
		for i := range 300 {
			a, err := many.Get(fmt.Sprint("unit ", i))
			if err != nil {
				t.Fatalf("%s: %v", form, err)
			}
			if _, data, err := a.Numbers(); err != nil || !slices.Equal(data, []float64{float64(i)}) {
				t.Errorf("%s: unit %d is %v, %v", form, i, data, err)
			}
		}
	}
}

func TestText(t *testing.T) {
	for _, form := range forms {
		o := root(t, load(t, form))
		for name, want := range map[string][]string{"utf8": {"é, a text"}, "fixed": {"of five"}, "list": {"a", "bc", ""}, "texts": {"one", "two"}} {
			if got, ok, err := o.Text(name); err != nil || !ok || !slices.Equal(got, want) {
				t.Errorf("%s: %s is %q, %t, %v", form, name, got, ok, err)
			}
		}
		if got, ok, err := o.Text("other"); got != nil || ok || err != nil {
			t.Errorf("%s: %q, %t, %v", form, got, ok, err)
		}
		if _, _, err := o.Text("number"); err == nil || !strings.Contains(err.Error(), `an attribute of /: byte `) || !strings.Contains(err.Error(), `"number" is no text`) {
			t.Errorf("%s: %v", form, err)
		}
	}
}

// walk reads all that it finds, up to so many objects, and returns how many arrays
// that was and the first error. A damaged file may have groups in circles.
func walk(o *Object, objects *int) (arrays int, err error) {
	for _, name := range []string{"utf8", "fixed", "list", "texts", "number"} {
		if _, _, e := o.Text(name); err == nil && !strings.Contains(fmt.Sprint(e), `"number" is no text`) {
			err = e
		}
	}
	names, e := o.Names()
	if err == nil {
		err = e
	}
	for _, name := range names {
		child, e := o.Get(name)
		if *objects--; e == nil && *objects > 0 {
			n, e2 := walk(child, objects)
			arrays, e = arrays+n, e2
		}
		if err == nil {
			err = e
		}
	}
	if len(names) == 0 {
		dims, data, e := o.Numbers()
		n := 1
		for _, d := range dims {
			n *= d
		}
		if e == nil && n != len(data) {
			return arrays, fmt.Errorf("%d numbers in the shape %v", len(data), dims)
		}
		if e == nil {
			arrays++
		}
	}
	return arrays, err
}

func read(data []byte) (arrays int, err error) {
	f, err := Open(data)
	if err != nil {
		return 0, err
	}
	o, err := f.Root()
	if err != nil {
		return 0, err
	}
	objects := 1000
	return walk(o, &objects)
}

func TestDamaged(t *testing.T) {
	for _, form := range forms {
		whole := load(t, form)
		if n, err := read(whole); n != 307 || err != nil {
			t.Errorf("%s: %d arrays, %v", form, n, err)
		}
		for cut := range 40 {
			if n, err := read(whole[:cut*len(whole)/40]); err == nil {
				t.Errorf("%s: cut to %d/40, %d arrays are read without an error", form, cut, n)
			}
		}
		failed := 0
		for seed := range uint64(300) {
			rng := rand.New(rand.NewPCG(5, seed))
			data := bytes.Clone(whole)
			for range 20 {
				data[rng.IntN(len(data))] ^= 1 << rng.IntN(8)
			}
			if _, err := read(data); err != nil {
				failed++
			}
		}
		if failed == 0 {
			t.Error("no damage is noticed")
		}
	}
}

func TestOpenErrors(t *testing.T) {
	old := load(t, "old")
	for _, c := range []struct {
		at   int
		to   byte
		want string
	}{
		{8, 9, "byte 8: version 9 of HDF5's superblock is not known"},
		{13, 4, "addresses of 4 and lengths of 8 bytes: only 8 are supported"},
		{25, 2, "addresses count from 512: only 0 is supported"},
		{66, 0xff, "/: byte "},
	} {
		data := bytes.Clone(old)
		data[c.at] = c.to
		if _, err := read(data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("byte %d: %v, want %q", c.at, err, c.want)
		}
	}
	if Is([]byte("\x89HDF\r\n")) || !Is(old) {
		t.Error("recognised wrongly")
	}
}

// What has no numbers has none in any direction, even where it says otherwise.
func TestShape(t *testing.T) {
	null := append([]byte{2, 1, 0, 2}, 0, 0, 2, 1, 0, 0, 0, 0)
	if dims, n := shape(&cursor{data: null}); n != 0 || !slices.Equal(dims, []int{0}) {
		t.Errorf("%d numbers in the shape %v", n, dims)
	}
	null[3] = 1
	if dims, n := shape(&cursor{data: null}); n != 1<<24+1<<17 || !slices.Equal(dims, []int{n}) {
		t.Errorf("%d numbers in the shape %v", n, dims)
	}
}

// FuzzRead wants no panic and an end.
func FuzzRead(f *testing.F) {
	for _, form := range forms {
		f.Add(load(f, form+"-small"))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := read(data); err != nil && strings.Contains(err.Error(), "numbers in the shape") {
			t.Error(err)
		}
	})
}
