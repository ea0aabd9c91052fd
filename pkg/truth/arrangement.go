package truth

import (
	"gonum.org/v1/gonum/mat"

	"relucount/pkg/relu"
)

// OneLayer returns the network of one ReLU layer whose hyperplanes are the
// rows: coefficients, then the constant.
func OneLayer(rows [][]float64) *relu.Chain {
	n := len(rows[0]) - 1
	w := mat.NewDense(len(rows), n, nil)
	b := make([]float64, len(rows))
	for i, r := range rows {
		w.SetRow(i, r[:n])
		b[i] = r[n]
	}
	return &relu.Chain{Inputs: n, Layers: []relu.Dense{{W: w, B: b, Slopes: relu.ReLU(len(b))}}}
}

// Braid has the hyperplanes x_i = x_j in n coordinates: n! regions.
func Braid(n int) (rows [][]float64) {
	for i := range n {
		for j := range i {
			r := make([]float64, n+1)
			r[i], r[j] = 1, -1
			rows = append(rows, r)
		}
	}
	return rows
}

// TypeB has x_i = x_j, x_i = -x_j and x_i = 0: 2^n n! regions.
func TypeB(n int) [][]float64 {
	rows := Braid(n)
	for i := range n {
		r := make([]float64, n+1)
		r[i] = 1
		rows = append(rows, r)
		for j := range i {
			s := make([]float64, n+1)
			s[i], s[j] = 1, 1
			rows = append(rows, s)
		}
	}
	return rows
}

// Subsets has a row for the sum over each subset of n coordinates; with
// threshold set also the empty one, and every row has w_0 besides.
func Subsets(n int, threshold bool) (rows [][]float64) {
	extra := 0
	if threshold {
		extra = 1
	}
	for m := 1 - extra; m < 1<<n; m++ {
		r := make([]float64, n+extra+1)
		for i := range n {
			if m>>i&1 == 1 {
				r[i] = 1
			}
		}
		if threshold {
			r[n] = 1
		}
		rows = append(rows, r)
	}
	return rows
}

// Shi has x_i - x_j = 0 and 1 for i < j: (n+1)^(n-1) regions.
func Shi(n int) (rows [][]float64) {
	for i := range n {
		for j := i + 1; j < n; j++ {
			r, s := make([]float64, n+1), make([]float64, n+1)
			r[i], r[j] = 1, -1
			s[i], s[j], s[n] = 1, -1, -1
			rows = append(rows, r, s)
		}
	}
	return rows
}

// Tents is k layers of 2 relu(x) - 4 relu(x - 1/2), folded.
func Tents(k int) *relu.Chain {
	n := &relu.Chain{Inputs: 1}
	in := mat.NewDense(2, 1, []float64{1, 1})
	for range k {
		n.Layers = append(n.Layers, relu.Dense{W: in, B: []float64{0, -0.5}, Slopes: relu.ReLU(2)})
		in = mat.NewDense(2, 2, []float64{2, -4, 2, -4})
	}
	return n
}
