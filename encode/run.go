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
	"relucount/pkg/phrase"
	"relucount/pkg/record"
	"relucount/pkg/tighten"
)

func (o *options) run(e *cli.Env, inputs []string) error {
	if len(inputs) == 0 {
		inputs = []string{"-"}
	}
	if err := o.check(e, inputs); err != nil {
		return err
	}
	a, err := o.files(e)
	if err != nil {
		return err
	}
	failed := 0
	for _, name := range inputs {
		if e.Context().Err() != nil {
			return cli.ErrInterrupted
		}
		n, err := a.one(e, name)
		if e.Context().Err() != nil {
			return cli.ErrInterrupted
		}
		failed += n
		if err != nil {
			if err := e.Fail(nil, err); err != nil {
				return err
			}
			failed++
		}
	}
	return cli.Failed(failed)
}

// one encodes one input. It returns how many of its domains failed, with -k.
func (a *asked) one(e *cli.Env, name string) (failed int, err error) {
	src, err := e.Open(name)
	if err != nil {
		return 0, err
	}
	defer src.Close()
	data, err := e.ReadAll(src)
	switch {
	case err == nil:
		err = cli.Try(src.Name, func() (err error) {
			failed, err = a.fromBytes(e, src.Name, data)
			return err
		})
		return failed, err
	case errors.Is(err, cli.ErrInterrupted):
		return 0, err
	}
	return 0, &record.Error{Place: src.Name, Err: err}
}

func (a *asked) fromBytes(e *cli.Env, source string, data []byte) (failed int, err error) {
	p, err := existing(source, data)
	switch {
	case err != nil:
		return 0, err
	case p != nil && (a.name != "" || e.Given("domain") || e.Given("rows") || e.Given("fix") || a.points != nil):
		return 0, fmt.Errorf("%s: a milp record: -name, -domain and the other flags about inputs are for networks", source)
	case p != nil:
		return 0, a.write(e, p)
	}
	f, err := a.read.Read(bytes.NewReader(data), source)
	if err != nil {
		// it names the source
		return 0, &record.Error{Place: source, Err: errors.New(strings.TrimPrefix(err.Error(), source+": "))}
	}
	return a.network(e, source, f)
}

// network encodes a network over each set of inputs.
func (a *asked) network(e *cli.Env, source string, f *netfile.File) (failed int, err error) {
	place := func(err error) error { return &record.Error{Place: source, Err: err} }
	if a.name != "" {
		f.Net.Name = a.name
	}
	for _, note := range f.Notes {
		e.Warnf("%s: %s", f.Net.Name, note)
	}
	if out := f.Net.LeftOut; len(out) > 0 {
		e.Warnf("%s: left out, as it comes after the last unit and changes no activation pattern: %s", f.Net.Name, strings.Join(out, ", "))
	}
	name, standard := f.Net.Name, a.domain == nil && f.Domain == nil && a.options.domain.interval == nil
	all, err := a.sets(f.Net.Inputs, f.Domain, func(format string, args ...any) { e.Warnf(name+": "+format, args...) })
	if err == nil && a.format != "records" && len(all) > 1 {
		err = fmt.Errorf("-format %s takes one domain, %d are asked for", a.format, len(all))
	}
	if err != nil {
		return 0, place(err)
	}
	for _, s := range all {
		f.Net.Name = name + s.suffix
		p, err := (*milp.Problem)(nil), s.err
		if err == nil {
			p, err = encode(e, *a.options, f, s.domain)
		}
		if err == nil {
			p.Assumed = standard
			if err := a.write(e, p); err != nil {
				return failed, err
			}
			continue
		}
		if s.suffix != "" {
			err = fmt.Errorf("%s: %w", f.Net.Name, err)
		}
		if err := e.Fail(nil, place(err)); err != nil {
			return failed, err
		}
		failed++
	}
	return failed, nil
}

func (a *asked) write(e *cli.Env, p *milp.Problem) (err error) {
	if a.format == "records" {
		return e.Out.Write(p)
	}
	var program interface {
		WriteLP(io.Writer) error
		WriteMPS(io.Writer) error
	} = p
	if a.except != "" {
		if program, err = a.question(e, p); err != nil {
			return err
		}
	}
	var text bytes.Buffer
	if a.format == "lp" {
		err = program.WriteLP(&text)
	} else {
		err = program.WriteMPS(&text)
	}
	if err != nil {
		return err
	}
	if _, err := e.Stdout.Write(text.Bytes()); err != nil {
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

func encode(e *cli.Env, o options, f *netfile.File, d *domain.Domain) (*milp.Problem, error) {
	n := f.Net
	if err := d.Check(n.Inputs); err != nil {
		return nil, err
	}
	if o.bounds.Method == auto {
		o.bounds.Method = method(n)
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
	e.Logf("%s: the inputs are %s", n.Name, phrase.Domain(p.Extent()))
	e.Logf("%s: %s, %d inputs, layers %v, %d units: %d stably active, %d stably inactive; bounds by %s: %d LPs, %d MIPs (%d out of time) in %.1f s",
		n.Name, f.Format, n.Inputs, p.LayerSizes(), size.Units, size.Active, size.Inactive, o.bounds.Method, tot.LPs, tot.MIPs, tot.Limited, time.Since(start).Seconds())
	e.Logf("%s: %s", n.Name, rounding(n.Rounded, tot.Rounded, d.Map != nil))
	return p, nil
}

// rounding says what is rounded on the way from the weights of the file to the rows
// of the program, whose numbers are taken as exact from there on.
func rounding(folded, written float64, mapped bool) string {
	part := func(v float64) string {
		if v == 0 {
			return "rounded nothing"
		}
		// the bound is itself rounded, and to two digits
		return fmt.Sprintf("rounded by at most %.1e of the size of a row", 1.05*v)
	}
	s := "folding layers " + part(folded)
	switch {
	case mapped:
		s += ", multiplying in the domain's matrix and slopes " + part(written)
	case written > 0:
		s += ", multiplying in slopes " + part(written)
	}
	return s
}
