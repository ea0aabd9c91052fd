package atlas_test

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"relucount/pkg/atlas"
	"relucount/pkg/atlas/atlastest"
	"relucount/pkg/property"
	"relucount/pkg/record"
)

func tint(c int) [3]float32 { return [3]float32{float32(c), 1, 0} }

// enter puts a stream into an atlas.
func enter(t *testing.T, o atlas.Options, stream []byte) (*atlas.Atlas, error) {
	t.Helper()
	if o.Shade == nil {
		o.Shade = atlas.Shades[0]
	}
	o.Tint = tint
	a := atlas.New(o)
	r, err := record.NewReader(bytes.NewReader(stream), "s")
	if err != nil {
		t.Fatal(err)
	}
	for {
		line, err := r.Next()
		if err == io.EOF {
			return a, nil
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Add(line); err != nil {
			return a, err
		}
	}
}

// sheet is the only one of a stream.
func sheet(t *testing.T, o atlas.Options, stream []byte) *atlas.Sheet {
	t.Helper()
	a, err := enter(t, o, stream)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Sheets()) != 1 || a.Sheets()[0].Unfit != nil {
		t.Fatalf("%d sheets: %v", len(a.Sheets()), a.Sheets()[0].Unfit)
	}
	return a.Sheets()[0]
}

func total(s *atlas.Sheet) (area float64) {
	for _, c := range s.Cells {
		area += c.Area
	}
	if s.Raster != nil {
		for _, p := range s.Raster.Sum {
			area += float64(p[3]) * s.Raster.Pixel * s.Raster.Pixel
		}
	}
	return area
}

// The polygons fill the domain, whether all are kept or most are merged, and the
// mean of what is merged is that of the regions.
func TestNothingIsLost(t *testing.T) {
	for seed := range property.Seeds(t, 20, 4) {
		regions := atlastest.Regions(seed, 2, 12, 12)
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(regions), func(i, j int) { regions[i], regions[j] = regions[j], regions[i] })
		stream := atlastest.Stream(regions)
		for _, memory := range []int{0, 8000, 3000} {
			s := sheet(t, atlas.Options{Memory: memory, Shade: atlas.ShadeNamed("slope")}, stream)
			if s.Regions != len(regions) || s.Folded+len(s.Cells) != len(regions) || (memory > 0) != (s.Folded > 0) {
				t.Errorf("seed %d, memory %d: %d regions, %d cells, %d folded of %d", seed, memory, s.Regions, len(s.Cells), s.Folded, len(regions))
			}
			if got := total(s); math.Abs(got-4) > 4e-3 {
				t.Errorf("seed %d, memory %d: the area is %g", seed, memory, got)
			}
			var want, got float64
			for _, r := range regions {
				want += area(r) * math.Hypot(r.Affine.A[0][0], r.Affine.A[0][1])
			}
			for _, c := range s.Cells {
				got += c.Area * c.Value
			}
			if s.Raster != nil {
				for _, p := range s.Raster.Sum {
					got += float64(p[0]) * s.Raster.Pixel * s.Raster.Pixel
				}
			}
			if math.Abs(got-want) > 5e-3*want {
				t.Errorf("seed %d, memory %d: the mean is %g, not %g", seed, memory, got, want)
			}
		}
	}
}

func area(r record.Region) (s float64) {
	v := r.Vertices
	for i := range v {
		j := (i + 1) % len(v)
		s += (v[i][0]*v[j][1] - v[i][1]*v[j][0]) / 2
	}
	return math.Abs(s)
}

