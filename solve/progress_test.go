package main

import (
	"math"
	"testing"
	"time"
)

func TestLine(t *testing.T) {
	e := &estimate{}
	for k := range 20 {
		if k == fewestSeen-1 {
			if got := line("net", 300, 2*time.Second, e); got != "solve: net: 300 regions, 150 a second" {
				t.Errorf("after %d descents: %q", k, got)
			}
		}
		e.add(float64(900 + 200*(k%2)))
	}
	if e.mean != 1000 || math.Abs(e.error()-100/math.Sqrt(19)) > 1e-9 {
		t.Errorf("mean %g, standard error %g", e.mean, e.error())
	}
	if got := line("net", 300, 2*time.Second, e); got != "solve: net: 300 regions, 150 a second, of about 1e+03 (standard error 2 %)" {
		t.Errorf("%q", got)
	}
	// more are there than the estimate says: nothing is said of the whole
	if got := line("net", 3000, 2*time.Second, e); got != "solve: net: 3000 regions, 1500 a second" {
		t.Errorf("%q", got)
	}
}
