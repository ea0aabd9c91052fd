package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/cli/clitest"
	"relucount/pkg/milp"
	. "relucount/pkg/onnx/onnxtest"
	"relucount/pkg/relu"
	"relucount/pkg/weights/weightstest"
)

type run clitest.Case

func TestCalls(t *testing.T) {
	clitest.Calls(t, tool, map[string]string{
		"-domain=1":        `invalid value "1" for flag -domain: this is neither two numbers LO,HI nor a file`,
		"-domain=1,x":      `invalid value "1,x" for flag -domain: this is neither two numbers LO,HI nor a file`,
		"-domain=nowhere":  `invalid value "nowhere" for flag -domain: this is neither two numbers LO,HI nor a file`,
		"-around=nowhere":  `-around "nowhere": no such file or directory`,
		"-line=nowhere":    `-line "nowhere": no such file or directory`,
		"-plane=nowhere":   `-plane "nowhere": no such file or directory`,
		"-rows=nowhere":    `-rows "nowhere": no such file or directory`,
		"-radius=0":        "-radius 0: a number above 0",
		"-radius=Inf":      "-radius +Inf: a number above 0",
		"-radius=1":        "-around and -radius belong together",
		"-norm=2":          `-norm "2": inf or 1`,
		"-norm=1":          "-norm is for -around",
		"-points=0,-1":     `invalid value "0,-1" for flag -points: numbers of rows belong here, from 0`,
		"-points=0":        "-points is for -around, -line and -plane",
		"-fix=1":           `invalid value "1" for flag -fix: I=V belongs here, the number of an input and its value`,
		"-fix=0=1,1=Inf":   `invalid value "0=1,1=Inf" for flag -fix: I=V belongs here, the number of an input and its value`,
		"-domain=1,0":      `invalid value "1,0" for flag -domain: [1, 0] is no bounded interval`,
		"-domain=0,Inf":    `invalid value "0,Inf" for flag -domain: [0, +Inf] is no bounded interval`,
		"-tighten=loosely": `-tighten "loosely": auto, interval, backward, lp or milp`,
		"-time-limit=-1s":  "-time-limit -1s: at least 0s",
		"-time-limit=10":   `invalid value "10" for flag -time-limit: a duration is written as 500ms, 10s or 5m`,
		"-name=":           "", // any text
		"-output=":         "", // any name
		"-activation=tanh": `invalid value "tanh" for flag -activation: "tanh": relu, leaky:SLOPE, abs or linear belongs here`,
		"-layers=a,,b":     `invalid value "a,,b" for flag -layers: a name is empty`,
		"-format=xml":      `-format "xml": records, lp or mps`,
		"-except=nowhere":  `-except "nowhere": no such file or directory`,
		"-strict=none":     `-strict "none": active or both`,
		"-strict=both":     "-strict is for -except",
		"-j=0":             "-j 0: at least 1",
	})
	clitest.Check(t, tool, []run{
		{"two files as text", "never read", []string{"-format", "mps", "a", "b"}, 2, nil, []string{"encode: -format mps takes one network, 2 files are named (encode -h says more)\n"}},
		{"no such file, -k", "", []string{"-k", "nowhere", "nowhere else"}, 1,
			[]string{`{"type":"error","schema":1,"tool":"encode","place":"nowhere","error":"no such file or directory"}` + "\n", `"nowhere else"`},
			[]string{"encode: nowhere: no such file or directory\n", "encode: 2 records failed\n"}},
	})
}

// deep has two layers of ReLU, linear none.
const deep = `{"name": "deep", "layers": [
{"weights": [[1, -1], [1, 1]], "bias": [0, -0.5], "activation": "relu"},
{"weights": [[1, 2], [-1, 1]], "bias": [-0.3, 0.1], "activation": "relu"}]}`

var (
	softmax  = string(From(Dims(-1, 3), Op("Relu", In("x"), "p"), Op("Softmax", In("p"), "y")).Bytes())
	twoHeads = string(From(Dims(-1, 3), Op("Relu", In("x"), "p"), Op("Neg", In("p"), "value"), Op("Relu", In("z"), "y"), Input("z", -1, 2), Output("value")).Bytes())
)

const linear = `{"name": "linear", "layers": [{"weights": [[1, 2]], "bias": [0], "activation": "linear"}]}`

// wide is a network with one weight more than lp is chosen for.
func wide() string {
	return `{"name": "wide", "layers": [{"weights": [[1` + strings.Repeat(",1", quickWeights) + `]], "bias": [-0.5], "activation": "relu"}]}`
}

