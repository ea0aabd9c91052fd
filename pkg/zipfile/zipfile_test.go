package zipfile

import (
	"archive/zip"
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// pack makes an archive of names and contents that take turns.
func pack(t testing.TB, members ...string) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for i := 0; i < len(members); i += 2 {
		f, err := w.Create(members[i])
		if err == nil {
			_, err = f.Write([]byte(members[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestRead(t *testing.T) {
	data := pack(t, "b/", "", "b/2", "two", "a", "")
	a, err := Open(data)
	if err != nil {
		t.Fatal(err)
	}
	if !Is(data) || !slices.Equal(a.Names, []string{"b/2", "a"}) || !a.Has("a") || a.Has("b") {
		t.Errorf("%q", a.Names)
	}
	for name, want := range map[string]string{"b/2": "two", "a": ""} {
		if got, err := a.Read(name); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if _, err := a.Read("c"); err == nil || err.Error() != `the zip archive has no "c"` {
		t.Error(err)
	}
}

func TestErrors(t *testing.T) {
	good := pack(t, "a", strings.Repeat("abc", 1000))
	for name, data := range map[string][]byte{
		"not a readable zip archive":    good[:len(good)-10],
		`the zip archive has "a" twice`: pack(t, "a", "1", "a", "2"),
	} {
		if _, err := Open(data); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want %q", err, name)
		}
	}
	spoilt := bytes.Clone(good)
	spoilt[35] ^= 0x55
	a, err := Open(spoilt)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Read("a"); err == nil || !strings.HasPrefix(err.Error(), "a: ") {
		t.Error(err)
	}
	// Each member is small enough, but not all together.
	var many []string
	for i := range 10 {
		many = append(many, fmt.Sprint(i), strings.Repeat("\x00", 1<<17))
	}
	if a, err = open(pack(t, many...), 1<<20); err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, name := range a.Names {
		if _, err = a.Read(name); err != nil {
			break
		}
		read++
	}
	if read < 8 || read > 9 || !strings.Contains(err.Error(), "far more than the archive holds") {
		t.Errorf("%d members read, then %v", read, err)
	}
}

// FuzzOpen wants no panic.
func FuzzOpen(f *testing.F) {
	f.Add(pack(f, "a", "abcabcabcabcabcabcabc", "b/c", ""))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := Open(data)
		if err != nil {
			return
		}
		for _, name := range a.Names {
			if _, err := a.Read(name); err == nil && !a.Has(name) {
				t.Error(name)
			}
		}
	})
}
