package milp

import (
	"crypto/sha256"
	"fmt"

	"relucount/pkg/record"
)

// Seen tells milp records that have come before in a stream, so that a repeated
// one costs little, from new ones. The zero value is ready.
type Seen struct {
	lines   map[[sha256.Size]byte]bool
	content map[string]string // by id
}

// Decode reads and checks a milp record and reports whether it is the first
// of its id. Two with the same id and different content are an error, as
// records that refer to the id could mean either.
func (s *Seen) Decode(l *record.Line) (p *Problem, fresh bool, err error) {
	sum := sha256.Sum256(l.Raw)
	if s.lines[sum] {
		return nil, false, nil
	}
	if p, err = Decode(l); err != nil {
		return nil, false, err
	}
	content := p.Digest()
	old, ok := s.content[p.ID]
	if ok && old != content {
		return nil, false, fmt.Errorf("a milp with the id %s and other content came before: give an edited one an id of its own, as with jq '.id += \" edited\"'", p.ID)
	}
	if s.lines == nil {
		s.lines, s.content = map[[sha256.Size]byte]bool{}, map[string]string{}
	}
	s.lines[sum], s.content[p.ID] = true, content
	return p, !ok, nil
}

// Dropped is why tools that work on milp records may find none.
const Dropped = "so there is nothing to do (solve passes milps on only with -keep)"

// Filter returns what handles a stream of records: it passes each on to out and
// calls add after each milp that is new in the stream.
func Filter(out *record.Writer, add func(*Problem) error) func(*record.Line) error {
	var seen Seen
	return func(l *record.Line) error {
		if l.Type != record.KindMilp {
			return out.Pass(l)
		}
		p, fresh, err := seen.Decode(l)
		if err != nil {
			return err
		}
		if err := out.Pass(l); err != nil || !fresh {
			return err
		}
		return add(p)
	}
}
