package main

import (
	"bytes"
	"fmt"
	"io"

	"relucount/pkg/cli"
	"relucount/pkg/milp"
	"relucount/pkg/record"
)

// question asks for a region of p besides those of the pattern records in the
// file of -except.
func (a *asked) question(e *cli.Env, p *milp.Problem) (*milp.Question, error) {
	known, err := a.known(e, p)
	if err != nil {
		return nil, err
	}
	q, err := p.Other(known, a.strict)
	if err != nil {
		return nil, fmt.Errorf("%s: -except: %w", p.Name, err)
	}
	return q, nil
}

// known reads the patterns of p. Records about other milps are passed over.
func (a *asked) known(e *cli.Env, p *milp.Problem) (known [][]string, err error) {
	src, err := e.Open(a.except)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	data, err := e.ReadAll(src)
	if err != nil {
		return nil, &record.Error{Place: src.Name, Err: err}
	}
	r, err := record.NewReader(bytes.NewReader(data), src.Name)
	if err != nil {
		return nil, err
	}
	content := p.Digest()
	if content == p.ID {
		content = "" // which is how records say so
	}
	for {
		l, err := r.Next()
		switch {
		case err == io.EOF && len(known) == 0:
			return nil, fmt.Errorf("%s: no pattern record is about the milp %s of %s: solve -count -patterns writes them", src.Name, p.ID, p.Name)
		case err == io.EOF:
			return known, nil
		case err != nil:
			return nil, err
		case l.Type != record.KindPattern:
			continue
		}
		var region record.PatternOf
		if err := l.Decode(&region); err != nil {
			return nil, err
		}
		if region.Milp == p.ID && region.Content == content {
			known = append(known, region.Pattern)
		}
	}
}
