package exact

import "math/big"

// Meet returns the sign of f at the point in which the hyperplanes of rows
// meet, and its value there divided by the norm of its coefficients, rounded;
// ok is false when they meet in no point, or in more than one. Rows and f are
// integer functions of the same coordinates.
func Meet(rows [][]big.Int, f []big.Int) (sign int, value float64, ok bool) {
	d := len(f) - 1
	m := newElimination(d)
	for _, r := range rows {
		if m.add(r); m.rank() == d {
			return m.value(f)
		}
	}
	return 0, 0, false
}

// At writes the point in which the hyperplanes of rows meet, rounded; false when
// they meet in no point, or in more than one.
func At(rows [][]big.Int, at []float64) bool {
	d := len(at)
	m := newElimination(d)
	for _, r := range rows {
		m.add(r)
	}
	if m.rank() < d {
		return false
	}
	f := make([]big.Int, d+1)
	for j := range at {
		f[j].SetInt64(1)
		_, at[j], _ = m.value(f)
		f[j].SetInt64(0)
	}
	return true
}

// Depends tells whether f is constant where the hyperplanes of rows meet, and
// the sign that it has there.
func Depends(rows [][]big.Int, f []big.Int) (sign int, constant bool) {
	m := newElimination(len(f) - 1)
	for _, r := range rows {
		m.add(r)
	}
	rest, den := m.reduce(f)
	for j := range rest[:m.d] {
		if rest[j].Sign() != 0 {
			return 0, false
		}
	}
	return rest[m.d].Sign() * den.Sign(), true
}

// elimination has rows in echelon form, without fractions: each is reduced by
// those before it.
type elimination struct {
	d    int
	rows [][]big.Int
	at   []int // the pivot's column in each row
}

func newElimination(d int) *elimination { return &elimination{d: d} }

func (m *elimination) rank() int { return len(m.rows) }

// reduce returns den f less multiples of the rows, with 0 at all pivots.
func (m *elimination) reduce(f []big.Int) (rest []big.Int, den *big.Int) {
	rest = make([]big.Int, len(f))
	for j := range f {
		rest[j].Set(&f[j])
	}
	den = big.NewInt(1)
	var x big.Int
	before := big.NewInt(1)
	for i, r := range m.rows {
		p := &r[m.at[i]]
		c := new(big.Int).Set(&rest[m.at[i]])
		for j := range rest {
			rest[j].Mul(&rest[j], p)
			if c.Sign() != 0 && r[j].Sign() != 0 {
				rest[j].Sub(&rest[j], x.Mul(c, &r[j]))
			}
			rest[j].Quo(&rest[j], before) // divides: Bareiss
		}
		before = p
		den = p
	}
	return rest, den
}

// add adds a row, unless it says no more than those before.
func (m *elimination) add(r []big.Int) {
	rest, _ := m.reduce(r)
	pivot := -1
	for j := range rest[:m.d] {
		if rest[j].Sign() != 0 && (pivot < 0 || rest[j].BitLen() < rest[pivot].BitLen()) {
			pivot = j
		}
	}
	if pivot >= 0 {
		m.rows, m.at = append(m.rows, rest), append(m.at, pivot)
	}
}

// value is that of f at the point in which d rows meet.
func (m *elimination) value(f []big.Int) (sign int, value float64, ok bool) {
	rest, den := m.reduce(f) // den f = rest, of which the constant is left
	sign = rest[m.d].Sign() * den.Sign()
	if sign == 0 {
		return 0, 0, true
	}
	num := new(big.Float).SetInt(&rest[m.d])
	num.Quo(num, new(big.Float).SetInt(den))
	num.Quo(num, norm(f[:m.d]))
	value, _ = num.Float64()
	if value == 0 { // below the least double
		value = float64(sign) * 5e-324
	}
	return sign, value, true
}

func norm(v []big.Int) *big.Float {
	var sum, x big.Int
	for j := range v {
		sum.Add(&sum, x.Mul(&v[j], &v[j]))
	}
	f := new(big.Float).SetInt(&sum)
	return f.Sqrt(f)
}

// NormBits is at least log2 of the norm of the coefficients of an integer
// function.
func NormBits(f []big.Int) int {
	var sum, x big.Int
	for j := range f[:len(f)-1] {
		sum.Add(&sum, x.Mul(&f[j], &f[j]))
	}
	return (sum.BitLen() + 1) / 2
}

// Multiple tells whether f is a multiple of g, which is not constant, and of which
// multiple.
func Multiple(f, g []big.Int) (c *big.Rat, ok bool) {
	at := 0
	for g[at].Sign() == 0 {
		at++
	}
	var x, y big.Int
	for j := range f { // f[j] g[at] = g[j] f[at]
		if x.Mul(&f[j], &g[at]).Cmp(y.Mul(&g[j], &f[at])) != 0 {
			return nil, false
		}
	}
	return new(big.Rat).SetFrac(&f[at], &g[at]), true
}
