package ledger_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"relucount/pkg/ledger"
	"relucount/pkg/milp"
	"relucount/pkg/page"
	"relucount/pkg/record"
)

// feed enters lines of JSON, in which the schema may be left out.
func feed(t *testing.T, lines ...string) *ledger.Ledger {
	t.Helper()
	l := ledger.New()
	if err := enter(l, lines...); err != nil {
		t.Fatal(err)
	}
	return l
}

func enter(l *ledger.Ledger, lines ...string) error {
	var text strings.Builder
	for _, line := range lines {
		if !strings.Contains(line, `"schema":`) {
			line = strings.Replace(line, "{", `{"schema":1,`, 1)
		}
		text.WriteString(line + "\n")
	}
	r, err := record.NewReader(strings.NewReader(text.String()), "test")
	if err != nil {
		return err
	}
	for {
		line, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = l.Add(line)
		}
		if err != nil {
			return err
		}
	}
}

// only returns the summary of a stream about one network.
func only(t *testing.T, lines ...string) *record.Summary {
	t.Helper()
	s := feed(t, lines...).Summaries(0.95)
	if len(s) != 1 {
		t.Fatalf("%d summaries, want 1", len(s))
	}
	return s[0]
}

func trialOf(size any, number, rows int, closed bool) string {
	sz, _ := json.Marshal(size)
	return fmt.Sprintf(`{"type":"trial","milp":"m","size":%s,"seed":"1","trial":%d,"rows":%d,"of":60,"closed":%v,"doubtful":0}`, sz, number, rows, closed)
}

// trials returns n closed trials with the same rows.
func trials(size any, n, rows int) []string {
	var out []string
	for i := range n {
		out = append(out, trialOf(size, i, rows, true))
	}
	return out
}

func boundOf(method, regions string) string {
	return fmt.Sprintf(`{"type":"bound","milp":"m","method":%q,"regions":%q,"log2":0}`, method, regions)
}

func countOf(scope, regions string, exact bool) string {
	return fmt.Sprintf(`{"type":"count","milp":"m","scope":%q,"regions":%q,"log2":0,"exact":%v,"doubtful":0}`, scope, regions, exact)
}

func networkOf(name string, unstable int) string {
	return fmt.Sprintf(`{"type":"network","milp":"m","name":%q,"network":{"inputs":2,"layers":[{"units":%d,"activation":"relu"},{"units":1,"activation":"linear"}]},"units":%d,"active":0,"inactive":0,"unstable":%d}`, name, unstable, unstable, unstable)
}

// networkOn has a domain with so many rows.
func networkOn(rows int) string {
	domain := fmt.Sprintf(`,"domain":{"coordinates":2,"lower":0,"upper":1,"intervals":1,"rows":%d}}`, rows)
	return strings.TrimSuffix(networkOf("n", 3), "}") + domain
}

func TestExact(t *testing.T) {
	s := only(t, countOf("whole", "12", true), boundOf("serra2018", "16"))
	if s.Exact == nil || s.Exact.Regions != "12" || s.Lower != nil || s.Proxy != nil {
		t.Errorf("%+v", s)
	}
	if s.Gap == nil || *s.Gap != record.Log2(mustNatural("16"))-record.Log2(mustNatural("12")) {
		t.Errorf("gap %v", s.Gap)
	}
	if s.Name != "m" || s.Network != nil {
		t.Errorf("name %q, network %v", s.Name, s.Network)
	}
}

