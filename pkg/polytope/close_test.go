package polytope

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/exact"
	"relucount/pkg/property"
)

// parallels draws hyperplanes of which most are next to others: at angles and
// distances from 10^-digits down to 1e-15.
func parallels(rng *rand.Rand, d, n int, digits float64) [][]float64 {
	fns := hyperplanes(rng, d, n, rng.IntN(3) == 0)
	for k := 1; k < n; k++ {
		if rng.IntN(3) == 0 {
			continue
		}
		eps := math.Pow(10, -digits-(15-digits)*rng.Float64())
		tilted := rng.IntN(2) == 0
		for j, v := range fns[rng.IntN(k)] {
			if tilted || j == d {
				v += eps * rng.NormFloat64()
			}
			fns[k][j] = v
		}
		size := norm(fns[k][:d])
		for j := range fns[k] {
			fns[k][j] /= size
		}
	}
	return fns
}

// bunch draws two hyperplanes that are nearly parallel, and one at a right angle to them
// that contains all that they have in common, exactly.
func bunch(rng *rand.Rand, d int) [][]float64 {
	fns := make([][]float64, 3)
	for k := range fns {
		fns[k] = make([]float64, d+1)
	}
	angle := math.Ldexp(1, -14-rng.IntN(12))
	c, at := float64(rng.IntN(1001)-500)/1024, float64(rng.IntN(13)-6)/8
	fns[0][0], fns[0][d] = 1, c
	fns[1][0], fns[1][1], fns[1][d] = 1, angle, c+at*angle
	fns[2][1], fns[2][d] = 1, at
	return fns
}

// side is the function of a plane as integers, negative for the other side.
func (p planes) side(k int, above bool) []big.Int {
	f := p.over(k)
	if !above {
		for j := range f {
			f[j].Neg(&f[j])
		}
	}
	return f
}

// partsExactly counts the parts of the box by exact programs: a part is there
// when it reaches strictly beyond the plane that divides it from another.
func (p planes) partsExactly(rows [][]big.Int, k int) (n int64) {
	if k == len(p) {
		return 1
	}
	reach := [2]bool{exact.Maximum(rows, p.side(k, false)).Positive, exact.Maximum(rows, p.side(k, true)).Positive}
	for i, above := range [2]bool{false, true} {
		switch {
		case reach[i] && reach[1-i]:
			n += p.partsExactly(append(rows[:len(rows):len(rows)], p.side(k, above)), k+1)
		case reach[i]:
			n += p.partsExactly(rows, k+1)
		}
	}
	return n
}

// TestParallels counts the parts of hyperplanes that are next to each other, in
// both forms.
func TestParallels(t *testing.T) {
	t.Parallel()
	asked, sure := 0, 0
	for seed := range property.Anew(t, 400, 60) {
		rng := rand.New(rand.NewPCG(seed, 39))
		d := 1 + rng.IntN(4)
		fns := parallels(rng, d, 2+rng.IntN(5), 11)
		if rng.IntN(3) == 0 { // through the middle
			for _, f := range fns {
				f[d] = 0
			}
		}
		want := planes(fns).partsExactly(nil, 0)
		order := numbers(len(fns))
		oracle := &counted{planes: fns}
		s := Splitter{Oracle: oracle}
		p, cols := boxWith(d, fns)
		if n := s.Parts(&p, cols, order); n != want {
			t.Errorf("seed %d: %d parts by vertices, %d exactly", seed, n, want)
		}
		if n := byVertices(&s, &p, cols); n != want {
			t.Errorf("seed %d: %d parts by splitting, %d exactly", seed, n, want)
		}
		c := NewImplicit(d, nil)
		b := with(c, fns, fns)
		if n, ok := c.Parts(b, order); ok {
			sure++
			if n != want {
				t.Errorf("seed %d: %d parts by rows and points, %d exactly", seed, n, want)
			}
		}
		asked += oracle.asked
		if t.Failed() {
			t.Fatal(fns)
		}
	}
	if asked == 0 || sure == 0 {
		t.Errorf("%d exact answers, rows and points sure of %d", asked, sure)
	}
}

// counted counts the signs that are asked for.
type counted struct {
	planes
	asked int
}

func (c *counted) Sign(of []int, function int) (int, float64) {
	c.asked++
	return c.planes.Sign(of, function)
}

// vertex is where planes meet, exactly.
func (p planes) vertex(d int, of []int) []*big.Rat {
	var rows [][]*big.Rat
	for _, k := range of {
		row := make([]*big.Rat, d+1)
		for j, v := range p.row(k) {
			row[j] = new(big.Rat).SetFloat64(v)
		}
		for _, r := range rows {
			eliminate(row, r)
		}
		at := lead(row[:d])
		if at == d {
			continue
		}
		by := new(big.Rat).Inv(row[at])
		for _, v := range row {
			v.Mul(v, by)
		}
		for _, r := range rows {
			eliminate(r, row)
		}
		rows = append(rows, row)
	}
	y := make([]*big.Rat, d)
	for _, r := range rows {
		y[lead(r[:d])] = new(big.Rat).Neg(r[d])
	}
	return y
}

