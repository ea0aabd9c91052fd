package main

import (
	"slices"
	"strings"
	"testing"

	"relucount/pkg/cli/clitest"
	"relucount/pkg/record"
)

// regions runs solve -regions.
func regions(t *testing.T, in string, args ...string) []record.Region {
	t.Helper()
	got := clitest.Run(t, tool(), in, append(args, "-regions")...)
	if got.Code != 0 {
		t.Fatalf("%q: %+v", args, got)
	}
	return clitest.Records[record.Region](t, got.Out, "region")
}

func names(list []record.Region) (out []string) {
	for _, r := range list {
		out = append(out, strings.Join(r.Pattern, "/"))
	}
	slices.Sort(out)
	return out
}

// TestRegions: each region comes once, with what is asked for and nothing else, also
// cube by cube.
func TestRegions(t *testing.T) {
	_, milp := clitest.Milp(t, clitest.Tiny)
	plain := regions(t, milp)
	if len(plain) != 7 {
		t.Errorf("%d regions", len(plain))
	}
	for _, r := range plain {
		if len(r.X) != 2 || r.Facets != nil || r.Vertices != nil || r.Volume != nil || r.Affine != nil || r.Radius != nil || r.Inputs != nil {
			t.Errorf("%+v", r)
		}
	}
	sum := 0.0
	for _, r := range regions(t, milp, "-facets", "-vertices", "-volume", "-affine", "-radius") {
		sum += *r.Volume
		if len(r.Facets) != len(r.Vertices) || r.Affine == nil || *r.Radius <= 0 || r.Inputs != nil {
			t.Errorf("%+v", r)
		}
	}
	if sum < 3.999999999 || sum > 4.000000001 {
		t.Errorf("the volumes add up to %g", sum)
	}
	cubes := clitest.Run(t, tool(), milp, "-cubes=3")
	if got := names(regions(t, cubes.Out)); !slices.Equal(got, names(plain)) {
		t.Errorf("%v by cubes, %v", got, names(plain))
	}
	if got := regions(t, cubes.Out, "-count"); len(got) != 14 { // the whole, too, as it is asked for
		t.Errorf("%d regions", len(got))
	}
	if got := regions(t, milp, "-max=3"); len(got) != 3 {
		t.Errorf("%d regions, 3 wanted", len(got))
	}
	if got := regions(t, milp, "-j=2"); !slices.Equal(names(got), names(plain)) {
		t.Errorf("%v with two workers", names(got))
	}
}

