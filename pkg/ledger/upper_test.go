package ledger_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"relucount/pkg/ledger"
	"relucount/pkg/record"
)

// bounded puts bounds, of which "" is none, into a count.
func bounded(count, lower, upper string) string {
	for field, v := range map[string]string{"lower": lower, "upper": upper} {
		if v != "" {
			count = strings.Replace(count, `"log2":0`, fmt.Sprintf(`"log2":0,%q:%q`, field, v), 1)
		}
	}
	return count
}

func openOf(scope, regions, lower, upper string) string {
	return bounded(countOf(scope, regions, false), lower, upper)
}

func openCube(cube int, regions, lower, upper string) string {
	return bounded(cubeOf("p", cube, 3, regions, false), lower, upper)
}

// limitOf is a cube record, with an upper bound unless that is "".
func limitOf(partition string, cube, of int, upper string) string {
	line := fmt.Sprintf(`{"type":"cube","milp":"m","cube":%d,"of":%d,"partition":%q,"prefix":["0"],"estimate":9,"margin":1e-9}`, cube, of, partition)
	if upper != "" {
		line = strings.Replace(line, `"estimate"`, fmt.Sprintf(`"upper":%q,"estimate"`, upper), 1)
	}
	return line
}

// bounds writes a summary's certain bounds, as "lower method: upper method,
// next method, ..."; a missing one is "-".
func bounds(s *record.Summary) string {
	lower := "-"
	if s.Lower != nil {
		lower = s.Lower.Regions + " " + s.Lower.Method
	}
	var uppers []string
	if s.Upper == nil {
		uppers = []string{"-"}
	} else {
		for _, b := range s.Upper.Methods {
			uppers = append(uppers, b.Regions+" "+b.Method)
		}
		if s.Upper.Best != s.Upper.Methods[0] {
			uppers = append(uppers, "another is best")
		}
	}
	return lower + ": " + strings.Join(uppers, ", ")
}

