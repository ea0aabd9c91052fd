package cli

import "encoding/json"

// Description is the table of a tool's flags as data, with the texts around it.
// The manual that -h prints, the man pages and the completions of shells are made
// from it. A tool writes its own as JSON with -describe, which the manual does not
// mention: it is for those who build and wrap the tools.
type Description struct {
	Name     string           `json:"name"`
	Version  string           `json:"version"`
	About    string           `json:"about"`
	Groups   []DescribedGroup `json:"groups"`
	Notes    string           `json:"notes,omitempty"`
	Examples []string         `json:"examples,omitempty"`
}

// DescribedGroup is a Group without its variables.
type DescribedGroup struct {
	Title string          `json:"title,omitempty"`
	Flags []DescribedFlag `json:"flags"`
}

// DescribedFlag is a Flag without its variable.
type DescribedFlag struct {
	Name    string   `json:"name"` // without the dash
	Arg     string   `json:"arg,omitempty"`
	Help    string   `json:"help"`
	Default string   `json:"default,omitempty"`
	Takes   Takes    `json:"takes"`
	Words   []Choice `json:"words,omitempty"`
}

// Takes is what can follow a flag.
type Takes string

// What can follow a flag: nothing, some text, the name of a file, one of the
// words listed, or several of them with commas between.
const (
	TakesNothing Takes = "nothing"
	TakesText    Takes = "text"
	TakesFile    Takes = "file"
	TakesWord    Takes = "word"
	TakesWords   Takes = "words"
)

// Describe returns the description of a tool.
func (t *Tool) Describe() Description {
	var version bool
	d := Description{Name: t.Name, Version: Version, About: t.About, Notes: t.Notes, Examples: t.Examples}
	for _, g := range t.flags(&Env{}, &version) {
		group := DescribedGroup{Title: g.Title}
		for i := range g.Flags {
			group.Flags = append(group.Flags, g.Flags[i].described())
		}
		d.Groups = append(d.Groups, group)
	}
	return d
}

func (f *Flag) described() DescribedFlag {
	d := DescribedFlag{Name: f.Name, Arg: f.Arg, Help: f.Help, Default: f.Default, Takes: TakesNothing}
	if f.Value != nil {
		d.Takes, d.Words = f.Value.takes(), f.Value.choices()
		if d.Default == "" {
			d.Default = f.Value.standard()
		}
	}
	if f.File {
		d.Takes = TakesFile
	}
	return d
}

// Text is the help with the default behind it.
func (f *DescribedFlag) Text() string {
	if f.Default == "" {
		return f.Help
	}
	return f.Help + " (default " + f.Default + ")"
}

// Text is the help with the former name behind it.
func (c *Choice) Text() string {
	if c.Old == "" {
		return c.Help
	}
	return c.Help + " (once called " + c.Old + ")"
}

func (e *Env) printDescription(t *Tool) error {
	text, err := json.MarshalIndent(t.Describe(), "", "  ")
	if err != nil {
		return err
	}
	return e.print(string(text) + "\n")
}
