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

func cubeOf(partition string, cube, of int, regions string, exact bool) string {
	return fmt.Sprintf(`{"type":"count","milp":"m","scope":"a cube","cube":%d,"of":%d,"partition":%q,"regions":%q,"log2":0,"exact":%v,"doubtful":1,"stats":{"seconds":0.5,"lps":3}}`,
		cube, of, partition, regions, exact)
}

func TestCubes(t *testing.T) {
	all := []string{cubeOf("p", 0, 3, "5", true), cubeOf("p", 1, 3, "0", true), cubeOf("p", 2, 3, "7", true)}
	for _, c := range []struct {
		name                 string
		lines                []string
		exact, lower, method string
		doubtful             int
		lps                  int64
		warnings             []string
		contradictions       []string
	}{
		{name: "all", lines: all, exact: "12", doubtful: 3, lps: 9},
		{name: "all, some twice", lines: append(all, all[:2]...), exact: "12", doubtful: 3, lps: 9},
		{name: "one was cut short before", lines: append(all, cubeOf("p", 2, 3, "6", false)), exact: "12", doubtful: 3, lps: 9},
		{name: "one is missing", lines: all[:2], lower: "5", method: "cubes", lps: 6,
			warnings: []string{"3 cubes (p): no count of 2"}},
		{name: "one is cut short", lines: append(slices.Clip(all[:2]), cubeOf("p", 2, 3, "3", false)), lower: "8", method: "cubes", lps: 9,
			warnings: []string{"3 cubes (p): no exact count of 2"}},
		{name: "both", lines: []string{cubeOf("p", 1, 3, "3", false)}, lower: "3", method: "cubes", lps: 3,
			warnings: []string{"3 cubes (p): no count of 0, 2, no exact count of 1"}},
		{name: "more was found otherwise", lines: append(slices.Clip(all[:2]), countOf("whole", "6", false)), lower: "6", method: "count", lps: 6,
			warnings: []string{"3 cubes (p): no count of 2"}},
		{name: "partitions do not mix", lines: append(slices.Clip(all[:2]), cubeOf("q", 2, 3, "7", true), cubeOf("p", 3, 4, "9", true)), lower: "9", method: "cubes", lps: 12,
			warnings: []string{"3 cubes (p): no count of 2", "4 cubes (p): no count of 0-2", "3 cubes (q): no count of 0-1"}},
		{name: "nor those of other sizes", lines: append(slices.Clip(all[:2]), cubeOf("p", 1, 2, "1", false)), lower: "5", method: "cubes", lps: 9,
			warnings: []string{"2 cubes (p): no count of 0, no exact count of 1", "3 cubes (p): no count of 2"}},
		{name: "the whole is known", lines: append(slices.Clip(all[:2]), countOf("whole", "12", true)), exact: "12", lower: "5", method: "cubes", lps: 6},
		{name: "the whole agrees", lines: append(all, countOf("whole", "12", true)), exact: "12", lps: 9},
		{name: "one cube is the whole", lines: []string{cubeOf("p", 0, 1, "12", true)}, exact: "12", doubtful: 1, lps: 3},
		{name: "no region", lines: []string{cubeOf("p", 0, 1, "0", true)}, exact: "0", doubtful: 1, lps: 3},
		{name: "none found", lines: []string{cubeOf("p", 0, 1, "0", false)}, lps: 3, warnings: []string{"1 cube (p): no exact count of 0"}},
		{name: "two answers", lines: append(all, cubeOf("p", 0, 3, "6", true)), exact: "12", doubtful: 3, lps: 9,
			contradictions: []string{"the exact count 6 of cube 0 of 3 (p) (1 doubtful decision) is above the exact count 5 of cube 0 of 3 (p) (1 doubtful decision)"}},
		{name: "the whole is less", lines: append(all, countOf("whole", "11", true)), exact: "11", lps: 9,
			contradictions: []string{"the exact count 12 of 3 cubes (p) (3 doubtful decisions) is above the exact count 11"}},
		{name: "the whole is more", lines: append(all, countOf("whole", "13", true)), exact: "13", lps: 9,
			contradictions: []string{"the exact count 13 is above the exact count 12 of 3 cubes (p) (3 doubtful decisions)"}},
		{name: "some are more than the whole", lines: append(slices.Clip(all[:2]), countOf("whole", "4", true)), exact: "4", lower: "5", method: "cubes", lps: 6,
			contradictions: []string{"the count of at least 5 of 3 cubes (p) (2 doubtful decisions) is above the exact count 4"}},
		{name: "a partition is less than another", lines: append(all, cubeOf("q", 0, 1, "11", true)), exact: "11", doubtful: 1, lps: 12,
			contradictions: []string{"the exact count 12 of 3 cubes (p) (3 doubtful decisions) is above the exact count 11 of 1 cube (q) (1 doubtful decision)"}},
		{name: "above a bound", lines: append(all, boundOf("a", "11")), exact: "12", doubtful: 3, lps: 9,
			contradictions: []string{"the exact count 12 of 3 cubes (p) (3 doubtful decisions) is above the upper bound 11 (a)"}},
	} {
		s := only(t, c.lines...)
		var exact, lower, method string
		doubtful := 0
		if s.Exact != nil {
			exact, doubtful = s.Exact.Regions, s.Exact.Doubtful
		}
		if s.Lower != nil {
			lower, method = s.Lower.Regions, s.Lower.Method
		}
		if exact != c.exact || lower != c.lower || method != c.method || doubtful != c.doubtful || s.Stats.LPs != c.lps {
			t.Errorf("%s: exact %q, lower %q by %q, %d doubtful, %d LPs", c.name, exact, lower, method, doubtful, s.Stats.LPs)
		}
		if !slices.Equal(s.Warnings, c.warnings) {
			t.Errorf("%s: warnings %q", c.name, s.Warnings)
		}
		if !slices.Equal(s.Contradictions, c.contradictions) {
			t.Errorf("%s: contradictions %q", c.name, s.Contradictions)
		}
	}
}