// thirds is a network whose layers do not fold exactly, on a line.
const thirds = `{"name": "thirds", "domain": {"lower": 0, "upper": 1, "matrix": [[0.3], [0.7]]}, "layers": [
	{"weights": [[0.1, 0.2]], "bias": [0.3], "activation": "linear"},
	{"weights": [[0.7]], "bias": [-0.2], "activation": {"leaky": 0.1}},
	{"weights": [[0.3]], "bias": [-0.01], "activation": "relu"}]}`

func TestRuns(t *testing.T) {
	_, line := clitest.Milp(t, clitest.Tiny)
	clitest.Check(t, tool, []run{
		{"nothing", "", nil, 1, nil, []string{"encode: stdin: "}},
		{"an output of what has one", clitest.Tiny, []string{"-output=y"}, 1, nil, []string{"encode: stdin: of a file in this format no output can be chosen\n"}},
		{"a softmax", softmax, []string{"-domain=0,1"}, 0, []string{`"layers":[{"units":3,"activation":"relu"}],"left_out":["Softmax"]}`},
			[]string{"encode: stdin: left out, as it comes after the last unit and changes no activation pattern: Softmax\n"}},
		{"several outputs", twoHeads, []string{"-domain=0,1", "-output=value"}, 0, []string{`"layers":[{"units":3,"activation":"relu"},{"units":3,"activation":"linear"}]`}, nil},
		{"several inputs", twoHeads, []string{"-domain=0,1"}, 0, []string{`"network":{"inputs":5,"layers":[{"units":5,`, `"parts":[{"name":"x","inputs":3},{"name":"z","inputs":2}]}`}, nil},
		{"a network", clitest.Tiny, nil, 0, []string{`{"type":"milp","schema":1,`, `"name":"tiny"`, `"tighten":"lp"`}, nil},
		{"verbose", clitest.Tiny, []string{"-v", "-tighten=interval"}, 0, []string{`"tighten":"interval"`},
			[]string{"encode: tiny: the inputs are [-1, 1]^2\nencode: tiny: json, 2 inputs, layers [3], 3 units: 0 stably active, 0 stably inactive; bounds by interval: 0 LPs, 0 MIPs (0 out of time) in "}},
		{"nothing rounded", clitest.Tiny, []string{"-v"}, 0, []string{`"name":"tiny"`}, []string{"encode: tiny: folding layers rounded nothing\n"}},
		{"rounded", thirds, []string{"-v"}, 0, []string{`"slope":[0.1,1]`},
			[]string{"encode: thirds: folding layers rounded by at most 1.6e-16 of the size of a row, multiplying in the domain's matrix and slopes rounded by at most 1.1e-16 of the size of a row\n"}},
		{"no domain", strings.Replace(clitest.Tiny, `"domain": {"lower": -1, "upper": 1},`, "", 1), []string{"-v"}, 0, []string{`"lower":[0,0],"upper":[1,1]`},
			[]string{"encode: tiny: no domain is given, so it is [0, 1] for each input\n"}},
		{"stable units", clitest.Tiny, []string{"-domain=2, 3", "-v"}, 0, []string{`"stable":"active"`}, []string{"2 stably active, 0 stably inactive"}},
		{"programs for bounds", deep, []string{"-tighten=milp", "-v", "-j=1", "-name=mine"}, 0, []string{`"name":"mine"`, `"tighten":"milp"`, `"solver":"HiGHS `}, []string{"encode: mine: "}},
		{"too many weights for lp", wide(), []string{"-j=1"}, 0, []string{`"tighten":"backward"`}, []string{"encode: wide: no domain is given"}},
		{"as LP", clitest.Tiny, []string{"-format=lp"}, 0, []string{"Subject To", "End"}, nil},
		{"as MPS", clitest.Tiny, []string{"-format=mps"}, 0, []string{"ROWS", "ENDATA"}, nil},
		{"a milp again", line, nil, 0, []string{line}, nil},
		{"a milp as LP", line, []string{"-format=lp"}, 0, []string{"Subject To"}, nil},
		{"a milp with a domain", line, []string{"-domain=0,1"}, 1, nil, []string{"encode: stdin: a milp record: -name, -domain and the other flags about inputs are for networks\n"}},
		{"two milps", line + line, nil, 1, nil, []string{"encode: stdin:1: more follows this milp record: encode takes one a file\n"}},
		{"half a milp", line[:len(line)/2], nil, 1, nil, []string{"encode: stdin:1: the line is cut short after"}},
		{"a milp of another schema", strings.Replace(line, `"schema":1`, `"schema":2`, 1), nil, 1, nil, []string{"encode: stdin:1: schema 2 is not known"}},
		{"half a network", clitest.Tiny[:100], nil, 1, nil, []string{"encode: stdin"}},
		{"no network", "neither", nil, 1, nil, []string{"encode: stdin"}},
		{"no ReLU", linear, []string{"-domain=0,1", "-v"}, 0, []string{`"units":[]`}, []string{"encode: linear: json, 2 inputs, layers [], 0 units: "}},
		{"half a gzip stream", "\x1f\x8b", nil, 1, nil, []string{"encode: stdin: "}},
	})
}