// lead is the first place that is not 0.
func lead(row []*big.Rat) int {
	for j, v := range row {
		if v.Sign() != 0 {
			return j
		}
	}
	return len(row)
}

// eliminate makes a row 0 where another one begins, with 1.
func eliminate(row, by []*big.Rat) {
	c := new(big.Rat).Set(row[lead(by[:len(by)-1])])
	for j, v := range row {
		v.Sub(v, new(big.Rat).Mul(c, by[j]))
	}
}

// TestErr: vertices are as near to where their planes meet as Err says, and
// values to the functions' there, on the way down a path of cuts.
func TestErr(t *testing.T) {
	t.Parallel()
	sharp, blunt, known := 0, 0, 0
	for seed := range property.Anew(t, 300, 60) {
		rng := rand.New(rand.NewPCG(seed, 40))
		d := 1 + rng.IntN(4)
		fns := parallels(rng, d, 3+rng.IntN(6), 1)
		if d > 1 && rng.IntN(2) == 0 {
			fns = append(bunch(rng, d), fns...)
		}
		s := Splitter{Oracle: planes(fns)}
		first, cols := boxWith(d, fns)
		p := &first
		order := numbers(len(fns))
		for k := range fns {
			lo, hi := p.Range(cols[k])
			if below, above := s.Sides(p, p.Val[cols[k]:], p.Cols, k, order, lo, hi); !below || !above {
				continue
			}
			parts := [2]*Vertices{}
			var ok bool
			if parts[0], parts[1], ok = s.Split(p, cols[k], numbers(p.Cols), append([]int{k}, order...)); !ok {
				t.Fatalf("seed %d: no split", seed)
			}
			p = parts[rng.IntN(2)]
			for v := range p.Len() {
				of := s.at(p, p.On[v])
				if checkInverse(t, seed, fns, p, v, of) {
					known++
				}
				y := planes(fns).vertex(d, of)
				if checkErr(t, seed, d, fns, p, v, y) > 1e-14 {
					blunt++
				} else {
					sharp++
				}
			}
		}
		if t.Failed() {
			t.Fatal(fns)
		}
	}
	if sharp == 0 || blunt == 0 || known == 0 {
		t.Errorf("%d vertices are where they are said to be, %d are a little off, inverses of %d are known", sharp, blunt, known)
	}
}

// checkInverse compares what is said of a vertex and its planes with the exact distance
// from these, and with the norm of the inverse of the matrix of their normals. It reports
// whether anything is said of that.
func checkInverse(t *testing.T, seed uint64, fns planes, p *Vertices, v int, of []int) bool {
	t.Helper()
	d := p.Coords
	for _, k := range of {
		row := fns.row(k)
		value := new(big.Rat).SetFloat64(row[d])
		for j, x := range p.At(v)[:d] {
			value.Add(value, new(big.Rat).Mul(new(big.Rat).SetFloat64(row[j]), new(big.Rat).SetFloat64(x)))
		}
		if off, _ := value.Float64(); math.Abs(off) > p.Off {
			t.Errorf("seed %d: a vertex is off a plane by %g, at most %g was said", seed, off, p.Off)
		}
	}
	if math.IsInf(p.Inverse[v], 1) {
		return false
	}
	if len(of) != d {
		t.Fatalf("seed %d: a vertex on %d planes has an inverse", seed, len(of))
	}
	normals := mat.NewDense(d, d, nil)
	for i, k := range of {
		normals.SetRow(i, fns.row(k)[:d])
	}
	var svd mat.SVD
	if !svd.Factorize(normals, mat.SVDNone) {
		t.Fatalf("seed %d: no singular values", seed)
	}
	if norm := 1 / svd.Values(nil)[d-1]; norm > p.Inverse[v]*(1+1e-9) && norm < 1e12 {
		t.Errorf("seed %d: the norm of an inverse is %g, at most %g was said", seed, norm, p.Inverse[v])
	}
	return true
}

// checkErr compares a vertex with where it is exactly, and returns how far it is
// off.
func checkErr(t *testing.T, seed uint64, d int, fns [][]float64, p *Vertices, v int, y []*big.Rat) float64 {
	t.Helper()
	at, far := p.At(v), 0.0
	for j := range y {
		x := new(big.Rat).SetFloat64(at[j])
		off, _ := x.Sub(x, y[j]).Float64()
		far += off * off
	}
	if far = math.Sqrt(far); far > p.Err[v] {
		t.Errorf("seed %d: a vertex is off by %g, at most %g was said", seed, far, p.Err[v])
	}
	for k, f := range fns {
		if math.Abs(f[d]) > 2*math.Sqrt(float64(d)) { // it is 0 nowhere in the box, so nobody asks for its values
			continue
		}
		want := new(big.Rat).SetFloat64(f[d])
		for j, x := range y {
			want.Add(want, new(big.Rat).Mul(new(big.Rat).SetFloat64(f[j]), x))
		}
		x := new(big.Rat).SetFloat64(at[d+k])
		if off, _ := x.Sub(x, want).Float64(); math.Abs(off) > p.Err[v]+p.Row {
			t.Errorf("seed %d: a value is off by %g, at most %g was said", seed, off, p.Err[v]+p.Row)
		}
	}
	return far
}
