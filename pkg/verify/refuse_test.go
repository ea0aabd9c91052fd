package verify_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/domain"
	"relucount/pkg/relu"
	"relucount/pkg/truth"
)

// small returns the lines of a milp and its proof. The units are x0, x1, 0 and
// x0 + x1 - 1.5, and then h0 + h1 - 3 and h0, over [-1, 1]^2 with x0 + x1 <= 1.5
// and x0 + 2 x1 >= -2.5: four regions.
func small(t *testing.T) []string {
	t.Helper()
	net := &relu.Chain{Name: "small", Inputs: 2, Layers: []relu.Dense{
		{W: mat.NewDense(4, 2, []float64{1, 0, 0, 1, 0, 0, 1, 1}), B: []float64{0, 0, 0, -1.5}, Slopes: relu.ReLU(4)},
		{W: mat.NewDense(2, 4, []float64{1, 1, 0, 0, 1, 0, 0, 0}), B: []float64{-3, 0}, Slopes: relu.ReLU(2)},
	}}
	p := truth.Drawn{Net: net, Domain: domain.Box(2, -1, 1), Method: "interval"}.Encode(t)
	truth.AddRow(p, math.Inf(-1), 1.5, truth.InputCols(p), []float64{1, 1})
	truth.AddRow(p, -2.5, math.Inf(1), truth.InputCols(p), []float64{1, 2})
	row := `[[` + strings.TrimSpace(stream(t, len(p.Rows)-2)) + `,-1]]`
	head := `{"type":"proof","schema":1,"milp":"` + p.ID + `",`
	return []string{
		stream(t, p),
		head + `"coordinates":"inputs","path":[[0,0]],"nodes":[{"claims":[{"unit":2,"on":0},{"unit":3,"on":0,"rows":` + row + `}],"split":1},` +
			`{"claims":[{"unit":4,"on":0},{"unit":5,"on":0}],"x":[-0.5,-0.5]},{"claims":[{"unit":4,"on":0},{"unit":5,"on":0}],"x":["-1/3",0.5]}],"regions":"2"}` + "\n",
		head + `"coordinates":"first","path":[[0,1]],"points":["10",[0.25,0.5]],"nodes":[{"claims":[{"unit":2,"on":0},{"unit":3,"on":0,"times":2,"rows":` +
			strings.Replace(row, "-1", "-2", 1) + `}],"split":1},{"claims":[{"unit":4,"on":0},{"unit":5,"on":1,"units":[[0,1]]}],"mix":[[0,"1/2"],[1,0.5]]},` +
			`{"claims":[{"unit":4,"on":0},{"unit":5,"on":1,"units":[[0,1]]}],"mix":[[1,1]]}],"regions":"2"}` + "\n",
	}
}

// edit replaces text in a line of a stream.
type edit struct {
	name     string
	line     int
	old, new string
}