// An edge is on the hyperplane of a unit of its layer: the patterns on both sides
// agree in the layers before. Those of no layer are on the border of the square.
func TestEdges(t *testing.T) {
	for seed := range property.Seeds(t, 20, 4) {
		regions := atlastest.Regions(seed, 1, 7, 6, 5)
		s := sheet(t, atlas.Options{Shade: atlas.ShadeNamed("layer")}, atlastest.Stream(regions))
		all := make([]int, len(s.Cells))
		for i := range all {
			all[i] = i
		}
		perimeter, seen := 0.0, map[int]bool{}
		for _, e := range s.Edges(all) {
			seen[e.Layer] = true
			middle := atlas.Point{X: (e.A.X + e.B.X) / 2, Y: (e.A.Y + e.B.Y) / 2}
			border := math.Abs(math.Abs(middle.X)-1) < 1e-9 || math.Abs(math.Abs(middle.Y)-1) < 1e-9
			length := math.Hypot(e.A.X-e.B.X, e.A.Y-e.B.Y)
			if border != (e.Layer == atlas.Border) && length > 1e-6 {
				t.Errorf("seed %d: layer %d at %v", seed, e.Layer, middle)
			}
			if e.Layer == atlas.Border {
				perimeter += length
				continue
			}
			if got := across(regions, middle, e, length); got != e.Layer && length > 1e-3 && got > 0 {
				t.Errorf("seed %d: an edge at %v is of layer %d, not %d", seed, middle, e.Layer, got)
			}
		}
		if math.Abs(perimeter-8) > 1e-3 || !seen[1] || !seen[2] {
			t.Errorf("seed %d: the border is %g long, layers %v", seed, perimeter, seen)
		}
		for i, c := range s.Cells {
			if math.IsNaN(c.Value) || c.Value < 0 || c.Value > 3 {
				t.Errorf("seed %d: cell %d has the deepest layer %g", seed, i, c.Value)
			}
		}
	}
}

// across finds the first layer in which the patterns just beside an edge differ,
// or 0 where that is too close to call.
func across(regions []record.Region, m atlas.Point, e atlas.Edge, length float64) int {
	step := 1e-6 / length
	dx, dy := (e.B.Y-e.A.Y)*step, (e.A.X-e.B.X)*step
	a, b := at(regions, m.X+dx, m.Y+dy), at(regions, m.X-dx, m.Y-dy)
	if a == nil || b == nil {
		return 0
	}
	for l := range a.Pattern {
		if a.Pattern[l] != b.Pattern[l] {
			return l + 1
		}
	}
	return 0
}

// at is the region around a point.
func at(regions []record.Region, x, y float64) *record.Region {
	for i := range regions {
		v, in := regions[i].Vertices, true
		for j := range v {
			k := (j + 1) % len(v)
			in = in && (v[k][0]-v[j][0])*(y-v[j][1])-(v[k][1]-v[j][1])*(x-v[j][0]) >= 0
		}
		if in {
			return &regions[i]
		}
	}
	return nil
}

// The parts of the classes fill the square, and at the middle of each its output
// is the largest.
func TestClasses(t *testing.T) {
	for seed := range property.Seeds(t, 20, 4) {
		for outputs := 1; outputs < 5; outputs++ {
			regions := atlastest.Regions(seed, outputs, 9, 8)
			s := sheet(t, atlas.Options{Shade: atlas.ShadeNamed("class")}, atlastest.Stream(regions))
			if math.Abs(total(s)-4) > 1e-9 || s.Outputs != outputs {
				t.Errorf("seed %d: the area is %g, %d outputs", seed, total(s), s.Outputs)
			}
			for _, c := range s.Cells {
				if c.Area < 1e-6 {
					continue
				}
				var m atlas.Point
				for _, p := range c.Points {
					m.X, m.Y = m.X+p.X/float64(len(c.Points)), m.Y+p.Y/float64(len(c.Points))
				}
				r := at(regions, m.X, m.Y)
				value := func(k int) float64 { return r.Affine.A[k][0]*m.X + r.Affine.A[k][1]*m.Y + r.Affine.B[k] }
				if outputs == 1 {
					if (value(0) > 0) != (c.Value == 1) {
						t.Errorf("seed %d: class %g where the output is %g", seed, c.Value, value(0))
					}
					continue
				}
				for k := range outputs {
					if value(k) > value(int(c.Value))+1e-9 {
						t.Errorf("seed %d: class %g, but output %d is larger", seed, c.Value, k)
					}
				}
			}
		}
	}
}

