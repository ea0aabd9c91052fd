package dense

// Width is the width of a row of a table that is to hold n numbers: see Eliminate.
func Width(n int) int { return (n + step - 1) / step * step }

// Times writes the products of the rows of a table and x to out, one for each row. The width
// of rows must be one that Width returns, and x as long.
func Times(tab []float64, width int, x, out []float64) {
	x, i := x[:width], 0
	if fast {
		var four [group]float64
		for ; i+group <= len(out); i += group {
			_ = tab[(i+group)*width-1]
			dots(&tab[i*width], width*8, &x[0], width/step, &four[0])
			copy(out[i:], four[:])
		}
	}
	for ; i < len(out); i++ {
		out[i] = plainDot(tab[i*width:(i+1)*width], x)
	}
}

// Eliminate makes column col of a table 0 in all rows but one, and adds as many times that
// row to each as it had there. The width of rows must be one that Width returns; by is
// work space, a number for each row.
func Eliminate(tab []float64, width, at, col int, by []float64) {
	eliminate(tab, width, width, at, col, by[:len(tab)/width])
}

// eliminate is Eliminate of rows that are stride numbers apart.
func eliminate(tab []float64, stride, width, at, col int, by []float64) {
	for i := range by {
		by[i], tab[i*stride+col] = tab[i*stride+col], 0
	}
	tab[at*stride+col], by[at] = by[at], 0
	outer(tab, stride, by, tab[at*stride:at*stride+width])
}

// outer adds to each of the rows, which are stride numbers apart, a number of by times row.
func outer(tab []float64, stride int, by, row []float64) {
	if fast {
		addOuter(&tab[0], &by[0], &row[0], len(by), stride*8, len(row)/step)
		return
	}
	for i, v := range by {
		to := tab[i*stride:][:len(row)]
		for j, r := range row {
			to[j] += v * r
		}
	}
}