func TestOpenBounds(t *testing.T) {
	cubes := []string{cubeOf("p", 0, 3, "5", true), openCube(1, "3", "4", "20"), limitOf("p", 2, 3, "30")}
	for _, c := range []struct {
		name  string
		lines []string
		want  string
	}{
		{"an older count", []string{countOf("whole", "5", false)}, "5 count: -"},
		{"an older exact count", []string{countOf("whole", "5", true)}, "-: -"},
		{"an exact count", []string{bounded(countOf("whole", "5", true), "5", "5")}, "-: -"},
		{"both", []string{openOf("whole", "5", "7", "90")}, "7 count: 90 count"},
		{"lower only", []string{openOf("whole", "5", "7", "")}, "7 count: -"},
		{"upper only", []string{openOf("whole", "5", "", "90")}, "5 count: 90 count"},
		{"nothing found", []string{openOf("whole", "0", "0", "90")}, "-: 90 count"},
		{"of several counts", []string{openOf("whole", "5", "7", "90"), openOf("whole", "6", "6", "80"), openOf("whole", "1", "1", "81"), countOf("whole", "4", false)},
			"7 count: 80 count"},
		{"a plain count found more", []string{openOf("whole", "5", "7", "90"), countOf("whole", "8", false)}, "8 count: 90 count"},
		{"exact beats", []string{openOf("whole", "5", "7", "90"), countOf("whole", "8", true)}, "7 count: -"},
		{"exact beats in cubes", []string{openOf("whole", "5", "", "90"), cubeOf("p", 0, 1, "8", true)}, "5 count: -"},
		{"exact, besides a method", []string{openOf("whole", "5", "7", "90"), countOf("whole", "8", true), boundOf("a", "91")}, "7 count: 91 a"},
		{"among methods", []string{openOf("whole", "5", "7", "90"), boundOf("a", "91"), boundOf("d", "90"), boundOf("b", "90")},
			"7 count: 90 b, 90 count, 90 d, 91 a"},
		{"a method called count", []string{openOf("whole", "5", "7", "90"), boundOf("count", "89")}, "7 count: 89 count"},
		{"a method called count, beaten", []string{openOf("whole", "5", "7", "90"), boundOf("count", "91")}, "7 count: 90 count"},
		{"a part bounds the whole from below", []string{openOf("x", "5", "7", "90")}, "7 part: -"},
		{"cubes, one not counted", cubes, "9 cubes: 55 count"},
		{"the whole is tighter", append(slices.Clip(cubes), openOf("whole", "5", "10", "54")), "10 count: 54 count"},
		{"the cubes are tighter", append(slices.Clip(cubes), openOf("whole", "5", "8", "56")), "9 cubes: 55 count"},
		{"a cube that nothing bounds", cubes[:2], "9 cubes: -"},
		{"a cube record without a bound", append(slices.Clip(cubes[:2]), limitOf("p", 2, 3, "")), "9 cubes: -"},
		{"an open count without a bound", []string{cubes[0], openCube(1, "3", "", ""), cubes[2]}, "8 cubes: -"},
		{"its cube has one", []string{cubes[0], openCube(1, "3", "", ""), cubes[2], limitOf("p", 1, 3, "25")}, "8 cubes: 60 count"},
		{"a cube's record is tighter", append(slices.Clip(cubes), limitOf("p", 1, 3, "19")), "9 cubes: 54 count"},
		{"a cube's count is tighter", append(slices.Clip(cubes), limitOf("p", 1, 3, "21")), "9 cubes: 55 count"},
		{"two cube records", append(slices.Clip(cubes), limitOf("p", 2, 3, "29"), limitOf("p", 2, 3, "31")), "9 cubes: 54 count"},
		{"two counts of a cube", append(slices.Clip(cubes), openCube(1, "2", "3", "18")), "9 cubes: 53 count"},
		{"all exact", append(slices.Clip(cubes), cubeOf("p", 1, 3, "8", true), cubeOf("p", 2, 3, "6", true)), "-: -"},
		{"partitions do not mix", []string{cubes[0], cubes[1], limitOf("q", 2, 3, "30"), limitOf("p", 2, 4, "30")}, "9 cubes: -"},
		{"the smaller of two partitions", append(slices.Clip(cubes), limitOf("q", 0, 2, "20"), limitOf("q", 1, 2, "21")), "9 cubes: 41 count"},
		{"one cube bounds nothing else", []string{limitOf("p", 0, 3, "5")}, "-: -"},
		{"one open cube bounds nothing else", []string{openCube(0, "3", "4", "20")}, "4 cubes: -"},
		{"nobody counted", []string{limitOf("p", 0, 2, "5"), limitOf("p", 1, 2, "6")}, "-: 11 count"},
		{"a cell has no bound from above", []string{`{"type":"cell","milp":"m","size":3,"seed":"1","trial":0,"rows":2,"regions":"6","log2":0,"exact":true,"doubtful":0}`}, "6 cell: -"},
	} {
		for range 2 {
			s := only(t, append(c.lines, c.lines...)...)
			if got := bounds(s); got != c.want {
				t.Errorf("%s: %s, want %s", c.name, got, c.want)
			}
			if len(s.Contradictions) > 0 {
				t.Errorf("%s: %q", c.name, s.Contradictions)
			}
			slices.Reverse(c.lines)
		}
	}
}

// What was counted is said with the bounds of all that was said.
func TestOpenFrom(t *testing.T) {
	got, _ := json.Marshal(only(t, openOf("whole", "5", "7", "90"), openOf("whole", "6", "6", "64"), countOf("x", "4", false), limitOf("p", 0, 2, "32"), limitOf("p", 1, 2, "32")).From.Counts)
	want := `[{"scope":"whole","regions":"5","log2":2.321928094887362,"lower":{"regions":"7","log2":2.807354922057604},"upper":{"regions":"64","log2":6},"exact":false,"doubtful":0},` +
		`{"scope":"x","regions":"4","log2":2,"lower":{"regions":"4","log2":2},"exact":false,"doubtful":0},` +
		`{"scope":"2 cubes (p)","regions":"0","log2":0,"lower":{"regions":"0","log2":0},"upper":{"regions":"64","log2":6},"exact":false,"doubtful":0,"why":"0 of 2 cubes counted to the end","partition":"p","of":2,"missing":[0,1]}]`
	if string(got) != want {
		t.Errorf("%s, want\n%s", got, want)
	}
}

// Summaries do not change what later ones say.
func TestOpenAgain(t *testing.T) {
	l := feed(t, openOf("whole", "5", "7", "90"), boundOf("a", "91"))
	for range 2 {
		if got := bounds(l.Summaries(0.95)[0]); got != "7 count: 90 count, 91 a" {
			t.Error(got)
		}
	}
	if err := enter(l, countOf("whole", "8", true)); err != nil {
		t.Fatal(err)
	}
	if got := bounds(l.Summaries(0.95)[0]); got != "7 count: 91 a" {
		t.Errorf("%s with an exact count", got)
	}
}

