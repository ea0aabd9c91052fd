package cli

import (
	"strings"
)

// width is how many columns the manual fills.
const width = 80

// Manual is what -h prints.
func (t *Tool) Manual() string {
	d := t.Describe()
	var b strings.Builder
	b.WriteString("usage: " + d.Name + " [flags] [file ...]\n\n" + d.About)
	left := 0
	for _, g := range d.Groups {
		for _, f := range g.Flags {
			left = max(left, len(f.Call()))
		}
	}
	for _, g := range d.Groups {
		b.WriteString("\n")
		if g.Title != "" {
			b.WriteString(g.Title + ":\n")
		}
		for _, f := range g.Flags {
			f.describe(&b, left)
		}
	}
	if d.Notes != "" {
		b.WriteString("\n" + d.Notes)
	}
	if len(d.Examples) > 0 {
		b.WriteString("\nExample" + map[bool]string{true: "s"}[len(d.Examples) > 1] + ":\n")
		for _, command := range d.Examples {
			b.WriteString("  " + command + "\n")
		}
	}
	return b.String()
}

// Call is the flag as the user writes it.
func (f *DescribedFlag) Call() string { return strings.TrimSpace("-" + f.Name + " " + f.Arg) }

// describe writes what the manual says about a flag: how it is written, padded
// to left columns, and beside it what it does, and the words that it takes.
func (f *DescribedFlag) describe(b *strings.Builder, left int) {
	help := f.Text()
	if len(f.Words) > 0 {
		help += ":"
	}
	entry(b, "  "+pad(f.Call(), left)+"  ", help)
	longest := 0
	for _, w := range f.Words {
		longest = max(longest, len(w.Name))
	}
	for _, w := range f.Words {
		entry(b, pad("", left+4)+pad(w.Name, longest)+"  ", w.Text())
	}
}

func pad(s string, n int) string { return s + strings.Repeat(" ", max(0, n-len(s))) }

// entry writes a text in lines that begin below the end of head.
func entry(b *strings.Builder, head, text string) {
	line, indent := head, strings.Repeat(" ", len(head))
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
			line += word
		case len(line)+1+len(word) > width:
			b.WriteString(line + "\n")
			line = indent + word
		default:
			line += " " + word
		}
	}
	b.WriteString(strings.TrimRight(line, " ") + "\n")
}
