package proof_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"relucount/pkg/milp"
	"relucount/pkg/property"
	"relucount/pkg/record"
	"relucount/pkg/region"
	"relucount/pkg/truth"
	"relucount/pkg/verify"
)

// prove counts with a proof.
func prove(t testing.TB, p *milp.Problem, o region.Options) (region.CountResult, []*record.Proof) {
	t.Helper()
	s, err := region.NewSpace(p)
	if err != nil {
		t.Fatal(err)
	}
	var out []*record.Proof
	o.Proof = func(r *record.Proof) error {
		r.Head, r.Milp = record.Head{Type: record.KindProof, Schema: record.Schema}, p.ID
		out = append(out, r)
		return nil
	}
	c, err := s.Count(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return c, out
}

// check has a milp and its proof checked.
func check(t testing.TB, p *milp.Problem, proofs []*record.Proof) (*big.Int, error) {
	t.Helper()
	var text bytes.Buffer
	w := record.NewWriter(&text)
	if err := w.Write(p); err != nil {
		t.Fatal(err)
	}
	for _, r := range proofs {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	in, err := record.NewReader(&text, "stream")
	if err != nil {
		t.Fatal(err)
	}
	var c *verify.Checker
	var pieces []verify.Piece
	for {
		line, err := in.Next()
		switch {
		case errors.Is(err, io.EOF):
			return verify.Whole(pieces)
		case err != nil:
			t.Fatal(err)
		case c == nil:
			if c, err = verify.New(line); err != nil {
				return nil, err
			}
		default:
			path, n, err := c.Check(line)
			if err != nil {
				return nil, err
			}
			pieces = append(pieces, verify.Piece{Path: path, Regions: big.NewInt(int64(n))})
		}
	}
}

// drawProblem draws a milp in a difficult style, some with rows, some with more
// inputs than units, some with two slopes.
func drawProblem(t testing.TB, rng *rand.Rand, seed uint64) *milp.Problem {
	t.Helper()
	style := truth.Styles[seed%uint64(len(truth.Styles))]
	d := truth.Styled(rng, style, 1+rng.IntN(3), 1+rng.IntN(3), 5)
	switch seed % 5 {
	case 1:
		d = truth.Dense(rng, 5, 2+rng.IntN(2), 4, 3)
		d.Method = "interval"
	case 2:
		truth.TwoSlopes(rng, d.Net)
	}
	p := d.Encode(t)
	if seed%3 == 0 {
		p = truth.Copy(t, p)
		cols := truth.InputCols(p)
		truth.AddRow(p, -0.75, 0.5, cols, truth.Ones(len(cols)))
	}
	return p
}

// TestProofs: what a count writes is accepted, and proves the number that the
// exact enumeration has; also that of cubes, together.
func TestProofs(t *testing.T) {
	t.Parallel()
	mixed, fractions := false, false
	for seed := range property.Anew(t, 60, 16) {
		rng := rand.New(rand.NewPCG(seed, 1))
		p := drawProblem(t, rng, seed)
		if len(p.Units) == 0 {
			continue
		}
		c, proofs := prove(t, p, region.Options{Workers: 1 + rng.IntN(2)})
		want := int64(len(truth.OfProblem(p, 1).Regions()))
		if n, err := check(t, p, proofs); err != nil || n.Int64() != want || c.Regions != want {
			t.Fatalf("seed %d: %v regions proved, %v; %d counted, there are %d", seed, n, err, c.Regions, want)
		}
		s, err := region.NewSpace(p)
		if err != nil {
			t.Fatal(err)
		}
		cubes, _, err := s.Cubes(context.Background(), region.Options{Workers: 1}, 1+rng.IntN(6))
		if err != nil {
			t.Fatal(err)
		}
		var all []*record.Proof
		for _, q := range cubes {
			_, some := prove(t, p, region.Options{Workers: 1, Prefix: q.Prefix})
			all = append(all, some...)
		}
		if n, err := check(t, p, all); err != nil || n.Int64() != want {
			t.Fatalf("seed %d: %v regions proved by %d cubes, %v; there are %d", seed, n, len(cubes), err, want)
		}
		for _, r := range proofs {
			for _, n := range r.Nodes {
				mixed = mixed || n.Mix != nil
				fractions = fractions || slices.ContainsFunc(n.X, func(x record.Rational) bool { return strings.Contains(x.Fraction, "/") })
			}
		}
	}
	if !mixed || !testing.Short() && !fractions {
		t.Errorf("mixtures: %v, fractions: %v", mixed, fractions)
	}
}

// TestMutations: a proof in which something is missing, or is another, is
// refused, unless it still proves the same number.
func TestMutations(t *testing.T) {
	t.Parallel()
	refused := 0
	for seed := range property.Anew(t, 60, 10) {
		rng := rand.New(rand.NewPCG(seed, 2))
		p := drawProblem(t, rng, seed)
		if len(p.Units) == 0 {
			continue
		}
		for range 12 {
			c, proofs := prove(t, p, region.Options{Workers: 1})
			r := proofs[rng.IntN(len(proofs))]
			at := rng.IntN(len(r.Nodes))
			node := &r.Nodes[at]
			must := true // be refused
			switch rng.IntN(8) {
			case 0:
				proofs = slices.DeleteFunc(proofs, func(o *record.Proof) bool { return o == r })
			case 1:
				proofs = append(proofs, r)
			case 2:
				r.Nodes = slices.Delete(r.Nodes, at, at+1)
			case 3:
				r.Nodes = slices.Insert(r.Nodes, at, *node)
			case 4:
				if node.Split == nil {
					continue
				}
				node.Split = nil
			case 5:
				if len(node.Claims) == 0 {
					continue
				}
				k := &node.Claims[rng.IntN(len(node.Claims))]
				k.On = 1 - k.On
			case 6:
				if len(node.Claims) == 0 {
					continue
				}
				i := rng.IntN(len(node.Claims))
				node.Claims = slices.Delete(slices.Clone(node.Claims), i, i+1)
			case 7:
				must = false // another point may do, and so may other multipliers
				if len(node.X) > 0 {
					node.X[rng.IntN(len(node.X))] = record.Rational{Double: 2*rng.Float64() - 1}
				} else if len(node.Claims) > 0 && len(node.Claims[0].Units) > 0 {
					node.Claims[0].Units[0].Times = record.Rational{Double: rng.Float64()}
				}
			}
			n, err := check(t, p, proofs)
			if err == nil && (must || n.Int64() != c.Regions) {
				t.Fatalf("seed %d: %v regions are accepted, there are %d", seed, n, c.Regions)
			}
			if err != nil {
				refused++
			}
		}
	}
	if refused == 0 {
		t.Error("nothing was refused")
	}
}

// TestRefusals: what cannot be proved is said.
func TestRefusals(t *testing.T) {
	t.Parallel()
	d := truth.In(truth.OneLayer([][]float64{{1, 0.5, 0}, {0, 1, 0.25}}), -1, 1, "interval")
	sliced := truth.Copy(t, d.Encode(t))
	truth.AddRow(sliced, 0.5, 0.5, truth.InputCols(sliced), []float64{1, 1})
	wider := truth.Copy(t, d.Encode(t))
	wider.Cols[truth.InputCols(wider)[0]].Hi = 3
	for why, p := range map[string]*milp.Problem{"equations restrict the domain": sliced, "the limits of units restrict the domain": wider} {
		s, err := region.NewSpace(p)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Count(context.Background(), region.Options{Workers: 1, Proof: func(*record.Proof) error { return nil }})
		if err == nil || !strings.Contains(err.Error(), "no proof: "+why) {
			t.Errorf("%s: %v", why, err)
		}
	}
	s, err := region.NewSpace(d.Encode(t))
	if err != nil {
		t.Fatal(err)
	}
	full := errors.New("the disk is full")
	if _, err := s.Count(context.Background(), region.Options{Workers: 1, Proof: func(*record.Proof) error { return full }}); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
}
