package atlas

import (
	"image"
	"image/color"
	"math"

	"golang.org/x/image/vector"
)

// Resolution is how many pixels a raster has on a side.
const Resolution = 1400

// Raster has for each pixel the sum of what covers it, weighted by area: the
// mean is the colour, or the number, of what was merged there. It is a square.
// When the box of the regions grows beyond it, its pixels double in size.
type Raster struct {
	Origin Point   // of pixel 0, 0
	Pixel  float64 // their size
	N      int     // on a side
	Sum    [][4]float32

	vector vector.Rasterizer
	mask   *image.Alpha
}

// newRaster returns a raster that covers a box.
func newRaster(b Box) *Raster {
	w, h := b.Size()
	return NewRaster(b.Min, max(w, h)*(1+1e-9)/Resolution, Resolution)
}

// NewRaster returns an empty raster.
func NewRaster(origin Point, pixel float64, n int) *Raster {
	return &Raster{Origin: origin, Pixel: pixel, N: n, Sum: make([][4]float32, n*n)}
}

// cover makes the raster large enough for a box.
func (r *Raster) cover(b Box) {
	for {
		size := r.Pixel * float64(r.N)
		left, below := b.Min.X < r.Origin.X, b.Min.Y < r.Origin.Y
		if !left && !below && b.Max.X <= r.Origin.X+size && b.Max.Y <= r.Origin.Y+size {
			return
		}
		r.double(left, below)
	}
}

// double halves the resolution: what there is becomes a quarter of the raster,
// on the other side of where there is to be room.
func (r *Raster) double(left, below bool) {
	half := r.N / 2
	out := make([][4]float32, len(r.Sum))
	var dx, dy int
	if left {
		dx, r.Origin.X = half, r.Origin.X-r.Pixel*float64(2*half)
	}
	if below {
		dy, r.Origin.Y = half, r.Origin.Y-r.Pixel*float64(2*half)
	}
	for y := range half * 2 {
		for x := range half * 2 {
			to, from := &out[(dy+y/2)*r.N+dx+x/2], &r.Sum[y*r.N+x]
			for i := range to {
				to[i] += from[i] / 4
			}
		}
	}
	r.Sum, r.Pixel = out, 2*r.Pixel
}

// Fill adds a polygon. What lies in one pixel is added there as a whole.
func (r *Raster) Fill(p []Point, mix [3]float32) {
	b := nothing()
	for _, q := range p {
		b.take(Point{(q.X - r.Origin.X) / r.Pixel, (q.Y - r.Origin.Y) / r.Pixel})
	}
	x0, y0 := int(math.Floor(b.Min.X)), int(math.Floor(b.Min.Y))
	w, h := int(math.Ceil(b.Max.X))-x0, int(math.Ceil(b.Max.Y))-y0
	if w <= 1 && h <= 1 {
		r.add(x0, y0, mix, float32(area(p)/(r.Pixel*r.Pixel)))
		return
	}
	if w*h <= 12 { // small ones exactly: of many little is much
		for y := y0; y < y0+h; y++ {
			for x := x0; x < x0+w; x++ {
				part := within(p, r.Origin.X+float64(x)*r.Pixel, r.Origin.Y+float64(y)*r.Pixel, r.Pixel)
				if a := area(part); a > 0 {
					r.add(x, y, mix, float32(a/(r.Pixel*r.Pixel)))
				}
			}
		}
		return
	}
	if r.mask == nil || r.mask.Rect.Dx() < w || r.mask.Rect.Dy() < h {
		r.mask = image.NewAlpha(image.Rect(0, 0, max(w, 64), max(h, 64)))
	}
	r.vector.Reset(w, h)
	for i, q := range p {
		x, y := float32((q.X-r.Origin.X)/r.Pixel-float64(x0)), float32((q.Y-r.Origin.Y)/r.Pixel-float64(y0))
		if i == 0 {
			r.vector.MoveTo(x, y)
		} else {
			r.vector.LineTo(x, y)
		}
	}
	r.vector.ClosePath()
	area := image.Rect(0, 0, w, h)
	for y := range h {
		clear(r.mask.Pix[y*r.mask.Stride : y*r.mask.Stride+w])
	}
	r.vector.Draw(r.mask, area, image.NewUniform(color.Alpha{255}), image.Point{})
	for y := range h {
		for x, a := range r.mask.Pix[y*r.mask.Stride : y*r.mask.Stride+w] {
			if a > 0 {
				r.add(x0+x, y0+y, mix, float32(a)/255)
			}
		}
	}
}

func (r *Raster) add(x, y int, mix [3]float32, weight float32) {
	if x < 0 || y < 0 || x >= r.N || y >= r.N { // the far edge of the box
		x, y = min(max(x, 0), r.N-1), min(max(y, 0), r.N-1)
	}
	to := &r.Sum[y*r.N+x]
	for i, m := range mix {
		to[i] += m * weight
	}
	to[3] += weight
}

// At returns the mean of a pixel, and how much of it is covered.
func (r *Raster) At(x, y int) (mix [3]float32, weight float32) {
	s := &r.Sum[y*r.N+x]
	if s[3] == 0 {
		return mix, 0
	}
	for i := range mix {
		mix[i] = s[i] / s[3]
	}
	return mix, min(1, s[3])
}

// Onto adds the raster to another one, each pixel where its centre is.
func (r *Raster) Onto(to *Raster) {
	scale := float32(r.Pixel * r.Pixel / (to.Pixel * to.Pixel))
	for y := range r.N {
		for x := range r.N {
			mix, _ := r.At(x, y)
			weight := r.Sum[y*r.N+x][3]
			if weight == 0 {
				continue
			}
			cx := r.Origin.X + (float64(x)+0.5)*r.Pixel
			cy := r.Origin.Y + (float64(y)+0.5)*r.Pixel
			if r.Pixel <= to.Pixel {
				to.add(int((cx-to.Origin.X)/to.Pixel), int((cy-to.Origin.Y)/to.Pixel), mix, weight*scale)
				continue
			}
			h := r.Pixel / 2
			to.Fill([]Point{{cx - h, cy - h}, {cx + h, cy - h}, {cx + h, cy + h}, {cx - h, cy + h}}, mix)
		}
	}
}
