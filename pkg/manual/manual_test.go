package manual

import (
	"strings"
	"testing"

	"relucount/pkg/cli"
)

var sample = cli.Description{
	Name: "sample", About: "Shows things. And more.\n\n  one    the first\n         of all:\n           a   nested\n  two    the other\n\nlast\n  $ .x \\ 'y'\n",
	Groups: []cli.DescribedGroup{{Title: "First", Flags: []cli.DescribedFlag{
		{Name: "on", Help: "a switch", Takes: cli.TakesNothing},
		{Name: "n", Arg: "N", Help: "a number: any", Default: "3", Takes: cli.TakesText},
		{Name: "file", Arg: "FILE", Help: "a [file]", Takes: cli.TakesFile},
	}}, {Title: "Second", Flags: []cli.DescribedFlag{
		{Name: "word", Arg: "W", Help: "a word", Takes: cli.TakesWord, Words: []cli.Choice{{Name: "new", Old: "former", Help: "the owner's (first); then"}, {Name: "second"}}},
		{Name: "list", Arg: "L", Help: "words", Takes: cli.TakesWords, Words: []cli.Choice{{Name: "a"}, {Name: "b"}}},
	}}},
	Examples: []string{"sample -n 3"},
}

// holds fails unless all of what is wanted is in a text, in that order.
func holds(t *testing.T, text string, want ...string) {
	t.Helper()
	rest := text
	for _, w := range want {
		at := strings.Index(rest, w)
		if at < 0 {
			t.Errorf("no %q where it belongs in\n%s", w, text)
			return
		}
		rest = rest[at+len(w):]
	}
}

func TestPage(t *testing.T) {
	page := Page(sample, []cli.Description{{Name: "other"}, sample})
	holds(t, page,
		".TH SAMPLE 1 ", ".SH NAME\nsample \\- shows things\n", "\\fBsample\\fR [\\fIflags\\fR]",
		".SH DESCRIPTION\nShows things. And more.\n.TP\n\\fBone\\fR\nthe first of all:\n.RS\n.TP\n\\fBa\\fR\nnested\n.RE\n.TP\n\\fBtwo\\fR\nthe other\n.PP\nlast\n",
		".RS 4\n.nf\n$ .x \\e \\(aqy\\(aq\n.fi\n.RE\n",
		".SS First\n.TP\n\\fB\\-on\\fR\nA switch.\n", "\\fB\\-n\\fR \\fIN\\fR\nA number: any (default 3).\n",
		".SS Second\n", "A word:\n.RS\n.TP\n\\fBnew\\fR\nThe owner\\(aqs (first); then (once called former).\n",
		".SH EXAMPLES\n.RS 4\n.nf\nsample \\-n 3\n", ".SH EXIT STATUS\n", "\\fBrelucount\\fR(1), \\fBother\\fR(1), \\fBrelucount\\-records\\fR(5)\n")
}

func TestMarkdown(t *testing.T) {
	page := Records("# Title\n\nA *few* **words** of `code-1` and [text](file.md#part), [here](#there), [file.md](file.md), <b>, é.\n.x\n\n" +
		"- one\n  more\n- two\n\n## Go types\n\ngone\n\n```go\n## gone\n```\n\n## Rest\n\n```text\n.x\n| a |\n```\n" +
		"after\n\n| field | type | meaning | optional | of |\n|---|---|---|---|---|\n| `a[].b` | string | a \\| b | no | |\n| `c` | | | when empty | all |\n")
	holds(t, page, ".TH RELUCOUNT\\-RECORDS 5 ", ".SH DESCRIPTION\nA \\fIfew\\fR \\fBwords\\fR of \\fBcode\\-1\\fR and text (file.md), here, file.md,\n<b>, \\[u00E9]. .x\n",
		".IP \\(bu 2\none more\n.IP \\(bu 2\ntwo\n.SH REST\n.RS 4\n.nf\n\\&.x\n| a |\n.fi\n.RE\n.PP\nafter\n",
		".TP\n\\fBa[].b\\fR (string)\nA | b.\n.TP\n\\fBc\\fR\nAbsent when empty. of: all.\n.SH SEE ALSO\n")
	if strings.Contains(page, "gone") {
		t.Error("the Go types are there")
	}
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, ".x") {
			t.Errorf("%q is a request", line)
		}
	}
}

func TestCompletions(t *testing.T) {
	holds(t, Bash(sample), "-file | --file) return ;;", "-word | --word)\n\t\tCOMPREPLY=($(compgen -W 'new second' ", "-P \"$before\" -W 'a b'", "-W '-on -n -file -word -list'", "complete -o default")
	holds(t, Zsh(sample), "#compdef sample\n", "'-on[a switch]'", "'-n=[a number]:N: '", `'-file=[a \[file\]]:FILE:_files'`,
		`'-word=[a word]:W:((new\:the\ owner\'\''s\ \(first\) second\:))'`, "_sequence compadd - a b", "'*:file:_files'\n")
	holds(t, Fish(sample), "-o on -d 'a switch'\n", "-o n -d 'a number' -x\n", "-o file -d 'a [file]' -r -F\n",
		`-x -a 'new\t"the owner\'s (first)" second\t""'`, "(__fish_append , a b)")
}

func TestOverview(t *testing.T) {
	page := Overview([]cli.Description{sample})
	holds(t, page, "relucount \\- count the linear regions", "\\fBsample\\fR(1) shows things\n")
	if strings.Contains(page, "TOOLS") {
		t.Error("the list of tools is missing")
	}
	if n := len(Files([]cli.Description{sample, {Name: "other", About: "Others.\n"}}, "# Records\n")); n != 10 {
		t.Errorf("%d files", n)
	}
}

func TestBrief(t *testing.T) {
	for help, want := range map[string]string{
		"print this text":                                 "print this text",
		"count: all of it. And more":                      "count",
		"of -x: which one, from 0; none otherwise":        "of -x: which one, from 0",
		"with -x: write none. With \"y\": write":          "with -x: write none",
		"for $files: the layers, that's all":              "for files: the layers, that's all",
		"one for each: of these. Others":                  "one for each",
		"whatever the value stands for: the first. Then:": "whatever the value stands for",
	} {
		if got := brief(help); got != want {
			t.Errorf("%q becomes %q, want %q", help, got, want)
		}
	}
}
