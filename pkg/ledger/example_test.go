package ledger_test

import (
	"fmt"
	"io"
	"strings"

	"relucount/pkg/ledger"
	"relucount/pkg/record"
)

// The order of the facts does not matter. Counts of cubes are added up, and
// facts that cannot all be true are a contradiction.
func Example() {
	facts := `{"type":"bound","schema":1,"milp":"m","method":"serra2018","regions":"16","log2":4}
{"type":"count","schema":1,"milp":"m","scope":"cube 1 of 2 (p)","cube":1,"of":2,"partition":"p","regions":"5","log2":2.32,"exact":true}
{"type":"network","schema":1,"milp":"m","name":"tiny","network":{"inputs":2,"layers":[{"units":5,"activation":"relu"}]},"units":5,"unstable":5}
{"type":"count","schema":1,"milp":"m","scope":"cube 0 of 2 (p)","cube":0,"of":2,"partition":"p","regions":"7","log2":2.81,"exact":true}
{"type":"bound","schema":1,"milp":"m","method":"guess","regions":"11","log2":3.46}
`
	r, err := record.NewReader(strings.NewReader(facts), "facts")
	if err != nil {
		panic(err)
	}
	l := ledger.New()
	for line, err := r.Next(); err != io.EOF; line, err = r.Next() {
		if err == nil {
			err = l.Add(line)
		}
		if err != nil {
			panic(err)
		}
	}
	for _, s := range l.Summaries(0.95) {
		fmt.Printf("%s has %s regions, at most %s\n", s.Name, s.Exact.Regions, s.Upper.Best.Regions)
		for _, c := range s.Contradictions {
			fmt.Println(c)
		}
	}
	// Output:
	// tiny has 12 regions, at most 11
	// the exact count 12 of 2 cubes (p) is above the upper bound 11 (guess)
}
