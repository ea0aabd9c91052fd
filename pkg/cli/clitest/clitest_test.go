package clitest_test

import (
	"errors"
	"testing"

	"relucount/pkg/cli"
	"relucount/pkg/cli/clitest"
	"relucount/pkg/milp"
	"relucount/pkg/record"
)

// stamp is a tool that marks every record but milps, which it refuses.
func stamp() *cli.Tool {
	var mark string
	return &cli.Tool{
		Name: "stamp", About: "Marks records.\n",
		Flags: []cli.Group{{Flags: []cli.Flag{
			{Name: "mark", Arg: "M", Help: "the mark", Value: cli.Word(&mark, "seen", cli.Choice{Name: "seen"}, cli.Choice{Name: "done"})},
		}}},
		Run: func(e *cli.Env, inputs []string) error {
			return e.Each(inputs, func(l *record.Line) error {
				if l.Type == "milp" {
					return errors.New("is a milp")
				}
				return e.Out.Write(map[string]string{"type": l.Type, "mark": mark})
			})
		},
	}
}

type run clitest.Case

func TestStamp(t *testing.T) {
	_, milp := clitest.Milp(t, clitest.Tiny)
	clitest.Calls(t, stamp, map[string]string{"-mark=lost": `-mark "lost": seen or done`})
	clitest.Check(t, stamp, []run{
		{"one", `{"type":"a"}`, nil, 0, []string{`"mark":"seen"`}, nil},
		{"another", `{"type":"a"}` + "\n" + milp, []string{"-mark=done"}, 1, []string{`"mark":"done"`}, []string{"stamp: stdin:2: is a milp\n"}},
	})
}

// What the tests of all tools rest on.
func TestTiny(t *testing.T) {
	id, line := clitest.Milp(t, clitest.Tiny)
	ps := clitest.Records[milp.Problem](t, `{"type":"other"}`+"\n"+line, "milp")
	if len(ps) != 1 || ps[0].ID != id || ps[0].Digest() != id || len(ps[0].Unstable()) != 3 || ps[0].Name != "tiny" {
		t.Errorf("%s: %+v", id, ps)
	}
}
