// Package manual makes what people look things up in: man pages and the
// completions of bash, zsh and fish. All of it comes from the descriptions of the
// tools (cli.Description), which come from their tables of flags, and from
// Markdown, so nothing is said twice.
//
// Pages are in the man macros, which groff, mandoc and everything older read.
package manual

import (
	_ "embed"
	"path"
	"strings"

	"relucount/pkg/cli"
)

// Files returns what is installed below share, by path: man pages, and completions
// for each shell. records is docs/records.md.
func Files(tools []cli.Description, records string) map[string]string {
	files := map[string]string{
		"man/man1/relucount.1":         Overview(tools),
		"man/man5/relucount-records.5": Records(records),
	}
	for _, d := range tools {
		files[path.Join("man/man1", d.Name+".1")] = Page(d, tools)
		files[path.Join("bash-completion/completions", d.Name)] = Bash(d)
		files[path.Join("zsh/site-functions", "_"+d.Name)] = Zsh(d)
		files[path.Join("fish/vendor_completions.d", d.Name+".fish")] = Fish(d)
	}
	return files
}

// Page is the page of a tool in section 1 of the manual.
func Page(d cli.Description, tools []cli.Description) string {
	r := &roff{}
	r.title(d.Name, "1")
	r.heading("name")
	r.text(d.Name + " - " + gist(d.About))
	r.heading("synopsis")
	r.raw(bold(d.Name) + " [" + italic("flags") + "] [" + italic("file") + " ...]")
	r.heading("description")
	r.plain(d.About)
	r.heading("options")
	r.text("A flag may be written with one dash or with two, and its value after a space or after =. Flags go before files.")
	for _, g := range d.Groups {
		if len(d.Groups) > 1 && g.Title != "" {
			r.subheading(g.Title)
		}
		for _, f := range g.Flags {
			r.flag(f)
		}
	}
	if d.Notes != "" {
		r.heading("notes")
		r.plain(d.Notes)
	}
	if len(d.Examples) > 0 {
		r.heading("examples")
		r.verbatim(d.Examples)
	}
	r.heading("exit status")
	r.entries([][2]string{
		{"0", "The work is done, even if bounds, trials or counts are not closed or not exact."},
		{"1", "An error; in report also a contradiction."},
		{"2", "A wrong call."},
	})
	r.seeAlso(d.Name+"(1)", tools)
	return r.String()
}

//go:embed relucount.md
var overview string

// Overview is relucount(1), which says what the tools are and how they fit together.
func Overview(tools []cli.Description) string {
	r := &roff{}
	r.title("relucount", "1")
	r.markdown(strings.Replace(overview, "TOOLS\n", list(tools), 1), "")
	r.seeAlso("relucount(1)", tools)
	return r.String()
}

// list is the tools and what they do as a list in Markdown.
func list(tools []cli.Description) string {
	var b strings.Builder
	for _, d := range tools {
		b.WriteString("- **" + d.Name + "**(1) " + gist(d.About) + "\n")
	}
	return b.String()
}

// Records is relucount-records(5). The Go types are for readers of the source, and
// left out.
func Records(page string) string {
	r := &roff{}
	r.title("relucount-records", "5")
	r.heading("name")
	r.text("relucount-records - what the tools of relucount read and write")
	r.heading("description")
	_, body, _ := strings.Cut(page, "\n") // the title is above
	r.markdown(body, "Go types")
	r.seeAlso("relucount-records(5)", nil)
	return r.String()
}

// gist is the first sentence of a text, as the one-line description of a page.
func gist(about string) string {
	s := strings.Join(strings.Fields(about), " ")
	s, _, _ = strings.Cut(s, ". ")
	s = strings.TrimSuffix(s, ".")
	return strings.ToLower(s[:1]) + s[1:]
}

// seeAlso names the other pages.
func (r *roff) seeAlso(page string, tools []cli.Description) {
	pages := []string{"relucount(1)"}
	for _, d := range tools {
		pages = append(pages, d.Name+"(1)")
	}
	pages = append(pages, "relucount-records(5)")
	var others []string
	for _, p := range pages {
		if p != page {
			name, section, _ := strings.Cut(p, "(")
			others = append(others, bold(name)+"("+section)
		}
	}
	r.heading("see also")
	r.raw(strings.Join(others, ", "))
}
