package exhibit

import (
	"errors"
	"fmt"

	"relucount/pkg/figure"
)

// Choice is a kind of picture.
type Choice struct {
	Name, Help string
	figures    func(x *Exhibit, o figure.MapOptions, p *Points) ([]*figure.Figure, error)
	missing    string // what to say when a stream has none
}

// Auto takes the first kind of which a stream has any.
const Auto = "auto"

// Choices are the kinds of pictures.
var Choices = []Choice{
	{"regions", "maps of the regions of domains of two dimensions, and graphs over those of one", (*Exhibit).maps,
		"no region records: solve -regions -vertices writes them"},
	{"sequence", "numbers of regions of networks whose names differ in one number, such as checkpoints", (*Exhibit).sequences,
		"no sequence: three networks or more of one shape and domain, whose names differ in one number"},
	{"points", "numbers of regions around the points of a file, in their order", (*Exhibit).points,
		"no three points of one file around which a network was looked at"},
	{"falling", "how the bounds of counts with different time limits close in", (*Exhibit).curves,
		"no two counts of one network that took different times"},
	{"bounds", "what bounds the number of regions", (*Exhibit).ranges, "no facts about a number of regions"},
	{"trials", "how many rows the trials survived", (*Exhibit).trials, "no trial records"},
}

// MostFigures is how many figures are put into one picture.
const MostFigures = 12

// Figures returns the figures of a kind of picture.
func (x *Exhibit) Figures(kind string, o figure.MapOptions, p *Points) ([]*figure.Figure, error) {
	for _, c := range Choices {
		if kind != Auto && kind != c.Name || kind == Auto && c.Name == "trials" {
			continue
		}
		all, err := c.figures(x, o, p)
		switch {
		case err != nil:
			return nil, err
		case len(all) > MostFigures:
			return nil, tooMany(len(all))
		case len(all) > 0:
			return all, nil
		case kind != Auto:
			return nil, errors.New(c.missing)
		}
	}
	return nil, errNothing
}

func tooMany(n int) error {
	return fmt.Errorf("%d figures in one picture are too many (%d at most): pick networks with jq, or write -format html", n, MostFigures)
}

func (x *Exhibit) maps(o figure.MapOptions, p *Points) ([]*figure.Figure, error) {
	if n := x.sheets(); n > MostFigures {
		return nil, tooMany(n)
	}
	var out []*figure.Figure
	for i := range x.Networks {
		if x.Networks[i].Sheet == nil {
			continue
		}
		f, err := x.Networks[i].Regions(o, p)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

func (x *Exhibit) sheets() (n int) {
	for i := range x.Networks {
		if x.Networks[i].Sheet != nil {
			n++
		}
	}
	return n
}

func (x *Exhibit) sequences(figure.MapOptions, *Points) (out []*figure.Figure, _ error) {
	for _, s := range x.Sequences {
		out = append(out, Sequence(s))
	}
	return out, nil
}

func (x *Exhibit) points(figure.MapOptions, *Points) (out []*figure.Figure, _ error) {
	for _, s := range x.Points {
		out = append(out, Around(s))
	}
	return out, nil
}

// each collects a figure of each network that has one.
func (x *Exhibit) each(draw func(*Network) *figure.Figure) (out []*figure.Figure, _ error) {
	for i := range x.Networks {
		if f := draw(&x.Networks[i]); f != nil {
			out = append(out, f)
		}
	}
	return out, nil
}

func (x *Exhibit) curves(figure.MapOptions, *Points) ([]*figure.Figure, error) {
	return x.each((*Network).Falling)
}

// ranges: of several networks one plot, of a few also one for each.
func (x *Exhibit) ranges(figure.MapOptions, *Points) ([]*figure.Figure, error) {
	if all := x.Overview(); all != nil && len(x.Networks) > 4 {
		return []*figure.Figure{all}, nil
	}
	return x.each((*Network).Ranges)
}

func (x *Exhibit) trials(figure.MapOptions, *Points) (out []*figure.Figure, _ error) {
	for i := range x.Networks {
		out = append(out, x.Networks[i].Trials()...)
	}
	return out, nil
}
