package search

import "relucount/pkg/record"

// Effort counts operations, and decisions that are not certain. Nodes are cells
// visited, and units decided by linear programs.
type Effort struct {
	record.Work
	Doubtful int64 // decisions within the numerical tolerance of HiGHS, or left out by a probe
	Unclear  int64 // LPs that HiGHS could not solve; taken as infeasible
	// Closest is the least distance by which a side of a hyperplane was taken
	// to be reached, as far as it was looked at; 0 when there was none.
	Closest float64
	// Err is the first refusal of HiGHS, which ends a search.
	Err error
}

// Since is what has been spent after e was what it was before.
func (e Effort) Since(before Effort) Effort {
	e.Work = e.Work.Since(before.Work)
	e.Doubtful -= before.Doubtful
	e.Unclear -= before.Unclear
	return e
}

// Near notes the distance of a decision.
func (e *Effort) Near(v float64) {
	if v > 0 && (e.Closest == 0 || v < e.Closest) {
		e.Closest = v
	}
}

// Add adds what else has been spent.
func (e *Effort) Add(o Effort) {
	e.Work.Add(o.Work)
	e.Doubtful += o.Doubtful
	e.Unclear += o.Unclear
	e.Near(o.Closest)
	if e.Err == nil {
		e.Err = o.Err
	}
}
