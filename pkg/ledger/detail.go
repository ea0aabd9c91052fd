package ledger

import (
	"cmp"
	"encoding/json"
	"maps"
	"math/big"
	"slices"

	"relucount/pkg/record"
)

// Detail is what a page shows of the facts about a network besides what their
// summary says.
type Detail struct {
	Runs   []record.Prov // the calls of tools that the records come from, in the order of a pipe
	Trials []Survival    // by size, as the summary has the trials
	Stops  []Stop        // of counts of the whole, by seconds
}

// Survival is how many trials of a size were closed, or are open, after so many
// rows.
type Survival struct {
	Size         record.Size
	Closed, Open map[int]int
}

// Stop is what a count of all regions was sure of when it ended.
type Stop struct {
	Seconds float64
	Found   record.Number
	Lower   record.Number
	Upper   *record.Number // nil when not known
	Exact   bool
}

// KeepRuns makes the ledger keep the provenance of the facts that it enters.
func (l *Ledger) KeepRuns() { l.runs = true }

// mostKept limits stops and calls of tools: more are of no use to a reader.
const mostKept = 4096

// ran notes where a fact comes from.
func (e *entry) ran(line *record.Line) {
	p := line.Prov()
	if p == nil || len(e.runs) >= mostKept {
		return
	}
	key, err := json.Marshal(p)
	if err == nil {
		e.runs[string(key)] = *p
	}
}

// stop notes what a count of the whole says. Counts that say the same are one.
func (s counts) stop(c count) {
	if len(s.stops) >= mostKept {
		return
	}
	to := Stop{Seconds: c.stats.Seconds, Found: number(c.regions), Lower: number(c.lower), Exact: c.exact}
	if c.upper != nil {
		n := number(c.upper)
		to.Upper = &n
	}
	if key, err := json.Marshal(to); err == nil {
		s.stops[string(key)] = to
	}
}

func (e *entry) detail() Detail {
	var d Detail
	for _, key := range slices.SortedFunc(maps.Keys(e.runs), func(a, b string) int {
		return cmp.Or(cmp.Compare(stage(e.runs[a].Tool), stage(e.runs[b].Tool)), cmp.Compare(a, b))
	}) {
		d.Runs = append(d.Runs, e.runs[key])
	}
	t := on[trials](e)
	for _, k := range t.keys(trialKey.compare) {
		if n := len(d.Trials); n == 0 || d.Trials[n-1].Size != k.size {
			d.Trials = append(d.Trials, Survival{k.size, map[int]int{}, map[int]int{}})
		}
		to := &d.Trials[len(d.Trials)-1]
		if best := t.by[k].best; best.closed {
			to.Closed[best.rows]++
		} else {
			to.Open[best.rows]++
		}
	}
	d.Stops = slices.SortedFunc(maps.Values(on[counts](e).stops), func(a, b Stop) int {
		return cmp.Or(cmp.Compare(a.Seconds, b.Seconds), cmp.Compare(a.Lower.Log2, b.Lower.Log2), cmp.Compare(a.Found.Log2, b.Found.Log2), compareStops(a, b))
	})
	return d
}

// compareStops orders stops that last as long and have found as much.
func compareStops(a, b Stop) int {
	upper := func(s Stop) *big.Int {
		if s.Upper == nil {
			return nil
		}
		n, _ := new(big.Int).SetString(s.Upper.Regions, 10)
		return n
	}
	return cmp.Or(compareUppers(upper(a), upper(b)), compareBools(a.Exact, b.Exact))
}

// stage is the place of a tool in a pipe.
func stage(tool string) int {
	return slices.Index([]string{"encode", "bound", "hashgen", "solve", "report"}, tool)
}