func TestHeadline(t *testing.T) {
	tens := slices.Clip(trials("half", 28, 10)) // excess 344, clopper-pearson 512
	both := append(trials(3, 28, 9), tens...)
	for _, c := range []struct {
		name             string
		lines            []string
		regions, method  string
		confidence       float64
		sizes            int
		holds            string
		average, geomean string
	}{
		{"trials", tens, "344", "excess", 0.95, 1, "null", "", ""},
		{"with an upper bound", append(tens, boundOf("b", "1000"), boundOf("a", "1001")), "344", "excess", 0.95, 1, "null", "672", "586"},
		{"above the upper bound", append(tens, boundOf("b", "343")), "344", "excess", 0.95, 1, "false", "343", "343"},
		{"fewer were found", append(tens, countOf("whole", "343", false)), "344", "excess", 0.95, 1, "null", "", ""},
		{"as many were found", append(tens, countOf("whole", "344", false)), "344", "count", 1, 0, "null", "", ""},
		{"more in a part", append(tens, countOf("whole", "344", false), countOf("x", "400", true), countOf("y", "399", false)), "400", "part", 1, 0, "null", "", ""},
		{"an exact count", append(tens, countOf("whole", "344", true), countOf("x", "344", true)), "344", "excess", 0.95, 1, "true", "", ""},
		{"a missed count", append(tens, countOf("whole", "343", true)), "344", "excess", 0.95, 1, "false", "", ""},
		{"two sizes", both, "310", "excess", 0.95, 2, "null", "", ""},
		{"found only", []string{countOf("whole", "5", false)}, "5", "count", 1, 0, "null", "", ""},
		{"open trials", []string{trialOf(2, 0, 10, false)}, "52", "excess", 0.95, 1, "null", "", ""},
	} {
		s := only(t, c.lines...)
		l := s.Lower
		if l == nil {
			t.Errorf("%s: no lower bound", c.name)
			continue
		}
		holds, _ := json.Marshal(l.Holds)
		if l.Regions != c.regions || l.Method != c.method || l.Confidence != c.confidence || l.Groups != c.sizes || string(holds) != c.holds {
			t.Errorf("%s: %+v, holds %s", c.name, l, holds)
		}
		if c.average != "" && (s.Proxy == nil || s.Proxy.Average.Regions != c.average || s.Proxy.Geometric.Regions != c.geomean) {
			t.Errorf("%s: proxy %+v", c.name, s.Proxy)
		}
		if miss := len(s.Warnings) > 0; miss != (c.holds == "false") {
			t.Errorf("%s: warnings %q", c.name, s.Warnings)
		}
		if len(s.Contradictions) > 0 {
			t.Errorf("%s: a probabilistic bound is no contradiction: %q", c.name, s.Contradictions)
		}
	}
}

func TestRules(t *testing.T) {
	lines := append(trials("half", 28, 10), trials(3, 5, 4)...)
	s := only(t, append(lines, countOf("whole", "300", true))...)
	var got []string
	for _, r := range s.Lower.Rules {
		got = append(got, fmt.Sprintf("%v %s %s %v %v", *r.Size, r.Method, r.Regions, r.Confidence, *r.Holds))
	}
	want := []string{
		"3 excess 4 0.95 true", "3 clopper-pearson 8 0.95 true", "3 sequential 2 0.95 true",
		"3 gamma 3 0.95 true", "3 binomial 8 0.95 true", "3 chernoff 1 0.95 true",
		"half excess 344 0.95 false", "half clopper-pearson 512 0.95 false", "half sequential 256 0.95 true", "half gamma 271 0.95 true", "half binomial 512 0.95 false", "half chernoff 512 0.95 false",
	}
	if !slices.Equal(got, want) {
		t.Errorf("rules\n%q, want\n%q", got, want)
	}
}

