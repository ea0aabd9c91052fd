package milp_test

import (
	"strings"
	"testing"

	"relucount/pkg/cli/clitest"
	"relucount/pkg/milp"
	"relucount/pkg/record"
)

// changed reads a milp of a network in JSON, changed.
func changed(t *testing.T, net, old, now string) (*milp.Problem, error) {
	t.Helper()
	_, line := clitest.Milp(t, net)
	if !strings.Contains(line, old) {
		t.Fatalf("there is no %s in %s", old, line)
	}
	r, err := record.NewReader(strings.NewReader(strings.Replace(line, old, now, 1)), "test")
	if err != nil {
		t.Fatal(err)
	}
	l, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	return milp.Decode(l)
}

const (
	linear = `{"domain": {"lower": 0, "upper": 1}, "layers": [{"weights": [[1, 2], [3, 4]], "bias": [0, -1], "activation": {"leaky": 0.5}}, {"weights": [[5, 6]], "bias": [7], "activation": "linear"}]}`
	plain  = `{"domain": {"lower": 0, "upper": 1}, "layers": [{"weights": [[1, 2], [3, 4]], "bias": [0, -1], "activation": {"leaky": 0.5}}]}`
)

// TestOutputs: the linear layer is in the record and not in its digest; a network that
// ends in units has those for outputs.
func TestOutputs(t *testing.T) {
	p, err := changed(t, linear, "", "")
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Outputs) != 1 || p.Outputs[0].Const != 7 || p.Digest() != p.ID {
		t.Errorf("%+v", p.Outputs)
	}
	q, err := changed(t, linear, `"const":7`, `"const":8`)
	if err != nil {
		t.Fatal(err)
	}
	if q.Digest() != p.ID || q.OutputsDigest() == p.OutputsDigest() {
		t.Error("outputs are part of the content, or of no digest")
	}
	p, err = changed(t, plain, "", "")
	if err != nil {
		t.Fatal(err)
	}
	if out := p.OutputForms(); len(p.Outputs) != 0 || len(out) != 2 || len(out[0].Idx) != 2 || out[0].Val[0] != 1 || out[0].Val[1] != -0.5 {
		t.Errorf("%+v", out)
	}
	d, err := p.Deciding()
	if err != nil || len(d.Units) != 3 || len(p.Units) != 2 || d.Units[2].Layer != 2 {
		t.Errorf("%v, %v", d, err)
	}
}

func TestOutputErrors(t *testing.T) {
	for _, c := range []struct{ net, old, now, want string }{
		{linear, `"outputs":[{"idx":[`, `"outputs":[{"idx":[99,`, "outputs[0]: 5 entries in idx, 4 in val"},
		{linear, `"outputs":[{"idx":[2`, `"outputs":[{"idx":[99`, "outputs[0].idx: 99 out of range"},
		{linear, `"outputs":[{"idx":[2,3`, `"outputs":[{"idx":[2,2`, "outputs[0].idx: column 2 twice"},
		{linear, `"outputs":[{"idx":[2`, `"outputs":[{"idx":[4`, "outputs[0].idx: column 4 is neither an input nor an h or hbar"},
		{linear, `"outputs":[`, `"outputs":[{"idx":[],"val":[],"const":0},`, "outputs: 2, but the network does not end in a linear layer of so many"},
		{plain, `"units":[`, `"outputs":[{"idx":[],"val":[],"const":0}],"units":[`, "outputs: 1, but the network does not end"},
		{linear, `"const":7`, `"const":null`, ""},
	} {
		_, err := changed(t, c.net, c.old, c.now)
		if err == nil && c.want != "" || err != nil && (c.want == "" || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.now, err, c.want)
		}
	}
}
