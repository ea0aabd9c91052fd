package figure

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"relucount/pkg/atlas"
	"relucount/pkg/phrase"
)

// keys explain the colours of a map.
func (d *drawing) keys() []Key {
	var out []Key
	switch {
	case d.Shade.Numbers:
		out = append(out, d.scaleKey())
	case d.Shade.Name != "pattern":
		out = append(out, d.categories())
	}
	if lines := d.lines(); len(lines.Entries) > 0 {
		out = append(out, lines)
	}
	if dots := dotKey(d.Points); len(dots.Entries) > 0 {
		out = append(out, dots)
	}
	return out
}

func (d *drawing) scaleKey() Key {
	k := Key{Title: "Slope of output " + strconv.Itoa(d.Output), Scale: &Scale{}}
	if d.Shade.Name == "volume" {
		k.Title = "Area"
	}
	for i := range 24 {
		k.Scale.Colors = append(k.Scale.Colors, d.number(d.lo+(d.hi-d.lo)*(float64(i)+0.5)/24))
	}
	for i := range 5 {
		v := d.lo + (d.hi-d.lo)*float64(i)/4
		if d.Shade.Log {
			v = math.Pow(10, v)
		}
		k.Scale.Ticks = append(k.Scale.Ticks, strconv.FormatFloat(v, 'g', 2, 64))
	}
	return k
}

// mostEntries is how many categories a key names.
const mostEntries = 10

// categories are those of the cells that are kept, in order.
func (d *drawing) categories() Key {
	seen := map[int]bool{}
	var list []int
	for i := range d.Cells {
		if v := int(d.Cells[i].Value); !seen[v] {
			seen[v] = true
			list = append(list, v)
		}
	}
	slices.Sort(list)
	k := Key{Title: "Largest output"}
	if d.Shade.Name == "layer" {
		k.Title = "Deepest facet"
	} else if d.Outputs == 1 {
		k.Title = "Output"
	}
	for _, v := range list[:min(len(list), mostEntries)] {
		label := fmt.Sprintf("output %d", v)
		switch {
		case d.Shade.Name == "layer" && v == 0:
			label = "none"
		case d.Shade.Name == "layer":
			label = fmt.Sprintf("layer %d", v)
		case d.Outputs == 1:
			label = []string{"at most 0", "above 0"}[v]
		}
		k.Entries = append(k.Entries, Entry{Label: label, Color: d.color(float64(v))})
	}
	if n := len(list) - mostEntries; n > 0 {
		k.Entries = append(k.Entries, Entry{Label: fmt.Sprintf("and %d more", n), Color: Paper})
	}
	return k
}

func (d *drawing) lines() Key {
	k := Key{Title: "Lines"}
	seen := map[int]bool{}
	for _, e := range d.edges {
		seen[e.Layer] = true
	}
	for l := range len(d.Layers) + 1 {
		if l > 0 && seen[l] && len(k.Entries) < mostEntries {
			k.Entries = append(k.Entries, Entry{Label: fmt.Sprintf("layer %d", l), Color: Line(l), Width: max(1.2, 1.6*d.lineWidth(l))})
		}
	}
	if seen[atlas.Decision] {
		k.Entries = append(k.Entries, Entry{Label: "border of classes", Color: rgb(0x111111), Width: 2.4})
	}
	return k
}

func dotKey(dots []Dot) Key {
	k := Key{Title: "Points"}
	seen := map[int]bool{}
	for _, d := range dots {
		seen[d.Class] = true
	}
	for class := -1; class < mostEntries; class++ {
		switch {
		case seen[class] && class < 0:
			k.Entries = append(k.Entries, Entry{Label: "data", Color: rgb(0x111111), Dot: true})
		case seen[class]:
			k.Entries = append(k.Entries, Entry{Label: fmt.Sprintf("class %d", class), Color: Category(class), Dot: true})
		}
	}
	return k
}

// notes say what is drawn, and what is not as it is.
func (d *drawing) notes() []string {
	out := []string{phrase.Several(d.Regions, "region") + "."}
	if d.small > 0 {
		out[0] += fmt.Sprintf(" %s too small to be drawn one by one: each pixel there has the mean of its regions.", plural(d.small, "is", "are"))
	}
	if d.Shade.Name == "pattern" {
		out = append(out, "Regions of one hue are alike in layer 1 (hues repeat). Neighbours differ in tone.")
	}
	return out
}

// patterns are those of the shapes, as many as a page has room for.
func (d *drawing) patterns() []string {
	units := len(d.Layers)
	for _, n := range d.Layers {
		units += n
	}
	n := min(len(d.shapes), mostPatterns/max(1, units))
	out := make([]string, n)
	for i := range out {
		out[i] = strings.Join(d.Cells[d.shapes[i]].Pattern.Unpack(d.Layers), " ")
	}
	return out
}

func plural(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + more
}

// short writes a number of an axis.
func short(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }
