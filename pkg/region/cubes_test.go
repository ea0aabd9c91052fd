package region

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"relucount/pkg/property"
	"relucount/pkg/truth"
)

func cubesOf(t testing.TB, s *Space, n, workers int) []Cube {
	t.Helper()
	cubes, _, err := s.Cubes(context.Background(), Options{Margin: DefaultMargin, Workers: workers}, n)
	if err != nil {
		t.Fatal(err)
	}
	if len(cubes) < 1 || len(cubes) > n {
		t.Fatalf("%d cubes, %d were asked for", len(cubes), n)
	}
	return cubes
}

// checkCubes counts each cube: together they have each pattern of the truth
// once, and none of them is empty unless there is no region at all.
func checkCubes(t testing.TB, s *Space, cubes []Cube, engine string, want map[string]bool) {
	t.Helper()
	got := map[string]bool{}
	for _, c := range cubes {
		text, before := strings.Join(s.FormatPrefix(c.Prefix), ""), len(got)
		n, err := s.Count(context.Background(), Options{
			Engine: engine, Margin: DefaultMargin, Workers: 1 + len(got)%2, Prefix: c.Prefix,
			Each: func(w Region) error {
				key := strings.Join(w.Pattern(), "/")
				if got[key] {
					t.Errorf("%s: pattern %s came twice", engine, key)
				}
				if !strings.HasPrefix(strings.Join(w.Pattern(), ""), text) {
					t.Errorf("%s: pattern %s below %s", engine, key, text)
				}
				got[key] = true
				return nil
			},
		})
		if err != nil || !n.Complete || n.Regions != int64(len(got)-before) {
			t.Errorf("%s: %s: %+v, %v", engine, text, n, err)
		}
		for _, oracle := range []string{"geometry", "highs"} {
			if engine == "mip" {
				break
			}
			o := Options{Oracle: oracle, Margin: DefaultMargin, Workers: 1, Prefix: c.Prefix}
			if m, err := s.Count(context.Background(), o); err != nil || !m.Complete || m.Regions != n.Regions {
				t.Errorf("%s: %s: %+v without patterns, %d with them, %v", oracle, text, m, n.Regions, err)
			}
		}
		if n.Regions == 0 && len(want) > 0 && n.Doubtful == 0 {
			t.Errorf("%s: %s has no region", engine, text)
		}
	}
	for p := range want {
		if !got[p] {
			t.Errorf("%s: %s is missing", engine, p)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s: %d patterns, want %d", engine, len(got), len(want))
	}
}

func patternsOf(t testing.TB, s *Space) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for p := range countAll(t, s, "tree", 1).at {
		out[p] = true
	}
	return out
}

func TestCubes(t *testing.T) {
	t.Parallel()
	for i := range property.Seeds(t, 80, 6) {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(31, i))
			d := truth.Random(rng, 1+rng.IntN(4), 1+rng.IntN(3), 11)
			s, err := NewSpace(d.Encode(t))
			if err != nil {
				t.Fatal(err)
			}
			want := patternsOf(t, s)
			for _, n := range []int{1, 2, 3, 1 + rng.IntN(20), 1000} {
				cubes := cubesOf(t, s, n, 1)
				checkCubes(t, s, cubes, "tree", want)
				if len(cubes) < min(n, len(want)) {
					t.Errorf("%d cubes of %d for %d regions", len(cubes), n, len(want))
				}
				if n <= 3 && len(want) <= 16 {
					checkCubes(t, s, cubes, "mip", want)
				}
				if again := cubesOf(t, s, n, 1+rng.IntN(5)); fmt.Sprint(again) != fmt.Sprint(cubes) {
					t.Errorf("other workers, other cubes:\n%v\n%v", again, cubes)
				}
			}
			if t.Failed() {
				t.Log(d)
			}
		})
	}
}

// Rows of the user's leave branches that die further down.
func TestCubesEdited(t *testing.T) {
	t.Parallel()
	for name, edit := range edits {
		for i := range property.Seeds(t, 8, 1) {
			t.Run(fmt.Sprint(name, i), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(32, i))
				d := truth.Random(rng, 1+rng.IntN(3), 1+rng.IntN(2), 8)
				p := truth.Copy(t, d.Encode(t))
				if !edit(rng, p) || p.Check() != nil {
					t.Skip("nothing to edit")
				}
				s, err := NewSpace(p)
				if err != nil {
					t.Skip(err)
				}
				want := patternsOf(t, s)
				checkCubes(t, s, cubesOf(t, s, 1+rng.IntN(12), 2), "tree", want)
				if len(want) <= 8 && i%4 == 0 {
					checkCubes(t, s, cubesOf(t, s, 3, 2), "mip", want)
				}
				if t.Failed() {
					t.Log(d)
				}
			})
		}
	}
}

// Cubes of a cube are cubes of the whole.
func TestCubesOfCube(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(33, 1))
	s, err := NewSpace(truth.Random(rng, 2, 2, 11).Encode(t))
	if err != nil {
		t.Fatal(err)
	}
	var parts []Cube
	for _, c := range cubesOf(t, s, 3, 1) {
		o := Options{Margin: DefaultMargin, Workers: 1, Prefix: c.Prefix}
		finer, _, err := s.Cubes(context.Background(), o, 3)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, finer...)
	}
	checkCubes(t, s, parts, "tree", patternsOf(t, s))
}

