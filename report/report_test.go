package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"relucount/pkg/cli/clitest"
	"relucount/pkg/record"
)

const (
	exact   = `{"type":"count","schema":1,"milp":"m","scope":"whole","regions":"12","log2":3.58,"exact":true,"doubtful":0}` + "\n"
	upper   = `{"type":"bound","schema":1,"milp":"m","method":"serra2018","regions":"16","log2":4}` + "\n"
	from    = `{"type":"bound","schema":1,"milp":"m","method":"tight","regions":"16","log2":4,"relaxed":true,"from":"lp"}` + "\n"
	low     = `{"type":"bound","schema":1,"milp":"m","method":"wrong","regions":"11","log2":3.4}` + "\n"
	missing = `{"type":"trial","schema":1,"milp":"m","trial":0,"size":3,"seed":"1","rows":40,"of":50,"closed":true,"doubtful":0}` + "\n"
	cell    = `{"type":"cell","schema":1,"milp":"m","trial":0,"size":"half","seed":"1","rows":2,"regions":"3","log2":1.6,"exact":true,"doubtful":0,"new":[1]}` + "\n"
	probe   = `{"type":"probe","schema":1,"milp":"m","probe":0,"of":1,"seed":"1","log2":3.5,"method":"uniform","complete":true,"doubtful":0,"new":{}}` + "\n"
	failure = `{"type":"error","schema":1,"tool":"solve","place":"stdin:3","error":"no such unit"}` + "\n"
	open    = `{"type":"count","schema":1,"milp":"m","scope":"whole","regions":"12","log2":3.58,"lower":"13","upper":"15","exact":false,"doubtful":0,"why":"max"}` + "\n"
	share   = `{"type":"cube","schema":1,"milp":"m","cube":0,"of":1,"partition":"p","prefix":[],"estimate":9,"upper":"14","margin":1e-9,"new":0}` + "\n"
	bad     = `{"type":"count","schema":1,"milp":"m"}` + "\n"
)

type run clitest.Case

func TestRuns(t *testing.T) {
	file := filepath.Join(t.TempDir(), "facts.ndjson")
	if err := os.WriteFile(file, []byte(exact), 0o666); err != nil {
		t.Fatal(err)
	}
	clitest.Check(t, tool, []run{
		{"text", exact + upper, nil, 0, []string{"m\n", "exact", "2^3.58", "serra2018"}, nil},
		{"file", upper, []string{file}, 0, []string{"exact"}, nil},
		{"file and stdin", upper, []string{file, "-"}, 0, []string{"exact", "serra2018"}, nil},
		{"csv", exact, []string{"-format", "csv"}, 0, []string{"name,milp", "\nm,m,"}, nil},
		{"markdown", exact, []string{"-format=markdown"}, 0, []string{"| network |", "| m |"}, nil},
		{"json", exact, []string{"-format", "json"}, 0, []string{`{"type":"summary","schema":1,"milp":"m"`}, nil},
		{"nothing", "", nil, 0, nil, []string{"report: no facts"}},
		{"nothing as json", "", []string{"-format", "json"}, 0, nil, nil},
		{"only ignored", `{"type":"new"}`, []string{"-v"}, 0, nil, []string{`1 "new" (ignored)`, "no facts"}},
		{"verbose", exact, []string{"-v"}, 0, []string{"exact"}, []string{`records read: 1 "count"`}},
		{"a miss", exact + missing, nil, 0, []string{"a MISS", "warning"}, nil},
		{"a cell and a probe", probe + cell, nil, 0, []string{"1 cell of 2 rows: 1 exact, 0 not", "1 of 1 probe: 1 complete", "this many are in one cell", "default", "next"}, nil},
		{"a cell above a bound", strings.Replace(cell, `"3"`, `"17"`, 1) + upper, nil, 1, []string{"CONTRADICTION: the exact count 17 of cell 0 of 2 rows (size half, seed 1) is above the upper bound 16"}, []string{"1 contradiction"}},
		{"a contradiction", exact + low, nil, 1, []string{"CONTRADICTION", "exact"}, []string{"report: CONTRADICTION in m: the exact count 12 is above the upper bound 11 (wrong)", "report: 1 contradiction"}},
		{"a contradiction as json", exact + low, []string{"-format", "json"}, 1, []string{`"contradictions":["the exact`}, []string{"CONTRADICTION"}},
		{"an open count", open, nil, 0, []string{"lower    2^3.7      13  this many are certain\n", "upper    2^3.91     15  count\n",
			"gap      0.21 bits      from lower to upper", "\n  counts\n    whole", "12  found, 13 (2^3.7) to 15 (2^3.91) in all, max\n"}, nil},
		{"an open count among bounds", open + from, nil, 0, []string{"\n  bounds\n    count", "16  from lp, relaxed\n"}, nil},
		{"a bound as markdown", from, []string{"-format=markdown"}, 0, []string{"| 16 (2^4), tight, from lp, relaxed |"}, nil},
		{"a bound as json", from, []string{"-format=json"}, 0, []string{`"upper":{"best":{"method":"tight","regions":"16","log2":4,"relaxed":true,"from":"lp"},"methods"`}, nil},
		{"a cube", open + share, []string{"-v"}, 0, []string{"upper", "14  count\n", "0   found, 0 to 14 (2^3.81) in all, 0 of 1 cube counted to the end\n", "warning: 1 cube (p): no count of 0"},
			[]string{`records read: 1 "count", 1 "cube"` + "\n"}},
		{"a cube below a count", exact + strings.Replace(share, "14", "11", 1), nil, 1, []string{"CONTRADICTION: the exact count 12 is above the upper bound 11 of 1 cube (p)"}, []string{"1 contradiction"}},
		{"bounds that cross", strings.Replace(open, "15", "12", 1), nil, 1, nil, []string{"report: stdin:1: upper: 12 is less than the lower bound 13"}},
		{"an error upstream", exact + failure, nil, 0, []string{"exact"}, []string{"report: 1 error upstream: solve: stdin:3: no such unit"}},
		{"errors upstream", failure + failure, nil, 0, nil, []string{"2 errors upstream"}},
		{"a bad record", exact + bad, nil, 1, nil, []string{"report: stdin:2: scope is missing"}},
		{"a bad record with -k", bad + exact, []string{"-k"}, 1, []string{"exact"}, []string{"stdin:1: scope", "1 record failed"}},
		{"a bad record with -k as json", bad + exact, []string{"-k", "-format", "json"}, 1, []string{`{"type":"error"`, `{"type":"summary"`}, []string{"1 record failed"}},
		{"a bad record and a contradiction", bad + exact + low, []string{"-k"}, 1, []string{"exact"}, []string{"1 contradiction between certain facts; 1 record failed"}},
		{"no such file", "", []string{"nowhere"}, 1, nil, []string{"nowhere"}},
		{"wrong format", "never read", []string{"-format", "xml"}, 2, nil, []string{`-format "xml": text, json, csv, markdown, html, svg or png`}},
		{"confidence 1", "never read", []string{"-confidence", "1"}, 2, nil, []string{"-confidence 1: from 0.5 to less than 1"}},
		{"confidence 0.4", "", []string{"-confidence", "0.4"}, 2, nil, []string{"-confidence"}},
		{"confidence NaN", "", []string{"-confidence", "NaN"}, 2, nil, []string{"-confidence"}},
		{"no such flag", "", []string{"-x"}, 2, nil, []string{"-x"}},
		{"help", "never read", []string{"-h"}, 0, []string{tool().Manual()}, nil},
	})
}

