package highs

import (
	"errors"
	"testing"
)

// TestClose: a closed LP answers nothing, and closing it again does nothing.
func TestClose(t *testing.T) {
	lp := NewLP([]float64{0}, []float64{1}, []float64{-1})
	if st, obj := lp.Solve(); st != Optimal || obj != -1 {
		t.Fatal(st, obj)
	}
	lp.Close()
	lp.Close()
	lp.AddRow(0, 1, []int{0}, []float64{1})
	var refused *Refused
	if st, _ := lp.Solve(); st != Unknown || !errors.As(lp.Err(), &refused) {
		t.Errorf("%v, %v after Close", st, lp.Err())
	}
}
