package truth

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"relucount/pkg/milp"
)

// Copy is the milp after a trip through JSON, as jq gives it back.
func Copy(t testing.TB, p *milp.Problem) *milp.Problem {
	t.Helper()
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	q := new(milp.Problem)
	if err := json.Unmarshal(b, q); err != nil {
		t.Fatal(err)
	}
	return q
}

// AddRow appends a row as a user would.
func AddRow(p *milp.Problem, lo, hi float64, idx []int, val []float64) {
	p.Rows = append(p.Rows, milp.Row{Name: fmt.Sprint("u_", len(p.Rows)), Kind: "user", Lo: milp.Lo(lo), Hi: milp.Hi(hi), Idx: idx, Val: val})
}

// AddCol appends a column as a user would, and returns its number.
func AddCol(p *milp.Problem, lo, hi float64, integer bool) int {
	p.Cols = append(p.Cols, milp.Col{Name: fmt.Sprint("v_", len(p.Cols)), Kind: "user", Lo: milp.Lo(lo), Hi: milp.Hi(hi), Integer: integer})
	return len(p.Cols) - 1
}

// InputCols returns the columns of the inputs.
func InputCols(p *milp.Problem) (cols []int) {
	for j, c := range p.Cols {
		if c.Kind == milp.Input {
			cols = append(cols, j)
		}
	}
	return cols
}

// Ones returns n ones.
func Ones(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = 1
	}
	return out
}

// Dyadic rounds to a sixteenth, so that rows meet the corners of cells.
func Dyadic(v float64) float64 { return math.Round(16*v) / 16 }