// A gap is from the best lower bound to the best upper one, and a proxy is
// between them, counts included.
func TestOpenGap(t *testing.T) {
	s := only(t, openOf("whole", "5", "8", "128"), boundOf("a", "256"))
	if s.Gap == nil || *s.Gap != 4 || s.Proxy.Average.Regions != "68" || s.Proxy.Geometric.Regions != "32" {
		t.Errorf("gap %v, proxy %+v", s.Gap, s.Proxy)
	}
}

// A random bound above the certain one of a count is a miss.
func TestOpenMiss(t *testing.T) {
	s := only(t, append(trials("half", 28, 10), openOf("whole", "5", "7", "343"))...)
	if l := s.Lower; l.Regions != "344" || l.Holds == nil || *l.Holds || len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0], "above the best upper bound") {
		t.Errorf("lower %+v, warnings %q", l, s.Warnings)
	}
	s = only(t, append(trials("half", 28, 10), openOf("whole", "5", "7", "344"))...)
	if s.Lower.Holds != nil || len(s.Warnings) > 0 {
		t.Errorf("lower %+v, warnings %q", s.Lower, s.Warnings)
	}
}

func TestOpenContradictions(t *testing.T) {
	doubtful := strings.Replace(openOf("whole", "5", "7", "90"), `"doubtful":0`, `"doubtful":2`, 1)
	for _, c := range []struct {
		name  string
		lines []string
		want  []string
	}{
		{"none", []string{openOf("whole", "5", "7", "90"), openOf("whole", "80", "85", "85"), countOf("whole", "85", true), boundOf("a", "85")}, nil},
		{"an upper below a lower", []string{doubtful, openOf("whole", "91", "92", "99")},
			[]string{"the count of at least 92 is above the count of at most 90 (2 doubtful decisions)"}},
		{"an exact count above an upper", []string{doubtful, countOf("whole", "91", true)},
			[]string{"the exact count 91 is above the count of at most 90 (2 doubtful decisions)"}},
		{"an exact count below a lower", []string{doubtful, countOf("whole", "6", true)},
			[]string{"the count of at least 7 (2 doubtful decisions) is above the exact count 6"}},
		{"a lower above a bound", []string{openOf("whole", "5", "7", "90"), boundOf("a", "6")},
			[]string{"the count of at least 7 is above the upper bound 6 (a)"}},
		{"a part above the whole", []string{openOf("whole", "5", "7", "9"), openOf("x", "8", "10", "")},
			[]string{"the count of at least 10 of x is above the count of at most 9"}},
		{"within a part", []string{openOf("x", "5", "7", "9"), openOf("x", "8", "10", ""), openOf("x", "9", "", "11")},
			[]string{"the count of at least 10 of x is above the count of at most 9 of x"}},
		{"a part bounds no whole from above", []string{openOf("x", "5", "7", "9"), countOf("whole", "10", true)}, nil},
		{"a region in what is empty", []string{openOf("whole", "0", "0", "0"), trialOf(3, 4, 1, false)},
			[]string{"the 1 region that survived in trial 4 (size 3, seed 1) is above the count of at most 0"}},
		{"a cube above its bound", []string{cubeOf("p", 0, 3, "5", true), limitOf("p", 0, 3, "4"), limitOf("p", 1, 3, "0")},
			[]string{"the exact count 5 of cube 0 of 3 (p) (1 doubtful decision) is above the upper bound 4 of cube 0 of 3 (p)"}},
		{"and its count is believed", []string{cubeOf("p", 0, 3, "5", true), limitOf("p", 0, 3, "4"), limitOf("p", 1, 3, "3"), limitOf("p", 2, 3, "3"), countOf("whole", "11", false)},
			[]string{"the exact count 5 of cube 0 of 3 (p) (1 doubtful decision) is above the upper bound 4 of cube 0 of 3 (p)"}},
		{"a cube above another count of it", []string{openCube(0, "5", "6", "9"), openCube(0, "1", "1", "5")},
			[]string{"the count of at least 6 of cube 0 of 3 (p) (1 doubtful decision) is above the count of at most 5 of cube 0 of 3 (p) (1 doubtful decision)"}},
		{"the whole above the cubes", []string{countOf("whole", "12", true), limitOf("p", 0, 2, "5"), limitOf("p", 1, 2, "6")},
			[]string{"the exact count 12 is above the upper bound 11 of 2 cubes (p)"}},
		{"with doubts", []string{countOf("whole", "12", false), openCube(0, "1", "", "5"), cubeOf("p", 1, 3, "1", true), limitOf("p", 2, 3, "3")},
			[]string{"the count of at least 12 is above the upper bound 9 of 3 cubes (p) (2 doubtful decisions)"}},
		{"doubts of what is not used", []string{countOf("whole", "12", false), openCube(0, "1", "", "5"), limitOf("p", 0, 3, "4"), limitOf("p", 1, 3, "3"), limitOf("p", 2, 3, "3")},
			[]string{"the count of at least 12 is above the upper bound 10 of 3 cubes (p)"}},
		{"cubes above the whole", []string{openOf("whole", "5", "7", "9"), openCube(0, "4", "5", ""), openCube(2, "5", "", "")},
			[]string{"the count of at least 10 of 3 cubes (p) (2 doubtful decisions) is above the count of at most 9"}},
		{"one cube is not the whole", []string{countOf("whole", "12", true), limitOf("p", 0, 2, "5")}, nil},
	} {
		for range 2 {
			if got := only(t, c.lines...).Contradictions; !slices.Equal(got, c.want) {
				t.Errorf("%s: %q, want %q", c.name, got, c.want)
			}
			slices.Reverse(c.lines)
		}
	}
}

