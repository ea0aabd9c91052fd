package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"relucount/pkg/atlas/atlastest"
	"relucount/pkg/cli/clitest"
)

const (
	network = `{"type":"network","schema":1,"milp":"m","name":"<b>net</b>","network":{"inputs":2,"layers":[]},"units":9,"active":0,"inactive":0,"unstable":9}` + "\n"
	deep    = `{"type":"region","schema":1,"milp":"m","pattern":["1"],"x":[0,0,0,0],"vertices":[[0,0,0,0],[1,0,0,0],[0,1,0,0],[0,0,1,0],[0,0,0,1]]}` + "\n"
	bare    = `{"type":"region","schema":1,"milp":"m","pattern":["1"],"x":[0,0]}` + "\n"
	torn    = `{"type":"region","schema":1,"milp":"m","pattern":["1"],"x":[0,0],"vertices":[[0,0],[1]]}` + "\n"
	segment = `{"type":"region","schema":1,"milp":"s","pattern":["1"],"x":[0],"vertices":[[-1],[1]],"affine":{"a":[[1],[2]],"b":[0,1]}}` + "\n"
)

func TestPictures(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	points, classes := file("points.csv", "0.5,0.25\n-3,0\n"), file("classes.json", "[[0,0,1],[0.5,0.5,0]]")
	wide, wrong := file("wide.csv", "1,2,3,4,5\n"), file("wrong.csv", "0,0,0.5\n")
	many := strings.Builder{}
	for i := range 13 {
		many.WriteString(strings.Replace(segment, `"s"`, `"s`+string(rune('a'+i))+`"`, 1))
	}
	var steps strings.Builder
	for _, i := range []string{"10", "9", "8"} {
		steps.WriteString(strings.NewReplacer(`"m"`, `"m`+i+`"`, "<b>net</b>", "net-"+i).Replace(network))
		steps.WriteString(strings.NewReplacer(`"m"`, `"m`+i+`"`, `"12"`, `"`+i+`"`).Replace(exact))
	}
	svg := []string{"-format", "svg"}
	regions := string(atlastest.Stream(atlastest.Regions(1, 2, 4, 3)))
	clitest.Check(t, tool, []run{
		{"a map", network + regions, svg, 0, []string{"<svg xmlns", "&lt;b&gt;net&lt;/b&gt;", "Neighbours differ in tone", "layer 2"}, nil},
		{"by class", regions, append(svg, "-color", "class"), 0, []string{"Largest output", "border of classes"}, nil},
		{"by layer", regions, append(svg, "-color", "layer"), 0, []string{"Deepest facet"}, nil},
		{"by slope", regions, append(svg, "-color", "slope", "-output", "1"), 0, []string{"Slope of output 1"}, nil},
		{"by the slope of no output", regions, append(svg, "-color", "slope", "-output", "2"), 1, nil, []string{"report: stdin:1: output 2: the network has 2"}},
		{"with points", regions, append(svg, "-points", points), 0, []string{"1 point outside of the domain"}, nil},
		{"with classes", regions, append(svg, "-points", classes), 0, []string{"class 0", "class 1"}, nil},
		{"with points of other coordinates", regions, append(svg, "-points", wide), 1, nil, []string{"report: points: " + wide + ": row 0 has 5 numbers, the network 2 inputs"}},
		{"with a class that is none", regions, append(svg, "-points", wrong), 1, nil, []string{"row 0: the class 0.5 is no natural number"}},
		{"a picture", regions, []string{"-format", "png"}, 0, []string{"\x89PNG"}, nil},
		{"a graph", segment, svg, 0, []string{"Outputs", "output 1"}, nil},
		{"no regions", exact, append(svg, "-picture", "regions"), 1, nil, []string{"report: no region records: solve -regions -vertices writes them"}},
		{"nothing at all", "", svg, 1, nil, []string{"report: there is nothing to draw"}},
		{"four dimensions", deep, svg, 1, nil, []string{"report: m: the regions have 4 dimensions: a picture needs a domain of one or two"}},
		{"no vertices", bare, svg, 1, nil, []string{"report: m: the regions have no vertices"}},
		{"a broken region", regions + torn, svg, 1, nil, []string{": vertices[1] has 1 numbers, x has 2"}},
		{"a broken region and -k", regions + torn, append(svg, "-k"), 1, []string{"<svg xmlns"}, []string{"1 record failed"}},
		{"too many", many.String(), svg, 1, nil, []string{"report: 13 figures in one picture are too many (12 at most)"}},
		{"bounds", exact + upper, svg, 0, []string{"at most, serra2018", "exact"}, nil},
		{"trials", exact + missing, append(svg, "-picture", "trials"), 0, []string{"rows that a trial survived"}, nil},
		{"no trials", exact, append(svg, "-picture", "trials"), 1, nil, []string{"report: no trial records"}},
		{"no curve", exact, append(svg, "-picture", "falling"), 1, nil, []string{"report: no two counts"}},
		{"a sequence", steps.String(), svg, 0, []string{"net-#: networks in order"}, nil},
		{"a sequence as text", steps.String(), nil, 0, []string{"net-#  3 networks in order\n     #  regions  change   bits\n     8        8\n     9        9      +1  +0.17\n    10       10      +1  +0.15\n"}, nil},
		{"a contradiction as page", exact + low, []string{"-format", "html"}, 1, []string{"<strong>Contradiction:</strong> the exact count 12"}, []string{"1 contradiction"}},
		{"a page of nothing", "", []string{"-format", "html"}, 0, []string{"No facts"}, []string{"report: no facts"}},
		{"a page of four dimensions", deep, []string{"-format", "html"}, 0, []string{"are not drawn: the regions have 4 dimensions"}, nil},
		{"a page", network + regions + exact, []string{"-format", "html", "-color", "class"}, 0, []string{"<!doctype html>", "data-i="}, nil},
		{"a picture of text", "never read", []string{"-picture", "bounds"}, 2, nil, []string{"-picture is for -format svg and png"}},
		{"colours of text", "never read", []string{"-color", "class"}, 2, nil, []string{"-color and -points are for -format svg, png and html"}},
		{"points of text", "never read", []string{"-points", points}, 2, nil, []string{"-color and -points are for"}},
		{"an output of patterns", "never read", append(svg, "-output", "1"), 2, nil, []string{"-output is for -color slope"}},
		{"colours of bounds", "never read", append(svg, "-picture", "bounds", "-color", "class"), 2, nil, []string{"-color is for -picture regions"}},
	})
}
