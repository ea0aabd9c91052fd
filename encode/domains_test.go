package main

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"relucount/pkg/cli/clitest"
	"relucount/pkg/milp"
	"relucount/pkg/record"
)

// three has three inputs and no domain.
const three = `{"name": "three", "layers": [{"weights": [[1, -1, 1], [1, 1, 0]], "bias": [0, -0.5], "activation": "relu"}]}`

// place writes files to a folder and goes there.
func place(t *testing.T, files map[string]string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
}

// set is a set of inputs as milps have it: limits, a map, and values of rows.
type set struct {
	name         string
	lower, upper record.Numbers
	matrix       []record.Numbers
	rows         []milp.Row
}

func sets(t *testing.T, out string) (all []set) {
	t.Helper()
	for _, p := range clitest.Records[milp.Problem](t, out, "milp") {
		s := set{name: p.Name, lower: p.Domain.Lower, upper: p.Domain.Upper}
		if p.Domain.Map != nil {
			s.matrix = p.Domain.Map.Matrix
		}
		for _, r := range p.Rows {
			if r.Kind == milp.DomainRow {
				r.Name, r.Kind = "", ""
				s.rows = append(s.rows, r)
			}
		}
		if p.ID != p.Digest() {
			t.Error("the id is not the digest")
		}
		all = append(all, s)
	}
	return all
}