// Of two bounds by one method the smaller one is used, with what it was made
// from; of equal ones that which is not relaxed, and then the first by name.
func TestBoundFrom(t *testing.T) {
	of := func(regions, from string, relaxed bool) string {
		return strings.Replace(boundOf("tight", regions), `"log2":0`, fmt.Sprintf(`"log2":0,"from":%q,"relaxed":%v`, from, relaxed), 1)
	}
	for _, c := range []struct {
		lines []string
		want  string
	}{
		{[]string{of("90", "lp", true), of("80", "milp", false)}, "80 milp false"},
		{[]string{of("80", "lp", true), of("80", "milp", false)}, "80 milp false"},
		{[]string{of("80", "lp", true), of("80", "interval", true), of("81", "", false)}, "80 interval true"},
	} {
		for range 2 {
			b := only(t, c.lines...).Upper.Best
			if got := fmt.Sprint(b.Regions, " ", b.From, " ", b.Relaxed); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			slices.Reverse(c.lines)
		}
	}
}

// What the upper bound rests on has a cost, too, but once.
func TestOpenCosts(t *testing.T) {
	cost := func(line string, lps int) string {
		return strings.TrimSuffix(line, "}") + fmt.Sprintf(`,"stats":{"seconds":0,"lps":%d}}`, lps)
	}
	lines := []string{
		cost(openOf("whole", "5", "7", "90"), 1), cost(openOf("whole", "6", "6", "80"), 2), cost(openOf("whole", "6", "6", "85"), 4),
		cost(openOf("x", "6", "6", "85"), 8),
	}
	if s := only(t, lines...); s.Stats.LPs != 1+2+8 {
		t.Errorf("%d LPs", s.Stats.LPs)
	}
	// Of two that differ in nothing else the one with the bound is all that is used.
	twins := []string{cost(openOf("whole", "5", "7", "90"), 1), cost(openOf("whole", "5", "7", "89"), 2)}
	if s := only(t, twins...); s.Stats.LPs != 2 {
		t.Errorf("%d LPs of twins", s.Stats.LPs)
	}
	if s := only(t, append(lines, cost(countOf("whole", "8", true), 16))...); s.Stats.LPs != 8+16 {
		t.Errorf("%d LPs with an exact count", s.Stats.LPs)
	}
}

// An older cube record, or one that came without any answer, says nothing.
func TestCubesOnly(t *testing.T) {
	if s := feed(t, limitOf("p", 0, 2, ""), limitOf("p", 1, 2, "")).Summaries(0.95); len(s) > 0 {
		t.Errorf("%+v", s[0])
	}
	s := only(t, limitOf("p", 0, 2, ""), networkOf("n", 4), countOf("whole", "3", false))
	if len(s.Warnings) > 0 || len(s.From.Counts) != 1 {
		t.Errorf("warnings %q, counts %+v", s.Warnings, s.From.Counts)
	}
	s = only(t, limitOf("p", 0, 2, "3"), limitOf("p", 1, 2, "4"), networkOf("n", 4))
	if s.Exact != nil || s.Lower != nil || s.Gap != nil || s.Upper.Best.Regions != "7" || !slices.Equal(s.Warnings, []string{"2 cubes (p): no count of 0-1"}) {
		t.Errorf("%+v", s)
	}
	edited := strings.Replace(limitOf("p", 1, 2, "4"), `"milp":"m"`, `"milp":"m","content":"c"`, 1)
	for _, s := range feed(t, limitOf("p", 0, 2, "3"), edited).Summaries(0.95) {
		if s.Upper != nil || s.Edited != (s.Content == "c") {
			t.Errorf("%+v", s)
		}
	}
}

