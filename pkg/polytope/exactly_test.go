package polytope

import (
	"math/big"

	"relucount/pkg/exact"
)

// planes answers for functions, numbered from 0, and for the faces of the box,
// numbered below 0, exactly.
type planes [][]float64

func face(j int, up bool) int {
	if up {
		return -2 - 2*j
	}
	return -1 - 2*j
}

func (p planes) row(k int) []float64 {
	if k >= 0 {
		return p[k]
	}
	row := make([]float64, len(p[0]))
	row[(-1-k)/2], row[len(row)-1] = float64(1-2*((-1-k)%2)), 1
	return row
}

func (p planes) over(k int) []big.Int {
	c, _ := exact.Of(p.row(k)).Primitive()
	return c
}

func (p planes) all(of []int) (rows [][]big.Int) {
	for _, k := range of {
		rows = append(rows, p.over(k))
	}
	return rows
}

func (p planes) Sign(of []int, function int) (int, float64) {
	sign, value, ok := exact.Meet(p.all(of), p.over(function))
	if !ok {
		panic("no vertex")
	}
	row := p.row(function) // which may be shorter than 1, where it is whole
	return sign, value * norm(row[:len(row)-1])
}

func (p planes) Row(k int) ([]float64, float64) { return p.row(k), off }

func (p planes) Meet(of []int, at []float64) {
	if !exact.At(p.all(of), at) {
		panic("no vertex")
	}
}

func (p planes) Apart(int, []int, []int) float64 { return 0 }

func (p planes) Depends(of []int, function int) (int, bool) {
	return exact.Depends(p.all(of), p.over(function))
}

// off is more than the error of an evaluated row of norm 1.
const off = 1e-13

// numbers are 0, 1, ... n-1.
func numbers(n int) []int {
	out := make([]int, n)
	for k := range out {
		out[k] = k
	}
	return out
}

func offs(n int) []float64 {
	out := make([]float64, n)
	for k := range out {
		out[k] = off
	}
	return out
}

// with gives a cell the functions, and a workspace for them.
func with(c *Implicit, fns [][]float64, p planes) *Workspace {
	b := &Workspace{Oracle: p}
	c.SetFunctions(b, fns, offs(len(fns)), numbers(len(fns)))
	return b
}

func (p planes) Central(k int) bool {
	row := p.row(k)
	return row[len(row)-1] == 0
}
