package page

import (
	"slices"
	"strings"

	"relucount/pkg/exhibit"
	"relucount/pkg/phrase"
	"relucount/pkg/record"
)

// calls writes the calls of tools that the facts about a network come from, the
// pipe that makes them again, and what the records do not tell about it.
func calls(n *exhibit.Network) (runs []string, again, missing string) {
	by := map[string]string{}
	times := map[string]int{}
	for _, p := range n.Runs {
		runs = append(runs, phrase.Join(call(p), "version "+phrase.Plain(p.Version), phrase.Plain(p.Solver)))
		by[p.Tool] = call(p)
		times[p.Tool]++
	}
	var remarks []string
	if by["encode"] == "" {
		remarks = append(remarks, "The call of encode is not in the records: solve consumes the program. With solve -keep it would be.")
		by["encode"] = "encode"
	}
	by["encode"] += " NETWORK"
	if n.Upper != nil && by["bound"] == "" && slices.ContainsFunc(n.Upper.Methods, func(b record.UpperBound) bool { return b.Method != record.ByCount }) {
		by["bound"] = "bound"
	}
	if len(n.From.Trials)+len(n.From.Cells) > 0 && by["hashgen"] == "" {
		by["hashgen"] = "hashgen"
		remarks = append(remarks, "The call of hashgen is not in the records: the tables have the sizes and numbers of its hashes.")
	}
	if times["solve"] > 1 {
		remarks = append(remarks, "solve was called with different flags: the pipe has one of these calls.")
	}
	if by["solve"] == "" && (n.Exact != nil || n.Sheet != nil || by["hashgen"] != "") {
		by["solve"] = "solve"
	}
	var pipe []string
	for _, tool := range []string{"encode", "bound", "hashgen", "solve"} {
		if by[tool] != "" {
			pipe = append(pipe, by[tool])
		}
	}
	return runs, strings.Join(append(pipe, "report -format html > page.html"), " |\n  "), strings.Join(remarks, " ")
}

// call writes a call as a shell takes it.
func call(p record.Prov) string {
	words := []string{phrase.Plain(p.Tool)}
	for _, a := range p.Args {
		words = append(words, quoted(strings.TrimSuffix(a, "=true")))
	}
	return strings.Join(words, " ")
}

// quoted protects a word from the shell where it has to be.
func quoted(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_=+,./:@%", r)
	}
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !plain(r) }) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