// A plane of three coordinates, and one with a coordinate that is fixed, give the
// same regions as the square.
func TestCoordinates(t *testing.T) {
	regions := atlastest.Regions(1, 2, 5, 5)
	for name, lift := range map[string]func(v []float64) []float64{
		"fixed": func(v []float64) []float64 { return []float64{v[0], 0.5, v[1]} },
		"row":   func(v []float64) []float64 { return []float64{v[0], v[1], 0.25 - v[0]} },
	} {
		var lifted []record.Region
		for _, r := range regions {
			r.Affine = nil
			r.X = lift(r.X)
			var vertices [][]float64
			for i := range r.Vertices { // in no order
				vertices = append(vertices, lift(r.Vertices[(i*2)%len(r.Vertices)]))
			}
			if len(r.Vertices)%2 == 1 {
				r.Vertices = vertices
			} else {
				for i, v := range r.Vertices {
					vertices[i] = lift(v)
				}
				r.Vertices = vertices
			}
			lifted = append(lifted, r)
		}
		s := sheet(t, atlas.Options{}, atlastest.Stream(lifted))
		if math.Abs(total(s)-4) > 1e-9 || s.Dimension != 2 || s.Coordinates != 3 {
			t.Errorf("%s: the area is %g of axes %v", name, total(s), s.Axes)
		}
	}
}

// line returns the regions of |x - i/n| kinks on [0, 1].
func line(n int) []byte {
	var out []record.Region
	for i := range n {
		a, b := float64(i)/float64(n), float64(i+1)/float64(n)
		slope := float64(1 - 2*(i%2))
		out = append(out, record.Region{
			Head: record.Head{Type: record.KindRegion, Schema: record.Schema}, Milp: "m", Pattern: []string{strings.Repeat("1", i%9) + strings.Repeat("0", 9-i%9)},
			X: []float64{(a + b) / 2}, Vertices: [][]float64{{b}, {a}}, Affine: &record.Affine{A: [][]float64{{slope}}, B: []float64{-slope * (a + b) / 2}},
		})
	}
	return atlastest.Stream(out)
}

func TestGraph(t *testing.T) {
	s := sheet(t, atlas.Options{}, line(7))
	g := s.Graph()
	if s.Dimension != 1 || len(g) != 7 || g[0].From != 0 || g[6].To != 1 || s.Thinned != 0 {
		t.Errorf("%d pieces: %+v", len(g), g)
	}
	for _, memory := range []int{0, 1 << 20} {
		s := sheet(t, atlas.Options{Memory: memory}, line(60000))
		g := s.Graph()
		if len(g) > 9000 || s.Thinned+len(g) != 60000 || s.Regions != 60000 {
			t.Fatalf("memory %d: %d pieces, %d merged", memory, len(g), s.Thinned)
		}
		for i := range g {
			if i > 0 && math.Abs(g[i].From-g[i-1].To) > 1e-12 {
				t.Fatalf("memory %d: a hole at %g", memory, g[i].From)
			}
			if math.Abs(g[i].Start[0]) > 1e-4 {
				t.Fatalf("memory %d: the value %g", memory, g[i].Start[0])
			}
		}
	}
}

const good = `{"type":"region","schema":1,"milp":"m","pattern":["1"],"x":[0,0],"vertices":[[0,0],[1,0],[0,1]]}`

