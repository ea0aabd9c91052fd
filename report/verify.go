package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strconv"

	"relucount/pkg/cli"
	"relucount/pkg/ledger"
	"relucount/pkg/milp"
	"relucount/pkg/record"
	"relucount/pkg/verify"
)

// verifier checks the proofs of a stream, several at a time. What comes of a
// record is dealt with in the order of the stream.
type verifier struct {
	*options
	e     *cli.Env
	facts *ledger.Ledger
	seen  milp.Seen
	milps map[string]subject // by id; it is replaced, as proofs that wait use it
	queue []*task
	slots chan struct{} // of those that are being checked
}

// subject is a milp whose proofs can be checked.
type subject struct {
	*verify.Checker
	content string // digest of the content of an edited one
}

// task is a record that was read. What remains to be done with it is done once
// it is ready and those before it are done.
type task struct {
	line   *record.Line
	ready  chan struct{}
	finish func() error
}

func (o *options) verifier(e *cli.Env, facts *ledger.Ledger) *verifier {
	return &verifier{options: o, e: e, facts: facts, slots: make(chan struct{}, o.workers)}
}

// handle takes a record, and finishes an earlier one if enough are waiting.
func (v *verifier) handle(line *record.Line) error {
	t := &task{line: line, ready: make(chan struct{})}
	v.queue = append(v.queue, t)
	switch {
	case line.Type == record.KindProof:
		milps := v.milps
		go func() {
			v.slots <- struct{}{}
			defer func() { <-v.slots; close(t.ready) }()
			t.prepare(func() (func() error, error) { return v.check(line, milps) })
		}()
	case line.Type == record.KindMilp:
		t.prepare(func() (func() error, error) { return v.milp(line) })
	default:
		t.finish = func() error { return v.other(line) }
	}
	if line.Type != record.KindProof {
		close(t.ready)
	}
	if len(v.queue) < 4*cap(v.slots) {
		return nil
	}
	err := v.next()
	if err != nil && !v.e.Keep {
		v.queue = nil // nothing after it counts
	}
	return err
}

// prepare does what can be done before the records before it are finished. When
// that fails the failure is what is left.
func (t *task) prepare(do func() (finish func() error, err error)) {
	err := cli.Try(t.line.Place(), func() (err error) { t.finish, err = do(); return err })
	if err != nil {
		t.finish = func() error { return err }
	}
}

// next finishes the first record of the queue.
func (v *verifier) next() error {
	t := v.queue[0]
	v.queue = v.queue[1:]
	<-t.ready
	err := t.finish()
	var placed *record.Error
	var write *record.WriteError
	if err != nil && !errors.As(err, &placed) && !errors.As(err, &write) {
		return &record.Error{Place: t.line.Place(), Err: err}
	}
	return err
}

// drain finishes what is left in the queue. Of a run that has failed it returns
// the first failure in the order of the stream.
func (v *verifier) drain(failed error) error {
	n := 0
	for len(v.queue) > 0 {
		line := v.queue[0].line
		if err := v.next(); err != nil {
			if err := v.e.Fail(line, err); err != nil {
				return err
			}
			n++
		}
	}
	if failed != nil && n > 0 {
		return fmt.Errorf("%w; at the end of the input %w", failed, cli.Failed(n))
	}
	return errors.Join(failed, cli.Failed(n))
}

// milp makes a checker of a milp and returns what is to be done then.
func (v *verifier) milp(line *record.Line) (finish func() error, err error) {
	p, fresh, err := v.seen.Decode(line)
	if err != nil {
		return nil, err
	}
	if !fresh {
		return func() error { return nil }, nil
	}
	s := subject{content: p.Digest()}
	if s.content == p.ID {
		s.content = ""
	} else if !p.Pristine() || !p.Within() {
		return nil, errors.New("milp: not proved: proofs know of narrower limits of inputs and of rows over inputs that were appended, and of no other edits")
	}
	if s.Checker, err = verify.New(line); err != nil {
		return nil, fmt.Errorf("milp: not proved: %w", plain(err))
	}
	milps := maps.Clone(v.milps)
	if milps == nil {
		milps = map[string]subject{}
	}
	milps[p.ID] = s
	v.milps = milps
	if !v.checked {
		return func() error { return v.facts.Add(line) }, nil
	}
	facts := p.Facts(s.content)
	facts.Prov = v.e.Prov("")
	return func() error { return v.e.Out.Write(facts) }, nil
}

// other deals with a record that is no part of a proof. Checked records are
// none, either: whoever asks for proofs gets no hearsay.
func (v *verifier) other(line *record.Line) error {
	switch {
	case v.checked:
		return v.e.Out.Pass(line)
	case line.Type == record.KindChecked:
		return nil
	}
	return v.facts.Add(line)
}

// check checks a proof and returns what is to be done then.
func (v *verifier) check(line *record.Line, milps map[string]subject) (finish func() error, err error) {
	var of struct{ Milp, Content string }
	_ = json.Unmarshal(line.Raw, &of) // Check says what is wrong with it
	s, ok := milps[of.Milp]
	if !ok {
		return nil, fmt.Errorf("proof: the milp %.80q must come before it", of.Milp)
	}
	if of.Content != "" && of.Content != s.content && of.Content != of.Milp {
		return nil, fmt.Errorf("proof: it is about the content %.80q, which is not that of the milp", of.Content)
	}
	path, regions, err := s.Check(line)
	if err != nil {
		return nil, fmt.Errorf("proof: %w", plain(err))
	}
	return func() error {
		if !v.checked {
			return v.facts.Certify(of.Milp, s.content, path, regions)
		}
		return v.e.Out.Write(record.Checked{
			Head: record.Head{Type: record.KindChecked, Schema: record.Schema}, Milp: of.Milp, Path: path, Regions: strconv.Itoa(regions),
			Edited: s.content != "", Content: s.content, Prov: v.e.Prov(""),
		})
	}, nil
}

// plain takes the place off an error, which gets it again.
func plain(err error) error {
	var placed *record.Error
	if errors.As(err, &placed) {
		return placed.Err
	}
	return err
}
