// Package figure draws: maps of regions, graphs of outputs, and plots of what is
// known of numbers of regions. Everything is drawn with gonum.org/v1/plot, on one
// of three canvases: a picture (PNG), a drawing (SVG), or a drawing within a page,
// whose colours are those of the page.
//
// The palettes are safe for colour-blind readers: the categorical one is of Okabe
// and Ito (2008), and numbers go from dark to light.
package figure

import (
	"image/color"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Figure is a drawing with what is said around it.
type Figure struct {
	Title  string
	Alt    string // what it shows, for those who do not see it
	Width  vg.Length
	Height vg.Length
	Draw   func(c draw.Canvas)
	Keys   []Key
	Notes  []string // sentences below it

	// Patterns are what marked shapes stand for, in the order of their marks.
	Patterns []string
	// Frame is the part of the figure, from its top left corner, that Span, the
	// coordinates, are mapped to: a page tells with it where the pointer is.
	Frame, Span [4]float64
	Axes        []string // names of the coordinates
}

// Key explains colours.
type Key struct {
	Title   string
	Entries []Entry
	Scale   *Scale
}

// Entry is a colour or a line with what it stands for.
type Entry struct {
	Label string
	Color color.NRGBA
	Width float64 // of a line; 0 for an area
	Dot   bool
}

// Scale is a range of colours from one number to another.
type Scale struct {
	Colors []color.NRGBA
	Ticks  []string // from its beginning to its end, evenly spaced
}
