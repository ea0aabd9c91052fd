package verify

import (
	"math/big"
	"slices"

	"relucount/pkg/record"
)

// Piece is what one record proves: how many regions there are below a path.
type Piece struct {
	Path    record.Path
	Regions *big.Int
}

// Whole adds up pieces that together prove the number of all regions. Any others
// are an error, which says what is missing or stands twice. It sorts the pieces.
//
// In the order of a tree, off before on, each path goes on from the one that is
// due with off only. What is due then is on beside each of these, the deepest
// first.
func Whole(pieces []Piece) (total *big.Int, err error) {
	defer rescue(&err)
	need(len(pieces) > 0, "nothing is proved")
	slices.SortFunc(pieces, func(a, b Piece) int {
		return slices.CompareFunc(a.Path, b.Path, func(a, b record.Split) int { return slices.Compare(a[:], b[:]) })
	})
	total = new(big.Int)
	due := []record.Path{{}} // the next one last
	for _, p := range pieces {
		need(len(due) > 0, "%v is proved besides the whole", p.Path)
		next := due[len(due)-1]
		due = due[:len(due)-1]
		need(len(p.Path) >= len(next) && slices.Equal(p.Path[:len(next)], next), "nothing is proved below %v, or it is proved twice", next)
		for d := len(next); d < len(p.Path); d++ {
			above, unit := p.Path[:d:d], p.Path[d][0]
			need(p.Path[d][1] == 0, "nothing is proved below %v", append(above, record.Split{unit, 0}))
			due = append(due, append(above, record.Split{unit, 1}))
		}
		total.Add(total, p.Regions)
	}
	need(len(due) == 0, "nothing is proved below %v", due)
	return total, nil
}