// refusals are edits that change what is proved.
var refusals = []edit{
	{"another milp", 1, `"milp":"`, `"milp":"0`},
	{"other coordinates", 1, `"inputs"`, `"second"`},
	{"no coordinates", 1, `"coordinates":"inputs",`, ``},
	{"another schema", 1, `"schema":1`, `"schema":2`},
	{"no schema", 1, `"schema":1,`, ``},
	{"the path of the other", 1, `[[0,0]]`, `[[0,1]]`},
	{"the path of the other", 2, `[[0,1]]`, `[[0,0]]`},
	{"no path", 1, `[[0,0]]`, `[]`},
	{"a longer path", 1, `[[0,0]]`, `[[0,0],[1,0]]`},
	{"a unit twice in the path", 1, `[[0,0]]`, `[[0,0],[0,0]]`},
	{"a state 2", 1, `[[0,0]]`, `[[0,2]]`},
	{"no such unit in the path", 1, `[[0,0]]`, `[[6,0]]`},
	{"a node less", 1, `,{"claims":[{"unit":4,"on":0},{"unit":5,"on":0}],"x":["-1/3",0.5]}`, ``},
	{"a node more", 2, `"mix":[[1,1]]}`, `"mix":[[1,1]]},{"claims":[{"unit":4,"on":0},{"unit":5,"on":1,"units":[[0,1]]}],"mix":[[1,1]]}`},
	{"a node more that counts", 1, `"x":["-1/3",0.5]}],"regions":"2"`, `"x":["-1/3",0.5]},{"x":[-0.5,-0.5]}],"regions":"3"`},
	{"leaves in the other order", 1, `[-0.5,-0.5]},{"claims":[{"unit":4,"on":0},{"unit":5,"on":0}],"x":["-1/3",0.5]}`,
		`["-1/3",0.5]},{"claims":[{"unit":4,"on":0},{"unit":5,"on":0}],"x":[-0.5,-0.5]}`},
	{"no nodes", 1, `"nodes":[`, `"nodes":[],"other":[`},
	{"too few regions", 1, `"regions":"2"`, `"regions":"1"`},
	{"too many regions", 1, `"regions":"2"`, `"regions":"3"`},
	{"regions as a number", 1, `"regions":"2"`, `"regions":2`},
	{"another state", 1, `{"unit":4,"on":0}`, `{"unit":4,"on":1}`},
	{"a unit that is 0 on", 1, `{"unit":2,"on":0}`, `{"unit":2,"on":1}`},
	{"a unit that is 0 in the cell on", 1, `{"unit":5,"on":0}`, `{"unit":5,"on":1}`},
	{"a unit that is 0 split", 1, `{"unit":2,"on":0},`, ``},
	{"a claim without its multiple", 2, `,"units":[[0,1]]`, ``},
	{"too small a multiple", 2, `"units":[[0,1]]`, `"units":[[0,0.9999999999999999]]`},
	{"too large a multiple", 2, `"units":[[0,1]]`, `"units":[[0,"1000000000000000000001/1000000000000000000000"]]`},
	{"a negative multiple", 2, `"units":[[0,1]]`, `"units":[[0,-1]]`},
	{"a multiple of the wrong unit", 2, `"units":[[0,1]]`, `"units":[[1,1]]`},
	{"a multiple of a unit that is claimed", 2, `"units":[[0,1]]`, `"units":[[0,1],[2,1]]`},
	{"a unit's own multiple", 2, `"units":[[0,1]]`, `"units":[[5,1]]`},
	{"a multiple twice", 2, `"units":[[0,1]]`, `"units":[[0,0.5],[0,0.5]]`},
	{"the multiple of a unit split below", 2, `"rows":`, `"units":[[1,0]],"rows":`},
	{"the multiple of no unit", 2, `"units":[[0,1]]`, `"units":[[0,1],[17,1]]`},
	{"a claim before what it rests on", 1, `"claims":[{"unit":2,"on":0},{"unit":3`, `"claims":[{"unit":4,"on":0},{"unit":2,"on":0},{"unit":3`},
	{"claims in the other order", 1, `{"unit":2,"on":0}`, `{"unit":4,"on":0},{"unit":2,"on":0}`},
	{"a row for the other limit", 1, `,-1]]`, `,1]]`},
	{"too little of a row", 1, `,-1]]`, `,-0.9]]`},
	{"a row twice", 1, `,-1]]`, `,-0.5],[0,0]]`},
	{"times 0", 2, `"times":2`, `"times":0`},
	{"times -2", 2, `"times":2`, `"times":-2`},
	{"times 3", 2, `"times":2`, `"times":3`},
	{"times as a list", 2, `"times":2`, `"times":[2]`},
	{"a split of a unit with a state", 1, `"split":1`, `"split":2`},
	{"a split of the path's unit", 1, `"split":1`, `"split":0`},
	{"a split of no unit", 1, `"split":1`, `"split":-1`},
	{"a split and a point", 1, `"split":1`, `"split":1,"x":[-0.5,-0.5]`},
	{"a point across", 1, `[-0.5,-0.5]`, `[-0.5,0.5]`},
	{"a point across the path", 1, `[-0.5,-0.5]`, `[0.5,-0.5]`},
	{"a point on a split", 1, `[-0.5,-0.5]`, `[-0.5,0]`},
	{"a point on the border", 1, `[-0.5,-0.5]`, `[-1,-0.5]`},
	{"a point outside", 1, `[-0.5,-0.5]`, `[-2,-0.5]`},
	{"a point beyond the second row", 1, `[-0.5,-0.5]`, `[-0.75,-0.9375]`},
	{"a point on the second row", 1, `[-0.5,-0.5]`, `[-0.75,-0.875]`},
	{"a short point", 1, `[-0.5,-0.5]`, `[-0.5]`},
	{"a long point", 1, `[-0.5,-0.5]`, `[-0.5,-0.5,0]`},
	{"no point", 1, `"x":[-0.5,-0.5]`, `"y":0`},
	{"both points", 2, `"mix":[[1,1]]`, `"mix":[[1,1]],"x":[0.25,0.5]`},
	{"a point of the list outside", 2, `[0.25,0.5]`, `[0.25,1.5]`},
	{"a point of the list on a row", 2, `[0.25,0.5]`, `[0.75,0.75]`},
	{"a mix of the border", 2, `"mix":[[0,"1/2"],[1,0.5]]`, `"mix":[[0,1]]`},
	{"a mix across", 2, `"mix":[[0,"1/2"],[1,0.5]]`, `"mix":[[1,0.5]]`},
	{"a mix without points", 2, `"mix":[[1,1]]`, `"mix":[]`},
	{"a weight 0", 2, `"mix":[[1,1]]`, `"mix":[[1,1],[0,0]]`},
	{"a negative weight", 2, `"mix":[[1,1]]`, `"mix":[[1,1],[0,-0.001]]`},
	{"a point twice in a mix", 2, `"mix":[[1,1]]`, `"mix":[[1,1],[1,1]]`},
	{"no such point", 2, `"mix":[[1,1]]`, `"mix":[[2,1]]`},
	{"a corner too long", 2, `"10"`, `"100"`},
	{"a corner of other digits", 2, `"10"`, `"12"`},
	{"a denominator 0", 2, `"1/2"`, `"1/0"`},
	{"a fraction with a sign below", 2, `"1/2"`, `"1/-2"`},
	{"a fraction with blanks", 2, `"1/2"`, `" 1/2"`},
	{"a fraction with a point", 2, `"1/2"`, `"0.5"`},
	{"digits of another script", 2, `"1/2"`, `"1/٢"`},
	{"a fraction that ends a line", 2, `"1/2"`, `"1/2\n"`},
	{"a fraction that is too long", 2, `"1/2"`, `"1/` + strings.Repeat("2", 10000) + `"`},
	{"an empty fraction", 2, `"1/2"`, `""`},
	{"a number that is too large", 2, `0.25`, `1e999`},
	{"no number", 2, `0.25`, `NaN`},
	{"a huge index", 2, `[[1,1]]`, `[[99999999999999999999999,1]]`},
	{"an index with a point", 2, `[[1,1]]`, `[[1.0,1]]`},
	{"an index as a word", 2, `[[1,1]]`, `[[true,1]]`},
	{"a triple", 2, `[[1,1]]`, `[[1,1,1]]`},
	{"an object for a pair", 2, `[[1,1]]`, `[{"0":1}]`},
	{"a key twice", 1, `"split":1`, `"split":1,"Split":1`},
	{"deep nesting", 1, `"split":1`, `"other":` + strings.Repeat("[", 100000) + strings.Repeat("]", 100000) + `,"split":1`},
	{"an input without a limit", 0, `"kind":"input","lo":-1`, `"kind":"input","lo":null`},
	{"limits the wrong way round", 0, `"kind":"input","lo":-1`, `"kind":"input","lo":2`},
	{"a whole input", 0, `"hi":1,"integer":false`, `"hi":1,"integer":true`},
	{"a column of the user", 0, `"kind":"input"`, `"kind":"user"`},
	{"a row over units", 0, `"hi":1.5,"idx":[0,1]`, `"hi":1.5,"idx":[0,2]`},
	{"a pre row that is no equation", 0, `"kind":"pre","lo":0`, `"kind":"pre","lo":-1`},
	{"a row that the domain lacks", 0, `"hi":1.5,"idx":[0,1]`, `"hi":2,"idx":[0,1]`},
	{"no id", 0, `"id":"`, `"id":"","old":"`},
	{"units without one", 0, `"pre":0`, `"pre":1`},
}

