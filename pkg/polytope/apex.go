package polytope

import "math"

// mostApex is the number of coordinates up to which cones are looked at.
const mostApex = 64

// apex reports whether it is certain that row, of which off bounds the error and
// which is function num or its negative, is nowhere positive on the cone in which
// the cell is, where its hyperplane and those of the rows of the present dictionary
// go through the middle of the box. There it is 0, whatever the rows say, so that no
// bound of its values can tell.
//
// It is nowhere positive when it is a sum of multiples, none of them positive, of d
// such rows that are independent. The multipliers are what solves d equations, so it
// is enough to know them with an error that is smaller than they are. Those of rows
// that are 0 may have any sign.
func (c *Implicit) apex(b *Workspace, row []float64, off float64, num int) bool {
	d := c.out.d
	if d > mostApex || c.zono != nil || !b.Oracle.Central(num) {
		return false
	}
	if n := 2*d*d + d; len(b.square) < n {
		b.square = make([]float64, n)
	}
	a, rest := b.square[:d*d], b.square[2*d*d:2*d*d+d]
	copy(rest, row)
	least, size, err, errs := math.Inf(1), 1.0, off, 0.0
	for j, v := range c.out.tail {
		if v >= 0 || !b.Oracle.Central(c.out.nums[^v]) {
			return false
		}
		r, by := c.out.Rows[^v], -c.out.Obj[j]
		copy(a[j*d:], r[:d])
		for i, x := range r[:d] {
			rest[i] += by * x
		}
		if !c.out.fixed[^v] {
			least = min(least, by)
		}
		size += math.Abs(by)
		err += math.Abs(by) * c.out.errs[^v]
		errs += c.out.errs[^v] * c.out.errs[^v]
	}
	if least <= 0 {
		return false
	}
	inverse := inverseNorm(a, b.square[d*d:2*d*d], d)
	room := 1 - inverse*math.Sqrt(errs)
	if !(room > 0.5) {
		return false
	}
	// rows have norm 1, and sums have been rounded
	return least > 1.01*inverse/room*(norm(rest)+err+2*float64(d+8)*ulp*size)
}
