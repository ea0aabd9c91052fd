package record

import "cmp"

// Stats is what an answer cost. Seconds differ from run to run; the other
// figures are operations counted.
type Stats struct {
	Engine  string  `json:"engine,omitempty"`
	Seconds float64 `json:"seconds"`
	Work
}

// Work counts operations.
type Work struct {
	Nodes   int64 `json:"nodes,omitempty"`   // nodes of the pattern tree, or of branch and bound
	LPs     int64 `json:"lps,omitempty"`     // linear programs solved
	HiGHS   int64 `json:"highs,omitempty"`   // of these by HiGHS
	Pivots  int64 `json:"pivots,omitempty"`  // simplex iterations
	MIPs    int64 `json:"mips,omitempty"`    // mixed-integer programs solved
	Retries int64 `json:"retries,omitempty"` // LPs solved again from scratch
	Zeros   int64 `json:"zeros,omitempty"`   // values that doubles left open, and that are 0 as no other can be so small
	Exact   int64 `json:"exact,omitempty"`   // questions that doubles left open, answered by exact arithmetic
}

// figures lists the figures, in the order in which they are compared.
func (w *Work) figures() [8]*int64 {
	return [...]*int64{&w.LPs, &w.HiGHS, &w.Pivots, &w.Nodes, &w.MIPs, &w.Retries, &w.Zeros, &w.Exact}
}

// Add adds what else has been done.
func (w *Work) Add(o Work) {
	more := o.figures()
	for k, v := range w.figures() {
		*v += *more[k]
	}
}

// Since is what has been done after w was what it was before.
func (w Work) Since(before Work) Work {
	less := before.figures()
	for k, v := range w.figures() {
		*v -= *less[k]
	}
	return w
}

// Compare orders by the figures, one after the other.
func (w Work) Compare(o Work) int {
	other := o.figures()
	for k, v := range w.figures() {
		if c := cmp.Compare(*v, *other[k]); c != 0 {
			return c
		}
	}
	return 0
}
