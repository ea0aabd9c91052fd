package milp_test

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"testing"

	"relucount/pkg/milp"
	"relucount/pkg/record"
)

func decode(b []byte) (*milp.Problem, error) {
	r, err := record.NewReader(bytes.NewReader(b), "fuzz")
	if err != nil {
		return nil, err
	}
	l, err := r.Next()
	if err != nil {
		return nil, err
	}
	return milp.Decode(l)
}

// FuzzDecode wants no panic, and that a problem that is written and read again
// is the same.
func FuzzDecode(f *testing.F) {
	for _, p := range []*milp.Problem{twoLayers(), sample(f)} {
		b, err := json.Marshal(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		for _, edit := range [][2]string{
			{`"kind":"pre"`, `"kind":"mine"`}, {`"lo":null`, `"lo":-0`}, {`"z":4`, `"z":null`}, {`"idx":[`, `"idx":[-1,`},
			{`"stable":null`, `"stable":"active"`}, {`"layer":2`, `"layer":3`}, {`"units":[`, `"units":[{},`},
			{`"name":"`, `"name":"\u0000\ud800`}, {`"inputs":2`, `"inputs":0`},
		} {
			f.Add(bytes.Replace(b, []byte(edit[0]), []byte(edit[1]), 1))
		}
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		p, err := decode(in)
		if err != nil {
			return
		}
		write := func(p *milp.Problem) []byte {
			var out bytes.Buffer
			if err := record.NewWriter(&out).Write(p); err != nil {
				t.Fatal(err)
			}
			return out.Bytes()
		}
		once := write(p)
		q, err := decode(once)
		if err != nil {
			t.Fatalf("%v\n%s", err, once)
		}
		if !reflect.DeepEqual(p, q) || p.Digest() != q.Digest() {
			t.Errorf("became\n%s", write(q))
		}
		if twice := write(q); !bytes.Equal(once, twice) {
			t.Errorf("%s became\n%s", once, twice)
		}
		// what is made of a problem that passed its check must not fail badly
		if n := len(p.UnitRows()); n != len(p.Rows) {
			t.Errorf("units of %d rows, there are %d", n, len(p.Rows))
		}
		units := 0
		for _, n := range p.LayerSizes() {
			units += n
		}
		if units != len(p.Units) || len(p.Unstable()) > units || p.FreeInputs() > p.Network.Inputs {
			t.Errorf("layers %v, %d unstable of %d units, %d free inputs of %d", p.LayerSizes(), len(p.Unstable()), len(p.Units), p.FreeInputs(), p.Network.Inputs)
		}
		if n, err := p.ReLUNetwork(); err == nil {
			if err := n.Check(); err != nil {
				t.Error(err)
			}
		}
		_ = p.WriteLP(io.Discard)
		_ = p.WriteMPS(io.Discard)
	})
}