// The confidence changes the bound and stands in the record with it.
func TestConfidence(t *testing.T) {
	previous := ""
	for _, c := range []struct{ level, args string }{{"0.5", "-confidence=0.5"}, {"0.99", "-confidence=0.99"}} {
		got := clitest.Run(t, tool(), missing, "-format", "json", "-confidence", c.level)
		var s record.Summary
		if err := json.Unmarshal([]byte(got.Out), &s); err != nil {
			t.Fatal(err)
		}
		if s.Lower.Regions == previous || s.Prov == nil || len(s.Prov.Args) != 1 || s.Prov.Args[0] != c.args {
			t.Errorf("%s: lower bound %s, provenance %+v", c.level, s.Lower.Regions, s.Prov)
		}
		previous = s.Lower.Regions
	}
}

func TestCalls(t *testing.T) {
	clitest.Calls(t, tool, map[string]string{
		"-format=xml":       `-format "xml": text, json, csv, markdown, html, svg or png`,
		"-picture=map":      `-picture "map": auto, regions, sequence, points, falling, bounds or trials`,
		"-color=red":        `-color "red": pattern, layer, class, slope or volume`,
		"-output=-1":        "-output -1: from 0 to 2147483647",
		"-points=nowhere":   `-points "nowhere": no such file or directory`,
		"-verify=maybe":     `invalid boolean value "maybe" for -verify: true or false belongs here`,
		"-checked=maybe":    `invalid boolean value "maybe" for -checked: true or false belongs here`,
		"-left=maybe":       `invalid boolean value "maybe" for -left: true or false belongs here`,
		"-j=0":              "-j 0: at least 1",
		"-confidence=1":     "-confidence 1: from 0.5 to less than 1",
		"-confidence=0.499": "-confidence 0.499: from 0.5 to less than 1",
		"-confidence=NaN":   "-confidence NaN: from 0.5 to less than 1",
		"-confidence=sure":  `invalid value "sure" for flag -confidence: a number belongs here`,
	})
}
