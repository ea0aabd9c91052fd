package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"relucount/pkg/cli"
	"relucount/pkg/domain"
	"relucount/pkg/highs"
	"relucount/pkg/milp"
	"relucount/pkg/netfile"
	"relucount/pkg/record"
	"relucount/pkg/tighten"
)

func (o *options) run(e *cli.Env, inputs []string) error {
	if len(inputs) == 0 {
		inputs = []string{"-"}
	}
	if err := o.check(inputs); err != nil {
		return err
	}
	failed := 0
	for _, name := range inputs {
		if e.Context().Err() != nil {
			return cli.ErrInterrupted
		}
		err := one(e, *o, name)
		if e.Context().Err() != nil {
			return cli.ErrInterrupted
		}
		if err != nil {
			if err := e.Fail(nil, err); err != nil {
				return err
			}
			failed++
		}
	}
	return cli.Failed(failed)
}

// one encodes one input.
func one(e *cli.Env, o options, name string) error {
	src, err := e.Open(name)
	if err != nil {
		return err
	}
	defer src.Close()
	data, err := e.ReadAll(src)
	switch {
	case err == nil:
		return cli.Try(src.Name, func() error { return fromBytes(e, o, src.Name, data) })
	case errors.Is(err, cli.ErrInterrupted):
		return err
	}
	return &record.Error{Place: src.Name, Err: err}
}

func fromBytes(e *cli.Env, o options, source string, data []byte) error {
	p, err := existing(source, data)
	switch {
	case err != nil:
		return err
	case p != nil && (o.domain != nil || o.name != ""):
		return fmt.Errorf("%s: a milp record: -domain and -name are for networks", source)
	case p == nil:
		f, err := o.read.Read(bytes.NewReader(data), source)
		if err != nil {
			// it names the source
			return &record.Error{Place: source, Err: errors.New(strings.TrimPrefix(err.Error(), source+": "))}
		}
		if p, err = encode(e, o, f); err != nil {
			return &record.Error{Place: source, Err: err}
		}
	}
	switch o.format {
	case "lp":
		err = p.WriteLP(e.Stdout)
	case "mps":
		err = p.WriteMPS(e.Stdout)
	default:
		return e.Out.Write(p)
	}
	if err != nil {
		return &record.WriteError{Err: err}
	}
	return nil
}

// existing returns the milp record that data is, or nil when it is a network.
func existing(source string, data []byte) (*milp.Problem, error) {
	r, err := record.NewReader(bytes.NewReader(data), source)
	if err != nil {
		return nil, nil
	}
	l, err := r.Next()
	if err != nil && bytes.HasPrefix(data, []byte(`{"type"`)) {
		return nil, err
	}
	if err != nil || l.Type != record.KindMilp {
		return nil, nil
	}
	p, err := milp.Decode(l)
	if err != nil {
		return nil, err
	}
	if _, err := r.Next(); err != io.EOF {
		return nil, l.Errorf("more follows this milp record: encode takes one a file")
	}
	return p, nil
}

func encode(e *cli.Env, o options, f *netfile.File) (*milp.Problem, error) {
	n := f.Net
	if o.name != "" {
		n.Name = o.name
	}
	for _, note := range f.Notes {
		e.Warnf("%s: %s", n.Name, note)
	}
	if len(n.LeftOut) > 0 {
		e.Warnf("%s: left out, as it comes after the last unit and changes no activation pattern: %s", n.Name, strings.Join(n.LeftOut, ", "))
	}
	d := f.Domain
	switch {
	case o.domain != nil:
		d = domain.Box(n.Inputs, o.domain[0], o.domain[1])
	case d == nil:
		d = domain.Box(n.Inputs, 0, 1)
		e.Logf("%s: the file has no domain, so it is [0, 1] for each input", n.Name)
	}
	if err := d.Check(n.Inputs); err != nil {
		return nil, err
	}
	if o.bounds.Method == auto {
		o.bounds.Method = "lp"
		if n.Weights() > lpPaysUpTo {
			o.bounds.Method = "interval"
		}
	}
	start := time.Now()
	p, tot, err := tighten.Encode(e.Context(), n, d, o.bounds)
	if err != nil {
		return nil, err
	}
	solver := ""
	if tot.LPs+tot.MIPs > 0 {
		solver = highs.Version()
	}
	p.Prov = e.Prov(solver)
	size := p.Size()
	e.Logf("%s: %s, %d inputs, layers %v, %d units: %d stably active, %d stably inactive; bounds by %s: %d LPs, %d MIPs (%d out of time) in %.1f s",
		n.Name, f.Format, n.Inputs, p.LayerSizes(), size.Units, size.Active, size.Inactive, o.bounds.Method, tot.LPs, tot.MIPs, tot.Limited, time.Since(start).Seconds())
	return p, nil
}
