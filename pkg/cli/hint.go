package cli

import (
	"flag"
	"os"
	"strings"

	"golang.org/x/term"
)

// unknown says what was probably meant by a flag that there is not. wrong is an error of
// package flag, which has no type for it.
func (c commandLine) unknown(wrong error) error {
	const undefined = "flag provided but not defined: -"
	name, ok := strings.CutPrefix(wrong.Error(), undefined)
	if !ok {
		return &UsageError{wrong.Error()}
	}
	if meant := c.nearest(name); meant != "" {
		return Usagef("%s%s, did you mean -%s?", undefined, name, meant)
	}
	return Usagef("%s%s", undefined, name)
}

// nearest returns the flag that a misspelt or shortened name stands for, or nothing.
func (c commandLine) nearest(name string) (meant string) {
	least := len(name)/3 + 1 // up to a third of the letters may be wrong
	c.set.VisitAll(func(f *flag.Flag) {
		d := edits(name, f.Name)
		if len(name) > 2 && strings.HasPrefix(f.Name, name) {
			d = min(d, 1)
		}
		if _, ok := c.flags[f.Name]; ok && d < least {
			least, meant = d, f.Name
		}
	})
	return meant
}

// edits returns how many letters must be put in, left out, changed or swapped with the
// next one to make b of a, each letter once.
func edits(a, b string) int {
	// the rows of the prefixes of a that end two letters, one and no letter before i
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, before
		row[0] = i
		for j := 1; j <= len(b); j++ {
			row[j] = min(last[j], row[j-1]) + 1
			changed := last[j-1]
			if a[i-1] != b[j-1] {
				changed++
			}
			row[j] = min(row[j], changed)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}

// misplaced says what is wrong with the names of inputs: a flag among them, with its
// dash or without.
func (c commandLine) misplaced(inputs []string) error {
	for _, name := range inputs {
		dashed := strings.HasPrefix(name, "-")
		if _, known := c.flags[name]; name == "-" || !known && !dashed {
			continue
		}
		switch _, err := os.Stat(name); {
		case err == nil:
		case dashed:
			return Usagef("flags go before files: %s", name)
		default:
			return Usagef("no file is named %s, did you mean -%s?", name, name)
		}
	}
	return nil
}

// awaits tells somebody who waits for the tool that the tool waits for them.
func (e *Env) awaits(inputs []string) {
	if f, ok := e.In.(*os.File); ok && len(inputs) == 0 && term.IsTerminal(int(f.Fd())) {
		e.Warnf("reads from the terminal, as no file is named and there is no pipe (%s -h says more)", e.Name)
	}
}

// Came reports whether Each has read a record of a kind.
func (e *Env) Came(kind string) bool { return e.kinds[kind] > 0 }

// Lacks warns when records have come in, but none of a kind that the tool works on. so says
// what follows from that.
func (e *Env) Lacks(kind, so string) {
	if len(e.kinds) > 0 && !e.Came(kind) {
		e.Warnf("no %s record has come in, %s", kind, so)
	}
}
