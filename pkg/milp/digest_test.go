package milp_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"relucount/pkg/milp"
	"relucount/pkg/record"
)

func sample(t testing.TB) *milp.Problem {
	t.Helper()
	rng := rand.New(rand.NewPCG(9, 9))
	for {
		n, d := random(rng, false)
		n.Layers[0].B[0] = 0
		p := encode(n, d)
		if len(p.Unstable()) > 3 && len(p.Units) > len(p.Unstable()) {
			return p
		}
	}
}

func through(t testing.TB, p *milp.Problem, change func(any) any) *milp.Problem {
	t.Helper()
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	if b, err = json.MarshalIndent(change(v), " ", "\t"); err != nil {
		t.Fatal(err)
	}
	q := new(milp.Problem)
	if err := json.Unmarshal(b, q); err != nil {
		t.Fatal(err)
	}
	return q
}

// TestDigestIsOfValues: what jq, or any other JSON tool, changes in passing
// does not matter.
func TestDigestIsOfValues(t *testing.T) {
	t.Parallel()
	p := sample(t)
	id := p.ID
	same := func(what string, q *milp.Problem) {
		t.Helper()
		if got := q.Digest(); got != id {
			t.Errorf("%s: digest %s, was %s", what, got, id)
		}
	}
	same("itself", p)
	// maps: the keys come back in another order, numbers through float64
	same("reformatted", through(t, p, func(v any) any { return v }))
	same("unknown fields", through(t, p, func(v any) any {
		m := v.(map[string]any)
		m["note"] = "mine"
		m["rows"].([]any)[0].(map[string]any)["note"] = 3
		return m
	}))
	same("renamed, with another id and provenance", through(t, p, func(v any) any {
		m := v.(map[string]any)
		m["name"], m["id"] = "another", "mine"
		m["prov"] = record.Prov{Tool: "jq", Version: "1.6"}
		return m
	}))

	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	again := func(what string, b []byte) {
		t.Helper()
		q := new(milp.Problem)
		if err := json.Unmarshal(b, q); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		same(what, q)
	}
	again("as it is", b)
	again("-0 becomes 0", []byte(strings.ReplaceAll(string(b), ":-0,", ":0,")))
	// every number with 17 digits and an exponent
	var out bytes.Buffer
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	if err := json.NewEncoder(&out).Encode(longer(v)); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(bytes.TrimSpace(out.Bytes()), b) {
		t.Error("nothing was rewritten")
	}
	again("numbers in long form", out.Bytes())
}

func longer(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = longer(v[k])
		}
		return v
	case []any:
		for i := range v {
			v[i] = longer(v[i])
		}
		return v
	case json.Number:
		if f, err := v.Float64(); err == nil && strings.ContainsAny(v.String(), ".e") {
			return json.Number(strconv.FormatFloat(f, 'e', 16, 64))
		}
	}
	return v
}

// TestDigestSeesEveryChange: one change anywhere in the content changes it,
// and no two of the changes agree.
func TestDigestSeesEveryChange(t *testing.T) {
	t.Parallel()
	p := sample(t)
	seen := map[string]string{p.ID: "none"}
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var whole map[string]any
	if err := json.Unmarshal(b, &whole); err != nil {
		t.Fatal(err)
	}
	note := func(what string) {
		t.Helper()
		b, err := json.Marshal(whole)
		if err != nil {
			t.Fatal(err)
		}
		q := new(milp.Problem)
		if err := json.Unmarshal(b, q); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		d := q.Digest()
		if was, ok := seen[d]; ok {
			t.Errorf("%s has the digest of %s", what, was)
		}
		seen[d] = what
	}
	for _, k := range []string{"network", "domain", "tighten", "cols", "rows", "units"} {
		changes("."+k, whole[k], func(x any) { whole[k] = x }, note)
	}
	if len(seen) < 100 {
		t.Errorf("only %d changes were tried", len(seen))
	}
}

// changes makes one change after the other in a JSON value, with each calls note,
// and takes it back.
func changes(path string, v any, set func(any), note func(what string)) {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			changes(path+"."+k, v[k], func(x any) { v[k] = x }, note)
		}
	case []any:
		for i := range v {
			changes(fmt.Sprintf("%s[%d]", path, i), v[i], func(x any) { v[i] = x }, note)
		}
		if n := len(v); n > 0 && !strings.HasSuffix(path, "idx") && !strings.HasSuffix(path, "val") {
			set(v[:n-1])
			note(path + " without its last")
			set(v)
		}
	default:
		set(another(path[strings.LastIndexByte(path, '.')+1:], v))
		note(path)
		set(v)
	}
}

// another is another value of a field that still is one.
func another(field string, v any) any {
	switch v := v.(type) {
	case float64:
		whole := strings.ContainsAny(field, "zhpuUi")
		switch {
		case v == 0 && whole:
			return 17.0
		case v == 0:
			return 1e-300
		case v == float64(int(v)):
			return v + 17
		}
		return v + v/(1<<50)
	case string:
		return v + "_"
	case bool:
		return !v
	}
	if field == "stable" {
		return "active"
	}
	return 7.0
}
