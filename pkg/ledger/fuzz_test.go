package ledger_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"relucount/pkg/ledger"
	"relucount/pkg/page"
	"relucount/pkg/record"
)

// lines returns the records of a stream, without those that cannot be read.
func lines(in []byte) []*record.Line {
	var out []*record.Line
	r, err := record.NewReader(bytes.NewReader(in), "in")
	for err != io.EOF {
		var l *record.Line
		if r == nil {
			break
		}
		if l, err = r.Next(); err == nil {
			out = append(out, l)
		}
	}
	return out
}

// pages adds records and writes what they come to in every format. What is
// refused is refused again, whatever came before.
func pages(t *testing.T, records []*record.Line, refused map[*record.Line]bool) string {
	l := ledger.New()
	for _, line := range records {
		failed := l.Add(line) != nil
		if before, ok := refused[line]; ok && before != failed {
			t.Fatalf("%s is refused: %v, then %v", line.Raw, before, failed)
		}
		refused[line] = failed
	}
	var out bytes.Buffer
	summaries := l.Summaries(0.9)
	for _, f := range page.Formats {
		if err := f.Write(&out, summaries); err != nil {
			out.WriteString(err.Error()) // JSON has no infinite seconds
		}
	}
	_, failure := l.Failures()
	return out.String() + failure
}

// slow are numbers of trials, cells, probes and cubes that are in order but take
// the rules long. Larger ones are refused.
var slow = regexp.MustCompile(`(?i)"(trial|probe|of)"\s*:\s*[0-9]{4,7}\b`)

// FuzzAdd adds arbitrary records: in another order, and twice, they come to the
// same.
func FuzzAdd(f *testing.F) {
	facts, err := os.ReadFile(filepath.Join("testdata", "facts.ndjson"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(facts)
	for seed := range uint64(20) {
		text := strings.Join(randomFacts(rand.New(rand.NewPCG(seed, 9))), "\n")
		f.Add([]byte(strings.ReplaceAll(text, `{"type"`, `{"schema":1,"type"`)))
	}
	for _, s := range []string{
		`{"type":"trial","schema":1,"milp":"m","size":"half","seed":"1","trial":0,"rows":9000000000000000000,"of":9000000000000000000,"closed":true}`,
		`{"type":"cell","schema":1,"milp":"m","size":2,"seed":"1","trial":0,"rows":9000000000000000000,"regions":"3","exact":true}`,
		`{"type":"network","schema":1,"milp":"m","unstable":9000000000000000000}` + "\n" + `{"type":"count","schema":1,"milp":"m","scope":"whole","regions":"3","exact":true}`,
		`{"type":"bound","schema":1,"milp":"m","method":"x","regions":"3","stats":{"seconds":1e308}}` + "\n" + `{"type":"bound","schema":1,"milp":"m","method":"y","regions":"3","stats":{"seconds":1e308}}`,
		`{"type":"milp","schema":1,"id":"m","network":{"inputs":1,"layers":[]}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		if len(in) > 1<<14 || slow.Match(in) {
			return
		}
		records := lines(in)
		refused := map[*record.Line]bool{}
		want := pages(t, records, refused)
		again := append(slices.Clone(records), records...)
		slices.Reverse(again)
		if got := pages(t, again, refused); got != want {
			t.Errorf("twice and the other way round:\n%s\nand\n%s", got, want)
		}
	})
}