func TestDomains(t *testing.T) {
	place(t, map[string]string{
		"box.csv":    "lower,upper\n0,1\n-1,0.5\n0.25 , 2\n",
		"box.json":   `[[0, 1], [-1, 0.5], [0.25, 2]]`,
		"domain":     `{"lower": [0, -1, 0.25], "upper": [1, 0.5, 2], "rows": [{"a": [1, 1, 0], "hi": 1}]}`,
		"line.json":  `{"lower": -1, "upper": 2, "matrix": [[1], [1], [0]]}`,
		"points.csv": "0.5;0.5;0.5\n0.25;0;1\n# the last\n1;1;1\n",
		"flat.csv":   "0 0 0\n1 0 0\n0 1 0\n",
		"more.json":  `[{"a": [1, 1, 1], "lo": 0.5}]`,
		"p.vnnlib": `(declare-const X_0 Real) (declare-const X_1 Real) (declare-const X_2 Real) (declare-const Y_0 Real)
(assert (or (<= 0 X_0 0.5) (<= 0.75 X_0 1))) (assert (<= 0 X_1 1)) (assert (<= 0 X_2 1)) (assert (>= Y_0 1)) (assert (<= X_1 X_2))`,
	})
	inf := milp.Lo(0)
	_ = inf.UnmarshalJSON([]byte("null"))
	none := milp.Hi(-inf)
	idx := record.Indices{0, 1, 2}
	box := set{name: "three", lower: record.Numbers{0, -1, 0.25}, upper: record.Numbers{1, 0.5, 2}}
	cut := box
	cut.rows = []milp.Row{{Lo: inf, Hi: 1, Idx: idx[:2], Val: record.Numbers{1, 1}}}
	unit := func(suffix string, rows ...milp.Row) set {
		return set{name: "three" + suffix, lower: record.Numbers{0, 0, 0}, upper: record.Numbers{1, 1, 1}, rows: rows}
	}
	half := unit("/1", milp.Row{Lo: inf, Hi: 0, Idx: idx[1:], Val: record.Numbers{1, -1}})
	half.upper = record.Numbers{0.5, 1, 1}
	rest := unit("/2", half.rows...)
	rest.lower = record.Numbers{0.75, 0, 0}
	near := func(suffix string, lower, upper record.Numbers) set {
		return set{name: "three" + suffix, lower: lower, upper: upper}
	}
	for _, c := range []struct {
		name string
		args string
		want []set
	}{
		{"CSV", "-domain box.csv", []set{box}},
		{"JSON", "-domain box.json", []set{box}},
		{"a JSON domain", "-domain domain", []set{cut}},
		{"VNN-LIB", "-domain p.vnnlib", []set{half, rest}},
		{"fixed", "-domain 0,1 -fix 1=0.5 -fix 2=0.25,0=1", []set{near("", record.Numbers{1, 0.5, 0.25}, record.Numbers{1, 0.5, 0.25})}},
		{"rows", "-domain 0,1 -rows more.json", []set{unit("", milp.Row{Lo: 0.5, Hi: none, Idx: idx, Val: record.Numbers{1, 1, 1}})}},
		{"a map, fixed, with rows", "-domain line.json -fix 1=0.5 -rows more.json", []set{{name: "three", lower: record.Numbers{-1}, upper: record.Numbers{2},
			matrix: []record.Numbers{{1}, {1}, {0}}, rows: []milp.Row{
				{Lo: 0.5, Hi: none, Idx: idx[:1], Val: record.Numbers{2}}, {Lo: 0.5, Hi: 0.5, Idx: idx[:1], Val: record.Numbers{1}}}}}},
		{"boxes", "-domain 0,1 -around points.csv -radius 0.25", []set{
			near("@0", record.Numbers{0.25, 0.25, 0.25}, record.Numbers{0.75, 0.75, 0.75}),
			near("@1", record.Numbers{0, 0, 0.75}, record.Numbers{0.5, 0.25, 1}),
			near("@2", record.Numbers{0.75, 0.75, 0.75}, record.Numbers{1, 1, 1})}},
		{"some of them, fixed", "-domain 0,1 -around points.csv -radius 0.25 -points 2,0 -fix 1=0.75", []set{
			near("@2", record.Numbers{0.75, 0.75, 0.75}, record.Numbers{1, 0.75, 1}),
			near("@0", record.Numbers{0.25, 0.75, 0.25}, record.Numbers{0.75, 0.75, 0.75})}},
		{"norm 1", "-domain 0,1 -norm 1 -around points.csv -radius 0.25 -points 2", []set{{
			name: "three@2", lower: record.Numbers{0.75, 0.75, 0.75}, upper: record.Numbers{1, 1, 1},
			rows: []milp.Row{{Lo: inf, Hi: -2.75, Idx: idx, Val: record.Numbers{-1, -1, -1}}}}}},
		{"around in several boxes", "-domain p.vnnlib -around points.csv -radius 0.25 -points 0", []set{
			{name: "three/1@0", lower: record.Numbers{0.25, 0.25, 0.25}, upper: record.Numbers{0.5, 0.75, 0.75}, rows: half.rows},
			{name: "three/2@0", lower: record.Numbers{0.75, 0.25, 0.25}, upper: record.Numbers{0.75, 0.75, 0.75}, rows: half.rows}}},
		{"a line", "-domain 0,1 -line points.csv", []set{{name: "three@0-1", lower: record.Numbers{-1}, upper: record.Numbers{1}, matrix: []record.Numbers{{-0.25}, {-0.5}, {0.5}}}}},
		{"a plane", "-domain -1,1 -plane flat.csv -points 0,1,2 -rows more.json", []set{{name: "three@0-1-2",
			lower: record.Numbers{-0.5, -0.5}, upper: record.Numbers{1, 1}, matrix: []record.Numbers{{1, 0}, {0, 1}, {0, 0}},
			rows: []milp.Row{{Lo: 0.5, Hi: none, Idx: idx[:2], Val: record.Numbers{1, 1}}}}}},
	} {
		got := clitest.Run(t, tool(), three, append(strings.Fields(c.args), "-j=1")...)
		if all := sets(t, got.Out); got.Code != 0 || !reflect.DeepEqual(all, c.want) {
			t.Errorf("%s:\n%+v, want\n%+v\n%s", c.name, all, c.want, got.Err)
		}
	}
}

