package ledger_test

import (
	"bytes"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"relucount/pkg/page"
)

func mustNatural(s string) *big.Int {
	n, ok := new(big.Int).SetString(s, 10)
	if !ok {
		panic(s)
	}
	return n
}

// randomFacts draws a stream about a few networks, small enough that answers
// to the same question, contradictions and misses are frequent.
func randomFacts(rng *rand.Rand) []string {
	ids := []string{`"milp":"m1"`, `"milp":"m2"`, `"milp":"m1","edited":true,"content":"c"`}
	var lines []string
	prov := func() string { return fmt.Sprintf(`,"prov":{"tool":"solve","version":"%d"}}`, rng.IntN(2)) }
	for range 1 + rng.IntN(60) {
		id := ids[rng.IntN(len(ids))]
		stats := fmt.Sprintf(`"stats":{"seconds":%v,"lps":%d,"pivots":%d}`, rng.Float64(), rng.IntN(3), rng.IntN(3))
		doubtful := rng.IntN(2)
		var line string
		switch rng.IntN(15) {
		case 0, 1, 2:
			size := []string{`"half"`, "2", "3"}[rng.IntN(3)]
			line = fmt.Sprintf(`{"type":"trial",%s,"size":%s,"seed":"%d","trial":%d,"rows":%d,"of":9,"closed":%v,"doubtful":%d,%s}`,
				id, size, rng.IntN(2), rng.IntN(3), rng.IntN(9), rng.IntN(2) == 0, doubtful, stats)
		case 3:
			line = fmt.Sprintf(`{"type":"bound",%s,"method":"b%d","regions":"%d","log2":0,"relaxed":%v,"from":"f%d",%s}`,
				id, rng.IntN(3), 5+rng.IntN(20), rng.IntN(2) == 0, rng.IntN(3), stats)
		case 4:
			scope := []string{"whole", "whole", "part 1", "part 2"}[rng.IntN(4)]
			define := ""
			if scope == "whole" && rng.IntN(3) == 0 {
				define = `"define":"pieces","boundary":"7",`
			}
			line = fmt.Sprintf(`{"type":"count",%s,%s"scope":%q,"regions":"%d","log2":0,"exact":%v,"doubtful":%d,"why":"w%d",%s}`,
				id, define, scope, 5+rng.IntN(4), rng.IntN(2) == 0, doubtful, rng.IntN(2), stats)
		case 6:
			of := 2 + rng.IntN(2)
			line = fmt.Sprintf(`{"type":"count",%s,"scope":"a cube","cube":%d,"of":%d,"partition":"p%d","regions":"%d","log2":0,"exact":%v,"doubtful":%d,"why":"w%d",%s}`,
				id, rng.IntN(of), of, rng.IntN(2), rng.IntN(4), rng.IntN(3) > 0, doubtful, rng.IntN(2), stats)
		case 7, 8:
			line = fmt.Sprintf(`{"type":"cell",%s,"size":%s,"seed":"%d","trial":%d,"rows":%d,"regions":"%d","log2":0,"exact":%v,"doubtful":%d,"why":"w%d",%s}`,
				id, []string{`"half"`, "2"}[rng.IntN(2)], rng.IntN(2), rng.IntN(4), rng.IntN(4), rng.IntN(5), rng.IntN(2) == 0, doubtful, rng.IntN(2), stats)
		case 9:
			line = fmt.Sprintf(`{"type":"probe",%s,"method":"p%d","seed":"%d","probe":%d,"of":%d,"log2":%v,"complete":%v,"doubtful":%d,%s%s}`,
				id, rng.IntN(2), rng.IntN(2), rng.IntN(4), 4+rng.IntN(2), rng.IntN(9), rng.IntN(2) == 0, doubtful, randomMeasures(rng), stats)
		case 10:
			of := 2 + rng.IntN(2)
			line = fmt.Sprintf(`{"type":"cube",%s,"cube":%d,"of":%d,"partition":"p%d","upper":"%d"}`,
				strings.Replace(id, `"edited":true,`, "", 1), rng.IntN(of), of, rng.IntN(2), rng.IntN(6))
		case 11:
			of := 2 + rng.IntN(2)
			scope := []string{`"whole"`, `"part 1"`, fmt.Sprintf(`"a cube","cube":%d,"of":%d,"partition":"p%d"`, rng.IntN(of), of, rng.IntN(2))}[rng.IntN(3)]
			found := rng.IntN(3)
			lower := found + rng.IntN(3)
			line = fmt.Sprintf(`{"type":"count",%s,"scope":%s,"regions":"%d","log2":0,"lower":"%d","upper":"%d","exact":false,"doubtful":%d,"why":"w%d",%s}`,
				id, scope, found, lower, lower+rng.IntN(4), doubtful, rng.IntN(2), stats)
		case 12:
			line = fmt.Sprintf(`{"type":"checked",%s,"path":%s,"regions":"%d"}`, id, []string{"[]", "[[1,0]]", "[[1,1]]", "[[2,0]]", "[[1,1],[2,0]]"}[rng.IntN(5)], 3+rng.IntN(6)/5)
		case 13, 14: // rests of rests, also of themselves
			of := 1 + rng.IntN(2)
			scope := []string{`"whole"`, fmt.Sprintf(`"a cube","cube":%d,"of":%d,"partition":"p%d"`, rng.IntN(of), of, rng.IntN(2)),
				fmt.Sprintf(`"a cube","rest":true,"cube":%d,"of":%d,"partition":"p%d"`, rng.IntN(of), of, rng.IntN(2))}[rng.IntN(3)]
			left := fmt.Sprintf(`"left":{"of":%d,"partition":"p%d"}`, 1+rng.IntN(2), rng.IntN(2))
			if rng.IntN(2) == 0 {
				left = `"exact":true`
			}
			line = fmt.Sprintf(`{"type":"count",%s,"scope":%s,"regions":"%d","log2":0,"doubtful":%d,%s,%s`,
				id, scope, rng.IntN(3), doubtful, left, stats) + prov()
		case 5:
			line = fmt.Sprintf(`{"type":"network",%s,"name":"n%d","network":{"inputs":2,"layers":[]},"units":4,"active":0,"inactive":%d,"unstable":3}`,
				id, rng.IntN(3), rng.IntN(2))
		}
		lines = append(lines, line)
	}
	return lines
}

