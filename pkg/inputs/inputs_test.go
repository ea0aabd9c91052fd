package inputs

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"relucount/pkg/domain"
)

// array is an NPY file of doubles.
func array(shape string, values ...float64) string {
	head := fmt.Sprintf("{'descr': '<f8', 'fortran_order': False, 'shape': %s, }\n", shape)
	var b bytes.Buffer
	b.WriteString("\x93NUMPY\x01\x00")
	_ = binary.Write(&b, binary.LittleEndian, uint16(len(head)))
	b.WriteString(head)
	_ = binary.Write(&b, binary.LittleEndian, values)
	return b.String()
}

func TestPoints(t *testing.T) {
	two := [][]float64{{1, 2}, {3, 4}}
	one := [][]float64{{1, 2, 3, 4}}
	for _, c := range []struct {
		name, data string
		inputs     int
		want       [][]float64
	}{
		{"commas", "1,2\n3,4\n", 2, two},
		{"semicolons, names", "a;b\r\n1;2\r\n3 ; 4", 2, two},
		{"tabs, quotes", "\xef\xbb\xbf\"x\"\t\"y\"\n\"1\"\t2\n3\t4", 2, two},
		{"blanks, remarks", "# two points\n\n 1  2 # the first\n3 4", 2, two},
		{"JSON", " [[1, 2], [3, 4.0]]\n", 2, two},
		{"JSON of one", "[1, 2, 3, 4]", 4, one},
		{"NPY", array("(2, 2)", 1, 2, 3, 4), 2, two},
		{"NPY of pictures", array("(2, 1, 2)", 1, 2, 3, 4), 2, two},
		{"NPY of one", array("(4,)", 1, 2, 3, 4), 4, one},
		{"NPY of one picture", array("(2, 2)", 1, 2, 3, 4), 4, one},
	} {
		got, err := (&File{c.name, []byte(c.data)}).Points(c.inputs)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, %v", c.name, got, err)
		}
	}
	for _, c := range []struct{ data, want string }{
		{"", "f: there is no point"},
		{array("(0, 2)"), "f: there is no point"},
		{"1,2\n3", "f: row 1 has 1 numbers, the network 2 inputs"},
		{"1,2\n3,4,5", "f: row 1 has 3 numbers, the network 2 inputs"},
		{"a,b\nc,d", `f:2:1: "c" is no number`},
		{"1,2\n3,", `f:2:3: "" is no number`},
		{"1,x", `f:1:3: "x" is no number`},
		{"1,inf", "f: row 0: number 1 is +Inf"},
		{"[[1, 2], 3]", "f: numbers stand beside arrays of numbers"},
		{"[[1, 2], [3, null]]", "f: [1][1]: null where a number should be"},
		{"[[1, 2],\n[3, 4]", "f:2:7: file is cut short"},
		{array("(3, 2)", 1, 2), "f: 16 bytes of numbers, the shape [3 2] asks for 48"},
		{array("(2, 2)", 1, 2, 3, math.NaN()), "f: row 1: number 1 is NaN"},
	} {
		if _, err := (&File{"f", []byte(c.data)}).Points(2); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q: %v, %q expected", c.data, err, c.want)
		}
	}
}

func TestDomains(t *testing.T) {
	box := &domain.Domain{Lower: []float64{0, -1}, Upper: []float64{1, 2}}
	for _, data := range []string{
		"0,1\n-1,2", "[[0, 1], [-1, 2]]", array("(2, 2)", 0, 1, -1, 2), `{"lower": [0, -1], "upper": [1, 2]}`,
		"(declare-const X_0 Real) (declare-const X_1 Real) (assert (<= 0 X_0 1)) (assert (<= -1 X_1 2))",
		"; one box\n(declare-const X_0 Real) (declare-const X_1 Real) (assert (or (and (<= 0 X_0 1) (<= -1 X_1 2)) false))",
	} {
		got, left, err := (&File{"f", []byte(data)}).Domains(2)
		if err != nil || left != 0 || len(got) != 1 || !slices.Equal(got[0].Lower, box.Lower) || !slices.Equal(got[0].Upper, box.Upper) || got[0].Rows != nil {
			t.Errorf("%q: %+v, %v", data, got, err)
		}
	}
	for _, c := range []struct{ data, want string }{
		{`{"lower": [0, -1], "upper": [1, 2, 3]}`, "f: domain.upper: 3 numbers, 2 expected"},
		{`{"lower": 0, "upper": -1}`, "f: domain of input 0 is [0, -1]: it is empty"},
		{`{"lower": 0}`, "f: domain.upper: missing"},
		{`{"lower": 0,}`, "f:1:13: invalid character '}'"},
		{"1,0\n0,1", "f: domain of input 0 is [1, 0]: it is empty"},
	} {
		if _, _, err := (&File{"f", []byte(c.data)}).Domains(2); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q: %v, %q expected", c.data, err, c.want)
		}
	}
}

func TestRows(t *testing.T) {
	rows, err := (&File{"f", []byte(`[{"a": [1, 2], "lo": 0}, {"a": [0, 1], "lo": null, "hi": 1, "name": "ignored"}]`)}).Rows(2)
	want := []domain.Row{{A: []float64{1, 2}, Lo: 0, Hi: math.Inf(1)}, {A: []float64{0, 1}, Lo: math.Inf(-1), Hi: 1}}
	if err != nil || !reflect.DeepEqual(rows, want) {
		t.Errorf("%+v, %v", rows, err)
	}
	for data, want := range map[string]string{
		`[{"a": [1]}]`:                     "f: domain.rows[0].a: 1 numbers, 2 expected",
		`[{"a": [1, 2], "lo": 1, "hi":0}]`: "f: domain.rows[0]: no value is from 1 to 0",
		`{"a": [1, 2]}`:                    "f: rows: an object where an array should be",
		`[`:                                "f:1:2: file is cut short",
	} {
		if _, err := (&File{"f", []byte(data)}).Rows(2); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, %q expected", data, err, want)
		}
	}
}

func FuzzFile(f *testing.F) {
	f.Add([]byte("a,b\n1,2\n3,4"))
	f.Add([]byte("[[1, 2], [3, 4]]"))
	f.Add([]byte(`[{"a": [1, 2], "lo": 0}]`))
	f.Add([]byte(`{"lower": 0, "upper": [1, 2], "matrix": [[1], [2]], "lower": 0, "rows": [{"a": [1]}]}`))
	f.Add([]byte(array("(2, 2)", 1, 2, 3, 4)))
	f.Add([]byte("(declare-const X_0 Real) (declare-const X_1 Real) (assert (<= 0 X_0 1)) (assert (<= -1 X_1 2))"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file := &File{"f", data}
		if all, _, err := file.Domains(2); err == nil {
			for _, d := range all {
				if err := d.Check(2); err != nil {
					t.Error(err)
				}
			}
		}
		if points, err := file.Points(2); err == nil {
			for _, p := range points {
				if len(p) != 2 {
					t.Error(points)
				}
			}
		}
		if rows, err := file.Rows(2); err == nil {
			for _, r := range rows {
				if len(r.A) != 2 {
					t.Error(rows)
				}
			}
		}
	})
}
