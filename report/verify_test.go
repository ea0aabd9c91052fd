package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"relucount/pkg/cli/clitest"
	"relucount/pkg/milp"
	"relucount/pkg/record"
	"relucount/pkg/truth"
	"relucount/pkg/verify/prooftest"
)

// written is records as lines.
func written(t *testing.T, records ...any) []string {
	t.Helper()
	var out []string
	for _, r := range records {
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(b)+"\n")
	}
	return out
}

// proved returns the lines of a milp and of its proof, which has several records,
// and the number of regions.
func proved(t *testing.T) (p *milp.Problem, lines []string, regions int) {
	t.Helper()
	_, line := clitest.Milp(t, clitest.Tiny)
	p = new(milp.Problem)
	if err := json.Unmarshal([]byte(line), p); err != nil {
		t.Fatal(err)
	}
	lines, n := proofOf(t, p)
	return p, lines, n
}

// proofOf returns the lines of a milp and a proof of at least three records.
func proofOf(t *testing.T, p *milp.Problem) (lines []string, regions int) {
	t.Helper()
	for seed := range uint64(100) {
		records, n := prooftest.Make(t, p, rand.New(rand.NewPCG(seed, 0)))
		if len(records) >= 3 {
			all := []any{p}
			for _, r := range records {
				if r.Milp == p.ID && p.Digest() != p.ID {
					r.Edited, r.Content = true, p.Digest()
				}
				all = append(all, r)
			}
			return written(t, all...), n
		}
	}
	t.Fatal("no proof of three records")
	return nil, 0
}

func TestVerify(t *testing.T) {
	p, lines, n := proved(t)
	if n != 7 {
		t.Fatalf("%d regions", n)
	}
	all := strings.Join(lines, "")
	count := func(n int) string {
		return fmt.Sprintf(`{"type":"count","schema":1,"milp":%q,"scope":"whole","regions":"%d","log2":1,"exact":true,"doubtful":3}`+"\n", p.ID, n)
	}
	broken := strings.Replace(lines[2], `"regions":"`, `"regions":"9`, 1)
	without := lines[0] + strings.Join(lines[2:], "")
	checked := fmt.Sprintf(`{"type":"checked","schema":1,"milp":%q,"path":[],"regions":"8"}`+"\n", p.ID)
	clitest.Check(t, tool, []run{
		{"a proof", all, []string{"-verify"}, 0, []string{"tiny", "exact", "7  certified\n"}, nil},
		{"one worker", all, []string{"-verify", "-j=1"}, 0, []string{"7  certified\n"}, nil},
		{"as json", all, []string{"-verify", "-format=json"}, 0, []string{`"exact":{"regions":"7","log2":2.807354922057604,"doubtful":0,"certified":true}`}, nil},
		{"as csv", all, []string{"-verify", "-format=csv"}, 0, []string{"exact_certified,domain\n", ",true,\"[-1, 1]^2\"\n"}, nil},
		{"as markdown", all, []string{"-verify", "-format=markdown"}, 0, []string{"| 7 (2^2.81), certified |"}, nil},
		{"the milp and other facts twice", lines[0] + all + count(7) + count(7), []string{"-verify", "-v"}, 0, []string{"7  certified\n"}, []string{fmt.Sprintf("%d \"proof\"\n", len(lines)-1)}},
		{"without -verify", all, []string{"-v"}, 0, []string{"tiny"}, []string{`"proof" (ignored)`}},
		{"without -verify, broken", lines[0] + broken, nil, 0, []string{"tiny"}, []string{"report: tiny: no facts about its regions: "}},
		{"a piece is missing", without, []string{"-verify"}, 1, []string{"tiny"}, []string{"report: the proof of " + p.ID + " is not complete: nothing is proved below [["}},
		{"no proof", lines[0] + count(7), []string{"-verify"}, 1, []string{"exact"}, []string{" is not complete: nothing is proved\n"}},
		{"no hearsay", lines[0] + checked, []string{"-verify"}, 1, []string{"tiny"}, []string{" is not complete: nothing is proved\n"}},
		{"broken", lines[0] + lines[1] + broken + "no record\n", []string{"-verify"}, 1, nil, []string{"report: stdin:3: proof: the tree is cut short"}},
		{"broken with -k", lines[0] + lines[1] + broken + "no record\n", []string{"-verify", "-k", "-format=json"}, 1,
			[]string{`"place":"stdin:3","error":"proof: the tree is`, `"exact":null`}, []string{"stdin:3: proof", "stdin:4: not a record", "is not complete", "1 record failed"}},
		{"two are broken", lines[0] + broken + strings.Repeat(lines[1], 9) + broken, []string{"-verify", "-j=1"}, 1, nil, []string{"report: stdin:2: proof: the tree is cut short"}},
		{"twice", all + lines[2], []string{"-verify"}, 1, nil, []string{fmt.Sprintf("report: stdin:%d: proof: [[", len(lines)+1), "is proved twice"}},
		{"before its milp", lines[1] + all, []string{"-verify"}, 1, nil, []string{"report: stdin:1: proof: the milp", "must come before it"}},
		{"a proof of other content", strings.Replace(all, `"regions":`, `"content":"c","regions":`, 1), []string{"-verify"}, 1, nil, []string{`report: stdin:2: proof: it is about the content "c"`}},
		{"another schema", strings.Replace(all, `"proof","schema":1`, `"proof","schema":2`, 1), []string{"-verify"}, 1, nil, []string{"report: stdin:2: proof: schema 2 is not known"}},
		{"a count that is another", all + count(8), []string{"-verify"}, 1, []string{"certified"}, []string{"the certified count 7", "the exact count 8", "contradiction"}},
		{"a row that is not proved", strings.Replace(all, `"kind":"off"`, `"kind":"mine"`, 1), []string{"-verify"}, 1, nil, []string{"report: stdin:1: milp: not proved: "}},
		{"-checked alone", "", []string{"-checked"}, 2, nil, []string{"-checked needs -verify"}},
		{"-checked and a format", "", []string{"-verify", "-checked", "-format=json"}, 2, nil, []string{"-checked writes no summary"}},
	})
}

