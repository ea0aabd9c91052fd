package ledger_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"relucount/pkg/ledger"
	"relucount/pkg/record"
)

// Details do not depend on the order of the facts, nor on duplicates.
func TestDetails(t *testing.T) {
	lines := []string{
		`{"type":"count","schema":1,"milp":"m","scope":"whole","regions":"4","lower":"5","upper":"40","exact":false,"stats":{"seconds":0.5},"prov":{"tool":"solve","version":"1","args":["-count=true"]}}`,
		`{"type":"count","schema":1,"milp":"m","scope":"whole","regions":"6","lower":"7","exact":false,"stats":{"seconds":1}}`,
		`{"type":"count","schema":1,"milp":"m","scope":"whole","regions":"9","exact":true,"stats":{"seconds":2},"prov":{"tool":"solve","version":"1","args":["-count=true"]}}`,
		`{"type":"count","schema":1,"milp":"m","scope":"part","regions":"2","exact":true,"stats":{"seconds":3}}`,
		`{"type":"trial","schema":1,"milp":"m","trial":0,"size":3,"seed":"1","rows":4,"of":50,"closed":true}`,
		`{"type":"trial","schema":1,"milp":"m","trial":1,"size":3,"seed":"1","rows":4,"of":50,"closed":true}`,
		`{"type":"trial","schema":1,"milp":"m","trial":2,"size":3,"seed":"1","rows":2,"of":50,"closed":false}`,
		`{"type":"trial","schema":1,"milp":"m","trial":0,"size":"half","seed":"1","rows":3,"of":50,"closed":true}`,
		`{"type":"bound","schema":1,"milp":"m","method":"tight","regions":"12","log2":3.5,"prov":{"tool":"bound","version":"1"}}`,
	}
	want := ""
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 0))
		l := ledger.New()
		l.KeepRuns()
		list := append(append([]string(nil), lines...), lines[rng.IntN(len(lines))])
		rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		r, err := record.NewReader(strings.NewReader(strings.Join(list, "\n")), "s")
		if err != nil {
			t.Fatal(err)
		}
		for range list {
			line, err := r.Next()
			if err == nil {
				err = l.Add(line)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		reports := l.Reports(0.95)
		if len(reports) != 1 {
			t.Fatalf("%d reports", len(reports))
		}
		d := reports[0].Detail
		var got strings.Builder
		for _, s := range d.Stops {
			fmt.Fprintf(&got, "%g: %s %s", s.Seconds, s.Found.Regions, s.Lower.Regions)
			if s.Upper != nil {
				fmt.Fprintf(&got, " %s", s.Upper.Regions)
			}
			got.WriteString("; ")
		}
		fmt.Fprintf(&got, "%v; %v", d.Trials, d.Runs)
		if want == "" {
			want = "0.5: 4 5 40; 1: 6 7; 2: 9 9 9; [{3 map[4:2] map[2:1]} {half map[3:1] map[]}]; [{bound 1 [] } {solve 1 [-count=true] }]"
		}
		if got.String() != want {
			t.Fatalf("seed %d: got %s\nwant %s", seed, &got, want)
		}
	}
}

// Names with numbers come in the order of the numbers.
func TestOrderOfNames(t *testing.T) {
	l := ledger.New()
	var lines []string
	for i, name := range []string{"step-10", "step-9", "step", "Step-9", "step-09", "step-9b"} {
		lines = append(lines, fmt.Sprintf(`{"type":"network","schema":1,"milp":"%d","name":%q,"network":{"inputs":1,"layers":[]},"units":0,"active":0,"inactive":0,"unstable":0}`, i, name))
	}
	r, err := record.NewReader(strings.NewReader(strings.Join(lines, "\n")), "s")
	if err != nil {
		t.Fatal(err)
	}
	for range lines {
		line, err := r.Next()
		if err == nil {
			err = l.Add(line)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, s := range l.Summaries(0.95) {
		got = append(got, s.Name)
	}
	if want := "[Step-9 step step-09 step-9 step-9b step-10]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}
