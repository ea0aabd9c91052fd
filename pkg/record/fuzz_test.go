package record_test

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"relucount/pkg/record"
)

// FuzzReader checks that a Reader takes and refuses the same lines as
// encoding/json, that it goes on to the end, and that what it passes is what
// it was given.
func FuzzReader(f *testing.F) {
	for _, s := range []string{
		"", "\n", "{}", "{\n}", "null", "{\"type\":\"a\"}\r\n\r\n{\"type\":\"b\",\"schema\":1,\"x\":[{\"y\":{}}]}",
		`{"type":"trial","schema":1,"size":"half","witness":{"pattern":["01"],"x":[-0.5e-3]}}` + "\n" + `{"type":"t`,
		`{"":{"type":"b"}}`, `{"t\u0079pe":"a","type":"b","k":"\\\"","K":[1,2]}`, "{\"type\":\"\xff\"}", "\x1f\x8b", "\x28\xb5\x2f\xfd\x00",
		`{"layers":[]}`, `{"type":1,"schema":1e3}`, `  {  "type"  :  "a"  }  `, "[{\"type\":\"a\"}]",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		packed := bytes.HasPrefix(in, []byte{0x1f, 0x8b}) || bytes.HasPrefix(in, []byte{0x28, 0xb5, 0x2f, 0xfd})
		r, err := record.NewReader(bytes.NewReader(in), "in")
		if err != nil {
			if !packed {
				t.Fatal(err)
			}
			return
		}
		passed := map[string][]byte{}
		refused := map[string]bool{}
		for calls := 0; ; calls++ {
			if calls > len(in)+2 && !packed {
				t.Fatal("no end")
			}
			l, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				place, _, _ := strings.Cut(err.Error(), ": ")
				refused[place] = true
				continue
			}
			_ = l.Decode(&record.Trial{})
			_ = l.Decode(&map[string]any{})
			var out bytes.Buffer
			if err := record.NewWriter(&out).Pass(l); err != nil {
				t.Fatal(err)
			}
			passed[l.Place()] = out.Bytes()
		}
		if packed {
			return
		}
		for i, line := range bytes.Split(in, []byte("\n")) {
			place := "in:" + strconv.Itoa(i+1)
			out, ok := passed[place]
			var m map[string]json.RawMessage
			typ := ""
			good := json.Unmarshal(line, &m) == nil && json.Unmarshal(m["type"], &typ) == nil && typ != ""
			switch {
			case len(bytes.TrimSpace(line)) == 0:
				if ok || refused[place] {
					t.Errorf("%s: the blank line %q is not skipped", place, line)
				}
			case good != ok || good == refused[place]:
				t.Errorf("%s: %q: passed %v, refused %v", place, line, ok, refused[place])
			case good && string(out) != string(line)+"\n":
				t.Errorf("%s: %q became %q", place, line, out)
			}
		}
	})
}

// FuzzKinds wants no panic when a line is read as a record of any kind, and
// that a record that is written and read again is written as the same line.
func FuzzKinds(f *testing.F) {
	for _, s := range []string{
		`{"type":"parity","schema":1,"milp":"a","trial":3,"size":"half","seed":"1","rows":[{"units":[0,2],"odd":true}]}`,
		`{"type":"parity","schema":1,"size":5,"ask":"count","rows":[{"units":[0,null]}]}`,
		`{"type":"trial","schema":1,"milp":"a","size":2,"rows":3,"of":9,"closed":true,"witness":{"pattern":["01","1"],"x":[-0.5e-3,1]},"stats":{"seconds":1e-9}}`,
		`{"type":"count","schema":1,"regions":"14424921","log2":23.78,"exact":true,"why":"time limit"}`,
		`{"type":"cube","schema":1,"cube":2,"prefix":["10",""],"partition":"x"}`,
		`{"type":"summary","schema":1,"exact":{"regions":"12","log2":3.6},"trials":[{"size":0}]}`,
		`{"type":"network","schema":1,"network":{"inputs":2,"layers":[{"units":3,"activation":"relu"}]},"prov":{"tool":"a","args":[]}}`,
		`{"type":"error","schema":1,"error":"\ud800"}`, `{"type":"bound","schema":1,"regions":7}`, `{"type":"probe","schema":1,"probe":1e3}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		line := func(b []byte) *record.Line {
			r, err := record.NewReader(bytes.NewReader(b), "in")
			if err != nil {
				return nil
			}
			l, err := r.Next()
			if err != nil {
				return nil
			}
			return l
		}
		l := line(in)
		if l == nil {
			return
		}
		for _, kind := range kinds {
			kind := reflect.TypeOf(kind)
			v := reflect.New(kind).Interface()
			if l.Decode(v) != nil {
				continue
			}
			var once, twice bytes.Buffer
			if err := record.NewWriter(&once).Write(v); err != nil {
				t.Fatalf("%v: %v", kind, err)
			}
			back := line(once.Bytes())
			if back == nil { // it has no type
				continue
			}
			w := reflect.New(kind).Interface()
			if err := back.Decode(w); err != nil {
				if !bytes.Contains(once.Bytes(), []byte(`"size":0`)) { // a size that is missing
					t.Errorf("%v: %v in\n%s", kind, err, &once)
				}
				continue
			}
			if err := record.NewWriter(&twice).Write(w); err != nil {
				t.Fatalf("%v: %v", kind, err)
			}
			if !bytes.Equal(once.Bytes(), twice.Bytes()) {
				t.Errorf("%v: %s became\n%s", kind, &once, &twice)
			}
		}
	})
}
