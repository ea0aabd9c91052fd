package region

import (
	"context"

	"relucount/pkg/notion"
)

// NotionResult is what Define finds. When it is not Complete, Regions is what the
// regions visited come to: at least that many where Monotone, else it says nothing.
type NotionResult struct {
	Regions            int64
	Border             int64 // of notion.Decision: the facets where the class changes
	Complete, Monotone bool
	Outputs            string // digest of the outputs that it is about, if it is
	Effort
}

// Definable reports why a notion cannot be counted, of a space that is Wide.
func (s *Space) Definable(name string) error {
	if name == notion.Regions {
		return nil
	}
	_, err := s.NewDescriber(Aspects{})
	if err == nil && name != notion.Patterns {
		_, err = s.tally(name)
	}
	return err
}

// tally returns that of a notion.
func (s *Space) tally(name string) (notion.Tally, error) {
	if name == notion.Decision {
		if _, err := s.p.Deciding(); err != nil {
			return nil, err
		}
	}
	return notion.NewTally(name, s.net)
}

// Define counts what a notion calls regions, of a space that is Wide. It ends early,
// without an error, when ctx ends.
func (s *Space) Define(ctx context.Context, name string, o Options) (NotionResult, error) {
	if name == notion.Patterns {
		n, done, err := notion.CountPatterns(ctx, s.net)
		return NotionResult{Regions: n, Complete: done, Monotone: true}, err
	}
	outputs := s.p.OutputsDigest()
	if name == notion.Decision {
		p, err := s.p.Deciding()
		if err != nil {
			return NotionResult{}, err
		}
		d := &Space{p: p, edited: s.edited, bounds: s.bounds, shapes: s.shapes}
		if s, err = d.Wide(); err != nil {
			return NotionResult{}, err
		}
	}
	t, err := s.tally(name)
	if err != nil {
		return NotionResult{}, err
	}
	o.Each = func(r Region) error { return t.Add(r.View()) }
	found, err := s.Count(ctx, o)
	out := NotionResult{Regions: t.Count(), Complete: found.Complete, Monotone: t.Monotone(), Outputs: outputs, Effort: found.Effort}
	if d, ok := t.(interface{ Border() int64 }); ok {
		out.Border = d.Border()
	}
	return out, err
}
