package main

import (
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"relucount/pkg/cli"
	"relucount/pkg/cli/clitest"
	"relucount/pkg/record"
)

type run clitest.Case

func TestCalls(t *testing.T) {
	clitest.Calls(t, tool, map[string]string{
		"-count=perhaps":   `invalid boolean value "perhaps" for -count: true or false belongs here`,
		"-patterns=2":      `invalid boolean value "2" for -patterns: true or false belongs here`,
		"-regions=2":       `invalid boolean value "2" for -regions: true or false belongs here`,
		"-facets":          "-facets, -vertices, -volume, -affine and -radius are for -regions",
		"-vertices":        "-facets, -vertices, -volume, -affine and -radius are for -regions",
		"-no-inputs":       "-no-inputs is for -vertices",
		"-volume":          "-facets, -vertices, -volume, -affine and -radius are for -regions",
		"-affine":          "-facets, -vertices, -volume, -affine and -radius are for -regions",
		"-radius":          "-facets, -vertices, -volume, -affine and -radius are for -regions",
		"-define=all":      `-define "all": patterns, regions, convex, pieces, closed-pieces, affine or decision`,
		"-witness=2":       `invalid boolean value "2" for -witness: true or false belongs here`,
		"-keep=2":          `invalid boolean value "2" for -keep: true or false belongs here`,
		"-max=-1":          "-max -1: at least 0",
		"-probes=0":        "-probes 0: from 1 to 1073741824",
		"-probes=2000000k": `invalid value "2000000k" for flag -probes: a whole number belongs here`,
		"-seed=2":          "-seed and -part are for -probes",
		"-measure=weight":  `-measure "weight": any of class, facets, radius, slope, volume or all`,
		"-pilot=0":         "-pilot 0: from 1 to 1073741824",
		"-pilot=3":         "-pilot is for -probes",
		"-population=8":    "-population is for -probes",
		"-part=0/2":        "-seed and -part are for -probes",
		"-part=2/2":        `invalid value "2/2" for flag -part: R/M with 0 <= R < M`,
		"-cubes=0":         "-cubes 0: from 1 to 1048576",
		"-cubes=1048577":   "-cubes 1048577: from 1 to 1048576",
		"-cubes-left=2":    `invalid boolean value "2" for -cubes-left: true or false belongs here`,
		"-engine=ilp":      `-engine "ilp": tree or mip`,
		"-oracle=delphi":   `-oracle "delphi": geometry or highs`,
		"-margin=-1":       "-margin -1: at least 0",
		"-margin=NaN":      "-margin NaN: at least 0",
		"-proof=maybe":     `invalid boolean value "maybe" for -proof: true or false belongs here`,
		"-time-limit=-1s":  "-time-limit -1s: at least 0s",
		"-j=0":             "-j 0: at least 1",
	})
	const belongs = "solve: -cubes only asks: -count, -regions, -proof, -probes, -max, -patterns and -witness belong to the solve that answers"
	for _, flag := range []string{"-count", "-regions", "-probes=3", "-max=3", "-patterns", "-witness"} {
		clitest.Check(t, tool, []run{{"-cubes " + flag, "never read", []string{"-cubes=2", flag}, 2, nil, []string{belongs}}})
	}
	const counts = "solve: -proof is for counts by the tree search without -max, not for probes"
	for _, flag := range []string{"-max=3", "-engine=mip", "-oracle=highs", "-probes=3"} {
		clitest.Check(t, tool, []run{{"-proof " + flag, "never read", []string{"-proof", flag}, 2, nil, []string{counts}}})
	}
	const back = "solve: -cubes-left is for counts by the tree search, without -proof and -margin, and not with -cubes"
	for _, flag := range []string{"-cubes=3", "-engine=mip", "-oracle=highs", "-proof", "-margin=1"} {
		clitest.Check(t, tool, []run{{"-cubes-left " + flag, "never read", []string{"-cubes-left", flag}, 2, nil, []string{back}}})
	}
	const tree = "solve: -regions is for the tree search, and not with -patterns or -proof"
	for _, flag := range []string{"-patterns", "-proof", "-engine=mip", "-oracle=highs"} {
		clitest.Check(t, tool, []run{{"-regions " + flag, "never read", []string{"-regions", flag}, 2, nil, []string{tree}}})
	}
	clitest.Check(t, tool, []run{
		{"-measure alone", "never read", []string{"-measure=class"}, 2, nil, []string{"solve: -measure is for -probes"}},
		{"-measure by HiGHS", "never read", []string{"-probes=2", "-measure=class", "-oracle=highs"}, 2, nil, []string{"solve: -measure is for the tree search"}},
		{"-measure by branch and bound", "never read", []string{"-probes=2", "-measure=class", "-engine=mip"}, 2, nil, []string{"solve: -measure is for the tree search"}},
	})
	const other = "solve: -define pieces is for -count by the tree search, without -max, -margin, -regions, -patterns and -proof"
	for _, flag := range []string{"-count=false", "-max=3", "-margin=0.1", "-regions", "-patterns", "-proof", "-engine=mip", "-oracle=highs"} {
		clitest.Check(t, tool, []run{{"-define " + flag, "never read", []string{"-count", "-define=pieces", flag}, 2, nil, []string{other}}})
	}
	const whole = "solve: -margin is for counts, trials and cells, and not with -proof"
	for _, flags := range [][]string{{"-probes=3"}, {"-count", "-proof"}, {"-cubes=2"}} {
		clitest.Check(t, tool, []run{{"-margin " + flags[0], "never read", append(flags, "-margin=0.1"), 2, nil, []string{whole}}})
	}
}

