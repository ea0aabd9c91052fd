// Package clitest runs the filters inside a test, so that what they do counts
// for its coverage: streams go in and come out as text.
package clitest

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"relucount/pkg/cli"
	"relucount/pkg/netfile"
	"relucount/pkg/record"
	"relucount/pkg/tighten"
)

// Result is what a run leaves.
type Result struct {
	Code     int
	Out, Err string
}

// Run runs a tool.
func Run(t testing.TB, tool *cli.Tool, in string, args ...string) Result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := tool.Call(t.Context(), args, strings.NewReader(in), &stdout, &stderr)
	return Result{code, stdout.String(), stderr.String()}
}

// Case is a run and what it must leave. Tests name a type of their own for it, so
// that go vet lets them leave out the names of its fields:
//
//	type run clitest.Case
type Case struct {
	Name, In string
	Args     []string
	Code     int
	Out, Err []string // what must be in there; none: empty
}

// Check runs each case on a tool of its own.
func Check[C interface {
	~struct {
		Name, In string
		Args     []string
		Code     int
		Out, Err []string
	}
}](t *testing.T, tool func() *cli.Tool, cases []C) {
	t.Helper()
	for _, c := range cases {
		c := Case(c)
		got := Run(t, tool(), c.In, c.Args...)
		if got.Code != c.Code {
			t.Errorf("%s: exit code %d, want %d\n%s", c.Name, got.Code, c.Code, got.Err)
		}
		holds(t, c.Name+": stdout", got.Out, c.Out)
		holds(t, c.Name+": stderr", got.Err, c.Err)
	}
}

func holds(t *testing.T, what, got string, want []string) {
	t.Helper()
	if len(want) == 0 && got != "" {
		t.Errorf("%s is %q, want nothing", what, got)
	}
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("%s is %q, without %q", what, got, w)
		}
	}
}

// Calls are command lines that every tool refuses or answers before it reads
// anything: -h, -version, and wrong flags. For each flag of the tool there is a
// wrong value in bad, as "-flag=value", with what the tool says about it; what
// it says is empty for a flag that takes any text.
func Calls(t *testing.T, tool func() *cli.Tool, bad map[string]string) {
	t.Helper()
	name := tool().Name
	says := " (" + name + " -h says more)\n"
	cases := []Case{
		{"help", "never read", []string{"-h"}, 0, []string{tool().Manual()}, nil},
		{"help, written out", "never read", []string{"-help"}, 0, []string{tool().Manual()}, nil},
		{"version", "never read", []string{"-version"}, 0, []string{name + " " + cli.Build() + "\n"}, nil},
		{"no such flag", "never read", []string{"-x"}, 2, nil, []string{name + ": flag provided but not defined: -x" + says}},
		{"a flag after a file", "never read", []string{"file", "-k"}, 2, nil, []string{name + ": flags go before files: -k" + says}},
		{"no such file", "never read", []string{"nowhere"}, 1, nil, []string{name + ": nowhere: no such file or directory\n"}},
		{"a folder", "never read", []string{t.TempDir()}, 1, nil, []string{": is a directory\n"}},
	}
	tried := map[string]bool{}
	for arg, want := range bad {
		flag, _, _ := strings.Cut(arg, "=")
		tried[flag] = true
		if want != "" {
			cases = append(cases, Case{arg, "never read", []string{arg}, 2, nil, []string{name + ": " + want + says}})
		}
	}
	Check(t, tool, cases)
	for _, g := range tool().Flags {
		for _, f := range g.Flags {
			if !tried["-"+f.Name] {
				t.Errorf("no wrong value of -%s", f.Name)
			}
		}
	}
}

// Tiny is a network of one layer whose three hyperplanes cut the domain into 7
// regions: any two of them meet in it.
const Tiny = `{"name": "tiny", "domain": {"lower": -1, "upper": 1}, "layers": [
{"weights": [[1, -1], [1, 1], [0, 1]], "bias": [0, -0.5, 0.3], "activation": "relu"},
{"weights": [[1, 2, 3]], "bias": [0], "activation": "linear"}]}
`

// Milp returns the id and the line of the milp record of a JSON network with a
// domain.
func Milp(t testing.TB, network string) (id, line string) {
	t.Helper()
	f, err := netfile.Read(strings.NewReader(network), "network")
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := tighten.Encode(context.Background(), f.Net, f.Domain, tighten.Options{Method: "lp", Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := record.NewWriter(&out).Write(p); err != nil {
		t.Fatal(err)
	}
	return p.ID, out.String()
}

// Records decodes the records of one kind in a stream.
func Records[T any](t testing.TB, stream, kind string) (records []T) {
	t.Helper()
	for line := range strings.Lines(stream) {
		var head record.Head
		if err := json.Unmarshal([]byte(line), &head); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		if head.Type != kind {
			continue
		}
		var r T
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		records = append(records, r)
	}
	return records
}