// What changes what is proved is refused by both checkers.
func TestRefused(t *testing.T) {
	t.Parallel()
	good := small(t)
	names, streams, want := []string{"as it is"}, []string{strings.Join(good, "")}, []string{"4"}
	add := func(name string, lines ...string) {
		names, streams, want = append(names, name), append(streams, strings.Join(lines, "")), append(want, "")
	}
	add("no record", good[0])
	add("nothing")
	add("no milp", good[1:]...)
	add("the milp last", good[1], good[2], good[0])
	add("a record is missing", good[0], good[1])
	add("the other is missing", good[0], good[2])
	add("a record twice", good[0], good[1], good[2], good[1])
	add("a line cut short", good[0], good[1], good[2][:len(good[2])-20])
	add("not a record", good[0], good[1], good[2], "7\n")
	for _, c := range refusals {
		lines := slices.Clone(good)
		lines[c.line] = strings.Replace(lines[c.line], c.old, c.new, 1)
		if lines[c.line] == good[c.line] {
			t.Errorf("%s: there is no %s", c.name, c.old)
		}
		add(c.name, lines...)
	}
	compare(t, names, streams, want)
}

// What does not change what is proved is accepted by both.
func TestAccepted(t *testing.T) {
	t.Parallel()
	good := small(t)
	var names, streams, want []string
	add := func(name string, lines ...string) {
		names, streams, want = append(names, name), append(streams, strings.Join(lines, "")), append(want, "4")
	}
	add("another order", good[0], good[2], good[1])
	add("the milp twice", good[0], good[1], good[0], good[2])
	add("other records", "\n", `{"type":"new"}`+"\n", good[0], `{"type":"trial","schema":7}`+"\n", good[1], strings.TrimSuffix(good[2], "\n"))
	for _, c := range []edit{
		{"more of a multiple that vanishes", 2, `"units":[[0,1]]`, `"units":[[0,"1"]],"rows":[]`},
		{"a multiple 0", 2, `"units":[[0,1]]`, `"units":[[0,1],[1,0]]`},
		{"another point", 1, `[-0.5,-0.5]`, `["-1/100000000000000000000000",-5e-324]`},
		{"a point as a fraction", 2, `[0.25,0.5]`, ` [ "3/12" , 0.5 ] `},
		{"an escape", 2, `"1/2"`, `"1\/2"`},
		{"null for what is absent", 1, `"split":1`, `"split":1,"x":null,"mix":null`},
		{"other coordinates", 2, `"first"`, `"inputs"`},
		{"other coordinates", 1, `"inputs"`, `"first"`},
		{"unknown fields", 1, `"split":1`, `"split":1,"other":[{"split":2}]`},
		{"keys in other case", 1, `"split":1`, `"SPLIT":1`},
	} {
		lines := slices.Clone(good)
		lines[c.line] = strings.Replace(lines[c.line], c.old, c.new, 1)
		if lines[c.line] == good[c.line] {
			t.Errorf("%s: there is no %s", c.name, c.old)
		}
		add(c.name, lines...)
	}
	compare(t, names, streams, want)
}

