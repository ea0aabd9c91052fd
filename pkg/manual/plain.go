package manual

import (
	"regexp"
	"strings"
)

// plain writes a text of a tool's table. Its paragraphs are as the terminal has them;
// lines that are indented are a list of terms with their explanations, where the
// first has a term and two spaces, or else something to be kept as it is.
func (r *roff) plain(text string) {
	for _, run := range runs(strings.Split(text, "\n")) {
		switch {
		case !indented(run[0]):
			r.paragraph()
			r.text(strings.Join(run, " "))
		case term.MatchString(run[0]):
			r.terms(run)
		default:
			r.verbatim(dedent(run, indent(run[0])))
		}
	}
}

// term is the first line of an entry: its indentation, the term, and the text.
var term = regexp.MustCompile(`^( +)(\S+(?: \S+)*)(  +)(\S.*)$`)

// terms writes a list of terms. What an entry says is a text again.
func (r *roff) terms(run []string) {
	left := indent(run[0])
	for i := 0; i < len(run); {
		m := term.FindStringSubmatch(run[i])
		if m == nil { // a term that its explanation does not fit beside
			m = []string{"", "", strings.TrimSpace(run[i]), "", ""}
		}
		body := []string{m[4]}
		column := len(m[1]) + len(m[2]) + len(m[3])
		for i++; i < len(run) && indent(run[i]) > left; i++ {
			body = append(body, strings.Join(dedent(run[i:i+1], column), ""))
		}
		r.entry(bold(m[2]))
		r.body(body)
	}
}

// body writes what an entry says; lists in it are indented.
func (r *roff) body(lines []string) {
	for _, run := range runs(lines) {
		if !indented(run[0]) {
			r.text(strings.Join(run, " "))
			continue
		}
		r.request("RS")
		r.terms(run)
		r.request("RE")
	}
}

// runs divides lines at empty ones, and where indentation begins or ends.
func runs(lines []string) (out [][]string) {
	var run []string
	end := func() {
		if len(run) > 0 {
			out = append(out, run)
		}
		run = nil
	}
	for _, l := range lines {
		if strings.TrimSpace(l) == "" {
			end()
			continue
		}
		if len(run) > 0 && indented(l) != indented(run[0]) {
			end()
		}
		run = append(run, l)
	}
	end()
	return out
}

func indented(line string) bool { return strings.HasPrefix(line, " ") }

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// dedent takes up to so many spaces off the lines.
func dedent(lines []string, columns int) (out []string) {
	for _, l := range lines {
		out = append(out, l[min(columns, indent(l)):])
	}
	return out
}
