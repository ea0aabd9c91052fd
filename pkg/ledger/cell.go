package ledger

import (
	"cmp"
	"fmt"
	"math"

	"relucount/pkg/confidence"
	"relucount/pkg/phrase"
	"relucount/pkg/record"
)

// cells is the cells of a network: in package confidence they are buckets.
type cells struct{ answers[cellKey, counting] }

func keepCells() shelf { return cells{newAnswers[cellKey, counting]()} }

// cellKey tells cells apart.
type cellKey struct {
	hash trialKey // a trial of the same key has the same rows
	rows int
}

func (a cellKey) compare(b cellKey) int {
	return cmp.Or(compareSizes(a.hash.size, b.hash.size), cmp.Compare(a.rows, b.rows), a.hash.compare(b.hash))
}

func (a cellKey) String() string {
	return fmt.Sprintf("cell %d of %s (size %v, seed %s)",
		a.hash.trial, phrase.Several(a.rows, "row"), a.hash.size, phrase.Plain(a.hash.seed))
}

func readCell(line *record.Line) (program, fact, error) {
	var c record.Cell
	if err := line.Decode(&c); err != nil {
		return program{}, nil, err
	}
	if err := checkAnswer(c.Rows, c.Trial, c.Doubtful); err != nil {
		return program{}, nil, err
	}
	n, err := newCount(&record.Count{Regions: c.Regions, Exact: c.Exact, Doubtful: c.Doubtful, Why: c.Why, Stats: c.Stats})
	return program{c.Milp, c.Content, c.Edited}, func(e *entry) {
		if c.Rows == 0 { // everything satisfies no rows
			on[counts](e).at(record.Whole).add(n)
		} else {
			on[cells](e).at(cellKey{trialKey{c.Size, c.Seed, c.Trial}, c.Rows}).add(n)
		}
	}, err
}

// claims are from below only: the regions of a cell are regions of the whole.
func (s cells) claims() (atLeast, atMost []claim) {
	for _, k := range s.keys(cellKey.compare) {
		cell, _ := s.by[k].claims(fromCell, " of "+k.String())
		atLeast = append(atLeast, cell...)
	}
	return atLeast, nil
}

func (s cells) contradictions(e *entry) []string {
	var out []string
	for _, k := range s.keys(cellKey.compare) {
		out = append(out, s.by[k].contradictions(k.String(), nil)...)
		if t := on[trials](e).by[k.hash]; t != nil {
			out = append(out, besides(t, k, s.by[k])...)
		}
	}
	return out
}

// besides compares a trial with a cell of the same hash: the cell has regions if
// and only if the trial survives its rows.
func besides(t *trial, k cellKey, cell *counting) []string {
	switch {
	case cell.best.regions.Sign() > 0 && len(t.closed) > 0 && t.closed[0] < k.rows:
		return []string{fmt.Sprintf("%s is closed after %s, but %s has %v regions",
			k.hash, phrase.Several(t.closed[0], "row"), k, cell.best.regions)}
	case cell.best.regions.Sign() == 0 && cell.best.exact && t.best.rows >= k.rows:
		return []string{fmt.Sprintf("%s survived %s, but %s has no regions", k.hash, phrase.Several(t.best.rows, "row"), k)}
	}
	return nil
}

func (s cells) found() []finding {
	var out []finding
	for _, t := range s.by {
		out = append(out, finding{fromCell, t.best.lower})
	}
	return out
}

// cellGroup is the cells of one size, number of rows and seed.
type cellGroup struct {
	record.CellGroup
	sample confidence.Buckets
	counts []float64 // of the cells that are there, in bits

	lps int64 // that they took
}

func (s cells) gather() []*cellGroup {
	var out []*cellGroup
	alike := func(a, b cellKey) bool {
		return a.hash.size == b.hash.size && a.rows == b.rows && a.hash.seed == b.hash.seed
	}
	for _, keys := range runs(s.keys(cellKey.compare), alike) {
		size, rows, seed := keys[0].hash.size, keys[0].rows, keys[0].hash.seed
		g := &cellGroup{
			CellGroup: record.CellGroup{Size: size, Rows: rows, Seed: seed},
			sample:    confidence.Buckets{Dense: size == record.Half, Rows: rows},
		}
		for _, k := range keys {
			g.add(k.hash.trial, s.by[k].best)
		}
		g.Mean = estimate(g.counts, g.Rows)
		out = append(out, g)
	}
	return out
}

// add puts in the next cell.
func (g *cellGroup) add(number int, c count) {
	buckets := g.sample.Counts
	for ; len(buckets) < number; buckets = append(buckets, confidence.Bucket{Log2: confidence.None}) {
		g.Missing = append(g.Missing, len(buckets))
	}
	bits := confidence.None
	if c.regions.Sign() > 0 {
		bits = record.Log2(c.regions)
	}
	g.sample.Counts = append(buckets, confidence.Bucket{Log2: bits, Exact: c.exact})
	g.counts = append(g.counts, bits)
	g.Cells++
	if c.exact {
		g.Exact++
	}
	g.Doubtful += c.doubtful
	g.lps += c.stats.LPs
}

func (s cells) groups() []group {
	var out []group
	for _, g := range s.gather() {
		one := group{
			Group: record.Group{Size: &g.Size, Rows: &g.Rows, Seed: g.Seed}, sample: g.sample,
			stream:   fmt.Sprintf("cells %v %s", g.Size, g.Seed),
			describe: func(from *record.Sources, _ float64) { from.Cells = append(from.Cells, g.CellGroup) },
			figures:  g.Cells, lps: g.lps,
		}
		if len(g.Missing) > 0 {
			one.gaps = []string{fmt.Sprintf("cells of size %v, %s, seed %s: no count of %s",
				g.Size, phrase.Several(g.Rows, "row"), phrase.Plain(g.Seed), phrase.Ranges(g.Missing))}
		}
		out = append(out, one)
	}
	return out
}

// densest returns the group of dense rows that has most regions in its cells,
// and whether it has any; or nil.
func (s cells) densest() (best *cellGroup, any bool) {
	most := confidence.None
	for _, g := range s.gather() {
		mean, _ := confidence.Average(g.counts)
		if all := mean + math.Log2(float64(len(g.counts))); g.sample.Dense && (best == nil || all > most) {
			best, most = g, all
		}
	}
	return best, most > confidence.None
}

func (s cells) costs() []record.Stats {
	var out []record.Stats
	for _, t := range s.by {
		out = append(out, t.best.stats)
	}
	return out
}

// estimate is the mean of weights times 2^rows.
func estimate(weights []float64, rows int) record.Estimate {
	mean, err := confidence.Average(weights)
	out := record.Estimate{Number: rounded(mean + float64(rows))}
	if math.IsNaN(err) {
		return out
	}
	n := rounded(err + float64(rows))
	out.Error = &n
	if mean > confidence.None {
		out.Bits = math.Exp2(err-mean) / math.Ln2
	}
	return out
}

// rounded is a number of regions from its logarithm, which it keeps.
func rounded(bits float64) record.Number {
	n := number(confidence.Regions(bits))
	if bits > confidence.None {
		n.Log2 = bits
	}
	return n
}
