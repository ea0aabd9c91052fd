package figure_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"relucount/pkg/atlas"
	"relucount/pkg/atlas/atlastest"
	"relucount/pkg/figure"
	"relucount/pkg/record"
)

var update = flag.Bool("update", false, "write the golden files anew")

// sheet puts regions on a sheet.
func sheet(t *testing.T, shade string, memory int, regions []record.Region) *atlas.Sheet {
	t.Helper()
	s := atlas.ShadeNamed(shade)
	a := atlas.New(atlas.Options{Shade: s, Tint: figure.Tint(s), Memory: memory})
	r, err := record.NewReader(bytes.NewReader(atlastest.Stream(regions)), "s")
	if err != nil {
		t.Fatal(err)
	}
	for range regions {
		line, err := r.Next()
		if err == nil {
			err = a.Add(line)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return a.Sheets()[0]
}

// wellFormed reads a drawing to its end and returns its text.
func wellFormed(t *testing.T, svg []byte) string {
	t.Helper()
	var text strings.Builder
	d := xml.NewDecoder(bytes.NewReader(svg))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return text.String()
		}
		if err != nil {
			t.Fatalf("%v in\n%.2000s", err, svg)
		}
		switch token := token.(type) {
		case xml.CharData:
			text.Write(token)
		case xml.StartElement:
			for _, a := range token.Attr {
				if a.Name.Local == "href" && !strings.HasPrefix(a.Value, "data:image/png;base64,") {
					t.Errorf("a link to %s", a.Value)
				}
			}
			if token.Name.Local == "script" || token.Name.Local == "b" {
				t.Errorf("an element %s", token.Name.Local)
			}
		}
	}
}

const markup = `<b>&"net'</title><script>alert(1)</script>`

// Each colouring gives a drawing that is well formed, and a picture; markup in a
// title is text.
func TestMaps(t *testing.T) {
	regions := atlastest.Regions(3, 3, 8, 8)
	dots := []figure.Dot{{At: atlas.Point{X: 0.1, Y: 0.2}, Class: -1}, {At: atlas.Point{X: -0.5, Y: 0}, Class: 1}}
	for _, shade := range atlas.Shades {
		for _, memory := range []int{0, 3000} {
			if shade.Name == "layer" && memory > 0 {
				continue // it needs facets then
			}
			f := figure.Map(sheet(t, shade.Name, memory, regions), figure.MapOptions{Title: markup, Points: dots})
			var svg, pic bytes.Buffer
			if err := errors.Join(figure.WriteSVG(&svg, []*figure.Figure{f}), figure.WritePNG(&pic, []*figure.Figure{f})); err != nil {
				t.Fatal(err)
			}
			text := wellFormed(t, svg.Bytes())
			for _, want := range []string{markup, "78 regions", "x_0", "x_1", "Points"} {
				if !strings.Contains(text, want) {
					t.Errorf("%s: no %q in %q", shade.Name, want, text)
				}
			}
			if merged := strings.Contains(text, "too small to be drawn"); merged != strings.Contains(svg.String(), "<image") || memory > 0 && !merged {
				t.Errorf("%s, memory %d: merged regions are not as they should be", shade.Name, memory)
			}
			if img, err := png.Decode(&pic); err != nil || img.Bounds().Dx() < 1000 {
				t.Errorf("%s: %v", shade.Name, err)
			}
			page := f.Inline("id")
			wellFormed(t, []byte(page))
			if !strings.Contains(page, "var(--ink)") || strings.Count(page, "data-i=") != len(f.Patterns) {
				t.Errorf("%s: on a page there are %d marks of %d patterns", shade.Name, strings.Count(page, "data-i="), len(f.Patterns))
			}
		}
	}
}

// A small map is what it was.
func TestGolden(t *testing.T) {
	f := figure.Map(sheet(t, "class", 0, atlastest.Regions(1, 2, 3, 2)), figure.MapOptions{Title: "small"})
	var got bytes.Buffer
	if err := figure.WriteSVG(&got, []*figure.Figure{f}); err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "map.svg")
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("got\n%s\nwant\n%s", &got, want)
	}
}

// The size of a drawing does not grow with the number of regions.
func TestSize(t *testing.T) {
	var regions []record.Region
	const n = 250
	for i := range n * n {
		x, y := float64(i%n)/n, float64(i/n)/n
		regions = append(regions, record.Region{Head: record.Head{Type: record.KindRegion, Schema: record.Schema}, Milp: "m",
			Pattern: []string{strings.Repeat("1", i%7) + strings.Repeat("0", 7-i%7)}, X: []float64{x, y}, Vertices: [][]float64{{x, y}, {x + 1./n, y}, {x + 1./n, y + 1./n}, {x, y + 1./n}}})
	}
	f := figure.Map(sheet(t, "pattern", 0, regions), figure.MapOptions{Shapes: 500})
	var svg bytes.Buffer
	if err := figure.WriteSVG(&svg, []*figure.Figure{f}); err != nil {
		t.Fatal(err)
	}
	if svg.Len() > 1<<20 || !strings.Contains(svg.String(), "62000 are too small") {
		t.Errorf("%d bytes, %q", svg.Len(), f.Notes)
	}
}

// Every plot is well formed, also with one value, or none between.
func TestPlots(t *testing.T) {
	v, w := 3.5, 9.0
	for name, f := range map[string]*figure.Figure{
		"ranges": figure.Ranges(markup, "", []figure.Row{{Label: markup, Mark: figure.Exactly, Lo: 3, Value: "8"}, {Mark: figure.AtLeast, Lo: 2}, {Mark: figure.AtMost, Hi: 700},
			{Mark: figure.Between, Lo: 1, Hi: 9}, {Mark: figure.About, Lo: 4}}),
		"one":      figure.Ranges("t", "", []figure.Row{{Label: "exact", Mark: figure.Exactly, Lo: 0, Value: "1"}}),
		"falling":  figure.Falling("t", []figure.Stop{{0, 1, nil}, {1, 2, &w}, {100, 3.5, &v}}),
		"trials":   figure.Trials("t", map[int]int{3: 4, 7: 1}, map[int]int{2: 2}),
		"a trial":  figure.Trials("t", map[int]int{3: 1}, nil),
		"sequence": figure.Sequence(markup, []figure.Step{{"1", &v, &v}, {"2", nil, &w}, {"3", &v, nil}, {markup, &v, &w}, {"5", nil, nil}}),
		"nothing":  figure.Sequence("t", []figure.Step{{"1", nil, nil}, {"2", nil, nil}}),
	} {
		var svg, pic bytes.Buffer
		if err := errors.Join(figure.WriteSVG(&svg, []*figure.Figure{f, f}), figure.WritePNG(&pic, []*figure.Figure{f, f, f})); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		wellFormed(t, svg.Bytes())
		wellFormed(t, []byte(f.Inline("a")))
		if strings.Contains(svg.String(), "NaN") || strings.Contains(svg.String(), "Inf") {
			t.Errorf("%s has numbers that are none", name)
		}
	}
}
