package polytope

// Meets says of each pair of the functions fns, whose hyperplanes must cut the cell,
// whether these may meet inside it: entry [i][j], j < i. False is certain. What meets
// nowhere in the cell meets nowhere in its parts. Hyperplanes that are parallel or the same
// do not meet.
func (c *Implicit) Meets(b *Workspace, fns []int) [][]bool {
	out := make([][]bool, len(fns))
	for i, f := range fns {
		out[i] = make([]bool, i)
		below, above, _, _ := c.Seen(f)
		if !below || !above || i == 0 {
			all(out[i])
			continue
		}
		q := c.section(b, f, fns[:i])
		for j := range i {
			if norm(q.fns[j][:q.out.d]) <= 2*q.errs[j] { // perhaps it is constant there
				_, constant := b.Oracle.Depends([]int{c.nums[f]}, c.nums[fns[j]])
				out[i][j] = !constant
				continue
			}
			under, over, _, _ := q.Reach(b, j)
			out[i][j] = under != No && over != No
		}
		b.Put(q)
	}
	return out
}

func all(of []bool) {
	for j := range of {
		of[j] = true
	}
}

// Meets says of each pair of the functions in the given columns of p, numbered by fns,
// which must cut p, whether their hyperplanes meet inside it: entry [i][j], j < i.
// Those that are parallel there, or the same, do not.
func (s *Splitter) Meets(p *Vertices, cols, fns []int) [][]bool {
	out := make([][]bool, len(cols))
	s.fns, s.parting, s.cuts = fns, p, s.cuts[:0]
	for len(s.order) < len(cols) {
		s.order = append(s.order, len(s.order))
	}
	for i := range cols {
		out[i] = make([]bool, i)
		if i == 0 || p.Dim < 2 {
			continue
		}
		s.sort(p, cols[i], fns[i], fns)
		s.cuts = append(s.cuts, fns[i])
		q := s.section(p, cols[:i], s.named(s.order[:i]))
		for j := range i {
			lo, hi := q.Range(j)
			below, above := s.Sides(q, q.Val[j:], q.Cols, fns[j], fns, lo, hi)
			out[i][j] = below && above
		}
		s.cuts = s.cuts[:0]
		s.Put(q)
	}
	s.parting = nil
	return out
}