// hash is a parity record: trial rows over one unit each, in turn odd and even.
func hash(id string, trial int, ask string, units ...int) string {
	var rows []string
	for i, u := range units {
		rows = append(rows, fmt.Sprintf(`{"units":[%d],"odd":%v}`, u, i%2 == 0))
	}
	return fmt.Sprintf(`{"type":"parity","schema":1,"milp":%q,"trial":%d,"size":1,"seed":"1","ask":%q,"rows":[%s]}`+"\n", id, trial, ask, strings.Join(rows, ","))
}

func TestRuns(t *testing.T) {
	id, milp := clitest.Milp(t, clitest.Tiny)
	trial, cell := hash(id, 0, "", 0, 1, 1), hash(id, 1, "count", 0)
	edited := strings.Replace(milp, `"kind":"input","lo":-1`, `"kind":"input","lo":-0.5`, 1)
	rowed := strings.Replace(milp, `],"units":[`, `,{"name":"mine","kind":"mine","lo":1,"hi":1,"idx":[4],"val":[1]}],"units":[`, 1)
	mute := regexp.MustCompile(`,"outputs":\[.*?\}\]`).ReplaceAllString(milp, "")
	strange := `{"type":"weather",  "schema":7}` + "\n"
	const stranger = `record of milp "none", which has not come before it`
	clitest.Check(t, tool, []run{
		{"nothing", "", nil, 0, nil, nil},
		{"passed", strange, []string{"-cubes=3"}, 0, []string{strange}, []string{"solve: no milp record has come in, "}},
		{"passed between", strange + milp + strange, nil, 0, []string{strange + `{"type":"network"`, "}\n" + strange}, []string{"solve: nothing was asked: "}},
		{"verbose", milp + trial + cell, []string{"-v", "-j=1", "-count", "-probes=1"}, 0, []string{`"type":"count"`},
			[]string{"solve: tiny: trial 0 of size 1: 2 rows, closed, ", "solve: tiny: cell 1 of 1 rows of size 1: 4 regions, ", "solve: tiny: probe 0: 2^", "solve: tiny: 7 regions, 0 doubtful, "}},
		{"kept", milp + trial, []string{"-keep", "-j=1"}, 0, []string{milp, trial, `"type":"trial"`}, nil},
		{"edited", edited, []string{"-count"}, 0, []string{`"edited":true,"content":"`}, nil},
		{"stopped", milp, []string{"-count", "-max=3", "-v"}, 0, []string{`"regions":"3"`, `"exact":false`, `"why":"max"`}, []string{"3 regions or more (max)"}},
		{"out of time", milp + trial, []string{"-count", "-time-limit=1ns", "-oracle=highs"}, 0, []string{`"why":"time limit"`, `"closed":false`}, nil},
		{"witness", milp + trial, []string{"-witness", "-j=1"}, 0, []string{`"pattern":[`, `"x":[`}, nil},
		{"an early end of the rows", milp + hash(id, 0, "", 0), nil, 0, []string{`"closed":false,`, `"why":"the record has no more rows"`}, nil},

		{"cut short", milp + trial + cell[:40], []string{"-j=1"}, 1, []string{`"type":"trial"`}, []string{"solve: stdin:3: the line is cut short after 40 bytes\n"}},
		{"another schema", strings.Replace(milp, `"schema":1`, `"schema":2`, 1), nil, 1, nil, []string{"solve: stdin:1: schema 2 is not known"}},
		{"another schema of a hash", milp + strings.Replace(trial, `"schema":1`, `"schema":2`, 1), nil, 1, []string{"network"}, []string{"solve: stdin:2: schema 2 is not known"}},
		{"another schema, only asked", strings.Replace(milp, `"schema":1`, `"schema":2`, 1), []string{"-cubes=2"}, 1, nil, []string{"solve: stdin:1: schema 2 is not known"}},
		{"a network", clitest.Tiny, nil, 1, nil, []string{"solve: stdin:1: "}},
		{"a hash of another milp", hash("none", 0, "", 0), nil, 1, nil, []string{"solve: stdin:1: parity " + stranger}},
		{"a hash without a size", milp + strings.Replace(trial, `"size":1,`, "", 1), nil, 1, []string{"network"}, []string{"solve: stdin:2: size is missing\n"}},
		{"a unit too many", milp + hash(id, 0, "", 0, 3), nil, 1, []string{"network"}, []string{"solve: stdin:2: rows[1].units[0]: 3 out of range (3 units)\n"}},
		{"another question", milp + hash(id, 0, "sum", 0), nil, 1, []string{"network"}, []string{`solve: stdin:2: ask: "sum" is neither "count" nor absent, for a trial`}},
		{"a cube of another milp", `{"type":"cube","schema":1,"milp":"none","cube":0,"of":1,"partition":"p","prefix":[]}`, nil, 1, nil, []string{"solve: stdin:1: cube " + stranger}},
		{"a cube of another version", milp + `{"type":"cube","schema":1,"milp":"` + id + `","cube":0,"of":1,"partition":"p","prefix":[],"prov":{"tool":"solve","version":"0.0.7"}}`, nil, 1, []string{"network"},
			[]string{"solve: stdin:2: the cube was made by version 0.0.7, and this is " + cli.Version + ": counts of different versions do not add up"}},
		{"nothing left", milp, []string{"-count", "-cubes-left", "-time-limit=1m"}, 0, []string{`"regions":"7"`, `"exact":true`}, nil},
		{"a cube of other content", milp + `{"type":"cube","schema":1,"milp":"` + id + `","content":"x","cube":0,"of":1,"partition":"p","prefix":[]}`, nil, 1, []string{"network"}, []string{`solve: stdin:2: cube record of the content "x"`}},
		{"a cube without a prefix", milp + `{"type":"cube","schema":1,"milp":"` + id + `","cube":0,"of":1,"partition":"p"}`, nil, 1, []string{"network"}, []string{"solve: stdin:2: prefix is missing\n"}},
		{"no probes", rowed, []string{"-probes=2"}, 1, []string{"network"}, []string{"solve: stdin:1: probes cannot be had of a milp with rows or limits of its own over units\n"}},
		{"pilots by HiGHS", "never read", []string{"-probes=2", "-pilot=2", "-oracle=highs"}, 2, nil, []string{"solve: -pilot is for the tree search"}},
		{"pilots", milp, []string{"-v", "-probes=2", "-pilot=5"}, 0, []string{`"method":"pilot-5"`}, []string{"5 pilots: capacity to the power "}},
		{"a population by HiGHS", "never read", []string{"-probes=2", "-population=2", "-oracle=highs"}, 2, nil, []string{"solve: -population is for the tree search"}},
		{"a population with pilots", "never read", []string{"-probes=2", "-population=2", "-pilot=3"}, 2, nil, []string{"solve: -pilot is for probes without -population"}},
		{"a population", milp, []string{"-probes=2", "-population=16"}, 0, []string{`"method":"population-16"`, `"complete":true`}, nil},
		{"a population out of time", milp, []string{"-probes=1", "-population=5", "-time-limit=1ns"}, 0, []string{`"log2":0,`, `"complete":false`}, nil},
		{"pilots out of time", milp, []string{"-probes=1", "-pilot=5", "-time-limit=1ns"}, 0, []string{`"log2":0,`, `"complete":false`}, nil},
		{"measures", milp, []string{"-probes=2", "-measure=facets,volume"}, 0, []string{`"measures":{"of":["facets","volume"],"pattern":[`, `"facets":`, `"volume":`}, nil},
		{"measures of no outputs", mute, []string{"-probes=2", "-measure=class"}, 1, []string{"network"}, []string{"solve: stdin:1: classes and slopes cannot be measured: the milp has no outputs: encode the network again\n"}},
		{"what can be measured", mute, []string{"-probes=2", "-measure=all"}, 0, []string{`"measures":{"of":["facets","radius","volume"],`}, nil},
		{"measures with other rows", rowed, []string{"-probes=2", "-measure=facets"}, 1, []string{"network"}, []string{"solve: stdin:1: probes cannot be had"}},
		{"measures out of time", milp, []string{"-probes=1", "-measure=facets", "-time-limit=1ns"}, 0, []string{`"complete":false,"measures":{"of":["facets"],"why":"time limit"}`}, nil},
		{"one id, two contents", milp + edited, nil, 1, []string{"network"}, []string{"solve: stdin:2: a milp with the id " + id + " and other content came before"}},
		{"going on", hash("none", 0, "", 0) + milp + trial, []string{"-k"}, 1, []string{`{"type":"error","schema":1,"tool":"solve","place":"stdin:1","error":"parity ` + strings.ReplaceAll(stranger, `"`, `\"`), `"type":"trial"`},
			[]string{"solve: stdin:1: parity " + stranger + "\n", "solve: 1 record failed\n"}},
	})
}

