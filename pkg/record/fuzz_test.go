package record_test

import (
	"bytes"
	"encoding/json"
	"io"
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
