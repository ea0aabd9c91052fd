package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"relucount/pkg/cli"
	"relucount/pkg/highs"
	"relucount/pkg/milp"
	"relucount/pkg/record"
	"relucount/pkg/region"
)

type options struct {
	region.Options
	count, patterns, witness, keep bool
	timeLimit                      time.Duration
}

func parse(e *cli.Env, args []string) (o options, inputs []string, err error) {
	f := e.Flags
	f.BoolVar(&o.count, "count", false, "")
	f.Int64Var(&o.Max, "max", 0, "")
	f.BoolVar(&o.patterns, "patterns", false, "")
	f.StringVar(&o.Engine, "engine", "tree", "")
	f.DurationVar(&o.timeLimit, "time-limit", 0, "")
	f.Float64Var(&o.Margin, "margin", region.DefaultMargin, "")
	f.BoolVar(&o.witness, "witness", false, "")
	f.BoolVar(&o.keep, "keep", false, "")
	f.IntVar(&o.Workers, "j", runtime.NumCPU(), "")
	if inputs, err = e.Parse(args); err != nil {
		return o, nil, err
	}
	e.NotInProv("j", "keep")
	switch {
	case o.Engine != "tree" && o.Engine != "mip":
		err = cli.Usagef("-engine %q: tree or mip", o.Engine)
	case o.Max < 0:
		err = cli.Usagef("-max %d: 0 (no limit) or more", o.Max)
	case o.Max > 0 && !o.count:
		err = cli.Usagef("-max goes with -count")
	case o.patterns && !o.count:
		err = cli.Usagef("-patterns goes with -count")
	case o.timeLimit < 0:
		err = cli.Usagef("-time-limit %v: more than 0", o.timeLimit)
	case !(o.Margin >= 1e-9 && o.Margin <= 0.1):
		err = cli.Usagef("-margin %g: from 1e-9, which the solver's tolerance of %g supports, to 0.1", o.Margin, highs.Tolerance)
	case o.Workers < 1:
		err = cli.Usagef("-j %d: at least 1", o.Workers)
	}
	return o, inputs, err
}

// network is a milp that has come by.
type network struct {
	id      string
	name    string
	content string // digest of the content, when edited
	sum     [sha256.Size]byte
	space   *region.Space
}

// solver holds the state of a run.
type solver struct {
	e        *cli.Env
	o        options
	prov     *record.Prov
	networks map[string]*network
	slots    chan struct{} // a token for each worker in use
	ctx      context.Context
	wg       sync.WaitGroup
	mu       sync.Mutex
	err      error // the first that a worker met
	failed   int
}

func run(e *cli.Env, args []string) error {
	o, inputs, err := parse(e, args)
	if err != nil {
		return err
	}
	s := &solver{
		e: e, o: o, prov: e.Prov(highs.Version()),
		networks: map[string]*network{},
		slots:    make(chan struct{}, o.Workers),
	}
	var cancel context.CancelFunc
	s.ctx, cancel = context.WithCancel(e.Context())
	defer cancel()
	err = e.Each(inputs, s.handle)
	var write *record.WriteError
	if errors.As(err, &write) {
		cancel() // no answer can be written any more
	}
	s.wg.Wait()
	if err == nil {
		err = s.err
	}
	if err == nil {
		err = cli.Failed(s.failed)
	}
	return err
}

func (s *solver) handle(l *record.Line) error {
	s.mu.Lock()
	err := s.err
	s.mu.Unlock()
	if err != nil {
		return err
	}
	switch l.Type {
	case "milp":
		return s.milp(l)
	case "parity":
		return s.parity(l)
	}
	return s.e.Out.Pass(l)
}

func (s *solver) pass(l *record.Line) error {
	if s.o.keep {
		return s.e.Out.Pass(l)
	}
	return nil
}

func (s *solver) milp(l *record.Line) error {
	sum := sha256.Sum256(l.Raw)
	for _, n := range s.networks {
		if n.sum == sum {
			return s.pass(l)
		}
	}
	p, err := milp.Decode(l)
	if err != nil {
		return err
	}
	space, err := region.NewSpace(p)
	if err != nil {
		return err
	}
	n := &network{id: p.ID, name: p.Name, sum: sum, space: space}
	if space.Edited() {
		n.content = p.Digest()
	}
	if old, ok := s.networks[p.ID]; ok {
		if old.content != n.content {
			return fmt.Errorf("a milp with the id %s and other content came before: give an edited one an id of its own", p.ID)
		}
		return s.pass(l)
	}
	s.networks[p.ID] = n
	if err := s.pass(l); err != nil {
		return err
	}
	if err := s.e.Out.Write(s.facts(p, n)); err != nil {
		return err
	}
	if s.o.count {
		s.start(l, s.o.Workers, func(ctx context.Context) error { return s.count(ctx, n) })
	}
	return nil
}

func (s *solver) facts(p *milp.Problem, n *network) record.Network {
	r := record.Network{
		Head: head("network"), Milp: p.ID, Name: p.Name, Network: p.Network,
		Units: len(p.Units), Edited: n.content != "", Content: n.content, Prov: s.prov,
	}
	for i := range p.Units {
		switch u := &p.Units[i]; {
		case u.Stably(milp.Active):
			r.Active++
		case u.Stably(milp.Inactive):
			r.Inactive++
		default:
			r.Unstable++
		}
	}
	return r
}

func head(kind string) record.Head { return record.Head{Type: kind, Schema: record.Schema} }

func (s *solver) parity(l *record.Line) error {
	var p record.Parity
	if err := l.Decode(&p); err != nil {
		return err
	}
	n, ok := s.networks[p.Milp]
	if !ok {
		return fmt.Errorf("parity record of milp %q, which has not come before it", p.Milp)
	}
	if p.Size == 0 {
		return errors.New("size is missing")
	}
	for i, r := range p.Rows {
		for k, u := range r.Units {
			if u < 0 || u >= n.space.Units() {
				return fmt.Errorf("rows[%d].units[%d]: %d out of range (%d units)", i, k, u, n.space.Units())
			}
		}
	}
	if err := s.pass(l); err != nil {
		return err
	}
	s.start(l, 1, func(ctx context.Context) error { return s.trial(ctx, n, &p) })
	return nil
}

// start answers a question in the background once its workers are free.
func (s *solver) start(l *record.Line, workers int, answer func(context.Context) error) {
	for range workers {
		s.slots <- struct{}{}
	}
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		defer func() {
			for range workers {
				<-s.slots
			}
		}()
		ctx := s.ctx
		if s.o.timeLimit > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, s.o.timeLimit)
			defer cancel()
		}
		err := answer(ctx)
		if err == nil {
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if err := s.e.Fail(l, err); err != nil {
			if s.err == nil {
				s.err = err
			}
			return
		}
		s.failed++
	}()
}

// why says what ended a question early.
func (s *solver) why(ctx context.Context, e region.Effort) string {
	switch {
	case s.e.Context().Err() != nil:
		return "interrupted"
	case ctx.Err() != nil:
		return "time limit"
	case e.Unclear > 0:
		return fmt.Sprintf("%d programs without an answer", e.Unclear)
	}
	return ""
}

func (s *solver) stats(start time.Time, e region.Effort) *record.Stats {
	return &record.Stats{
		Engine: s.o.Engine, Seconds: time.Since(start).Seconds(),
		Nodes: e.Nodes, LPs: e.LPs, Pivots: e.Pivots, MIPs: e.MIPs, Retries: e.Retries,
	}
}