// count returns the count records of a run.
func count(t *testing.T, in string, args ...string) []record.Count {
	t.Helper()
	got := clitest.Run(t, tool(), in, args...)
	if got.Code != 0 {
		t.Fatalf("%q: %+v", args, got)
	}
	return clitest.Records[record.Count](t, got.Out, "count")
}

// Three lines in general position leave 7 regions, whoever counts; a milp is
// counted once, however often it comes.
func TestCount(t *testing.T) {
	id, milp := clitest.Milp(t, clitest.Tiny)
	for _, c := range []struct{ args, prov string }{
		{"", ""}, {"-j=1", ""}, {"-oracle=highs", "-oracle=highs"}, {"-oracle=geometry", "-oracle=geometry"},
		{"-oracle=filtered", "-oracle=geometry"}, {"-engine=mip", "-engine=mip"}, {"-margin=1e-6 -time-limit=60s", "-margin=1e-06 -time-limit=1m0s"},
	} {
		got := count(t, milp+milp, append(strings.Fields(c.args), "-count")...)
		if len(got) != 1 {
			t.Fatalf("%s: %d counts", c.args, len(got))
		}
		r, args := got[0], strings.Fields("-count=true "+c.prov)
		slices.Sort(args)
		if r.Milp != id || r.Regions != "7" || !r.Exact || r.Doubtful != 0 || r.Lower != "7" || r.Upper != "7" || r.Scope != "whole" || !slices.Equal(r.Prov.Args, args) {
			t.Errorf("%s: %+v %q", c.args, r, r.Prov.Args)
		}
		if highs := r.Stats.HiGHS > 0; c.args == "-oracle=highs" && !highs || c.args == "-oracle=filtered" && highs {
			t.Errorf("%s: %d programs solved by HiGHS", c.args, r.Stats.HiGHS)
		}
	}
}