// TestRegionsOfDomains: slices, points, empty domains and what cannot be described.
func TestRegionsOfDomains(t *testing.T) {
	net := func(domain string, inputs string) string {
		return `{"domain": ` + domain + `, "layers": [{"weights": [[` + inputs + `]], "bias": [-0.25], "activation": "relu"}, {"weights": [[2]], "bias": [1], "activation": "linear"}]}`
	}
	for _, c := range []struct {
		name, net string
		regions   int
		volume    float64
	}{
		{"a point", net(`{"lower": [0.5, 0.5], "upper": [0.5, 0.5]}`, "1, 1"), 1, 1},
		{"a fixed input", net(`{"lower": [0, 0.125], "upper": [1, 0.125]}`, "1, 1"), 2, 1},
		{"an equation", net(`{"lower": [0, 0], "upper": [1, 1], "rows": [{"a": [1, -1], "lo": 0, "hi": 0}]}`, "1, 1"), 2, 1.4142135623730951},
		{"a row", net(`{"lower": [0, 0], "upper": [1, 1], "rows": [{"a": [1, 1], "hi": 1}]}`, "1, 1"), 2, 0.5},
		{"a plane", net(`{"lower": [0, 0], "upper": [1, 1], "matrix": [[1, 0], [0, 1], [1, 1]], "offset": [0, 0, 1]}`, "1, 1, 0"), 2, 1},
		{"no units", `{"domain": {"lower": 0, "upper": 1}, "layers": [{"weights": [[1, 2]], "bias": [3], "activation": "linear"}]}`, 1, 1},
		{"a constant", net(`{"lower": 0, "upper": 1}`, "0, 0"), 1, 1},
		{"a narrow layer", net(`{"lower": 0, "upper": 1}`, "1, 1, 1, 1"), 2, 1},
	} {
		_, milp := clitest.Milp(t, c.net)
		got, sum := regions(t, milp, "-facets", "-vertices", "-volume", "-affine"), 0.0
		for _, r := range got {
			sum += *r.Volume
			if len(r.Affine.A) != 1 || len(r.Affine.A[0]) != len(r.X) || len(r.Vertices) == 0 || len(r.Vertices[0]) != len(r.X) {
				t.Errorf("%s: %+v", c.name, r)
			}
			if c.name == "a plane" && (len(r.Inputs) != len(r.Vertices) || len(r.Inputs[0]) != 3 || r.Inputs[0][2] != r.Vertices[0][0]+r.Vertices[0][1]+1) {
				t.Errorf("%s: %+v", c.name, r)
			}
		}
		if len(got) != c.regions || sum < c.volume-1e-9 || sum > c.volume+1e-9 {
			t.Errorf("%s: %d regions of a volume of %g, want %d of %g", c.name, len(got), sum, c.regions, c.volume)
		}
	}
	_, plane := clitest.Milp(t, net(`{"lower": [0, 0], "upper": [1, 1], "matrix": [[1, 0], [0, 1], [1, 1]], "offset": [0, 0, 1]}`, "1, 1, 0"))
	for _, r := range regions(t, plane, "-vertices", "-no-inputs") {
		if len(r.Vertices) < 3 || r.Inputs != nil {
			t.Errorf("without inputs: %+v", r)
		}
	}
	_, wide := clitest.Milp(t, net(`{"lower": 0, "upper": 1}`, "1, 1, 1, 1, 1, 1, 1"))
	_, line := clitest.Milp(t, net(`{"lower": 0, "upper": 1}`, "1, 1"))
	unbounded := strings.Replace(line, `"kind":"input","lo":0,"hi":1`, `"kind":"input","lo":0,"hi":null`, 1)
	rowed := strings.Replace(line, `],"units":[`, `,{"name":"mine","kind":"mine","lo":0,"hi":1,"idx":[2],"val":[1]}],"units":[`, 1)
	thin := strings.Replace(line, `],"units":[`, `,{"name":"a","kind":"mine","lo":0,"hi":null,"idx":[0,1],"val":[1,-1]},{"name":"b","kind":"mine","lo":null,"hi":0,"idx":[0,1],"val":[1,-1]}],"units":[`, 1)
	old := line[:strings.Index(line, `,"outputs":`)] + "}\n"
	for _, c := range []struct{ name, in, flag, want string }{
		{"many coordinates", wide, "-vertices", "vertices and volumes can be had in up to 6 coordinates: the domain has 7 that vary"},
		{"no limits", unbounded, "-facets", "no regions can be written: an input has no limits"},
		{"rows over units", rowed, "-facets", "no regions can be written: the milp has rows, columns or limits of units that encode did not write"},
		{"thin", thin, "-facets", "no regions can be written: the domain has no interior, though no equation restricts it"},
		{"no outputs", old, "-affine", "the milp has no outputs: encode the network again"},
	} {
		got := clitest.Run(t, tool(), c.in, "-regions", c.flag)
		if got.Code != 1 || !strings.Contains(got.Err, "stdin:1: "+c.want) {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
	if got := clitest.Run(t, tool(), old, "-count", "-define=pieces"); got.Code != 1 || !strings.Contains(got.Err, "the milp has no outputs") {
		t.Errorf("%+v", got)
	}
	if got := regions(t, wide, "-facets", "-affine"); len(got) != 2 || len(got[0].Facets) != 1 { // those of the border are left out
		t.Errorf("%+v", got)
	}
	unit := `[1, 1, 1, 1, 1, 1, 1]`
	_, square := clitest.Milp(t, `{"domain": {"lower": 0, "upper": 1}, "layers": [{"weights": [`+strings.Repeat(unit+",", 6)+unit+`], "bias": [-0.5, -9, -9, -9, -9, -9, -9], "activation": "relu"}]}`)
	for _, r := range regions(t, square, "-facets") { // a simplex, and the cube without it
		if want := map[string]int{"0000000": 8, "1000000": 15}[r.Pattern[0]]; len(r.Facets) != want {
			t.Errorf("%v has %d facets, want %d", r.Pattern, len(r.Facets), want)
		}
	}
}

// TestDefine: the count says what it counts, and cubes cannot be counted so.
func TestDefine(t *testing.T) {
	_, milp := clitest.Milp(t, clitest.Tiny)
	for define, want := range map[string]string{"patterns": "7", "pieces": "7", "affine": "7", "closed-pieces": "7", "decision": ""} {
		got := count(t, milp, "-count", "-define="+define)
		if len(got) != 1 || got[0].Define != define || want != "" && got[0].Regions != want || !got[0].Exact || got[0].Scope != record.Whole {
			t.Errorf("%s: %+v", define, got)
		}
	}
	if got := count(t, milp, "-count", "-define=regions"); got[0].Define != "" || got[0].Regions != "7" {
		t.Errorf("%+v", got)
	}
	cubes := clitest.Run(t, tool(), milp, "-cubes=3")
	if got := clitest.Run(t, tool(), cubes.Out, "-count", "-define=pieces"); got.Code != 1 || !strings.Contains(got.Err, "-define pieces cannot be counted cube by cube") {
		t.Errorf("%+v", got)
	}
	if got := clitest.Run(t, tool(), milp, "-count", "-define=convex"); got.Code != 1 || !strings.Contains(got.Err, "the fewest convex pieces are not counted") {
		t.Errorf("%+v", got)
	}
}