func TestWeights(t *testing.T) {
	net := string(weightstest.Torch(weightstest.Net()))
	clitest.Check(t, tool, []run{
		{"a state dict", net, []string{"-domain=-1,1"}, 0, []string{`"name":"stdin"`},
			[]string{"encode: stdin: the file has no structure, so its layers are taken to be 0 (2 to 3, relu), 2 (3 to 2, linear); -layers and -activation say otherwise\n"}},
		{"as they say", net, []string{"-layers=0", "-activation=abs,", "-domain=-1,1"}, 2, nil, []string{`for flag -activation: "": relu,`}},
		{"a layer", net, []string{"-layers=0", "-activation=relu", "-name=mine"}, 0, []string{`"name":"mine"`}, []string{"encode: mine: the file has no structure, so its layers are taken to be 0 (2 to 3, relu); "}},
		{"a layer by itself", net, []string{"-layers=0"}, 0, []string{`"units":[]`}, []string{"encode: stdin: the file has no structure, so its layers are taken to be 0 (2 to 3, linear)"}},
		{"with a structure", clitest.Tiny, []string{"-layers=0"}, 1, nil, []string{"encode: stdin: the file says which layers and activations it has: none may be given\n"}},
	})
}

// One after the other, with error records for those that fail.
func TestFiles(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return name
	}
	good, bad := file("good", clitest.Tiny), file("bad", "{}")
	clitest.Check(t, tool, []run{
		{"stop", "", []string{bad, good}, 1, nil, []string{"encode: " + bad + ": layers: missing"}},
		{"go on", clitest.Tiny, []string{"-k", bad, good, "-"}, 1, []string{`{"type":"error","schema":1,"tool":"encode","place":"` + bad + `"`, `{"type":"milp"`},
			[]string{"encode: " + bad + ": layers: missing", "encode: 1 record failed\n"}},
	})
	got := clitest.Run(t, tool(), clitest.Tiny, "-k", good, "-", bad, "-domain=0,1")
	if got.Code != 2 {
		t.Errorf("flags after files: %+v", got)
	}
	got = clitest.Run(t, tool(), clitest.Tiny, "-domain=-1,1", "-j=1", good, "-")
	ps := clitest.Records[milp.Problem](t, got.Out, "milp")
	if got.Code != 0 || len(ps) != 2 || ps[0].ID != ps[1].ID || !reflect.DeepEqual(ps[0].Prov.Args, []string{"-domain=-1,1"}) {
		t.Errorf("%+v", got)
	}
}

// chain is a network of so many layers, each of so many ReLU units.
func chain(inputs, units, layers int) *relu.Network {
	n := &relu.Chain{Inputs: inputs}
	for range layers {
		ones := slices.Repeat([]float64{1}, units*inputs)
		n.Layers = append(n.Layers, relu.Dense{W: mat.NewDense(units, inputs, ones), B: make([]float64, units), Slopes: relu.ReLU(units)})
		inputs = units
	}
	return n.Network()
}

func TestAuto(t *testing.T) {
	for _, c := range []struct {
		name string
		net  *relu.Network
		want string
	}{
		{"small", chain(2, 32, 3), "lp"},
		{"deep", chain(2, 22, 14), "backward"},
		{"many weights", chain(784, 30, 2), "backward"},
		{"very many", chain(2, 1000, 5), "interval"},
		{"many inputs", chain(784, 22, 2), "lp"},
	} {
		if got := method(c.net); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, said strings.Builder
	if code := tool().Call(ctx, []string{"-k"}, strings.NewReader(clitest.Tiny), &out, &said); code != 1 || out.Len() > 0 || said.String() != "encode: interrupted\n" {
		t.Errorf("exit code %d, %s%s", code, &out, &said)
	}
	in, feed := io.Pipe() // nobody writes
	defer feed.Close()
	ctx, cancel = context.WithCancel(t.Context())
	done := make(chan int)
	go func() { done <- tool().Call(ctx, nil, in, io.Discard, io.Discard) }()
	cancel()
	if code := <-done; code != 1 {
		t.Error("exit code", code)
	}
}