// A network without any unit has one region, whoever is asked.
func TestLinear(t *testing.T) {
	_, line := clitest.Milp(t, `{"domain": {"lower": 0, "upper": 1}, "layers": [{"weights": [[1, 2]], "bias": [0], "activation": "linear"}]}`)
	for _, args := range [][]string{{}, {"-oracle=highs"}, {"-engine=mip"}} {
		got := clitest.Run(t, tool(), line, append(args, "-count", "-patterns", "-probes=2")...)
		counts := clitest.Records[record.Count](t, got.Out, "count")
		patterns := clitest.Records[record.PatternOf](t, got.Out, "pattern")
		probes := clitest.Records[record.Probe](t, got.Out, "probe")
		if got.Code != 0 || len(counts) != 1 || counts[0].Regions != "1" || !counts[0].Exact || len(patterns) != 1 || len(patterns[0].X) != 2 ||
			len(probes) != 2 || probes[0].Log2 != 0 {
			t.Errorf("%q: %+v", args, got)
		}
	}
}

// Points come back in the network's own inputs, whatever the coordinates.
func TestPointsOfMaps(t *testing.T) {
	const plane = `{"domain": {"lower": [0, 0.5], "upper": [1, 0.5], "matrix": [[1, 0], [0, 1], [1, 1]], "offset": [0, 0, 2], "rows": [{"a": [1, 0], "hi": 0.75}]},
"layers": [{"weights": [[1, 1, 1], [1, -1, 0]], "bias": [-3.5, 0], "activation": "relu"}]}`
	_, line := clitest.Milp(t, plane)
	got := clitest.Run(t, tool(), line, "-count", "-patterns")
	patterns := clitest.Records[record.PatternOf](t, got.Out, "pattern")
	if got.Code != 0 || len(patterns) < 2 {
		t.Errorf("%+v", got)
	}
	for _, p := range patterns {
		x := p.X
		if len(x) != 3 || x[0] < 0 || x[0] > 0.75 || x[1] != 0.5 || math.Abs(x[2]-x[0]-x[1]-2) > 1e-12 {
			t.Errorf("%v", x)
			continue
		}
		for k, g := range []float64{x[0] + x[1] + x[2] - 3.5, x[0] - x[1]} {
			if (p.Pattern[0][k] == '1') != (g > 0) {
				t.Errorf("%v has not the pattern %v", x, p.Pattern)
			}
		}
	}
}