func TestCubesCutShort(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(33, 1))
	s, err := NewSpace(truth.Random(rng, 2, 2, 11).Encode(t))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	cubes, _, err := s.Cubes(ctx, Options{Margin: DefaultMargin, Workers: 1}, 5)
	if err != nil || len(cubes) != 1 || len(cubes[0].Prefix) != 0 {
		t.Errorf("%v, %v", cubes, err)
	}
	if _, _, err := s.Cubes(context.Background(), Options{Margin: DefaultMargin, Workers: 1}, 0); err == nil {
		t.Error("0 cubes are no error")
	}
	if _, err := s.Count(context.Background(), Options{Prefix: make([]bool, s.Units()+1)}); err == nil {
		t.Error("a prefix that is too long is no error")
	}
}

func TestPrefixText(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(34, 1))
	d := truth.Random(rng, 2, 3, 12)
	s, err := NewSpace(d.Encode(t))
	if err != nil {
		t.Fatal(err)
	}
	states := make([]bool, s.Units())
	for k := range states {
		states[k] = rng.IntN(2) == 1
	}
	for n := range s.Units() + 1 {
		text := s.FormatPrefix(states[:n])
		back, err := s.ParsePrefix(text)
		if err != nil || !slices.Equal(back, states[:n]) {
			t.Errorf("%v: %q: %v, %v", states[:n], text, back, err)
		}
	}
	whole := s.FormatPrefix(states)
	for _, c := range []struct {
		prefix []string
		want   string
	}{
		{[]string{"2"}, `prefix[0]: "2" has other digits than 0 and 1`},
		{[]string{whole[0] + "1"}, fmt.Sprintf("prefix[0]: %d digits for a layer of %d units", len(whole[0])+1, len(whole[0]))},
		{[]string{"", "1"}, fmt.Sprintf("prefix[0]: 0 digits for a layer of %d units, and it is not the last", len(whole[0]))},
		{append(slices.Clone(whole), "1"), "prefix[3]: there are 3 layers"},
	} {
		if _, err := s.ParsePrefix(c.prefix); err == nil || err.Error() != c.want {
			t.Errorf("%q: %v, want %s", c.prefix, err, c.want)
		}
	}
}

// TestCubesWhereClose: cubes find the regions that one count does, also where
// decisions are close.
func TestCubesWhereClose(t *testing.T) {
	t.Parallel()
	for i := range property.Seeds(t, 96, 4) {
		rng := rand.New(rand.NewPCG(35, i))
		var d truth.Drawn
		switch i % 3 {
		case 0: // hyperplanes at angles down to 1e-10
			inputs := 2 + rng.IntN(2)
			eps := math.Pow(10, -6-4*rng.Float64())
			var rows [][]float64
			for k := range 4 + rng.IntN(3) {
				r := make([]float64, inputs+1)
				for j := range r {
					r[j] = rng.NormFloat64() / 2
					if k > 1 {
						r[j] = rows[k%2][j] + eps*rng.NormFloat64()
					}
				}
				rows = append(rows, r)
			}
			d = truth.In(truth.OneLayer(rows), -1, 1, "interval")
		case 1:
			d = truth.Disguise(rng, truth.Degenerate(rng, 1+rng.IntN(3), 1+rng.IntN(4)), 3)
		case 2:
			d = truth.ScaledUnits(rng, 1+rng.IntN(3), 1+rng.IntN(3), 6)
		}
		s, err := NewSpace(d.Encode(t))
		if err != nil {
			t.Fatal(err)
		}
		plain := enumerate(t, s, Options{Engine: "tree", Workers: 1})
		if exact := truth.OfNetwork(d.Net, d.Domain).Regions(); !sameRegions(t, fmt.Sprint(i), plain, exact) {
			t.Fatal(d)
		}
		for _, n := range []int{2, 7, 50} {
			var sum CountResult
			for _, c := range cubesOf(t, s, n, 2) {
				o := Options{Margin: DefaultMargin, Workers: 1, Prefix: c.Prefix}
				if n == 7 {
					o.Each = func(w Region) error {
						if p := strings.Join(w.Pattern(), ""); !strings.HasPrefix(p, strings.Join(s.FormatPrefix(c.Prefix), "")) {
							t.Errorf("%d: pattern %s below %s", i, p, strings.Join(s.FormatPrefix(c.Prefix), ""))
						}
						return nil
					}
				}
				got, err := s.Count(context.Background(), o)
				if err != nil || !got.Complete {
					t.Fatalf("%+v, %v", got, err)
				}
				sum.Regions += got.Regions
				sum.Doubtful += got.Doubtful
			}
			if sum.Regions != plain.Regions || sum.Doubtful+plain.Doubtful > 0 {
				t.Errorf("%d: %d regions in %d cubes with %d doubts, %d in one count with %d\n%v",
					i, sum.Regions, n, sum.Doubtful, plain.Regions, plain.Doubtful, d)
			}
		}
	}
}
