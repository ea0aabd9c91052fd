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
// In the order of a tree the first path has off only, and the path after each
// begins with the on-subtree beside the deepest off-subtree that has just ended,
// and goes on with off only.
func Whole(pieces []Piece) (total *big.Int, err error) {
	defer rescue(&err)
	need(len(pieces) > 0, "nothing is proved")
	slices.SortFunc(pieces, func(a, b Piece) int {
		return slices.CompareFunc(a.Path, b.Path, func(a, b record.Split) int { return slices.Compare(a[:], b[:]) })
	})
	total = new(big.Int)
	var next record.Path
	for i, p := range pieces {
		need(i == 0 || !beginsWith(p.Path, pieces[i-1].Path), "both %v and %v are proved", pieces[max(i-1, 0)].Path, p.Path)
		need(i == 0 || len(next) > 0, "%v is proved besides the whole", p.Path)
		need(beginsWith(p.Path, next), "nothing is proved below %v", next)
		for d := len(next); d < len(p.Path); d++ {
			if p.Path[d][1] != 0 {
				need(false, "nothing is proved below %v", append(slices.Clone(p.Path[:d]), record.Split{p.Path[d][0], 0}))
			}
		}
		total.Add(total, p.Regions)
		next = slices.Clone(p.Path)
		for len(next) > 0 && next[len(next)-1][1] == 1 {
			next = next[:len(next)-1]
		}
		if len(next) > 0 {
			next[len(next)-1][1] = 1
		}
	}
	need(len(next) == 0, "nothing is proved below %v", next)
	return total, nil
}

func beginsWith(p, start record.Path) bool {
	return len(p) >= len(start) && slices.Equal(p[:len(start)], start)
}
