// Package atlas keeps the regions of a stream for pictures: those of domains of
// two dimensions as polygons, those of one dimension as pieces of a graph.
//
// The memory is bounded, however many regions there are. When the polygons take
// too much of it, the smaller half of them is merged into a raster, which for
// each of its pixels has the mean of what it shows; so every region costs
// constant time on average. A picture draws the large regions as they are, and
// what is below a pixel as the raster has it.
//
// Two regions share an edge when they have it in common, and the layer of the
// unit whose hyperplane it is on is the first in which their patterns differ. So
// lines need no facets, only vertices and patterns.
package atlas

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"relucount/pkg/record"
)

// Options say what is kept of regions.
type Options struct {
	Shade  *Shade // what the colour of a region stands for
	Output int    // the output of shades that are about one
	// Tint is the colour of a category, in linear light. What is below a pixel is
	// the mean of its regions' colours, and with a shade of numbers that of the
	// numbers.
	Tint   func(category int) [3]float32
	Memory int // bytes for polygons and graphs, all networks together; 0: DefaultMemory
}

// DefaultMemory is room for some 200000 regions of a small network.
const DefaultMemory = 64 << 20

// Atlas has a sheet for each program of which there were regions.
type Atlas struct {
	options Options
	sheets  []*Sheet
	by      map[program]*Sheet
	used    int
}

type program struct{ milp, content string }

// New returns an empty atlas.
func New(o Options) *Atlas {
	if o.Memory <= 0 {
		o.Memory = DefaultMemory
	}
	return &Atlas{options: o, by: map[program]*Sheet{}}
}

// Sheets returns the sheets, in the order in which they were begun.
func (a *Atlas) Sheets() []*Sheet { return a.sheets }

// Sheet is what is kept of the regions of one program.
type Sheet struct {
	Milp    string
	Content string // digest of an edited content, or empty

	Shade   *Shade
	Output  int
	Outputs int // of the network; 0 when no affine maps were seen
	Layers  []int
	Regions int

	// Unfit says why the regions cannot be drawn, as when their domain has
	// too many dimensions; nothing else is then kept.
	Unfit error

	Coordinates int   // of the domain
	Axes        []int // those that are drawn, one or two
	Dimension   int   // of the domain
	Box         Box

	// Cells are the polygons of a domain of two dimensions. Folded regions are
	// no longer among them but in Raster.
	Cells  []Cell
	Folded int
	Raster *Raster
	least  float64 // area below which regions are folded

	// Pieces are those of the graph of a domain of one dimension.
	Pieces  []Piece
	Thinned int // pieces that were merged with others

	tint  func(int) [3]float32
	bytes int
}

// Point is a point in the coordinates that are drawn.
type Point struct{ X, Y float64 }

// Box is from the least to the greatest coordinates.
type Box struct{ Min, Max Point }

func nothing() Box {
	inf := math.Inf(1)
	return Box{Point{inf, inf}, Point{-inf, -inf}}
}

// Size returns the width and the height.
func (b Box) Size() (w, h float64) { return b.Max.X - b.Min.X, b.Max.Y - b.Min.Y }

func (b *Box) take(p Point) {
	b.Min = Point{min(b.Min.X, p.X), min(b.Min.Y, p.Y)}
	b.Max = Point{max(b.Max.X, p.X), max(b.Max.Y, p.Y)}
}

// Cell is a region, or a part of one in which one class wins.
type Cell struct {
	Points  []Point // counterclockwise
	Pattern Bits
	Value   float64 // of the shade; NaN when its neighbours have to tell
	Area    float64
	Rest    bool // a further part of the region of the cell before
}

func (c *Cell) bytes() int { return 96 + 16*cap(c.Points) + len(c.Pattern) }

// Add enters a record if it is a region.
func (a *Atlas) Add(line *record.Line) error {
	if line.Type != record.KindRegion {
		return nil
	}
	r, err := read(line)
	if err != nil {
		return err
	}
	key := program{r.Milp, r.Content}
	s := a.by[key]
	if s == nil {
		s = &Sheet{Milp: r.Milp, Content: r.Content, Shade: a.options.Shade, Output: a.options.Output, Box: nothing(), tint: a.options.Tint}
		a.by[key] = s
		a.sheets = append(a.sheets, s)
	}
	before := s.bytes
	if err := s.add(r); err != nil {
		return err
	}
	a.used += s.bytes - before
	for a.used > a.options.Memory {
		largest := slices.MaxFunc(a.sheets, func(x, y *Sheet) int { return cmp.Compare(x.bytes, y.bytes) })
		before := largest.bytes
		if err := largest.shrink(); err != nil {
			return err
		}
		a.used -= before - largest.bytes
		if largest.bytes >= before {
			break
		}
	}
	return nil
}

