package dense

// Width is the width of a row of a table that is to hold n numbers: see Eliminate.
func Width(n int) int { return (n + group - 1) / group * group }

// Eliminate makes column col of a table 0 in all rows but one, and adds as many times that
// row to each as it had there. The width of rows must be one that Width returns.
func Eliminate(tab []float64, width, at, col int) {
	rows := len(tab) / width
	if fast && width%group == 0 && at < rows && col < width {
		eliminate(&tab[0], rows, width, at, col)
		return
	}
	plainEliminate(tab, width, at, col)
}

// plainEliminate is Eliminate without the vector unit.
func plainEliminate(tab []float64, width, at, col int) {
	row := tab[at*width : (at+1)*width]
	for i := 0; i < len(tab); i += width {
		to := tab[i : i+width]
		c := to[col]
		if i == at*width || c == 0 {
			continue
		}
		to[col] = 0
		for j, v := range row {
			to[j] += c * v
		}
	}
}