func TestContradictions(t *testing.T) {
	edited := `{"type":"count","milp":"m","content":"c","edited":true,"scope":"whole","regions":"13","log2":0,"exact":true,"doubtful":0}`
	doubtful := `{"type":"count","milp":"m","scope":"whole","regions":"13","log2":0,"exact":true,"doubtful":2}`
	for _, c := range []struct {
		name  string
		lines []string
		want  []string
	}{
		{"none", []string{countOf("whole", "12", true), countOf("whole", "12", false), countOf("x", "12", true), boundOf("a", "12"), networkOf("n", 4)}, nil},
		{"two exact counts", []string{countOf("whole", "12", true), doubtful},
			[]string{"the exact count 13 (2 doubtful decisions) is above the exact count 12"}},
		{"an edited one is another set", []string{countOf("whole", "12", true), edited}, nil},
		{"exact above a bound", []string{countOf("whole", "12", true), boundOf("a", "11"), boundOf("b", "12")},
			[]string{"the exact count 12 is above the upper bound 11 (a)"}},
		{"found above exact", []string{countOf("whole", "12", true), countOf("whole", "13", false)},
			[]string{"the count of at least 13 is above the exact count 12"}},
		{"found above a bound", []string{countOf("whole", "13", false), boundOf("a", "11")},
			[]string{"the count of at least 13 is above the upper bound 11 (a)"}},
		{"above the patterns", []string{countOf("whole", "9", true), networkOf("n", 3)},
			[]string{"the exact count 9 is above the 2^3 patterns of the unstable units"}},
		{"all patterns are regions", []string{countOf("whole", "8", true), networkOf("n", 3)}, nil},
		{"a part above the whole", []string{countOf("whole", "12", true), countOf("x", "13", false), countOf("y", "14", true)},
			[]string{"the exact count 14 of y is above the exact count 12"}},
		{"within a part", []string{countOf("x", "12", true), countOf("x", "13", true), countOf("x", "14", false)}, []string{
			"the exact count 13 of x is above the exact count 12 of x",
			"the count of at least 14 of x is above the exact count 12 of x",
			"the count of at least 14 of x is above the exact count 13 of x",
		}},
		{"none of a set that is not empty", []string{countOf("whole", "0", true), trialOf(3, 4, 1, false)},
			[]string{"the 1 region that survived in trial 4 (size 3, seed 1) is above the exact count 0"}},
		{"closed twice", []string{trialOf(3, 4, 5, true), trialOf(3, 4, 7, true), trialOf(3, 4, 6, true), trialOf(3, 5, 6, true), trialOf("half", 4, 7, true)}, []string{
			"trial 4 (size 3, seed 1) is closed after 5 rows and after 6",
			"trial 4 (size 3, seed 1) is closed after 5 rows and after 7",
		}},
		{"open beyond closed", []string{trialOf(3, 4, 6, true), trialOf(3, 4, 7, false)},
			[]string{"trial 4 (size 3, seed 1) is closed after 6 rows, but survived 7"}},
		{"open before closed", []string{trialOf(3, 4, 6, true), trialOf(3, 4, 6, false), trialOf(3, 4, 5, false)}, nil},
		{"two descriptions", []string{networkOf("n", 3), networkOf("n", 4)}, []string{"2 different descriptions of the network"}},
		{"two domains", []string{networkOn(1), networkOn(2)}, []string{"2 different descriptions of the network"}},
		{"a domain and none", []string{networkOn(1), networkOf("n", 3), networkOn(1)}, nil},
	} {
		for range 2 {
			var got []string
			for _, s := range feed(t, c.lines...).Summaries(0.95) {
				got = append(got, s.Contradictions...)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%s: %q, want %q", c.name, got, c.want)
			}
			slices.Reverse(c.lines)
		}
	}
}

// An exact count of nothing needs no lower bound, and the rules' least bound
// of one region is no miss then.
func TestEmptySet(t *testing.T) {
	s := only(t, countOf("whole", "0", true), trialOf(3, 0, 0, true), boundOf("a", "5"))
	if s.Lower != nil || len(s.Warnings)+len(s.Contradictions) > 0 || s.Exact.Log2 != 0 {
		t.Errorf("%+v", s)
	}
}