func TestBadRegions(t *testing.T) {
	class := atlas.Options{Shade: atlas.ShadeNamed("class")}
	for _, c := range []struct {
		o          atlas.Options
		lines, err string
	}{
		{atlas.Options{}, `{"type":"region","schema":1}`, "milp is missing"},
		{atlas.Options{}, `{"type":"region","schema":1,"milp":"m"}`, "pattern is missing"},
		{atlas.Options{}, `{"type":"region","schema":1,"milp":"m","pattern":["1"]}`, "x is missing"},
		{atlas.Options{}, strings.Replace(good, `"1"`, `"1<b>"`, 1), `pattern[0]: "1<b>" has other digits than 0 and 1`},
		{atlas.Options{}, strings.Replace(good, `[1,0]`, `[1]`, 1), "vertices[1] has 1 numbers, x has 2"},
		{atlas.Options{}, strings.Replace(good, `[1,0]`, `[1,"a"]`, 1), "s:1: vertices: string where float64 belongs"},
		{atlas.Options{}, strings.Replace(good, `"x"`, `"facets":[{"unit":1}],"x"`, 1), "facets[0].unit: 1 out of range (1 units)"},
		{atlas.Options{}, strings.Replace(good, `"x"`, `"affine":{"a":[[1,2]],"b":[]},"x"`, 1), "affine: 1 rows and 0 constants"},
		{atlas.Options{}, strings.Replace(good, `"x"`, `"affine":{"a":[[1]],"b":[1]},"x"`, 1), "affine.a[0] has 1 numbers, x has 2"},
		{atlas.Options{}, good + "\n" + strings.Replace(good, `"1"`, `"11"`, 1), "pattern[0] has 2 units, the regions before 1"},
		{atlas.Options{}, good + "\n" + strings.Replace(good, `["1"]`, `["1","1"]`, 1), "pattern has 2 layers, the regions before 1"},
		{atlas.Options{}, good + "\n" + strings.Replace(good, `,[0,1]]`, `]`, 1), "vertices: 2 of them, a region of 2 dimensions has at least 3"},
		{class, good, "colours by class need affine maps: solve -regions -affine writes them"},
		{atlas.Options{Shade: atlas.ShadeNamed("slope"), Output: 1}, strings.Replace(good, `"x"`, `"affine":{"a":[[1,2]],"b":[0]},"x"`, 1), "output 1: the network has 1"},
		{atlas.Options{Shade: atlas.ShadeNamed("volume")}, strings.Replace(good, `"x"`, `"volume":-1,"x"`, 1), "volume: -1"},
	} {
		_, err := enter(t, c.o, []byte(c.lines))
		if err == nil || !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %v, want %s", c.lines, err, c.err)
		}
	}
	for lines, want := range map[string]string{
		strings.Replace(good, `,"vertices":[[0,0],[1,0],[0,1]]`, "", 1):                                                    "the regions have no vertices: solve -regions -vertices writes them",
		`{"type":"region","schema":1,"milp":"m","pattern":["1"],"x":[0,0,0]}`:                                              "the regions have no vertices, and 3 coordinates",
		`{"type":"region","schema":1,"milp":"m","pattern":["1"],"x":[0,0,0],"vertices":[[0,0,0],[1,0,0],[0,1,0],[0,0,1]]}`: "the regions have 3 dimensions",
	} {
		a, err := enter(t, atlas.Options{}, []byte(lines))
		if err != nil || a.Sheets()[0].Unfit == nil || !strings.Contains(a.Sheets()[0].Unfit.Error(), want) {
			t.Errorf("%s: %v, %v", lines, err, a.Sheets()[0].Unfit)
		}
	}
}

// The memory that cells take is bounded, and time is linear: a stream that grows
// to all sides ends with as little as one that does not.
func TestMemory(t *testing.T) {
	var stream bytes.Buffer
	for i := range 20000 {
		x := float64(i%200)*0.01 - 1
		y := float64(i/200)*0.01 - 0.5
		if i%2 == 1 {
			x, y = -x*float64(i)/1000, -y*float64(i)/1000
		}
		r := record.Region{Head: record.Head{Type: record.KindRegion, Schema: record.Schema}, Milp: "m", Pattern: []string{"10"}, X: []float64{x, y},
			Vertices: [][]float64{{x, y}, {x + 0.01, y}, {x, y + 0.01}}}
		if err := json.NewEncoder(&stream).Encode(r); err != nil {
			t.Fatal(err)
		}
	}
	s := sheet(t, atlas.Options{Memory: 100000}, stream.Bytes())
	if len(s.Cells) > 1000 || s.Folded+len(s.Cells) != 20000 {
		t.Errorf("%d cells, %d folded", len(s.Cells), s.Folded)
	}
	if got, want := total(s), 20000*0.00005; math.Abs(got-want) > 1e-3*want {
		t.Errorf("the area is %g, not %g", got, want)
	}
	if size := s.Raster.Pixel * float64(s.Raster.N); size > 4*max(s.Box.Max.X-s.Box.Min.X, s.Box.Max.Y-s.Box.Min.Y) {
		t.Errorf("a raster of %g for %v", size, s.Box)
	}
}