func TestCubesFrom(t *testing.T) {
	s := only(t, cubeOf("p", 1, 6, "3", false), cubeOf("p", 4, 6, "5", true), countOf("x", "2", true))
	got, _ := json.Marshal(s.From.Counts)
	want := `[{"scope":"x","regions":"2","log2":1,"exact":true,"doubtful":0},` +
		`{"scope":"6 cubes (p)","regions":"8","log2":3,"lower":{"regions":"8","log2":3},"exact":false,"doubtful":2,"why":"1 of 6 cubes counted to the end","partition":"p","of":6,"missing":[0,2,3,5],"open":[1]}]`
	if string(got) != want {
		t.Errorf("%s, want\n%s", got, want)
	}
}

// Cubes of an edited milp are added to no others.
func TestCubesEdited(t *testing.T) {
	edited := strings.Replace(cubeOf("p", 1, 2, "3", true), `"milp":"m"`, `"milp":"m","edited":true,"content":"c"`, 1)
	for _, s := range feed(t, cubeOf("p", 0, 2, "5", true), edited).Summaries(0.95) {
		if s.Exact != nil || len(s.From.Counts[0].Missing) != 1 {
			t.Errorf("%+v", s)
		}
	}
}

func TestBadCubes(t *testing.T) {
	for line, want := range map[string]string{
		cubeOf("", 0, 3, "5", true):                                               "partition is missing",
		cubeOf("p", 3, 3, "5", true):                                              "cube: 3 out of range (3 cubes)",
		cubeOf("p", -1, 3, "5", true):                                             "cube: -1 out of range",
		cubeOf("p", 0, 0, "5", true):                                              "of: 0 is not from 1 to",
		cubeOf("p", 0, record.MostCubes+1, "5", true):                             "of: 1048577 is not from 1 to",
		strings.Replace(cubeOf("p", 0, 3, "5", true), `"cube":0`, `"other":0`, 1): "cube is missing",
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

// However a number is dealt to cubes, and whatever comes twice, they add up.
func TestCubesSum(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 9))
		of, total := 1+rng.IntN(40), 0
		var lines []string
		for i := range of {
			n := rng.IntN(1000)
			total += n
			lines = append(lines, cubeOf("p", i, of, fmt.Sprint(n), true))
			if rng.IntN(3) == 0 {
				lines = append(lines, cubeOf("p", i, of, fmt.Sprint(rng.IntN(n+1)), false))
			}
			if rng.IntN(3) == 0 {
				lines = append(lines, lines[rng.IntN(len(lines))])
			}
		}
		rng.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		s := only(t, lines...)
		if s.Exact == nil || s.Exact.Regions != fmt.Sprint(total) || s.Exact.Doubtful != of || s.Stats.LPs != int64(3*of) || len(s.Contradictions) > 0 {
			t.Fatalf("seed %d: %+v, want %d", seed, s, total)
		}
	}
}