func TestPatterns(t *testing.T) {
	_, milp := clitest.Milp(t, clitest.Tiny)
	got := clitest.Run(t, tool(), milp, "-count", "-patterns")
	seen := map[string]bool{}
	for _, p := range clitest.Records[record.PatternOf](t, got.Out, "pattern") {
		x, y := p.X[0], p.X[1]
		want := fmt.Sprintf("[%d%d%d]", above(x-y), above(x+y-0.5), above(y+0.3))
		if pattern := fmt.Sprint(p.Pattern); pattern != want {
			t.Errorf("the pattern at %v is %s, want %s", p.X, pattern, want)
		}
		seen[fmt.Sprint(p.Pattern)] = true
	}
	if len(seen) != 7 {
		t.Errorf("%d patterns", len(seen))
	}
}

func above(v float64) int {
	if v > 0 {
		return 1
	}
	return 0
}

// Cubes share the regions of a milp out; solve asks for them and answers them.
func TestCubes(t *testing.T) {
	_, milp := clitest.Milp(t, clitest.Tiny)
	asked := clitest.Run(t, tool(), milp+milp, "-cubes=3", "-v")
	cubes := clitest.Records[record.Cube](t, asked.Out, "cube")
	if asked.Code != 0 || len(cubes) < 2 || !strings.HasPrefix(asked.Out, milp) || !strings.HasSuffix(asked.Out, milp) {
		t.Fatalf("%+v", asked)
	}
	sum := 0
	for _, r := range count(t, asked.Out, "-j=1") {
		var n int
		if _, err := fmt.Sscan(r.Regions, &n); err != nil || !r.Exact || r.Of != len(cubes) || r.Partition != cubes[0].Partition {
			t.Errorf("%+v", r)
		}
		sum += n
	}
	if sum != 7 {
		t.Errorf("%d cubes have %d regions", len(cubes), sum)
	}
	made := clitest.Run(t, tool(), milp, "-cubes=3")
	got := clitest.Run(t, tool(), strings.Replace(made.Out, `"margin":0`, `"margin":0.001`, 1))
	if got.Code != 1 || !strings.Contains(got.Err, "solve: stdin:2: the cubes were made with a margin of 0.001: there may be regions in none of them\n") {
		t.Errorf("%+v", got)
	}
	edited := strings.Replace(milp, `"kind":"input","lo":-1`, `"kind":"input","lo":-0.5`, 1)
	for _, c := range clitest.Records[record.Cube](t, clitest.Run(t, tool(), edited, "-cubes=2", "-time-limit=1m").Out, "cube") {
		if c.Content == "" || c.Partition == cubes[0].Partition {
			t.Errorf("a cube of the edited milp: %+v", c)
		}
	}
}