// Shares of a proof may be checked anywhere, and what comes of them makes the
// same summary.
func TestChecked(t *testing.T) {
	_, lines, _ := proved(t)
	facts := ""
	for _, l := range lines[1:] {
		got := clitest.Run(t, tool(), lines[0]+`{"type":"new"}`+"\n"+l, "-verify", "-checked")
		if got.Code != 0 || got.Err != "" || !strings.HasPrefix(got.Out, `{"type":"network","schema":1,"milp":`) ||
			!strings.Contains(got.Out, "\n"+`{"type":"new"}`+"\n"+`{"type":"checked","schema":1,"milp":`) || strings.Count(got.Out, "\n") != 3 {
			t.Fatalf("%d: %s%s", got.Code, got.Out, got.Err)
		}
		facts = got.Out + facts
	}
	clitest.Check(t, tool, []run{
		{"all", facts + lines[0], nil, 0, []string{"7  certified\n"}, nil},
		{"twice", facts + facts, nil, 0, []string{"7  certified\n"}, nil},
		{"one less", facts[strings.LastIndex(facts[:len(facts)-1], "\n")+1:], nil, 0, []string{"warning: the proof is not complete: nothing is proved below ["}, nil},
		{"two numbers", facts + strings.ReplaceAll(facts, `"regions":"`, `"regions":"1`), nil, 1, []string{"CONTRADICTION: 2 different numbers of regions are proved below [["}, []string{"contradictions"}},
		{"a path that cannot be", strings.Replace(facts, `"path":[[`, `"path":[[0,2],[`, 1), nil, 1, nil, []string{"path[0]: the state 2 is neither 0 nor 1"}},
	})
	one, many := clitest.Run(t, tool(), strings.Join(lines, ""), "-verify", "-checked", "-j=1"), clitest.Run(t, tool(), strings.Join(lines, ""), "-verify", "-checked", "-j=9")
	if one != many {
		t.Errorf("one worker writes %v, nine %v", one, many)
	}
}

// An edited milp has facts of its own. Only edits of the domain can be proved.
func TestVerifyEdited(t *testing.T) {
	p, _, _ := proved(t)
	cut := truth.Copy(t, p)
	cut.Cols[truth.InputCols(cut)[0]].Hi = 0.5
	truth.AddRow(cut, -1, 1, truth.InputCols(cut), []float64{1, 1})
	lines, n := proofOf(t, cut)
	got := clitest.Run(t, tool(), strings.Join(lines, ""), "-verify", "-format=json")
	var s record.Summary
	if err := json.Unmarshal([]byte(got.Out), &s); err != nil || s.Exact == nil || !s.Exact.Certified || s.Exact.Regions != fmt.Sprint(n) || !s.Edited || s.Content != cut.Digest() {
		t.Errorf("%v, %d regions: %s%s", err, n, got.Out, got.Err)
	}
	checked := clitest.Run(t, tool(), strings.Join(lines, ""), "-verify", "-checked")
	for _, c := range clitest.Records[record.Checked](t, checked.Out, record.KindChecked) {
		if !c.Edited || c.Content != cut.Digest() {
			t.Errorf("%+v", c)
		}
	}
	fixed := truth.Copy(t, p)
	fixed.Cols[*fixed.Units[0].Z].Lo = 1
	got = clitest.Run(t, tool(), strings.Join(written(t, fixed), ""), "-verify")
	if got.Code != 1 || !strings.Contains(got.Err, "stdin:1: milp: not proved: ") {
		t.Errorf("a unit that is fixed: %+v", got)
	}
	got = clitest.Run(t, tool(), strings.Join(append(written(t, p), lines...), ""), "-verify")
	if got.Code != 1 || !strings.Contains(got.Err, "stdin:2: a milp with the id") {
		t.Errorf("two milps of one id: %+v", got)
	}
}
