package manual

import (
	"regexp"
	"strings"
)

// markdown writes a page of Markdown, in the forms that the documents use: headings,
// paragraphs, lists, fenced blocks and tables. A section of the second level that
// has the title skip is left out.
func (r *roff) markdown(page, skip string) {
	lines := strings.Split(page, "\n")
	skipping := false
	for i := 0; i < len(lines); {
		end := block(lines, i)
		b := lines[i:end]
		i = end
		if title, ok := strings.CutPrefix(b[0], "## "); ok {
			skipping = title == skip
		}
		if skipping || strings.TrimSpace(b[0]) == "" {
			continue
		}
		r.element(b)
	}
}

// element writes one block.
func (r *roff) element(b []string) {
	switch {
	case strings.HasPrefix(b[0], "#"):
		r.heading(strings.TrimLeft(b[0], "# "))
	case strings.HasPrefix(b[0], "```"):
		r.verbatim(b[1 : len(b)-1])
	case strings.HasPrefix(b[0], "|"):
		r.table(b)
	case strings.HasPrefix(b[0], "- "):
		r.request("IP \\(bu 2")
		r.raw(inline(strings.Join(b, " ")[2:]))
	default:
		r.paragraph()
		r.raw(inline(strings.Join(b, " ")))
	}
}

// block returns where the block ends that begins at line i.
func block(lines []string, i int) int {
	first := lines[i]
	alone := strings.TrimSpace(first) == "" || strings.HasPrefix(first, "#")
	for j := i + 1; j < len(lines); j++ {
		l := lines[j]
		switch {
		case strings.HasPrefix(first, "```"):
			if strings.HasPrefix(l, "```") {
				return j + 1
			}
		case alone, strings.TrimSpace(l) == "", strings.HasPrefix(l, "- "), strings.HasPrefix(l, "#"), strings.HasPrefix(l, "```"),
			strings.HasPrefix(l, "|") != strings.HasPrefix(first, "|"):
			return j
		}
	}
	return len(lines)
}

// marks are code, links, bold and italic text.
var marks = regexp.MustCompile("`([^`]+)`|\\[([^\\]]+)\\]\\(([^)]+)\\)|\\*\\*([^*]+)\\*\\*|\\*([^*\\s][^*]*)\\*")

// inline returns a text with its marks as roff.
func inline(s string) string {
	var b strings.Builder
	for s != "" {
		m := marks.FindStringSubmatchIndex(s)
		if m == nil {
			break
		}
		part := func(k int) string { return s[m[2*k]:m[2*k+1]] }
		b.WriteString(escape(s[:m[0]]))
		switch {
		case m[2] >= 0:
			b.WriteString(bold(part(1)))
		case m[4] >= 0:
			b.WriteString(inline(part(2)) + escape(target(part(2), part(3))))
		case m[8] >= 0:
			b.WriteString(bold(part(4)))
		default:
			b.WriteString(italic(part(5)))
		}
		s = s[m[1]:]
	}
	return b.String() + escape(s)
}

// target is what a link says beside its text: where it leads, unless that is the text
// or in the same page.
func target(text, to string) string {
	if strings.HasPrefix(to, "http") {
		return " <" + to + ">"
	}
	file, _, _ := strings.Cut(to, "#")
	if file == "" || file == text {
		return ""
	}
	return " (" + file + ")"
}

// table writes a table as a list: the first column has the terms. The columns of the
// documents have fixed titles: what a field is, its type, and when it may be absent.
// Cells of other columns have their titles before them.
func (r *roff) table(rows []string) {
	titles := cells(rows[0])
	for _, row := range rows[min(2, len(rows)):] {
		c := cells(row)
		term, body := inline(c[0]), ""
		for i := 1; i < len(c) && i < len(titles); i++ {
			text := inline(c[i])
			switch {
			case c[i] == "":
			case titles[i] == "type":
				term += " (" + text + ")"
			case titles[i] == "meaning" || titles[i] == "what it is":
				body += sentence(text) + " "
			case titles[i] == "optional":
				if c[i] != "no" {
					body += sentence("Absent "+text) + " "
				}
			default:
				body += escape(titles[i]) + ": " + text + ". "
			}
		}
		if body == "" {
			body = `\&`
		}
		r.entry(term)
		r.raw(body)
	}
}

// cells divides a row of a table. A bar in a cell is written \|.
func cells(row string) (out []string) {
	const bar = "\x00"
	row = strings.ReplaceAll(strings.TrimSpace(row), `\|`, bar)
	row = strings.TrimSuffix(strings.TrimPrefix(row, "|"), "|")
	for _, c := range strings.Split(row, "|") {
		out = append(out, strings.ReplaceAll(strings.TrimSpace(c), bar, "|"))
	}
	return out
}