// randomMeasures draws what a probe says of its region, if it does.
func randomMeasures(rng *rand.Rand) string {
	switch rng.IntN(4) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf(`"measures":{"of":["class","facets"],"outputs":"o%d","why":"thin"},`, rng.IntN(2))
	case 2:
		return fmt.Sprintf(`"measures":{"of":["facets","radius"],"facets":%d,"radius":%d},`, rng.IntN(3), rng.IntN(3))
	}
	constant := []string{"", `"constant":true,`, `"constant":false,`}[rng.IntN(3)]
	return fmt.Sprintf(`"measures":{"of":["class","slope"],"class":%d,%s"slopes":[%d,%d],"outputs":"o%d"},`, rng.IntN(3), constant, rng.IntN(3), rng.IntN(3), rng.IntN(2))
}

// render writes the summaries in every format.
func render(t *testing.T, lines []string) string {
	t.Helper()
	summaries := feed(t, lines...).Summaries(0.9)
	var out bytes.Buffer
	for _, f := range page.Formats {
		if err := f.Write(&out, summaries); err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}

// A stream is a set: shuffling it and saying things again changes no byte.
func TestOrderAndDuplicates(t *testing.T) {
	for seed := range uint64(400) {
		rng := rand.New(rand.NewPCG(seed, 7))
		lines := randomFacts(rng)
		want := render(t, lines)
		for range 3 {
			again := slices.Clone(lines)
			for range rng.IntN(10) {
				again = append(again, lines[rng.IntN(len(lines))])
			}
			rng.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
			if got := render(t, again); got != want {
				t.Fatalf("seed %d: the order matters:\n%s\nand\n%s", seed, want, got)
			}
		}
	}
}
