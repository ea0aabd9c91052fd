package record_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"sync"
	"testing"

	"relucount/pkg/record"
)

func TestWrite(t *testing.T) {
	var out bytes.Buffer
	w := record.NewWriter(&out)
	err := w.Write(record.Failure{
		Head: record.Head{Type: "error", Schema: record.Schema}, Tool: "solve", Place: "a:1", Error: "x < y & \"z\"\n\u2028λ",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"type":"error","schema":1,"tool":"solve","place":"a:1","error":"x < y & \"z\"\n\u2028λ"}` + "\n"
	if out.String() != want {
		t.Errorf("%s, want %s", out.String(), want)
	}
	l, err := open(t, out.String()).Next()
	if err != nil {
		t.Fatal(err)
	}
	var f record.Failure
	if err := l.Decode(&f); err != nil || f.Error != "x < y & \"z\"\n\u2028λ" {
		t.Errorf("%+v, %v", f, err)
	}
}

// What has no JSON is an error of the record, not of the output.
func TestWriteNaN(t *testing.T) {
	var out bytes.Buffer
	w := record.NewWriter(&out)
	err := w.Write(record.Bound{Log2: math.Inf(1)})
	var we *record.WriteError
	if err == nil || errors.As(err, &we) || out.Len() > 0 {
		t.Errorf("%v, %q", err, out.String())
	}
	if err := w.Write(record.Bound{}); err != nil {
		t.Errorf("%v after a record that was not written", err)
	}
}

// failing fails after n writes.
type failing struct {
	n   int
	got []string
}

func (f *failing) Write(b []byte) (int, error) {
	if f.n == 0 {
		return 0, io.ErrClosedPipe
	}
	f.n--
	f.got = append(f.got, string(b))
	return len(b), nil
}

func TestWriteError(t *testing.T) {
	line, err := open(t, `{"type":"a"}`).Next()
	if err != nil {
		t.Fatal(err)
	}
	f := &failing{n: 2}
	w := record.NewWriter(f)
	for range 2 {
		if err := w.Pass(line); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 3 {
		err := w.Pass(line)
		if i == 1 {
			err = w.Write(record.Head{Type: "b"})
		}
		var we *record.WriteError
		if !errors.As(err, &we) || !errors.Is(err, io.ErrClosedPipe) || !strings.HasPrefix(err.Error(), "cannot write the output: ") {
			t.Errorf("%v", err)
		}
		f.n = 1 // the first error stays
	}
	if len(f.got) != 2 || f.got[0] != "{\"type\":\"a\"}\n" {
		t.Errorf("%q", f.got)
	}
}

// oneLine fails the test when a call writes anything but one whole line.
type oneLine struct {
	t     *testing.T
	lines map[string]int
}

func (o *oneLine) Write(b []byte) (int, error) {
	s := string(b)
	if strings.Count(s, "\n") != 1 || !strings.HasSuffix(s, "\n") {
		o.t.Errorf("a call wrote %q", s)
	}
	o.lines[s]++ // unguarded: the Writer's calls must not overlap
	return len(b), nil
}

func TestWriterConcurrent(t *testing.T) {
	const workers, each = 8, 200
	o := &oneLine{t, map[string]int{}}
	w := record.NewWriter(o)
	var wg sync.WaitGroup
	for i := range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			r, err := record.NewReader(strings.NewReader(strings.Repeat(fmt.Sprintf("{\"type\":\"in\",\"n\":%d}\n", i), each)), "in")
			if err != nil {
				t.Error(err)
				return
			}
			for k := range each {
				l, err := r.Next()
				if err == nil {
					err = w.Pass(l)
				}
				if err == nil {
					err = w.Write(record.Failure{Tool: "t", Place: fmt.Sprint(i, k), Error: strings.Repeat("x", k)})
				}
				if err != nil {
					t.Error(err)
				}
			}
		}()
	}
	wg.Wait()
	if len(o.lines) != workers*(each+1) {
		t.Errorf("%d different lines", len(o.lines))
	}
	for i := range workers {
		if n := o.lines[fmt.Sprintf("{\"type\":\"in\",\"n\":%d}\n", i)]; n != each {
			t.Errorf("line of worker %d: %d times", i, n)
		}
	}
}
