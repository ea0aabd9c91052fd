package verify_test

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"relucount/pkg/record"
	"relucount/pkg/verify"
)

// leaves draws the paths of the leaves of a tree.
func leaves(rng *rand.Rand, path record.Path, units []int) []record.Path {
	if len(units) == 0 || len(path) > 0 && rng.IntN(3) == 0 {
		return []record.Path{slices.Clone(path)}
	}
	i := rng.IntN(len(units))
	rest := slices.Delete(slices.Clone(units), i, i+1)
	var out []record.Path
	for on := range 2 {
		out = append(out, leaves(rng, append(slices.Clone(path), record.Split{units[i], on}), rest)...)
	}
	return out
}

// The leaves of a tree are the whole in any order. Without one of them, with one
// twice, with one that is changed or with a path above one they are not.
func TestWhole(t *testing.T) {
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 4))
		paths := leaves(rng, nil, []int{0, 1, 2, 3, 4, 5})
		rng.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
		whole := func(paths []record.Path) (*big.Int, error) {
			var pieces []verify.Piece
			for _, p := range paths {
				pieces = append(pieces, verify.Piece{Path: p, Regions: big.NewInt(2)})
			}
			return verify.Whole(pieces)
		}
		if n, err := whole(paths); err != nil || n.Cmp(big.NewInt(int64(2*len(paths)))) != 0 {
			t.Fatalf("seed %d: %v: %v, %v", seed, paths, n, err)
		}
		at := rng.IntN(len(paths))
		short := paths[at][:len(paths[at])-1]
		other := slices.Clone(paths[at])
		other[len(short)][1] = 1 - other[len(short)][1]
		unit := slices.Clone(paths[at])
		unit[rng.IntN(len(unit))][0] = 6
		for name, wrong := range map[string][]record.Path{
			"one less":      slices.Delete(slices.Clone(paths), at, at+1),
			"one twice":     append(slices.Clone(paths), paths[at]),
			"one above":     append(slices.Clone(paths), short),
			"one below":     append(slices.Clone(paths), append(slices.Clone(paths[at]), record.Split{7, rng.IntN(2)})),
			"another state": append(slices.Delete(slices.Clone(paths), at, at+1), other),
			"another unit":  append(slices.Delete(slices.Clone(paths), at, at+1), unit),
			"none":          nil,
		} {
			if n, err := whole(wrong); err == nil {
				t.Errorf("seed %d: %v, %s: %v", seed, paths, name, n)
			}
		}
	}
}

// FuzzCheck wants no panic, and of the milp of a seed no other number of regions
// than it has.
func FuzzCheck(f *testing.F) {
	rng := rand.New(rand.NewPCG(1, 5))
	numbers := map[string]string{}
	for range 20 {
		p, records, n := draw(f, rng)
		text := lines(f, p, records)
		numbers[text[0]] = strconv.Itoa(n)
		f.Add(text[0], strings.Join(text[1:], ""))
	}
	f.Fuzz(func(t *testing.T, milp, proofs string) {
		if len(milp)+len(proofs) > 1<<15 {
			return
		}
		got := own(milp + "\n" + proofs).regions
		if want, ok := numbers[milp]; ok && got != "" && got != want {
			t.Errorf("%s regions, there are %s", got, want)
		}
	})
}
