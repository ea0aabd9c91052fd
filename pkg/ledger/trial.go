package ledger

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"

	"relucount/pkg/confidence"
	"relucount/pkg/phrase"
	"relucount/pkg/record"
)

// trials is the trials of a network.
type trials struct{ answers[trialKey, trial] }

func keepTrials() shelf { return trials{newAnswers[trialKey, trial]()} }

// trialKey tells trials apart.
type trialKey struct {
	size  record.Size
	seed  string
	trial int
}

func (a trialKey) compare(b trialKey) int {
	return cmp.Or(compareSizes(a.size, b.size), cmp.Compare(a.seed, b.seed), cmp.Compare(a.trial, b.trial))
}

func (a trialKey) String() string {
	return fmt.Sprintf("trial %d (size %v, seed %s)", a.trial, a.size, phrase.Plain(a.seed))
}

// trial is all that was said about one trial.
type trial struct {
	said   bool
	best   outcome
	closed []int // the different rows at which it was said to be closed, ascending
	open   int   // the most rows that an open one is said to have survived
}

// outcome is one answer to a trial.
type outcome struct {
	rows     int
	closed   bool
	doubtful int
	stats    record.Stats
}

func readTrial(line *record.Line) (program, fact, error) {
	var t record.Trial
	if err := line.Decode(&t); err != nil {
		return program{}, nil, err
	}
	if t.Rows < 0 || t.Rows > t.Of {
		return program{}, nil, fmt.Errorf("rows: %d of %d", t.Rows, t.Of)
	}
	err := checkAnswer(t.Rows, t.Trial, t.Doubtful)
	return program{t.Milp, t.Content, t.Edited}, func(e *entry) {
		on[trials](e).at(trialKey{t.Size, t.Seed, t.Trial}).add(outcome{t.Rows, t.Closed, t.Doubtful, cost(t.Stats)})
	}, err
}

// checkAnswer checks the fields that a trial and a cell have in common.
func checkAnswer(rows, trial, doubtful int) error {
	switch {
	case rows < 0:
		return fmt.Errorf("rows: %d", rows)
	case rows > mostBits:
		return fmt.Errorf("rows: %d is more than %d", rows, mostBits)
	case trial < 0 || trial >= mostNumbers:
		return fmt.Errorf("trial: %d is not from 0 to %d", trial, mostNumbers-1)
	case doubtful < 0:
		return fmt.Errorf("doubtful: %d", doubtful)
	}
	return nil
}

func (t *trial) add(o outcome) {
	if !t.said || o.compare(t.best) < 0 {
		t.best = o
	}
	t.said = true
	if !o.closed {
		t.open = max(t.open, o.rows)
	} else if i, ok := slices.BinarySearch(t.closed, o.rows); !ok {
		t.closed = slices.Insert(t.closed, i, o.rows)
	}
}

// compare prefers closed to open, more rows of open ones, and of closed ones,
// which should agree, fewer: the rules then understate.
func (a outcome) compare(b outcome) int {
	rows := cmp.Compare(a.rows, b.rows)
	if !a.closed {
		rows = -rows
	}
	return cmp.Or(compareBools(b.closed, a.closed), rows, cmp.Compare(a.doubtful, b.doubtful), compareStats(a.stats, b.stats))
}

func (s trials) claims() (atLeast, atMost []claim) {
	for _, k := range s.keys(trialKey.compare) {
		if s.by[k].best.rows > 0 {
			return []claim{{from: fromTrial, n: big.NewInt(1), text: fmt.Sprintf("the 1 region that survived in %s", k)}}, nil
		}
	}
	return nil, nil
}

func (s trials) contradictions(*entry) []string {
	var out []string
	for _, k := range s.keys(trialKey.compare) {
		t := s.by[k]
		for _, rows := range t.closed[min(1, len(t.closed)):] {
			out = append(out, fmt.Sprintf("%s is closed after %d rows and after %d", k, t.closed[0], rows))
		}
		if len(t.closed) > 0 && t.open > t.closed[0] {
			out = append(out, fmt.Sprintf("%s is closed after %d rows, but survived %d", k, t.closed[0], t.open))
		}
	}
	return out
}

// groups puts trials of one size together.
func (s trials) groups() []group {
	var out []group
	for _, keys := range runs(s.keys(trialKey.compare), func(a, b trialKey) bool { return a.size == b.size }) {
		sources := record.TrialGroup{Size: keys[0].size}
		lps := int64(0)
		sample := confidence.Restarts{Dense: sources.Size == record.Half}
		var gaps []string
		for _, keys := range runs(keys, func(a, b trialKey) bool { return a.seed == b.seed }) {
			var rows, missing []int // in the order of the numbers
			for _, k := range keys {
				best := s.by[k].best
				for ; len(rows) < k.trial; rows = append(rows, 0) { // none survived a trial that is missing
					missing = append(missing, len(rows))
				}
				rows = append(rows, best.rows)
				sample.Rows, sample.Closed = append(sample.Rows, best.rows), append(sample.Closed, best.closed)
				tell(&sources, best)
				lps += best.stats.LPs
			}
			sample.Sequences = append(sample.Sequences, rows)
			if len(missing) > 0 {
				gaps = append(gaps, fmt.Sprintf("trials of size %v, seed %s: no answer to %s", keys[0].size, phrase.Plain(keys[0].seed), phrase.Ranges(missing)))
			}
		}
		sources.MeanRows /= float64(sources.Trials)
		out = append(out, group{
			Group: record.Group{Size: &sources.Size}, stream: fmt.Sprintf("trials %v", sources.Size), sample: sample, gaps: gaps,
			describe: func(from *record.Sources, _ float64) { from.Trials = append(from.Trials, sources) },
			figures:  sources.Trials, lps: lps,
		})
	}
	return out
}

// tell adds a trial to the figures of its group.
func tell(g *record.TrialGroup, o outcome) {
	g.Trials++
	if o.closed {
		g.Closed++
	} else {
		g.Open++
	}
	g.Doubtful += o.doubtful
	g.MeanRows += float64(o.rows) // a sum of whole numbers: exact; divided in the end
}

func (s trials) costs() []record.Stats {
	var out []record.Stats
	for _, t := range s.by {
		out = append(out, t.best.stats)
	}
	return out
}
