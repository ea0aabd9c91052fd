package exhibit

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"relucount/pkg/atlas"
	"relucount/pkg/atlas/atlastest"
	"relucount/pkg/figure"
	"relucount/pkg/inputs"
	"relucount/pkg/ledger"
	"relucount/pkg/record"
)

// shown puts together what a stream has to show.
func shown(t *testing.T, stream string) *Exhibit {
	t.Helper()
	facts := ledger.New()
	regions := atlas.New(atlas.Options{Shade: atlas.ShadeNamed("pattern"), Tint: figure.Tint(atlas.ShadeNamed("pattern"))})
	r, err := record.NewReader(strings.NewReader(stream), "s")
	if err != nil {
		t.Fatal(err)
	}
	for {
		line, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = facts.Add(line)
		}
		if err == nil {
			err = regions.Add(line)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return New(facts.Reports(0.95), regions.Sheets())
}

// network is the record of one of 16 units.
func network(id, content string) string {
	if content != "" {
		content = fmt.Sprintf(`"edited":true,"content":%q,`, content)
	}
	return fmt.Sprintf(`{"type":"network","schema":1,"milp":%q,%s"name":"net %s","network":{"inputs":2,"layers":[{"units":16,"activation":"relu"}]},"domain":{"coordinates":2,"lower":-1,"upper":1,"intervals":1},"units":16,"active":0,"inactive":0,"unstable":16}`+"\n", id, content, id)
}

func count(id, rest string) string {
	return fmt.Sprintf(`{"type":"count","schema":1,"milp":%q,"scope":"whole","doubtful":0,%s}`+"\n", id, rest)
}

func bound(id, method string, log2 int) string {
	return fmt.Sprintf(`{"type":"bound","schema":1,"milp":%q,"method":%q,"regions":"%d","log2":%d,"from":"lp"}`+"\n", id, method, 1<<log2, log2)
}

// square is a region of a program: all of the square.
func square(id, content, vertices string) string {
	if content != "" {
		content = fmt.Sprintf(`"content":%q,`, content)
	}
	return fmt.Sprintf(`{"type":"region","schema":1,"milp":%q,%s"pattern":["1"],"x":[0,0],"vertices":%s}`+"\n", id, content, vertices)
}

const corners = `[[-1,-1],[1,-1],[1,1],[-1,1]]`

// TestNew: regions come to the facts about the same program, edited or not; those of
// which nothing is known stand for themselves.
func TestNew(t *testing.T) {
	x := shown(t, network("a", "")+network("a", "e")+network("b", "")+network("d", "")+
		square("a", "e", corners)+square("a", "", corners)+square("c", "", corners)+square("a", "other", corners)+square("b", "b", corners))
	var got []string
	for i := range x.Networks {
		n := &x.Networks[i]
		sheet := "none"
		if n.Sheet != nil {
			sheet = n.Sheet.Milp + "/" + n.Sheet.Content
		}
		got = append(got, n.Label()+": "+sheet)
	}
	want := []string{"net a: a/", "net a (edited): a/e", "net b: b/b", "c: c/", "net d: none", "a (edited): a/other"}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if n := x.sheets(); n != 5 {
		t.Errorf("%d sheets, want 5", n)
	}
}

// TestRows: each statement of a summary is a row, with its number.
func TestRows(t *testing.T) {
	stream := network("m", "") + count("m", `"regions":"64","log2":6,"exact":true`) + bound("m", "tight", 11) + bound("m", "unstable", 16)
	for i := range 28 {
		stream += fmt.Sprintf(`{"type":"trial","schema":1,"milp":"m","trial":%d,"size":"half","seed":"1","rows":%d,"of":50,"closed":true,"doubtful":0}`+"\n", i, 5+i%4)
	}
	for i := range 20 {
		stream += fmt.Sprintf(`{"type":"probe","schema":1,"milp":"m","probe":%d,"of":20,"seed":"1","log2":%d,"method":"tree","complete":true,"doubtful":0}`+"\n", i, 5+i%3)
	}
	n := &shown(t, stream).Networks[0]
	marks := map[figure.Mark]int{}
	for _, r := range n.rows() {
		marks[r.Mark]++
		switch r.Mark {
		case figure.Exactly:
			if r.Label != "exact" || r.Lo != 6 || r.Value != "64" {
				t.Errorf("%+v", r)
			}
		case figure.AtLeast:
			if r.Lo != n.Lower.Log2 {
				t.Errorf("%+v, want %g", r, n.Lower.Log2)
			}
		case figure.Between:
			if r.Lo > r.Hi || r.Lo != n.Interval.Lower.Log2 || !strings.Contains(r.Label, "95 %") || !strings.HasSuffix(r.Value, " bits") {
				t.Errorf("%+v", r)
			}
		case figure.About:
			if r.Lo < 5 || r.Lo > 7 || r.Label != "probes, mean" {
				t.Errorf("%+v", r)
			}
		case figure.AtMost:
			if want := map[string]float64{"at most, tight": 11, "at most, unstable": 16}[r.Label]; r.Hi != want {
				t.Errorf("%+v, want %g", r, want)
			}
		}
	}
	if want := (map[figure.Mark]int{figure.Exactly: 1, figure.AtLeast: 1, figure.Between: 1, figure.About: 1, figure.AtMost: 2}); fmt.Sprint(marks) != fmt.Sprint(want) {
		t.Errorf("rows by mark: %v, want %v", marks, want)
	}
	if n.Statements() != 6 || n.Ranges() == nil || len(n.Trials()) != 1 {
		t.Errorf("%d statements, %d figures of trials", n.Statements(), len(n.Trials()))
	}
	silent := &shown(t, network("m", "")).Networks[0]
	if silent.Statements() != 0 || silent.Ranges() != nil || silent.Trials() != nil || silent.Falling() != nil {
		t.Error("figures of nothing")
	}
}

// TestOverview: a network of a plot of all says what is known of it.
func TestOverview(t *testing.T) {
	stopped := count("s", `"regions":"20","log2":4.32,"lower":"32","upper":"4096","exact":false,"why":"time limit","stats":{"seconds":1}`)
	x := shown(t, network("e", "")+network("s", "")+network("u", "")+network("nothing", "")+
		count("e", `"regions":"8","log2":3,"exact":true`)+bound("e", "tight", 9)+stopped+bound("u", "tight", 7))
	got := map[string]figure.Row{}
	for _, r := range x.overview() {
		got[r.Label] = r
	}
	for label, want := range map[string]figure.Row{
		"net e": {Mark: figure.Exactly, Lo: 3}, "net s": {Mark: figure.Between, Lo: 5, Hi: 12}, "net u": {Mark: figure.AtMost, Hi: 7},
	} {
		r, ok := got[label]
		if !ok || r.Mark != want.Mark || r.Lo != want.Lo || r.Hi != want.Hi {
			t.Errorf("%s: %+v, want %+v", label, r, want)
		}
	}
	if len(got) != 3 || x.Overview() == nil {
		t.Errorf("%d rows, want 3", len(got))
	}
	if one := shown(t, network("u", "")+bound("u", "tight", 7)); one.Overview() != nil {
		t.Error("an overview of one network")
	}
}

// TestFalling: bounds fall when there are counts of different lengths.
func TestFalling(t *testing.T) {
	stop := func(lower, upper int, seconds string) string {
		return count("m", fmt.Sprintf(`"regions":"%d","log2":4,"lower":"%d","upper":"%d","exact":false,"why":"time limit","stats":{"seconds":%s}`, lower, lower, upper, seconds))
	}
	for _, c := range []struct {
		name, stream string
		draws        bool
	}{
		{"one", stop(20, 4000, "1"), false},
		{"two", stop(20, 4000, "1") + stop(30, 3000, "2"), true},
		{"two of one length", stop(20, 4000, "1") + stop(30, 3000, "1"), false},
	} {
		x := shown(t, network("m", "")+c.stream)
		if got := x.Networks[0].Falling() != nil; got != c.draws {
			t.Errorf("%s: drawn: %v", c.name, got)
		}
	}
}

// TestFigures: which figures a picture has, and why it has none.
func TestFigures(t *testing.T) {
	empty := shown(t, network("m", ""))
	for _, c := range Choices {
		if _, err := empty.Figures(c.Name, figure.MapOptions{}, nil); err == nil || err.Error() != c.missing || c.missing == "" {
			t.Errorf("%s: %v", c.Name, err)
		}
	}
	if _, err := empty.Figures(Auto, figure.MapOptions{}, nil); !errors.Is(err, errNothing) {
		t.Error(err)
	}
	trial := `{"type":"trial","schema":1,"milp":"m","trial":0,"size":"half","seed":"1","rows":5,"of":50,"closed":true,"doubtful":0}` + "\n"
	if f, err := shown(t, network("m", "")+trial).Figures(Auto, figure.MapOptions{}, nil); err != nil || len(f) != 1 || strings.Contains(f[0].Title, "trials") {
		t.Errorf("trials are drawn without being asked for: %v", err)
	}
	some, all := "", network("m", "")+bound("m", "tight", 9)+square("m", "", corners)
	for i := range 4 {
		id := fmt.Sprint("step", i)
		some += network(id, "") + count(id, fmt.Sprintf(`"regions":"%d","log2":%d,"exact":true`, 1<<i, i))
	}
	for _, c := range []struct {
		kind, stream, title string
		figures             int
	}{
		{Auto, all, "net m", 1}, {"bounds", all, "net m: what is known", 1}, {Auto, all + some, "net m", 1},
		{Auto, some, "networks in order", 1}, {"sequence", all + some, "networks in order", 1},
		{"bounds", some, "net step0: what is known", 4}, {"bounds", all + some, "of each network", 1},
	} {
		f, err := shown(t, c.stream).Figures(c.kind, figure.MapOptions{}, nil)
		if err != nil || len(f) != c.figures || !strings.Contains(f[0].Title, c.title) {
			t.Errorf("%s: %d figures, want %d with %q, %v", c.kind, len(f), c.figures, c.title, err)
		}
	}
	many := ""
	for i := range MostFigures + 1 {
		many += square(fmt.Sprint("m", i), "", corners)
	}
	if _, err := shown(t, many).Figures("regions", figure.MapOptions{}, nil); err == nil || !strings.Contains(err.Error(), "13 figures in one picture are too many (12 at most)") {
		t.Error(err)
	}
}

// TestRegions: a map says how many regions it does not have, and what cannot be drawn
// says of which network it is.
func TestRegions(t *testing.T) {
	var part string
	regions := atlastest.Regions(3, 2, 5)
	part = string(atlastest.Stream(regions))
	note := "The network has 99 regions in all."
	for exact, want := range map[string]bool{"99": true, fmt.Sprint(len(regions)): false} {
		x := shown(t, network("m", "")+count("m", fmt.Sprintf(`"regions":%q,"log2":4,"exact":true`, exact))+part)
		f, err := x.Networks[0].Regions(figure.MapOptions{}, nil)
		if err != nil || slices.Contains(f.Notes, note) != want {
			t.Errorf("%s: %v, %v", exact, f.Notes, err)
		}
	}
	solid := strings.Replace(square("m", "", `[[0,0,0],[1,0,0],[0,1,0],[0,0,1]]`), `"x":[0,0]`, `"x":[0.1,0.1,0.1]`, 1)
	x := shown(t, network("m", "")+solid)
	if _, err := x.Networks[0].Regions(figure.MapOptions{}, nil); err == nil || !strings.HasPrefix(err.Error(), "net m: ") {
		t.Error(err)
	}
}

// TestPoints: points are rows of all coordinates or of those that are drawn, with a class
// or without.
func TestPoints(t *testing.T) {
	plane := &atlas.Sheet{Coordinates: 4, Axes: []int{1, 3}, Box: atlas.Box{Min: atlas.Point{X: -1, Y: -1}, Max: atlas.Point{X: 1, Y: 1}}}
	line := &atlas.Sheet{Coordinates: 3, Axes: []int{2}, Box: atlas.Box{Min: atlas.Point{X: -1}, Max: atlas.Point{X: 1}}}
	for _, c := range []struct {
		name    string
		sheet   *atlas.Sheet
		text    string
		dots    string
		outside int
		err     string
	}{
		{"all coordinates", plane, "9,0.5,9,0.25\n", "[{{0.5 0.25} -1}]", 0, ""},
		{"a class, too", plane, "9,0.5,9,0.25,7\n", "[{{0.5 0.25} 7}]", 0, ""},
		{"those that are drawn", plane, "0.5,0.25\n-0.5,1\n", "[{{0.5 0.25} -1} {{-0.5 1} -1}]", 0, ""},
		{"with a class", plane, "0.5,0.25,3\n", "[{{0.5 0.25} 3}]", 0, ""},
		{"outside", plane, "0.5,2\n0,0\n-1.5,0\n", "[{{0 0} -1}]", 2, ""},
		{"on a line", line, "9,9,0.5\n", "[{{0.5 0} -1}]", 0, ""},
		{"on a line, drawn", line, "0.5\n", "[{{0.5 0} -1}]", 0, ""},
		{"on a line, with a class", line, "0.5,2\n2,2\n", "[{{0.5 0} 2}]", 1, ""},
		{"no natural number", plane, "0.5,0.25,1.5\n", "", 0, "row 0: the class 1.5 is no natural number"},
		{"a negative class", plane, "0.5,0.25,1\n0.5,0.25,-1\n", "", 0, "row 1: the class -1 is no natural number"},
		{"six numbers", plane, "1,2,3,4,5,6\n", "", 0, "points: p.csv"},
	} {
		p := &Points{inputs.File{Name: "p.csv", Data: []byte(c.text)}}
		dots, outside, err := p.on(c.sheet)
		switch {
		case c.err != "":
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: %v, want %q", c.name, err, c.err)
			}
		case err != nil || outside != c.outside || fmt.Sprint(dots) != c.dots:
			t.Errorf("%s: %v, %d outside, %v; want %s", c.name, dots, outside, err, c.dots)
		}
	}
}