func TestBetterFactWins(t *testing.T) {
	cost := func(line string, seconds float64, lps int) string {
		return strings.TrimSuffix(line, "}") + fmt.Sprintf(`,"stats":{"seconds":%v,"lps":%d}}`, seconds, lps)
	}
	lines := []string{
		cost(trialOf(3, 0, 4, false), 1, 10),
		cost(trialOf(3, 0, 5, false), 2, 20),
		cost(trialOf(3, 1, 5, true), 4, 40),
		cost(trialOf(3, 1, 4, false), 8, 80),
		cost(trialOf(3, 1, 5, true), 4, 40), // once more
		cost(boundOf("a", "100"), 16, 160),
		cost(boundOf("a", "90"), 32, 320),
		cost(countOf("whole", "33", false), 64, 640),
		cost(countOf("whole", "34", false), 128, 1280),
	}
	for range 2 {
		s := only(t, lines...)
		if g := s.From.Trials; len(g) != 1 || g[0].Trials != 2 || g[0].Closed != 1 || g[0].Open != 1 || g[0].MeanRows != 5 {
			t.Errorf("trials %+v", g)
		}
		if s.Upper.Best.Regions != "90" || len(s.Upper.Methods) != 1 || s.Lower.Regions != "34" {
			t.Errorf("upper %+v, lower %+v", s.Upper, s.Lower)
		}
		if s.Stats.Seconds != 2+4+32+128 || s.Stats.LPs != 10*(2+4+32+128) {
			t.Errorf("stats %+v", s.Stats)
		}
		slices.Reverse(lines)
	}
	// Other seeds are other trials.
	other := strings.Replace(trialOf(3, 0, 5, true), `"seed":"1"`, `"seed":"2"`, 1)
	if s := only(t, trialOf(3, 0, 5, true), other); s.From.Trials[0].Trials != 2 {
		t.Errorf("trials of two seeds: %+v", s.From.Trials)
	}
}

func TestNames(t *testing.T) {
	s := only(t, networkOf("b.onnx", 4), networkOf("a.onnx", 4), countOf("whole", "3", true))
	if s.Name != "a.onnx" || !slices.Equal(s.Warnings, []string{"also called b.onnx"}) {
		t.Errorf("name %q, warnings %q", s.Name, s.Warnings)
	}
	other := func(id string) string { return strings.Replace(countOf("whole", "3", true), `"m"`, `"`+id+`"`, 1) }
	var got []string
	for _, s := range feed(t, other("z"), other("c"), networkOf("x", 4), other("y")).Summaries(0.95) {
		got = append(got, s.Name)
	}
	if want := []string{"c", "x", "y", "z"}; !slices.Equal(got, want) {
		t.Errorf("order %q, want %q", got, want)
	}
}

// problem is |x| on [-1, 1] as a milp of one unit.
func problem() *milp.Problem {
	z := 3
	p := &milp.Problem{
		Head: record.Head{Type: "milp", Schema: 1}, Name: "one.onnx",
		Network: record.Shape{Inputs: 1, Layers: []record.LayerShape{{Units: 1, Activation: "relu"}}},
		Domain:  milp.Box{Lower: []float64{-1}, Upper: []float64{1}},
		Cols: []milp.Col{{Name: "x", Kind: milp.Input, Lo: -1, Hi: 1}, {Name: "h", Kind: milp.H, Hi: 1},
			{Name: "hbar", Kind: milp.Hbar, Hi: 1}, {Name: "z", Kind: milp.Z, Hi: 1, Integer: true}},
		Rows:  []milp.Row{{Name: "pre", Kind: milp.Pre, Idx: []int{0, 1, 2}, Val: []float64{1, -1, 1}}},
		Units: []milp.Unit{{Layer: 1, Z: &z, H: 1, Hbar: 2, Pre: 0, Lower: -1, Upper: 1}},
	}
	p.ID = p.Digest()
	return p
}

