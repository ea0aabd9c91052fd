package main

import (
	"context"
	"io"
	"strings"
	"testing"

	"relucount/pkg/cli/clitest"
	"relucount/pkg/record"
)

type run clitest.Case

func TestCalls(t *testing.T) {
	const all = "any of pairs, tight, activation, hinz2019, serra2018, montufar2017, zaslavsky or unstable"
	clitest.Calls(t, tool, map[string]string{
		"-method=loose":       `-method "loose": ` + all,
		"-method=tight,":      `-method "tight,": ` + all,
		"-method=tight loose": `-method "tight loose": ` + all,
		"-time-limit=-1ms":    "-time-limit -1ms: at least 0s",
		"-time-limit=short":   `invalid value "short" for flag -time-limit: a duration is written as 500ms, 10s or 5m`,
	})
}

// skip makes the second layer of deep see an input.
func skip(milp string) string {
	return strings.Replace(milp, `"idx":[2,5,8,9],"val":[`, `"idx":[0,2,5,8,9],"val":[1,`, 1)
}

const deep = `{"name": "deep", "domain": {"lower": -1, "upper": 1}, "layers": [
{"weights": [[1, -1], [1, 1]], "bias": [0, -0.5], "activation": "relu"},
{"weights": [[1, 2], [-1, 1]], "bias": [-0.25, 0.1], "activation": "relu"}]}`

func TestRuns(t *testing.T) {
	_, milp := clitest.Milp(t, clitest.Tiny)
	_, two := clitest.Milp(t, deep)
	// a unit whose slopes are equal is none: layer 2 takes what it takes
	_, skipping := clitest.Milp(t, strings.Replace(strings.Replace(deep, `"relu"`, `{"leaky": [1, 0]}`, 1), "deep", "skipping", 1))
	clitest.Check(t, tool, []run{
		{"nothing", "", nil, 0, nil, nil},
		{"passed", `{"type":"weather"}`, nil, 0, []string{`{"type":"weather"}` + "\n"}, []string{"bound: no milp record has come in, "}},
		{"verbose", milp, []string{"-v", "-method=zaslavsky,unstable"}, 0, []string{milp},
			[]string{"bound: tiny: zaslavsky: 2^2.81 regions at most\nbound: tiny: unstable: 2^3.00 regions at most\n"}},
		{"cut short", milp[:99], nil, 1, nil, []string{"bound: stdin:1: the line is cut short after 99 bytes\n"}},
		{"another schema", strings.Replace(milp, `"schema":1`, `"schema":3`, 1), nil, 1, nil, []string{"bound: stdin:1: schema 3 is not known"}},
		{"a network", clitest.Tiny, nil, 1, nil, []string{"bound: stdin:1: "}},
		{"a method that does not apply", two, []string{"-method=zaslavsky"}, 1, []string{two}, []string{"bound: stdin:1: method zaslavsky: deep has 2 ReLU layers, it is for one\n"}},
		{"the same, -k", two + milp, []string{"-k", "-method=zaslavsky"}, 1, []string{two + `{"type":"error","schema":1,"tool":"bound","place":"stdin:1"`, milp + `{"type":"bound"`},
			[]string{"bound: stdin:1: method zaslavsky", "1 record failed"}},
		{"no layered network", skip(two), nil, 0, []string{`"method":"unstable"`}, []string{"bound: deep: no tight bound: no layered network: "}},
		{"a network with a skip connection", skipping, nil, 0, []string{`"method":"unstable"`}, nil},
		{"the same, verbose", skipping, []string{"-v"}, 0, []string{`"method":"unstable"`}, []string{"bound: skipping: no tight bound: no layered network: layer 2, unit 0 takes input 0: a connection that skips a layer\n"}},
		{"the same, asked for", skipping, []string{"-method=montufar2017"}, 1, []string{skipping}, []string{"bound: stdin:1: method montufar2017: no layered network: "}},
		{"no layered network, asked for", skip(two), []string{"-method=unstable,tight"}, 1, []string{`"method":"unstable"`}, []string{"bound: stdin:1: method tight: no layered network: "}},
	})
}

// All methods that apply, in their order, once for each milp; an edit is marked.
func TestRecords(t *testing.T) {
	id, milp := clitest.Milp(t, clitest.Tiny)
	edited := strings.Replace(milp, `"kind":"input","lo":-1`, `"kind":"input","lo":-0.5`, 1)
	for _, c := range []struct {
		in   string
		args []string
		want string
	}{
		{milp + milp, nil, "tight=7 activation=7 hinz2019=7 serra2018=7 montufar2017=7 zaslavsky=7 unstable=8"},
		{milp, []string{"-method="}, "tight=7 activation=7 hinz2019=7 serra2018=7 montufar2017=7 zaslavsky=7 unstable=8"},
		{milp, []string{"-method=unstable,tight", "-time-limit=0"}, "unstable=8 tight=7"},
		{edited, []string{"-method=tight"}, "tight=7"},
	} {
		got := clitest.Run(t, tool(), c.in, c.args...)
		var said []string
		for _, r := range clitest.Records[record.Bound](t, got.Out, "bound") {
			said = append(said, r.Method+"="+r.Regions)
			if r.Milp != id || r.Edited != (c.in == edited) || (r.Content != "") != r.Edited || len(r.Prov.Args) != len(c.args) {
				t.Errorf("%q: %+v", c.args, r)
			}
		}
		if got.Code != 0 || strings.Join(said, " ") != c.want {
			t.Errorf("%q: exit code %d, %q", c.args, got.Code, said)
		}
	}
}

// A linear network has one region.
func TestLinear(t *testing.T) {
	_, milp := clitest.Milp(t, `{"domain": {"lower": 0, "upper": 1}, "layers": [{"weights": [[1, 2]], "bias": [0], "activation": "linear"}]}`)
	got := clitest.Run(t, tool(), milp)
	all := clitest.Records[record.Bound](t, got.Out, "bound")
	for _, r := range all {
		if r.Regions != "1" {
			t.Errorf("%+v", r)
		}
	}
	if got.Code != 0 || len(all) != 6 {
		t.Errorf("%+v", got)
	}
}

func TestNoOutput(t *testing.T) {
	_, milp := clitest.Milp(t, clitest.Tiny)
	out, in := io.Pipe()
	out.Close()
	var said strings.Builder
	if code := tool().Call(t.Context(), []string{"-k"}, strings.NewReader(milp), in, &said); code != 1 || !strings.HasPrefix(said.String(), "bound: cannot write the output: ") {
		t.Errorf("exit code %d, %s", code, &said)
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var said strings.Builder
	_, milp := clitest.Milp(t, clitest.Tiny)
	if code := tool().Call(ctx, []string{"-k"}, strings.NewReader(milp), io.Discard, &said); code != 1 || said.String() != "bound: interrupted\n" {
		t.Errorf("exit code %d, %s", code, &said)
	}
}