func TestDomainErrors(t *testing.T) {
	place(t, map[string]string{
		"two.csv":   "0,1\n0,1\n",
		"wide.csv":  "0,1,2\n0,1,2\n0,1,2\n",
		"far.json":  `[[0, 0, 0], [3, 0, 0]]`,
		"bad.json":  "[[0, 1],\n [0 1]]",
		"bad.csv":   "a,b\n1,2\n0,one\n",
		"inf.csv":   "0,1\n0,inf\n0,1\n",
		"p.vnnlib":  "(declare-const X_0 Real)\n(assert (<= 0 X_0 one))",
		"q.vnnlib":  "(declare-const X_0 Real)\n(assert (<= 0 X_0 1))",
		"r.json":    `[{"a": [1, 1]}]`,
		"empty":     "",
		"map.json":  `{"lower": 0, "upper": 1, "matrix": [[1], [1], [0]]}`,
		"plain.txt": "(declare-const X_0 Real",
	})
	clitest.Check(t, tool, []run{
		{"no domain", three, nil, 0, []string{`"name":"three","assumed":true,`}, []string{"encode: three: no domain is given, so it is [0, 1] for each input\n"}},
		{"too few limits", three, []string{"-domain=two.csv"}, 1, nil, []string{"encode: stdin: two.csv: 2 rows of limits, the network has 3 inputs\n"}},
		{"no limits", three, []string{"-domain=wide.csv"}, 1, nil, []string{"wide.csv: row 0 has 3 numbers: a lower and an upper limit belong there\n"}},
		{"an infinite limit", three, []string{"-domain=inf.csv"}, 1, nil, []string{"inf.csv: domain of input 1 is [0, +Inf]: it must be bounded\n"}},
		{"bad JSON", three, []string{"-domain=bad.json"}, 1, nil, []string{"bad.json:2:5: invalid character '1' after array element\n"}},
		{"bad CSV", three, []string{"-domain=bad.csv"}, 1, nil, []string{`bad.csv:3:3: "one" is no number` + "\n"}},
		{"bad VNN-LIB", three, []string{"-domain=p.vnnlib"}, 1, nil, []string{`p.vnnlib:2:19: "one" is not declared` + "\n"}},
		{"other VNN-LIB", three, []string{"-domain=q.vnnlib"}, 1, nil, []string{"q.vnnlib: 1 inputs are declared, the network has 3\n"}},
		{"VNN-LIB of another name", three, []string{"-domain=plain.txt"}, 1, nil, []string{"plain.txt:1:1: the bracket is not closed"}},
		{"bad rows", three, []string{"-rows=r.json"}, 1, nil, []string{"r.json: domain.rows[0].a: 2 numbers, 3 expected\n"}},
		{"no points", three, []string{"-around=empty", "-radius=1"}, 1, nil, []string{"empty: there is no point\n"}},
		{"other points", three, []string{"-around=two.csv", "-radius=1"}, 1, nil, []string{"two.csv: row 0 has 2 numbers, the network 3 inputs\n"}},
		{"too few points", three, []string{"-plane=far.json"}, 1, nil, []string{"far.json: there is no point 2: the file has 2\n"}},
		{"points of a map", three, []string{"-domain=map.json", "-line=far.json"}, 1, nil, []string{"three@0-1: the domain has a map"}},
		{"fixed outside", three, []string{"-fix=0=2"}, 1, nil, []string{"input 0 ranges over [0, 1], which 2 is outside of\n"}},
		{"one point of two", three, []string{"-k", "-around=far.json", "-radius=1"}, 1, []string{`"name":"three@0"`, `{"type":"error","schema":1,"tool":"encode","place":"stdin","error":"three@1: no input of the domain is so near`},
			[]string{"encode: 1 record failed\n"}},
		{"two as LP", three, []string{"-format=lp", "-around=far.json", "-radius=9"}, 1, nil, []string{"-format lp takes one domain, 2 are asked for\n"}},
		{"a line and a ball", "never read", []string{"-line=two.csv", "-around=two.csv", "-radius=1"}, 2, nil, []string{"encode: -around and -line exclude each other (encode -h says more)\n"}},
		{"no radius", "never read", []string{"-around=two.csv"}, 2, nil, []string{"encode: -around and -radius belong together"}},
		{"a fixed line", "never read", []string{"-line=two.csv", "-fix=0=1"}, 2, nil, []string{"encode: -fix is not for -line: points say where it goes"}},
		{"a line through three", "never read", []string{"-line=two.csv", "-points=0,1,2"}, 2, nil, []string{"encode: -line goes through 2 points, -points names 3"}},
	})
	got := clitest.Run(t, tool(), three, "-domain=0,1", "-fix=0=1", "-fix=1=0,2=0.5", "-rows", filepath.Join(t.TempDir(), "..", "..", "nowhere"))
	if got.Code != 2 {
		t.Errorf("%+v", got)
	}
	abs, _ := filepath.Abs("r.json")
	if err := os.WriteFile(abs, []byte("[]"), 0o666); err != nil {
		t.Fatal(err)
	}
	got = clitest.Run(t, tool(), three, "-domain=0,1", "-fix=0=1", "-fix=1=0,2=0.5", "-rows", abs)
	if p := clitest.Records[milp.Problem](t, got.Out, "milp")[0]; !reflect.DeepEqual(p.Prov.Args, []string{"-domain=0,1", "-fix=0=1,1=0,2=0.5", "-rows=r.json"}) {
		t.Errorf("provenance %q", p.Prov.Args)
	}
}
