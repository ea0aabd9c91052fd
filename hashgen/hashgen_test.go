package main

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"relucount/pkg/cli/clitest"
	"relucount/pkg/record"
)

type run clitest.Case

func TestCalls(t *testing.T) {
	clitest.Calls(t, tool, map[string]string{
		"-trials=0":     "-trials 0: at least 1",
		"-trials=many":  `invalid value "many" for flag -trials: a whole number belongs here`,
		"-size=0":       `invalid value "0" for flag -size: size "0" is neither a positive number nor "half"`,
		"-size=quarter": `invalid value "quarter" for flag -size: size "quarter" is neither a positive number nor "half"`,
		"-rows=-1":      "-rows -1: from 0 to 1000000",
		"-rows=1000001": "-rows 1000001: from 0 to 1000000",
		"-seed=":        "", // any text
		"-part=2/2":     `invalid value "2/2" for flag -part: R/M with 0 <= R < M`,
	})
}

func TestRuns(t *testing.T) {
	_, milp := clitest.Milp(t, clitest.Tiny)
	strange := `{"type":"weather",  "schema":7}` + "\n"
	cut := milp[:len(milp)-40]
	clitest.Check(t, tool, []run{
		{"nothing", "", nil, 0, nil, nil},
		{"passed", strange, nil, 0, []string{strange}, []string{"hashgen: no milp record has come in, "}},
		{"a milp", strange + milp, []string{"-trials", "1"}, 0, []string{strange + milp + `{"type":"parity"`}, nil},
		{"verbose", milp, []string{"-v", "-trials=2", "-size=1"}, 0, []string{milp}, []string{"hashgen: tiny: 2 hashes of 19 rows of size 1 over 3 unstable units\n"}},
		{"large rows", milp, []string{"-trials=1", "-size=4"}, 0, []string{milp}, []string{"hashgen: tiny has 3 unstable units: rows of size 4 have them all\n"}},
		{"cut short", milp + cut, []string{"-trials", "1"}, 1, []string{milp}, []string{"hashgen: stdin:2: the line is cut short after"}},
		{"another schema", strings.Replace(milp, `"schema":1`, `"schema":2`, 1), nil, 1, nil, []string{"hashgen: stdin:1: schema 2 is not known"}},
		{"a network", clitest.Tiny, nil, 1, nil, []string{"hashgen: stdin:1: "}},
		{"a bad milp, -k", strings.Replace(milp, `"idx":[0`, `"idx":[99`, 1) + milp, []string{"-k", "-trials=1"}, 1,
			[]string{`{"type":"error","schema":1,"tool":"hashgen","place":"stdin:1","error":"rows[0].idx: 99 out of range`, milp + `{"type":"parity"`},
			[]string{"hashgen: stdin:1: rows[0].idx: 99 out of range", "1 record failed"}},
	})
}

// One milp gives as many hashes as there are trials, however often it comes; the
// parts draw the same, and -rows the leading rows, which ask for a count.
func TestHashes(t *testing.T) {
	id, milp := clitest.Milp(t, clitest.Tiny)
	hashes := func(args ...string) []record.Parity {
		got := clitest.Run(t, tool(), milp+milp, args...)
		if got.Code != 0 {
			t.Fatal(got)
		}
		if n := strings.Count(got.Out, milp); n != 2 {
			t.Errorf("%q: the milp came out %d times", args, n)
		}
		return clitest.Records[record.Parity](t, got.Out, "parity")
	}
	all := hashes("-trials=5", "-seed=7")
	if len(all) != 5 || len(hashes()) != 28 {
		t.Fatalf("%d hashes", len(all))
	}
	for i, p := range all {
		if p.Milp != id || p.Trial != i || p.Size != record.Half || p.Seed != "7" || p.Ask != "" || len(p.Rows) != 3+spare ||
			!reflect.DeepEqual(p.Prov.Args, []string{"-seed=7", "-trials=5"}) {
			t.Errorf("hash %d: %+v", i, p)
		}
	}
	for r := range 2 {
		part := hashes("-trials=5", "-seed=7", fmt.Sprintf("-part=%d/2", r))
		for k, p := range part {
			if !reflect.DeepEqual(p, all[2*k+r]) {
				t.Errorf("part %d: %+v is not %+v", r, p, all[2*k+r])
			}
		}
		if len(part) != 3-r {
			t.Errorf("part %d has %d hashes", r, len(part))
		}
	}
	for _, rows := range []int{0, 2} {
		for i, p := range hashes("-trials=5", "-seed=7", fmt.Sprintf("-rows=%d", rows)) {
			if p.Ask != record.AskCount || len(p.Rows) != rows || rows > 0 && !reflect.DeepEqual(p.Rows, all[i].Rows[:rows]) {
				t.Errorf("%d rows: %+v", rows, p)
			}
		}
	}
}

// A hash that would not fit into memory is refused before it is drawn.
func TestTooLarge(t *testing.T) {
	const units = 17000
	weights, bias := strings.Repeat("[1],", units-1)+"[1]", strings.Repeat("0,", units-1)+"0"
	_, wide := clitest.Milp(t, fmt.Sprintf(`{"domain":{"lower":-1,"upper":1},"layers":[{"weights":[%s],"bias":[%s],"activation":"relu"}]}`, weights, bias))
	got := clitest.Run(t, tool(), wide, "-trials=1")
	if got.Code != 1 || !strings.Contains(got.Err, "does not fit into memory") {
		t.Errorf("%d, %.200s", got.Code, got.Err)
	}
}

// stopper ends a context once a text has come out.
type stopper struct {
	stop func()
	text string
	out  strings.Builder
}

func (s *stopper) Write(b []byte) (int, error) {
	if strings.Contains(string(b), s.text) {
		s.stop()
	}
	return s.out.Write(b)
}

func TestInterrupted(t *testing.T) {
	_, milp := clitest.Milp(t, clitest.Tiny)
	ctx, cancel := context.WithCancel(t.Context())
	out := &stopper{stop: cancel, text: `"trial":3,`}
	if code := tool().Call(ctx, []string{"-k"}, strings.NewReader(milp), out, io.Discard); code != 1 {
		t.Error("exit code", code)
	}
	if got := clitest.Records[record.Parity](t, out.out.String(), "parity"); len(got) != 4 {
		t.Errorf("%d hashes", len(got))
	}
}
