package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"relucount/pkg/cli"
	"relucount/pkg/highs"
	"relucount/pkg/milp"
	"relucount/pkg/netfile"
	"relucount/pkg/record"
	"relucount/pkg/relu"
	"relucount/pkg/tighten"
)

// auto tightens with lp where that takes a few seconds at most, which the
// number of weights tells, and with interval elsewhere.
const (
	auto       = "auto"
	lpPaysUpTo = 20000 // weights
)

type options struct {
	domain *[2]float64
	bounds tighten.Options
	name   string
	format string
}

func parse(e *cli.Env, args []string) (o options, inputs []string, err error) {
	f := e.Flags
	domain := f.String("domain", "", "")
	f.StringVar(&o.bounds.Method, "tighten", auto, "")
	f.DurationVar(&o.bounds.TimeLimit, "time-limit", 10*time.Second, "")
	f.StringVar(&o.name, "name", "", "")
	f.StringVar(&o.format, "format", "records", "")
	f.IntVar(&o.bounds.Workers, "j", runtime.NumCPU(), "")
	if inputs, err = e.Parse(args); err != nil {
		return o, nil, err
	}
	e.NotInProv("j")
	if *domain != "" {
		if o.domain, err = parseDomain(*domain); err != nil {
			return o, nil, cli.Usagef("-domain %q: %v", *domain, err)
		}
	}
	if m := o.bounds.Method; m != auto && !slices.Contains(tighten.Methods, m) {
		return o, nil, cli.Usagef("-tighten %q: one of %s, %s", m, auto, strings.Join(tighten.Methods, ", "))
	}
	if o.bounds.TimeLimit < 0 {
		return o, nil, cli.Usagef("-time-limit %v: 0 or more", o.bounds.TimeLimit)
	}
	if !slices.Contains([]string{"records", "lp", "mps"}, o.format) {
		return o, nil, cli.Usagef("-format %q: records, lp or mps", o.format)
	}
	if o.bounds.Workers < 1 {
		return o, nil, cli.Usagef("-j %d: at least 1", o.bounds.Workers)
	}
	if len(inputs) == 0 {
		inputs = []string{"-"}
	}
	if o.format != "records" && len(inputs) > 1 {
		return o, nil, cli.Usagef("-format %s takes one network, %d files are named", o.format, len(inputs))
	}
	return o, inputs, nil
}

func parseDomain(s string) (*[2]float64, error) {
	lo, hi, ok := strings.Cut(s, ",")
	a, err1 := strconv.ParseFloat(strings.TrimSpace(lo), 64)
	b, err2 := strconv.ParseFloat(strings.TrimSpace(hi), 64)
	if !ok || err1 != nil || err2 != nil {
		return nil, errors.New("two numbers LO,HI belong here")
	}
	if err := relu.Box(1, a, b).Check(1); err != nil {
		return nil, fmt.Errorf("[%g, %g] is no bounded interval", a, b)
	}
	return &[2]float64{a, b}, nil
}

func run(e *cli.Env, args []string) error {
	o, inputs, err := parse(e, args)
	if err != nil {
		return err
	}
	failed := 0
	for _, name := range inputs {
		if e.Context().Err() != nil {
			return cli.ErrInterrupted
		}
		err := one(e, o, name)
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
	in, err := record.Decompress(src)
	if err == nil {
		var data []byte
		if data, err = e.ReadAll(in); err == nil {
			return fromBytes(e, o, src.Name, data)
		}
	}
	if errors.Is(err, cli.ErrInterrupted) {
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
		f, err := netfile.Read(bytes.NewReader(data), source)
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
	if !n.Layers[0].ReLU {
		return nil, errors.New("the network has no ReLU, so it is linear: it has one region")
	}
	d := f.Domain
	switch {
	case o.domain != nil:
		d = relu.Box(n.Inputs, o.domain[0], o.domain[1])
	case d == nil:
		d = relu.Box(n.Inputs, 0, 1)
		e.Logf("%s: the file has no domain, so it is [0, 1] for each input", n.Name)
	}
	if err := d.Check(n.Inputs); err != nil {
		return nil, err
	}
	if o.bounds.Method == auto {
		weights := 0
		for _, l := range n.Layers {
			r, c := l.W.Dims()
			weights += r * c
		}
		o.bounds.Method = "lp"
		if weights > lpPaysUpTo {
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
	act, inact := 0, 0
	for i := range p.Units {
		if p.Units[i].Stably(milp.Active) {
			act++
		} else if p.Units[i].Stably(milp.Inactive) {
			inact++
		}
	}
	e.Logf("%s: %s, %d inputs, layers %v, %d units: %d stably active, %d stably inactive; bounds by %s: %d LPs, %d MIPs (%d out of time) in %.1f s",
		n.Name, f.Format, n.Inputs, p.LayerSizes(), len(p.Units), act, inact, o.bounds.Method, tot.LPs, tot.MIPs, tot.Limited, time.Since(start).Seconds())
	return p, nil
}
