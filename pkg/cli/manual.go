package cli

import (
	"strings"
)

// width is how many columns the manual fills.
const width = 80

// Manual is what -h prints.
func (t *Tool) Manual() string {
	var b strings.Builder
	b.WriteString("usage: " + t.Name + " [flags] [file ...]\n\n" + t.About)
	var version bool
	groups := t.flags(&Env{}, &version)
	left := 0
	for _, g := range groups {
		for _, f := range g.Flags {
			left = max(left, len(f.call()))
		}
	}
	for _, g := range groups {
		b.WriteString("\n")
		if g.Title != "" {
			b.WriteString(g.Title + ":\n")
		}
		for _, f := range g.Flags {
			f.describe(&b, left)
		}
	}
	if t.Notes != "" {
		b.WriteString("\n" + t.Notes)
	}
	if len(t.Examples) > 0 {
		b.WriteString("\nExample" + map[bool]string{true: "s"}[len(t.Examples) > 1] + ":\n")
		for _, command := range t.Examples {
			b.WriteString("  " + command + "\n")
		}
	}
	return b.String()
}

// call is the flag as the user writes it.
func (f *Flag) call() string { return strings.TrimSpace("-" + f.Name + " " + f.Arg) }

// describe writes what the manual says about a flag: how it is written, padded
// to left columns, and beside it what it does, and the words that it takes.
func (f *Flag) describe(b *strings.Builder, left int) {
	help, standard := f.Help, f.Default
	var words []Choice
	if f.Value != nil {
		words = f.Value.choices()
		if standard == "" {
			standard = f.Value.standard()
		}
	}
	if standard != "" {
		help += " (default " + standard + ")"
	}
	if len(words) > 0 {
		help += ":"
	}
	entry(b, "  "+pad(f.call(), left)+"  ", help)
	longest := 0
	for _, w := range words {
		longest = max(longest, len(w.Name))
	}
	for _, w := range words {
		help := w.Help
		if w.Old != "" {
			help += " (once called " + w.Old + ")"
		}
		entry(b, pad("", left+4)+pad(w.Name, longest)+"  ", help)
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
