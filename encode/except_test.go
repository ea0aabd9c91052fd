package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"relucount/pkg/cli/clitest"
	"relucount/pkg/milp"
	"relucount/pkg/record"
)

// pattern is the line of a pattern record.
func pattern(t *testing.T, id, content string, states ...string) string {
	t.Helper()
	r := record.PatternOf{Head: record.Head{Type: record.KindPattern, Schema: record.Schema}, Milp: id, Content: content,
		Witness: record.Witness{Pattern: states, X: []float64{0, 0}}}
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b) + "\n"
}

// TestExcept: the patterns of the milp are excluded, and no others.
func TestExcept(t *testing.T) {
	_, line := clitest.Milp(t, clitest.Tiny)
	p := clitest.Records[milp.Problem](t, line, "milp")[0]
	narrow := p
	narrow.Cols = append([]milp.Col{}, p.Cols...)
	narrow.Cols[0].Hi = 0.5
	limited := narrow
	limited.Cols = append([]milp.Col{}, p.Cols...)
	limited.Cols[p.Units[0].H].Hi = 9
	text := func(p *milp.Problem) string {
		b, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		return string(b) + "\n"
	}
	dir := t.TempDir()
	file := func(name string, lines ...string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(strings.Join(lines, "")), 0o666); err != nil {
			t.Fatal(err)
		}
		return name
	}
	mine, other := pattern(t, p.ID, "", "110"), pattern(t, "other", "", "111")
	known := file("known", line, mine, other, mine, pattern(t, p.ID, narrow.Digest(), "011"),
		pattern(t, p.ID, "", "100"), pattern(t, p.ID, limited.Digest(), "000"))
	none := file("none", line, other)
	long := file("long", pattern(t, p.ID, "", "1101"))
	half := file("half", mine[:len(mine)/2])

	clitest.Check(t, tool, []run{
		{"LP", line, []string{"-format=lp", "-except", known}, 0, []string{`\ is there a region besides 2 known ones? (f > 0)`, "Maximize\n obj: f\n", " strict_on_1_2:", " known_1:"}, nil},
		{"MPS", line, []string{"-format=mps", "-except", known, "-strict=both"}, 0, []string{"* is there a region besides 2 known ones? (f > 0)", "    f         obj       -1\n", " L  strict_off_1_2\n", " G  known_1\n"}, nil},
		{"a network", clitest.Tiny, []string{"-format=lp", "-except", known}, 0, []string{"besides 2 known ones"}, nil},
		{"narrower", text(&narrow), []string{"-format=lp", "-except", known}, 0, []string{"besides 1 known ones"}, nil},
		{"edited", text(&limited), []string{"-format=lp", "-except", known}, 1, nil, []string{"encode: tiny: -except: the milp is not as encode writes it"}},
		{"of other milps", line, []string{"-format=lp", "-except", none}, 1, nil, []string{"encode: " + none + ": no pattern record is about the milp " + p.ID + " of tiny: solve -count -patterns writes them\n"}},
		{"a pattern that is too long", line, []string{"-format=lp", "-except", long}, 1, nil, []string{"encode: tiny: -except: pattern 1101: layer 1: 3 digits 0 or 1 belong here\n"}},
		{"half a record", line, []string{"-format=lp", "-except", half}, 1, nil, []string{"encode: " + half + ":1: the line is cut short after"}},
		{"no text", line, []string{"-except", known}, 2, nil, []string{"encode: -except is for -format lp and mps (encode -h says more)\n"}},
		{"a folder", line, []string{"-format=lp", "-except", dir}, 1, nil, []string{"is a directory"}},
	})
	got := clitest.Run(t, tool(), line, "-format=lp", "-except", known)
	if strings.Contains(got.Out, "strict_off") || strings.Contains(got.Out, "known_2") {
		t.Error(got.Out)
	}
}
