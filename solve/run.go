package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"sync/atomic"
	"time"

	"relucount/pkg/capacity"
	"relucount/pkg/cli"
	"relucount/pkg/highs"
	"relucount/pkg/milp"
	"relucount/pkg/record"
	"relucount/pkg/region"
	"relucount/pkg/stage"
)

// network is a milp that has come by.
type network struct {
	id       string
	name     string
	content  string // digest of the content, when edited
	space    *region.Space
	regions  *region.Describer // nil: none are written
	ceiling  *capacity.Ceiling
	probers  chan *region.Prober // those that nobody uses
	pilot    pilot               // of the probes
	measurer *region.Measurer    // of the regions that they end in; nil: none is asked for
}

// memory is from where on garbage is collected as often as it takes: cells of
// networks with hundreds of units have megabytes.
const memory = 1 << 30

// ceilingWork limits what bounding cells spends on sets of active units: a
// second or two at most, where counting takes longer.
var ceilingWork = capacity.Limits{SetUnits: 21, Work: 1 << 23, Sets: 1 << 21}

// tailWork is the nodes of each tail that it may visit, in a second at most.
const tailWork = 1 << 15

// solver holds the state of a run.
type solver struct {
	e        *cli.Env
	o        options
	prov     *record.Prov
	seen     milp.Seen
	networks map[string]*network
	pending  *question // the count of the last milp: its trials go first
	queue    *queue
	fails    atomic.Int64 // answers that became error records
}

func (o *options) run(e *cli.Env, inputs []string) error {
	if err := o.check(e); err != nil {
		return err
	}
	if os.Getenv("GOGC") == "" {
		percent := 200 // the searches keep little
		if o.regions {
			percent = 400 // more of it is garbage
		}
		debug.SetGCPercent(percent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memory)
	}
	s := &solver{
		e: e, o: *o, prov: e.Prov(highs.Version()),
		networks: map[string]*network{},
		queue:    newQueue(e.Context(), o.Workers, o.timeLimit),
	}
	err := e.Each(inputs, s.handle)
	var write *record.WriteError
	if errors.As(err, &write) {
		s.queue.fail(err)
	}
	s.ask(nil)
	if failure := s.queue.close(); err == nil {
		err = failure
	}
	if err == nil {
		s.idle()
	}
	if err == nil {
		err = cli.Failed(int(s.fails.Load()))
	}
	return err
}

// idle says why there is no answer where nothing was asked. A share of cubes may have
// none.
func (s *solver) idle() {
	s.e.Lacks(record.KindMilp, milp.Dropped)
	asked := s.o.count || s.o.regions || s.o.probes > 0 || s.o.cubes > 0 || s.o.cubesLeft ||
		s.e.Came(record.KindParity) || s.e.Came(record.KindCube)
	if !asked && s.e.Came(record.KindMilp) {
		s.e.Warnf("nothing was asked: -count counts regions, and hashgen adds hashes (solve -h says more)")
	}
}

// guard gives the error of an answer, or its panic, the place of its record;
// with -k it becomes an error record and the rest goes on.
func (s *solver) guard(place string, answer func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		err := cli.Try(place, func() error { return answer(ctx) })
		if err == nil {
			return nil
		}
		var placed *record.Error
		if !errors.As(err, &placed) {
			err = &record.Error{Place: place, Err: err}
		}
		if err := s.e.Fail(nil, err); err != nil {
			return err
		}
		s.fails.Add(1)
		return nil
	}
}

// ask puts off the count of a milp until its trials are in the queue, which is
// when the next milp comes, or nothing more does.
func (s *solver) ask(next *question) {
	if s.pending != nil {
		s.queue.add(*s.pending)
	}
	s.pending = next
}

func (s *solver) handle(l *record.Line) error {
	if err := s.queue.failed(); err != nil {
		return err
	}
	switch {
	case s.o.cubes > 0 && l.Type == record.KindMilp:
		return s.split(l)
	case s.o.cubes > 0:
		return s.e.Out.Pass(l)
	}
	switch l.Type {
	case record.KindMilp:
		return s.milp(l)
	case record.KindCube:
		return s.cube(l)
	case record.KindParity:
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
	p, fresh, err := s.seen.Decode(l)
	if err != nil {
		return err
	}
	if !fresh {
		return s.pass(l)
	}
	space, err := region.NewSpace(p)
	if err != nil {
		return err
	}
	n := newNetwork(p, space)
	if n.space, n.regions, err = s.wide(space); err != nil {
		return err
	}
	s.networks[p.ID] = n
	if err := s.pass(l); err != nil {
		return err
	}
	if err := s.e.Out.Write(s.facts(p, n)); err != nil {
		return err
	}
	s.ask(nil)
	if err := s.probes(n, l.Place()); err != nil {
		return err
	}
	if s.o.count || s.o.regions {
		answer := s.count
		if s.o.other() {
			answer = s.define
		}
		s.ask(&question{s.workers(), 0, s.guard(l.Place(), func(ctx context.Context) error { return answer(ctx, n, nil) })})
	}
	return nil
}

// newNetwork returns what questions are asked about.
func newNetwork(p *milp.Problem, space *region.Space) *network {
	n := &network{id: p.ID, name: p.Name, space: space, ceiling: stage.Ceiling(p, space.Edited(), ceilingWork, tailWork)}
	if space.Edited() {
		n.content = p.Digest()
	}
	return n
}

// wide returns the space in which to look at regions closely, if that is asked for, and
// what describes them, or the space as it is.
func (s *solver) wide(space *region.Space) (*region.Space, *region.Describer, error) {
	if !s.o.regions && !s.o.other() {
		return space, nil, nil
	}
	space, err := space.Wide()
	if err != nil {
		return nil, nil, err
	}
	if s.o.other() {
		return space, nil, space.Definable(s.o.define)
	}
	d, err := space.NewDescriber(s.o.Aspects)
	return space, d, err
}

// workers is how many a count can use.
func (s *solver) workers() int {
	if s.o.Engine == "mip" {
		return 1
	}
	return s.o.Workers
}

func (s *solver) facts(p *milp.Problem, n *network) record.Network {
	facts := p.Facts(n.content)
	facts.Prov = s.prov
	return facts
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
	answer := s.trial
	switch p.Ask {
	case "":
	case record.AskCount:
		answer = s.cell
	default:
		return fmt.Errorf("ask: %q is neither %q nor absent, for a trial", p.Ask, record.AskCount)
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
	s.queue.add(question{1, len(l.Raw), s.guard(l.Place(), func(ctx context.Context) error { return answer(ctx, n, &p) })})
	return nil
}

// why says what ended a question early.
func (s *solver) why(ctx context.Context, e region.Effort) string {
	switch {
	case s.e.Context().Err() != nil:
		return "interrupted"
	case errors.Is(ctx.Err(), context.DeadlineExceeded), late(ctx):
		return "time limit"
	case e.Unclear > 0:
		return fmt.Sprintf("%d programs without an answer", e.Unclear)
	}
	return ""
}

// late reports whether the time is all but up: HiGHS has a clock of its own
// and may stop a little before ours does.
func late(ctx context.Context) bool {
	end, ok := ctx.Deadline()
	return ok && time.Until(end) < time.Second/10
}

func (s *solver) stats(start time.Time, e region.Effort) *record.Stats {
	return &record.Stats{Engine: s.o.Engine, Seconds: time.Since(start).Seconds(), Work: e.Work}
}
