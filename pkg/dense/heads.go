package dense

import "math"

// Limits are what the head of a row is to keep to: Size at least, All at most, and Err
// less.
type Limits struct{ Size, All, Err float64 }

// Hold reports whether a row keeps to the limits.
func (l Limits) Hold(row []float64) bool {
	return row[0] >= l.Size && row[1] <= l.All && row[2] < l.Err
}

// Heads writes the heads of n rows that AddRows has added up, of d coefficients and a
// constant after the head and zeros up to a multiple of Head: the sum of the coefficients'
// magnitudes; the same with the constant's; and the third number there was, plus steps
// times the second there was. The fourth becomes 0. It reports whether all rows keep to
// the limits then.
func Heads(rows []float64, n, d int, steps float64, l Limits) bool {
	w := Head + (d+Head)/Head*Head
	rows = rows[:n*w]
	all := true
	if quick := n / group; fast && quick > 0 {
		by := [4]float64{steps, l.Size, l.All, l.Err}
		all = heads(&rows[0], quick, w/Head-1, &lanes8[mostQuick-d%Head], &by[0])
		rows = rows[quick*group*w:]
	}
	for ; len(rows) > 0; rows = rows[w:] {
		head(rows[:w], d, steps)
		all = all && l.Hold(rows)
	}
	return all
}

// head is Heads of a row without the vector unit.
func head(row []float64, d int, steps float64) {
	size := 0.0
	for _, v := range row[Head : Head+d] {
		size += math.Abs(v)
	}
	row[0], row[1], row[2], row[3] = size, size+math.Abs(row[Head+d]), row[2]+steps*row[1], 0
}

// Screen writes a number for each of the rows, as Heads leaves them, to out: the product
// of what is after the head and x, where its magnitude is larger than that of the head and
// the first four numbers of box, plus that of the magnitudes after the head and h; else 0.
// After the four come four numbers of x, four of h, and so on.
func Screen(rows, box, out []float64) {
	w := (len(box) + Head) / 2
	rows = rows[:len(out)*w]
	if quick := len(out) / group; fast && quick > 0 {
		screen(&rows[0], quick, w/Head-1, &box[0], &out[0])
		rows, out = rows[quick*group*w:], out[quick*group:]
	}
	for i := range out {
		out[i] = screenRow(rows[i*w:(i+1)*w], box)
	}
}

// screenRow is Screen of a row without the vector unit.
func screenRow(row, box []float64) float64 {
	v, most := 0.0, 0.0
	for j, x := range row[:Head] {
		most += x * box[j]
	}
	for at := Head; at < len(row); at += Head {
		x := box[2*at-Head:][:2*Head]
		for j, c := range row[at : at+Head] {
			v += c * x[j]
			most += math.Abs(c) * x[Head+j]
		}
	}
	if math.Abs(v) > most {
		return v
	}
	return 0
}
