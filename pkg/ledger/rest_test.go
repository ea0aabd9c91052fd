package ledger_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// forest writes the records of partitions and their rests at random. Every
// record that it writes is true.
type forest struct {
	rng    *rand.Rand
	lines  []string
	fresh  int
	finish bool // whether everything is counted to its end
}

func (f *forest) write(format string, args ...any) {
	f.lines = append(f.lines, fmt.Sprintf(format, args...)+`,"prov":{"tool":"solve","version":"1"}}`)
}

// partition writes a partition of regions and what becomes of its cubes.
func (f *forest) partition(regions, depth int, rest string) (of int, digest string) {
	f.fresh++
	of, digest = 1+f.rng.IntN(4), fmt.Sprintf("p%d", f.fresh)
	for i := range of {
		n := f.rng.IntN(regions + 1)
		if i == of-1 {
			n = regions
		}
		regions -= n
		key := fmt.Sprintf(`"milp":"m",%s"cube":%d,"of":%d,"partition":%q`, rest, i, of, digest)
		f.write(`{"type":"cube",%s,"upper":"%d"`, key, n+f.rng.IntN(9))
		f.count(`"scope":"a cube",`+key, n, depth)
	}
	return of, digest
}

// count writes counts of n regions.
func (f *forest) count(key string, n, depth int) {
	answers := f.rng.IntN(3)
	if f.finish {
		answers = 1 + f.rng.IntN(2)
	}
	for range answers {
		if depth == 0 || f.rng.IntN(2) == 0 {
			f.write(`{"type":"count",%s,"regions":"%d","exact":true,"stats":{"lps":1}`, key, n)
			continue
		}
		found := f.rng.IntN(n + 1)
		of, digest := f.partition(n-found, depth-1, `"rest":true,`)
		f.write(`{"type":"count",%s,"regions":"%d","lower":"%d","upper":"%d","left":{"of":%d,"partition":%q},"stats":{"lps":1}`,
			key, found, found, n+f.rng.IntN(9), of, digest)
	}
}

// Whatever is given back, and however often, what adds up is the whole; and what
// is missing shows, and is asked for again.
func TestRests(t *testing.T) {
	known := 0
	for seed := range uint64(500) {
		rng := rand.New(rand.NewPCG(seed, 81))
		f := &forest{rng: rng, finish: rng.IntN(2) == 0}
		total := rng.IntN(200)
		if rng.IntN(3) == 0 {
			f.write(`{"type":"count","milp":"m","scope":"whole","regions":"0","upper":"%d"`, total)
			f.count(`"milp":"m","scope":"whole"`, total, 3)
		} else {
			f.partition(total, 3, "")
		}
		if f.finish && rng.IntN(2) == 0 { // a record is lost
			i := rng.IntN(len(f.lines))
			f.lines = slices.Delete(f.lines, i, i+1)
		}
		rng.Shuffle(len(f.lines), func(i, j int) { f.lines[i], f.lines[j] = f.lines[j], f.lines[i] })
		if len(f.lines) == 0 {
			continue
		}
		l := feed(t, f.lines...)
		wanted, unknown := l.Left()
		summaries := l.Summaries(0.95)
		if len(summaries) == 0 {
			continue
		}
		s := summaries[0]
		report := func(what string) {
			t.Fatalf("seed %d: %s: %+v, %v wanted, %d unknown, of %d\n%s", seed, what, s, wanted, unknown, total, strings.Join(f.lines, "\n"))
		}
		n := big.NewInt(int64(total))
		switch {
		case len(s.Contradictions) > 0:
			report("a contradiction")
		case s.Exact != nil && s.Exact.Regions != n.String():
			report("wrong")
		case s.Exact != nil && len(wanted)+unknown > 0:
			report("known, and yet asked for")
		case s.Lower != nil && mustNatural(s.Lower.Regions).Cmp(n) > 0:
			report("too many")
		case s.Upper != nil && mustNatural(s.Upper.Best.Regions).Cmp(n) < 0:
			report("too few")
		}
		if s.Exact != nil {
			known++
		}
	}
	if known < 100 {
		t.Errorf("only %d were known: the test has no teeth", known)
	}
}

// What is wanted is enough: when it is counted the whole is known.
func TestLeft(t *testing.T) {
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 82))
		f := &forest{rng: rng}
		f.partition(rng.IntN(200), 3, "")
		l := feed(t, f.lines...)
		wanted, unknown := l.Left()
		if unknown > 0 {
			t.Fatalf("seed %d: %d unknown", seed, unknown)
		}
		exact := l.Summaries(0.95)[0].Exact != nil
		if exact != (len(wanted) == 0) {
			t.Fatalf("seed %d: exact %v, wanted %v\n%s", seed, exact, wanted, strings.Join(f.lines, "\n"))
		}
		lines := slices.Clone(f.lines)
		for q := range wanted {
			rest := ""
			if q.Rest {
				rest = `"rest":true,`
			}
			lines = append(lines, fmt.Sprintf(`{"type":"count","milp":%q,"scope":"a cube",%s"cube":%d,"of":%d,"partition":%q,"regions":"1","exact":true,"prov":{"tool":"solve","version":%q}}`,
				q.Milp, rest, q.Cube, q.Of, q.Partition, q.Version))
		}
		again := feed(t, lines...)
		if s := again.Summaries(0.95)[0]; s.Exact == nil {
			t.Fatalf("seed %d: not known yet: %+v\n%s", seed, s, strings.Join(lines, "\n"))
		}
		if wanted, _ := again.Left(); len(wanted) > 0 {
			t.Fatalf("seed %d: more is wanted: %v", seed, wanted)
		}
	}
}

// Counts of different versions are not added up, and the page says so.
func TestVersions(t *testing.T) {
	by := func(version, line string) string {
		return strings.TrimSuffix(line, "}") + fmt.Sprintf(`,"prov":{"tool":"solve","version":%q}}`, version)
	}
	mixed := []string{by("1", cubeOf("p", 0, 2, "5", true)), by("2", cubeOf("p", 1, 2, "7", true))}
	s := only(t, mixed...)
	want := []string{"2 cubes (p): the counts are of different versions, which are not added up",
		"2 cubes (p) by version 1: no count of 1", "2 cubes (p) by version 2: no count of 0"}
	if s.Exact != nil || s.Lower.Regions != "7" || !slices.Equal(s.Warnings, want) {
		t.Errorf("%+v", s)
	}
	s = only(t, append(mixed, by("2", cubeOf("p", 0, 2, "5", true)))...)
	if s.Exact == nil || s.Exact.Regions != "12" || len(s.Contradictions) > 0 {
		t.Errorf("%+v", s)
	}
	s = only(t, append(mixed, by("2", cubeOf("p", 0, 2, "6", true)))...)
	if s.Exact == nil || len(s.Contradictions) != 1 {
		t.Errorf("versions that contradict each other: %+v", s)
	}
	// neither are those of a rest
	s = only(t, by("1", strings.Replace(countOf("whole", "5", false), `"regions"`, `"left":{"of":1,"partition":"r"},"regions"`, 1)),
		by("2", strings.Replace(cubeOf("r", 0, 1, "7", true), `"cube"`, `"rest":true,"cube"`, 1)))
	if s.Exact != nil || s.Lower.Regions != "5" {
		t.Errorf("%+v", s)
	}
}