func TestBadBounds(t *testing.T) {
	for line, want := range map[string]string{
		openOf("whole", "5", "x", ""):                            `lower: "x" is not a natural number`,
		openOf("whole", "5", "", "-9"):                           `upper: "-9" is not a natural number`,
		openOf("whole", "5", "4", ""):                            "lower: 4, but 5 regions were found",
		openOf("whole", "5", "", "4"):                            "upper: 4 is less than the lower bound 5",
		openOf("whole", "5", "7", "6"):                           "upper: 6 is less than the lower bound 7",
		bounded(countOf("whole", "5", true), "4", ""):            "lower: 4 of an exact count of 5",
		bounded(countOf("whole", "5", true), "6", ""):            "lower: 6 of an exact count of 5",
		bounded(countOf("whole", "5", true), "", "6"):            "upper: 6 of an exact count of 5",
		bounded(cubeOf("p", 0, 3, "5", true), "5", "4"):          "upper: 4 of an exact count of 5",
		limitOf("p", 0, 3, "1.5"):                                `upper: "1.5" is not a natural number`,
		limitOf("p", 3, 3, "5"):                                  "cube: 3 out of range (3 cubes)",
		limitOf("", 0, 3, "5"):                                   "partition is missing",
		strings.Replace(limitOf("p", 0, 3, "5"), `"m"`, `""`, 1): "milp is missing",
		strings.Replace(limitOf("p", 0, 3, ""), "0,", `"0",`, 1): "cube",
	} {
		l := ledger.New()
		if err := enter(l, line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", line, err, want)
		}
		if s := l.Summaries(0.95); len(s) > 0 {
			t.Errorf("%s: left %+v behind", line, s[0])
		}
	}
}

// Whatever is said about a true number, as long as it is true, bounds it, and
// contradicts nothing.
func TestOpenBoundsHold(t *testing.T) {
	both := 0
	for seed := range uint64(500) {
		rng := rand.New(rand.NewPCG(seed, 11))
		of, total := 1+rng.IntN(4), 0
		var lines []string
		says := func(line func(exact bool) string, n int) string {
			if rng.IntN(6) == 0 {
				return bounded(strings.Replace(line(true), "REGIONS", fmt.Sprint(n), 1), []string{"", fmt.Sprint(n)}[rng.IntN(2)], []string{"", fmt.Sprint(n)}[rng.IntN(2)])
			}
			found := rng.IntN(n + 1)
			lower, upper := fmt.Sprint(found+rng.IntN(n-found+1)), fmt.Sprint(n+rng.IntN(50))
			return bounded(strings.Replace(line(false), "REGIONS", fmt.Sprint(found), 1), []string{"", lower}[rng.IntN(2)], []string{"", upper}[rng.IntN(2)])
		}
		for i := range of {
			n := rng.IntN(100)
			total += n
			for range rng.IntN(3) {
				lines = append(lines, says(func(exact bool) string { return cubeOf("p", i, of, "REGIONS", exact) }, n))
			}
			for range rng.IntN(3) {
				lines = append(lines, limitOf("p", i, of, fmt.Sprint(n+rng.IntN(50))))
			}
		}
		for range rng.IntN(2) {
			lines = append(lines, says(func(exact bool) string { return countOf("whole", "REGIONS", exact) }, total))
		}
		rng.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		for _, s := range feed(t, lines...).Summaries(0.95) {
			if len(s.Contradictions) > 0 || s.Exact != nil && s.Exact.Regions != fmt.Sprint(total) {
				t.Fatalf("seed %d: %+v, want %d", seed, s, total)
			}
			if s.Exact == nil && s.Lower != nil && s.Upper != nil {
				both++
			}
			if s.Lower != nil && mustNatural(s.Lower.Regions).Int64() > int64(total) || s.Upper != nil && mustNatural(s.Upper.Best.Regions).Int64() < int64(total) {
				t.Fatalf("seed %d: %s for %d", seed, bounds(s), total)
			}
		}
	}
	if both < 100 {
		t.Errorf("bounds on both sides in %d of 500 runs only", both)
	}
}
