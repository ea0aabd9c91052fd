package manual

import (
	"fmt"
	"strings"

	"relucount/pkg/cli"
)

// roff is a page in the making.
type roff struct {
	strings.Builder
	below bool // a heading is right above
}

// special are the characters that roff or the fonts of terminals take for others.
var special = strings.NewReplacer(
	`\`, `\e`, "-", `\-`, "^", `\(ha`, "~", `\(ti`, "`", `\(ga`, "'", `\(aq`, `"`, `\(dq`,
)

// escape returns a text as roff prints it literally.
func escape(s string) string {
	var b strings.Builder
	for _, c := range special.Replace(s) {
		if c < 128 {
			b.WriteRune(c)
		} else {
			fmt.Fprintf(&b, `\[u%04X]`, c)
		}
	}
	return b.String()
}

func bold(s string) string   { return `\fB` + escape(s) + `\fR` }
func italic(s string) string { return `\fI` + escape(s) + `\fR` }

// line writes a line of text. A dot at its beginning would be a request.
func (r *roff) line(s string) {
	if strings.HasPrefix(s, ".") {
		s = `\&` + s
	}
	r.WriteString(s + "\n")
	r.below = false
}

// raw writes text that is escaped already, in lines that are not long.
func (r *roff) raw(s string) {
	const most = 76
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && len(line)+1+len(word) > most {
			r.line(line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" {
		r.line(line)
	}
}

func (r *roff) text(s string) { r.raw(escape(s)) }

func (r *roff) request(s string) { r.WriteString("." + s + "\n") }

// paragraph begins one, which a heading above does by itself.
func (r *roff) paragraph() {
	if !r.below {
		r.request("PP")
	}
}

func (r *roff) title(name, section string) {
	r.WriteString(`.\" made from the tools' flags and documents: do not edit` + "\n")
	r.request(fmt.Sprintf(`TH %s %s "%s" "relucount %s" "relucount"`, escape(strings.ToUpper(name)), section, cli.Released, cli.Version))
	r.request("nh") // a flag that is broken over lines cannot be copied
}

func (r *roff) heading(s string) {
	r.request("SH " + escape(strings.ToUpper(s)))
	r.below = true
}

func (r *roff) subheading(s string) {
	r.request("SS " + escape(s))
	r.below = true
}

// verbatim writes lines as they are.
func (r *roff) verbatim(lines []string) {
	if !r.below {
		r.request("sp")
	}
	r.request("RS 4")
	r.request("nf")
	for _, l := range lines {
		r.line(escape(strings.TrimRight(l, " ")))
	}
	r.request("fi")
	r.request("RE")
}

// entry writes a term, which is escaped, with its text below.
func (r *roff) entry(term string) {
	r.request("TP")
	r.line(term)
}

func (r *roff) entries(list [][2]string) {
	for _, e := range list {
		r.entry(bold(e[0]))
		r.text(e[1])
	}
}

// flag writes what a flag does, and the words that it takes.
func (r *roff) flag(f cli.DescribedFlag) {
	call := bold("-" + f.Name)
	if f.Arg != "" {
		call += " " + italic(f.Arg)
	}
	r.entry(call)
	help := f.Text()
	if len(f.Words) > 0 {
		help += ":"
	}
	r.text(sentence(help))
	if len(f.Words) == 0 {
		return
	}
	r.request("RS")
	for _, w := range f.Words {
		r.entry(bold(w.Name))
		r.text(sentence(w.Text()))
	}
	r.request("RE")
}

// sentence lets a text that the manual of -h has as a note begin and end like one.
func sentence(s string) string {
	if s == "" {
		return s
	}
	if first, _, _ := strings.Cut(s, " "); strings.ToLower(first) == first {
		s = strings.ToUpper(s[:1]) + s[1:]
	}
	if strings.HasSuffix(s, ".") || strings.HasSuffix(s, ":") {
		return s
	}
	return s + "."
}