// Probes depend on their number, the seed and the milp, and are unbiased.
func TestProbes(t *testing.T) {
	_, milp := clitest.Milp(t, clitest.Tiny)
	probes := func(args ...string) map[int]record.Probe {
		all := map[int]record.Probe{}
		for _, p := range clitest.Records[record.Probe](t, clitest.Run(t, tool(), milp, args...).Out, "probe") {
			if all[p.Probe] = p; !p.Complete || p.Seed != "s" || p.Of != 60 {
				t.Errorf("%+v", p)
			}
		}
		return all
	}
	whole, part, again := probes("-probes=60", "-seed=s"), probes("-probes=60", "-seed=s", "-part=2/3", "-j=1"), probes("-probes=60", "-seed=s", "-oracle=highs")
	if len(whole) != 60 || len(part) != 20 || len(again) != 60 {
		t.Fatalf("%d, %d and %d probes", len(whole), len(part), len(again))
	}
	sum := 0.0
	for i, p := range whole {
		if q, ok := part[i]; ok != (i%3 == 2) || ok && q.Log2 != p.Log2 {
			t.Errorf("probe %d: %+v, of a part %+v", i, p, q)
		}
		sum += math.Exp2(p.Log2)
	}
	if mean := sum / 60; mean < 6 || mean > 8 {
		t.Errorf("the mean is %g", mean)
	}
}

func TestNoOutput(t *testing.T) {
	_, milp := clitest.Milp(t, clitest.Tiny)
	out, in := io.Pipe()
	out.Close()
	var said strings.Builder
	code := tool().Call(t.Context(), []string{"-k", "-count"}, strings.NewReader(milp), in, &said)
	if code != 1 || said.String() != "solve: cannot write the output: io: read/write on closed pipe\n" {
		t.Errorf("exit code %d, %s", code, &said)
	}
}
