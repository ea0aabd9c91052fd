package cli

import (
	"flag"
	"fmt"
	"io"
)

// Flag is the declaration of a flag: the only place that knows about it.
type Flag struct {
	Name string // without the dash
	Arg  string // what stands for the value in the manual; none for a switch
	Help string // what the flag does: plain text, which the manual wraps

	// Default is how the manual puts the default; empty: as Value has it.
	Default string

	// Silent flags cannot change a result, so records do not name them.
	Silent bool

	// File says that the value may be the name of a file, as that of a Path is.
	File bool

	// Value is a variable, how it is read, and what it may be.
	Value Value
}

// Group is a part of a table of flags, with a title in the manual.
type Group struct {
	Title string
	Flags []Flag
}

// flags returns all flags of a tool in groups, with the common ones, which set
// what e and version say.
func (t *Tool) flags(e *Env, version *bool) []Group {
	common := []Flag{
		{Name: "k", Value: Switch(&e.Keep), Silent: true,
			Help: "go on after bad input: an error record takes its place, and the exit code is 1"},
		{Name: "v", Value: Switch(&e.Verbose), Silent: true, Help: "say on stderr what was done"},
		{Name: "version", Value: Switch(version), Help: "print the version"},
		{Name: "h", Help: "print this text"}, // package flag reads it
	}
	groups := append([]Group(nil), t.Flags...)
	if len(groups) == 0 {
		groups = []Group{{}}
	}
	last := &groups[len(groups)-1]
	last.Flags = append(append([]Flag(nil), last.Flags...), common...)
	return groups
}

// commandLine is a table of flags that is ready to read a command line.
type commandLine struct {
	set   *flag.FlagSet
	flags map[string]Flag
}

func (t *Tool) commandLine(e *Env, version, describe *bool) commandLine {
	c := commandLine{flag.NewFlagSet(t.Name, flag.ContinueOnError), map[string]Flag{}}
	c.set.SetOutput(io.Discard)
	c.set.BoolVar(describe, "describe", false, "") // see Description
	for _, g := range t.flags(e, version) {
		for _, f := range g.Flags {
			if f.Value != nil {
				c.set.Var(f.Value, f.Name, f.Help)
				c.flags[f.Name] = f
			}
		}
	}
	return c
}

// given checks the flags that were set. It returns their names, and how
// provenance has them.
func (c commandLine) given() (names map[string]bool, args []string, err error) {
	names = map[string]bool{}
	c.set.Visit(func(g *flag.Flag) {
		f, ok := c.flags[g.Name]
		if !ok {
			return // -describe=false
		}
		names[f.Name] = true
		if wrong := f.Value.check(); wrong != nil && err == nil {
			err = Usagef("-%s %v", f.Name, wrong)
		}
		if !f.Silent {
			args = append(args, fmt.Sprintf("-%s=%s", f.Name, f.Value))
		}
	})
	return names, args, err
}
