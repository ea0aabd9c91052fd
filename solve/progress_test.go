package main

import (
	"math"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"relucount/pkg/cli"
	"relucount/pkg/cli/clitest"
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
	if got := line("net", 1, 2*time.Second, &estimate{}); got != "solve: net: 1 region, 0 a second" {
		t.Errorf("%q", got)
	}
	// more are there than the estimate says: nothing is said of the whole
	if got := line("net", 3000, 2*time.Second, e); got != "solve: net: 3000 regions, 1500 a second" {
		t.Errorf("%q", got)
	}
}

// onTerminal is solve with a terminal for its errors.
func onTerminal() *cli.Tool {
	tool := tool()
	run := tool.Run
	tool.Run = func(e *cli.Env, inputs []string) error {
		e.ErrTTY = true
		return run(e, inputs)
	}
	return tool
}

// On a terminal a count shows how it gets on, and wipes that off at its end.
func TestProgress(t *testing.T) {
	network, err := os.ReadFile("../examples/random/random-10-16-8.json")
	if err != nil {
		t.Fatal(err)
	}
	_, milp := clitest.Milp(t, string(network))
	got := clitest.Run(t, onTerminal(), milp, "-count", "-j=1", "-time-limit=1300ms")
	shown := regexp.MustCompile(`^(\r\x1b\[Ksolve: [^:]*: [0-9]+ regions?, [0-9]+ a second(, of about [0-9.e+]+ \(standard error [0-9]+ %\))?)+\r\x1b\[K$`)
	if got.Code != 0 || !shown.MatchString(got.Err) {
		t.Errorf("exit code %d, %q", got.Code, got.Err)
	}
	rowed := strings.Replace(milp, `],"units":[`, `,{"name":"mine","kind":"mine","lo":1,"hi":1,"idx":[12],"val":[1]}],"units":[`, 1)
	got = clitest.Run(t, onTerminal(), rowed, "-count", "-v", "-j=1", "-max=9")
	if got.Code != 0 || !strings.Contains(got.Err, "no estimate is shown: probes cannot be had") || strings.Contains(got.Err, "of about") {
		t.Errorf("exit code %d, %q", got.Code, got.Err)
	}
}