// add keeps a region.
func (s *Sheet) add(r *region) error {
	s.Regions++
	if s.Unfit != nil {
		return nil
	}
	if s.Regions == 1 {
		if s.Unfit = s.begin(r); s.Unfit != nil {
			return nil
		}
	}
	if err := s.fits(r); err != nil {
		return err
	}
	if r.Affine != nil && s.Outputs == 0 {
		s.Outputs = len(r.Affine.B)
	}
	if s.Dimension == 1 {
		return s.addPiece(r)
	}
	return s.addCell(r)
}

// begin finds the coordinates that are drawn from the first region.
func (s *Sheet) begin(r *region) error {
	s.Coordinates = len(r.X)
	for _, p := range r.Pattern {
		s.Layers = append(s.Layers, len(p))
	}
	varying := r.varying()
	switch {
	case len(r.Vertices) == 0 && len(r.X) > 2:
		return fmt.Errorf("the regions have no vertices, and %d coordinates: a picture needs a domain of one or two dimensions (encode -plane, -line or -fix), and solve -regions -vertices", len(r.X))
	case len(r.Vertices) == 0:
		return errors.New("the regions have no vertices: solve -regions -vertices writes them")
	case len(r.Vertices) == 2 && len(varying) > 0:
		s.Dimension, s.Axes = 1, varying[:1]
	case len(varying) == 2:
		s.Dimension, s.Axes = 2, varying
	default:
		if s.Axes = r.flat(varying); s.Axes == nil {
			return fmt.Errorf("the regions have %d dimensions: a picture needs a domain of one or two (encode -plane, -line or -fix)", len(varying))
		}
		s.Dimension = 2
	}
	return nil
}

// fits reports what sets a region apart from the first one.
func (s *Sheet) fits(r *region) error {
	if len(r.X) != s.Coordinates {
		return fmt.Errorf("x has %d numbers, the regions before %d", len(r.X), s.Coordinates)
	}
	if len(r.Pattern) != len(s.Layers) {
		return fmt.Errorf("pattern has %d layers, the regions before %d", len(r.Pattern), len(s.Layers))
	}
	for i, p := range r.Pattern {
		if len(p) != s.Layers[i] {
			return fmt.Errorf("pattern[%d] has %d units, the regions before %d", i, len(p), s.Layers[i])
		}
	}
	if r.Affine != nil && s.Outputs > 0 && len(r.Affine.B) != s.Outputs {
		return fmt.Errorf("affine.b has %d numbers, the regions before %d", len(r.Affine.B), s.Outputs)
	}
	if least := s.Dimension + 1; len(r.Vertices) < least {
		return fmt.Errorf("vertices: %d of them, a region of %d dimensions has at least %d", len(r.Vertices), s.Dimension, least)
	}
	return nil
}

// addCell keeps the polygon of a region, or those of its classes.
func (s *Sheet) addCell(r *region) error {
	points := make([]Point, len(r.Vertices))
	for i, v := range r.Vertices {
		points[i] = Point{v[s.Axes[0]], v[s.Axes[1]]}
		s.Box.take(points[i])
	}
	arrange(points)
	cells, err := s.Shade.cells(s, r, points)
	if err != nil {
		return err
	}
	whole := area(points)
	if s.Raster != nil && whole < s.least {
		for i := range cells {
			if err := s.fold(&cells[i]); err != nil {
				return err
			}
		}
		s.Folded++
		return nil
	}
	pattern := pack(r.Pattern)
	for i, c := range cells {
		c.Pattern, c.Rest = pattern, i > 0
		s.Cells = append(s.Cells, c)
		s.bytes += c.bytes()
	}
	return nil
}

// shrink gives back memory: the smaller half of the cells goes to the raster,
// or pieces are merged.
func (s *Sheet) shrink() error {
	if s.Dimension == 1 {
		s.thin()
		return nil
	}
	areas := make([]float64, len(s.Cells))
	for i := range s.Cells {
		areas[i] = s.Cells[i].Area
	}
	slices.Sort(areas)
	s.least = max(s.least, math.Nextafter(areas[len(areas)/2], math.Inf(1)))
	if s.Raster == nil {
		s.Raster = newRaster(s.Box)
	}
	kept := s.Cells[:0]
	s.bytes = 0
	for i := range s.Cells {
		c := &s.Cells[i]
		if c.Area >= s.least {
			kept = append(kept, *c)
			s.bytes += c.bytes()
			continue
		}
		if err := s.fold(c); err != nil {
			return err
		}
		if !c.Rest {
			s.Folded++
		}
	}
	clear(s.Cells[len(kept):])
	s.Cells = kept
	return nil
}

// mix is what a raster has the mean of.
func (s *Sheet) mix(v float64) [3]float32 {
	if s.Shade.Numbers {
		return [3]float32{float32(v)}
	}
	return s.tint(int(v))
}

// fold adds a cell to the raster.
func (s *Sheet) fold(c *Cell) error {
	if math.IsNaN(c.Value) {
		return fmt.Errorf("colours by %s of so many regions need their facets: solve -regions -facets writes them", s.Shade.Name)
	}
	s.Raster.cover(s.Box)
	s.Raster.Fill(c.Points, s.mix(c.Value))
	return nil
}