func TestEdited(t *testing.T) {
	p := problem()
	plainText, _ := json.Marshal(p)
	p.Cols[0].Lo = 0
	editedText, _ := json.Marshal(p)
	content := p.Digest()
	fact := fmt.Sprintf(`{"type":"count","schema":1,"milp":%q,"scope":"whole","regions":"1","log2":0,"exact":true,"doubtful":0,"edited":true,"content":%q}`, p.ID, content)
	whole := fmt.Sprintf(`{"type":"count","schema":1,"milp":%q,"scope":"whole","regions":"2","log2":1,"exact":true,"doubtful":0,"content":%q}`, p.ID, p.ID)

	l := ledger.New()
	add := func(lines ...string) {
		t.Helper()
		if err := enter(l, lines...); err != nil {
			t.Fatal(err)
		}
	}
	add(fact, whole, string(plainText))
	s := l.Summaries(0.95)
	if len(s) != 2 || s[0].Edited || !s[1].Edited {
		t.Fatalf("%d summaries", len(s))
	}
	if s[0].Exact.Regions != "2" || s[1].Exact.Regions != "1" || s[0].Name != "one.onnx" || s[1].Name != "one.onnx" {
		t.Errorf("%+v and %+v", s[0], s[1])
	}
	if s[0].Network.Unstable != 1 || s[0].Network.Units != 1 || s[1].Network != nil {
		t.Errorf("networks %+v and %+v", s[0].Network, s[1].Network)
	}
	add(string(editedText))
	s = l.Summaries(0.95)
	if len(s) != 2 || s[1].Network == nil || s[1].Content != content {
		t.Errorf("after the edited milp: %d summaries, %+v", len(s), s[1])
	}
}

func TestBadRecords(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{`{"type":"trial","milp":"m","size":3,"seed":"1","trial":0,"rows":9,"of":8,"closed":true,"doubtful":0}`, "rows: 9 of 8"},
		{`{"type":"trial","milp":"m","size":3,"seed":"1","trial":0,"rows":-1,"of":8,"closed":true,"doubtful":0}`, "rows: -1 of 8"},
		{probeThat(0, 1, `"class":-1`), "measures.class: -1"},
		{probeThat(0, 1, `"facets":-1`), "measures.facets: -1"},
		{probeThat(0, 1, `"radius":-0.5`), "measures.radius: -0.5"},
		{probeThat(0, 1, `"radius":1e301`), "measures.radius: 1e+301"},
		{probeThat(0, 1, `"volume":-2`), "measures.volume: -2"},
		{probeThat(0, 1, `"slopes":[1,-1]`), "measures.slopes[1]: -1"},
		{`{"type":"trial","milp":"m","size":3,"seed":"1","trial":0,"rows":1,"of":8,"closed":true,"doubtful":-1}`, "doubtful: -1"},
		{`{"type":"trial","size":3,"seed":"1","trial":0,"rows":1,"of":8,"closed":true,"doubtful":0}`, "milp is missing"},
		{`{"type":"trial","milp":"m","size":3,"seed":"1","trial":0,"rows":1048577,"of":1048577,"closed":true,"doubtful":0}`, "rows: 1048577 is more than 1048576"},
		{`{"type":"cell","milp":"m","size":3,"seed":"1","trial":0,"rows":1048577,"regions":"1","exact":true,"doubtful":0}`, "rows: 1048577 is more than 1048576"},
		{boundOf("a", "1e3"), `regions: "1e3" is not a natural number`},
		{boundOf("a", "-3"), "not a natural number"},
		{boundOf("a", ""), "not a natural number"},
		{boundOf("", "3"), "method is missing"},
		{countOf("", "3", true), "scope is missing"},
		{countOf("whole", "+3", true), "not a natural number"},
		{`{"type":"milp","id":"m"}`, "network.inputs"},
		{networkOf("n", -1), "unstable: -1"},
		{`{"type":"error","tool":3}`, "tool"},
	} {
		l := ledger.New()
		if err := enter(l, c.line); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.line, err, c.want)
		}
		if s := l.Summaries(0.95); len(s) > 0 {
			t.Errorf("%s: left %+v behind", c.line, s[0])
		}
	}
	if err := enter(ledger.New(), `{"type":"count","schema":2}`); err == nil {
		t.Error("schema 2 accepted")
	}
}

