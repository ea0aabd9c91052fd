package verify_test

import (
	"bytes"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"math"
	"math/big"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"relucount/pkg/milp"
	"relucount/pkg/property"
	"relucount/pkg/record"
	"relucount/pkg/truth"
	"relucount/pkg/verify"
	"relucount/pkg/verify/prooftest"
)

// stream writes records as lines.
func stream(t testing.TB, records ...any) string {
	t.Helper()
	var out bytes.Buffer
	w := record.NewWriter(&out)
	for _, r := range records {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}

// check checks a stream of one milp and its proofs as a whole.
func check(stream string) (*big.Int, error) {
	r, err := record.NewReader(bytes.NewReader([]byte(stream)), "stream")
	if err != nil {
		return nil, err
	}
	var c *verify.Checker
	var pieces []verify.Piece
	var milp []byte
	for {
		line, err := r.Next()
		if err == io.EOF {
			break
		}
		switch {
		case err != nil:
			return nil, err
		case line.Type == record.KindMilp && c != nil:
			if !bytes.Equal(line.Raw, milp) {
				return nil, line.Errorf("a second milp")
			}
		case line.Type == record.KindMilp:
			milp = line.Raw
			if c, err = verify.New(line); err != nil {
				return nil, err
			}
		case line.Type == record.KindProof && c == nil:
			return nil, line.Errorf("a proof before its milp")
		case line.Type == record.KindProof:
			path, n, err := c.Check(line)
			if err != nil {
				return nil, line.Errorf("%w", err)
			}
			pieces = append(pieces, verify.Piece{Path: path, Regions: big.NewInt(int64(n))})
		}
	}
	if c == nil {
		return nil, fmt.Errorf("no milp")
	}
	return verify.Whole(pieces)
}

// draw draws a milp with a proof and its number of regions.
func draw(t testing.TB, rng *rand.Rand) (*milp.Problem, []*record.Proof, int) {
	t.Helper()
	var p *milp.Problem
	switch rng.IntN(4) {
	case 0:
		d := truth.Random(rng, 1+rng.IntN(3), 1+rng.IntN(3), 6)
		truth.TwoSlopes(rng, d.Net)
		p = d.Encode(t)
	case 1:
		p = truth.Degenerate(rng, 1+rng.IntN(2), 2).Encode(t)
	case 2:
		p = truth.Random(rng, 1+rng.IntN(2), 3, 6).Encode(t)
		truth.Skip(rng, p)
	default:
		p = truth.Random(rng, 1+rng.IntN(3), 1+rng.IntN(3), 7).Encode(t)
	}
	p = truth.Copy(t, p)
	cols := truth.InputCols(p)
	for row := range max(0, rng.IntN(6)-2) { // rows that cut the limits
		val, middle, reach := make([]float64, len(cols)), 0.0, 0.0
		for i, j := range cols {
			lo, hi := float64(p.Cols[j].Lo), float64(p.Cols[j].Hi)
			val[i] = float64(rng.IntN(5) - 2)
			middle += val[i] * (lo + hi) / 2
			reach += math.Abs(val[i]) * (hi - lo) / 2
		}
		switch lo := middle - reach*float64(rng.IntN(3))/4; {
		case reach == 0:
		case row == 0:
			truth.AddRow(p, lo, []float64{lo, lo + reach/8, math.Inf(1)}[rng.IntN(3)], cols, val)
		default: // what is within the first lies partly within all others
			truth.AddRow(p, middle-reach*7/8, math.Inf(1), cols, val)
		}
	}
	records, n := prooftest.Make(t, p, rng)
	return p, records, n
}

func lines(t testing.TB, p *milp.Problem, records []*record.Proof) []string {
	t.Helper()
	out := []string{stream(t, p)}
	for _, r := range records {
		out = append(out, stream(t, r))
	}
	return out
}

func TestProofs(t *testing.T) {
	t.Parallel()
	for seed := range property.Seeds(t, 200, 60) {
		p, records, n := draw(t, rand.New(rand.NewPCG(seed, 1)))
		text := ""
		for _, l := range lines(t, p, records) {
			text += l
		}
		got, err := check(text)
		if n > 0 && (err != nil || got.Cmp(big.NewInt(int64(n))) != 0) {
			t.Errorf("seed %d: %v, %v, want %d\n%.3000s", seed, got, err, n, text)
		}
	}
}

// The package shares no code with what makes proofs: it imports the standard
// library, and the wire.
func TestImports(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range file.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			first, _, _ := strings.Cut(path, "/")
			if path != "relucount/pkg/record" && (first == "relucount" || strings.Contains(first, ".")) {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
}