// Where all units are claimed off and no limit is strict, the zeros of a mix of no
// points are on the right side of everything. They show nothing. One point of a mix
// must be strictly within the limits, and the others within or on them.
func TestMixes(t *testing.T) {
	t.Parallel()
	net := &relu.Chain{Name: "off", Inputs: 1, Layers: []relu.Dense{{W: mat.NewDense(1, 1, []float64{1}), B: []float64{-3}, Slopes: relu.ReLU(1)}}}
	fixed := stream(t, truth.Drawn{Net: net, Domain: domain.Box(1, 1, 1), Method: "interval"}.Encode(t))
	free := stream(t, truth.Drawn{Net: net, Domain: domain.Box(1, -1, 1), Method: "interval"}.Encode(t))
	proof := func(milp, points, mix string) string {
		_, id, _ := strings.Cut(milp, `"id":"`)
		return milp + `{"type":"proof","schema":1,"milp":"` + id[:strings.Index(id, `"`)] + `","coordinates":"inputs","path":[],"points":` + points +
			`,"nodes":[{"claims":[{"unit":0,"on":0}],"mix":` + mix + `}],"regions":"1"}` + "\n"
	}
	compare(t, []string{"a point", "no point", "no point", "the border", "both borders", "within and without", "the border and within"}, []string{
		proof(fixed, `["1"]`, `[[0,1]]`),
		proof(fixed, `["1"]`, `[]`),
		proof(free, `["1"]`, `[]`),
		proof(free, `["1"]`, `[[0,1]]`),
		proof(free, `["0","1"]`, `[[0,1],[1,7]]`),
		proof(free, `["0",[2]]`, `[[0,1],[1,0.1]]`),
		proof(free, `["0",[0]]`, `[[0,7],[1,0.1]]`),
	}, []string{"1", "", "", "", "", "", "1"})
}