func TestIgnoredAndErrors(t *testing.T) {
	l := feed(t, `{"type":"parity","milp":"m"}`, `{"type":"pattern","milp":"m"}`, `{"type":"summary"}`, `{"type":"new"}`,
		`{"type":"error","tool":"solve","place":"stdin:3","error":"b"}`, `{"type":"error","tool":"solve","place":"stdin:2","error":"a"}`)
	if s := l.Summaries(0.95); len(s) != 0 {
		t.Errorf("%d summaries", len(s))
	}
	if n, example := l.Failures(); n != 2 || example != "solve: stdin:2: a" {
		t.Errorf("%d failures, %q", n, example)
	}
	if k := l.Kinds(); k["parity"] != 1 || k["pattern"] != 1 || k["new"] != 1 || l.Reads("new") || !l.Reads("count") || !l.Reads("error") {
		t.Errorf("kinds %v", k)
	}
}

// A summary must survive being read again.
func TestSummaryRoundTrip(t *testing.T) {
	s := only(t, append(trials("half", 6, 9), boundOf("a", "700"), networkOf("n", 12))...)
	first, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back record.Summary
	if err := json.Unmarshal(first, &back); err != nil {
		t.Fatal(err)
	}
	second, _ := json.Marshal(back)
	if !bytes.Equal(first, second) {
		t.Errorf("%s\nbecomes\n%s", first, second)
	}
}

var update = flag.Bool("update", false, "write the golden file anew")

// The summaries of a stream that has something of everything. Package page
// writes them in its other formats.
func TestSummaries(t *testing.T) {
	facts, err := os.ReadFile(filepath.Join("testdata", "facts.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := page.WriteJSON(&got, feed(t, strings.Split(string(facts), "\n")...).Summaries(0.99)); err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("..", "page", "testdata", "json.golden")
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("got\n%s\nwant\n%s", got.Bytes(), want)
	}
}

// TestDefined: counts by other definitions are listed, and are neither the exact count
// nor a bound of it; exact ones that differ are a contradiction.
func TestDefined(t *testing.T) {
	const pieces, more = `{"type":"count","milp":"m","scope":"whole","define":"pieces","outputs":"o","regions":"7","log2":2.8,"exact":true}`,
		`{"type":"count","milp":"m","scope":"whole","define":"pieces","outputs":"o","regions":"9","log2":3.2,"exact":false,"why":"time limit"}`
	l := feed(t, more, pieces, `{"type":"count","milp":"m","scope":"whole","define":"patterns","regions":"3","log2":1.6,"exact":true}`,
		`{"type":"count","milp":"m","scope":"whole","regions":"5","log2":2.3,"exact":true}`)
	s := l.Summaries(0.95)[0]
	if s.Exact == nil || s.Exact.Regions != "5" || len(s.Contradictions) > 0 || len(s.From.Counts) != 1 {
		t.Errorf("%+v", s)
	}
	if d := s.From.Defined; len(d) != 2 || d[0].Define != "patterns" || d[1].Regions != "7" || !d[1].Exact || d[1].Why != "" {
		t.Errorf("%+v", s.From.Defined)
	}
	s = feed(t, more).Summaries(0.95)[0]
	if s.Exact != nil || s.Lower != nil || s.Upper != nil || len(s.From.Defined) != 1 {
		t.Errorf("%+v", s)
	}
	l = feed(t, pieces, strings.Replace(pieces, `"7"`, `"6"`, 1), strings.Replace(pieces, `"outputs":"o","regions":"7"`, `"outputs":"p","regions":"8"`, 1))
	if s = l.Summaries(0.95)[0]; len(s.Contradictions) != 1 || !strings.Contains(s.Contradictions[0], "pieces are 6 and 7") || len(s.From.Defined) != 2 {
		t.Errorf("%+v", s)
	}
	if err := enter(ledger.New(), strings.Replace(pieces, "whole", "a part", 1)); err == nil {
		t.Error("a part has pieces of its own")
	}
}
