package ledger

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"slices"

	"relucount/pkg/phrase"
	"relucount/pkg/record"
	"relucount/pkg/verify"
)

// proofs is what proofs that were checked have shown, by path.
type proofs struct{ answers[string, proved] }

func keepProofs() shelf { return proofs{newAnswers[string, proved]()} }

// proved is what was shown about the regions below one path. Different numbers
// are a contradiction.
type proved struct {
	path    record.Path
	numbers map[string]*big.Int
}

func readChecked(line *record.Line) (program, fact, error) {
	var c record.Checked
	if err := line.Decode(&c); err != nil {
		return program{}, nil, err
	}
	if err := c.Path.Check(); err != nil {
		return program{}, nil, err
	}
	n, err := natural("regions", c.Regions)
	return program{c.Milp, c.Content, c.Edited}, func(e *entry) { on[proofs](e).add(c.Path, n) }, err
}

func (s proofs) add(path record.Path, n *big.Int) {
	at := s.at(path.String())
	if at.numbers == nil {
		at.path, at.numbers = path, map[string]*big.Int{}
	}
	at.numbers[n.String()] = n
}

// whole returns the number of all regions, or says why it is not proved.
func (s proofs) whole() (*big.Int, error) {
	var pieces []verify.Piece
	for _, key := range s.keys(cmp.Compare[string]) {
		for _, n := range s.by[key].numbers {
			pieces = append(pieces, verify.Piece{Path: s.by[key].path, Regions: n})
		}
	}
	return verify.Whole(pieces)
}

func (s proofs) exact() *count {
	n, err := s.whole()
	if err != nil {
		return nil
	}
	return &count{regions: n, lower: n, upper: n, exact: true, certified: true}
}

func (s proofs) claims() (atLeast, atMost []claim) {
	if n, err := s.whole(); err == nil {
		exact := claim{from: fromProof, n: n, text: fmt.Sprintf("the certified count %v", n)}
		return []claim{exact}, []claim{exact}
	}
	return nil, nil
}

func (s proofs) contradictions(*entry) []string {
	var out []string
	for _, key := range s.keys(cmp.Compare[string]) {
		if n := s.by[key].numbers; len(n) > 1 {
			out = append(out, fmt.Sprintf("%d different numbers of regions are proved below %s", len(n), key))
		}
	}
	return out
}

// incomplete says what is not proved, when something is.
func (s proofs) incomplete() []string {
	if _, err := s.whole(); err != nil && len(s.by) > 0 {
		return []string{"the proof is not complete: " + err.Error()}
	}
	return nil
}

// Certify enters what a proof has shown below a path about a milp, which has the
// given content where it was edited. A path that came before is an error.
func (l *Ledger) Certify(milp, content string, path record.Path, regions int) error {
	e, err := l.at(program{milp: milp, content: content})
	if err != nil {
		return err
	}
	if s := on[proofs](e); s.by[path.String()] == nil {
		s.add(path, big.NewInt(int64(regions)))
		l.added[record.KindProof]++
		return nil
	}
	return fmt.Errorf("proof: %v is proved twice", path)
}

// Uncertified says what is not proved of the first network of which something is
// not, or returns nil.
func (l *Ledger) Uncertified() error {
	for _, p := range slices.SortedFunc(maps.Keys(l.entries), func(a, b program) int {
		return cmp.Or(cmp.Compare(a.milp, b.milp), cmp.Compare(a.content, b.content))
	}) {
		if _, err := on[proofs](l.entries[p]).whole(); err != nil {
			return fmt.Errorf("the proof of %s is not complete: %w", phrase.Plain(p.milp), err)
		}
	}
	return nil
}
