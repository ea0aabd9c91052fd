package netfile

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"relucount/pkg/domain"
	"relucount/pkg/record"
)

// with is a network of three inputs over a domain.
func with(domain string) string {
	return `{"domain": ` + domain + `, "layers": [{"weights": [[1, 2, 3], [-1, 0, 1]], "bias": [0, 0.5], "activation": "relu"}]}`
}

func TestDomains(t *testing.T) {
	inf := math.Inf(1)
	plane := &domain.Map{Matrix: []record.Numbers{{1, 0}, {0, 1}, {1, 1}}, Offset: record.Numbers{0, 0, 0.5}}
	for text, want := range map[string]*domain.Domain{
		`{"lower": 0, "upper": [1, 2, 3]}`: {Lower: []float64{0, 0, 0}, Upper: []float64{1, 2, 3}},
		`{"lower": 0, "upper": 1, "rows": [{"a": [1, 1, 1], "hi": 1}, {"lo": 0.25, "a": [1, 0, 0]}, {"a": [0, 0, 1], "lo": null, "hi": 2}]}`: {
			Lower: []float64{0, 0, 0}, Upper: []float64{1, 1, 1},
			Rows: []domain.Row{{A: []float64{1, 1, 1}, Lo: -inf, Hi: 1}, {A: []float64{1, 0, 0}, Lo: 0.25, Hi: inf}, {A: []float64{0, 0, 1}, Lo: -inf, Hi: 2}}},
		`{"lower": -1, "upper": [1, 2], "matrix": [[1, 0], [0, 1], [1, 1]], "offset": [0, 0, 0.5], "rows": [{"a": [1, -1], "lo": 0, "hi": 1}]}`: {
			Lower: []float64{-1, -1}, Upper: []float64{1, 2}, Map: plane, Rows: []domain.Row{{A: []float64{1, -1}, Lo: 0, Hi: 1}}},
		`{"matrix": [[1], [2], [3]], "lower": 0, "upper": 1}`: {
			Lower: []float64{0}, Upper: []float64{1},
			Map: &domain.Map{Matrix: []record.Numbers{{1}, {2}, {3}}, Offset: record.Numbers{0, 0, 0}}},
	} {
		f, err := Read(strings.NewReader(with(text)), "test")
		if err != nil || !reflect.DeepEqual(f.Domain, want) {
			t.Errorf("%s: %+v, %v", text, f, err)
		}
	}
}

func TestDomainErrors(t *testing.T) {
	for text, want := range map[string]string{
		`{"lower": 0, "upper": 1, "offset": [0, 0, 0]}`:                                            "domain.offset: there is no domain.matrix",
		`{"lower": 0, "upper": 1, "matrix": []}`:                                                   "domain.matrix: no numbers",
		`{"lower": 0, "upper": 1, "matrix": [[], [], []]}`:                                         "domain.matrix: no numbers",
		`{"lower": 0, "upper": 1, "matrix": [[1], [1]]}`:                                           "domain.matrix: 2 rows, 3 inputs expected",
		`{"lower": 0, "upper": 1, "matrix": [[1], [1], [1, 2]]}`:                                   "domain.matrix[2]: 2 numbers, 1 coordinates expected",
		`{"lower": 0, "upper": 1, "matrix": [[1], [1], [null]]}`:                                   "domain.matrix[2][0]: null where a number should be",
		`{"lower": 0, "upper": 1, "matrix": [[1], [1], [1]], "offset": []}`:                        "domain.offset: 0 numbers, 3 inputs expected",
		`{"lower": [0, 0, 0], "upper": 1, "matrix": [[1], [1], [1]]}`:                              "domain.lower: 3 numbers, 1 expected",
		`{"lower": 0, "upper": -1, "matrix": [[1], [1], [1]]}`:                                     "domain of coordinate 0 is [0, -1]: it is empty",
		`{"lower": 0, "upper": 1, "rows": [{"a": [1, 1], "hi": 1}]}`:                               "domain.rows[0].a: 2 numbers, 3 expected",
		`{"lower": 0, "upper": 1, "rows": [{"hi": 1}]}`:                                            "domain.rows[0].a: missing",
		`{"lower": 0, "upper": 1, "rows": [{"a": [1, 1, 1], "lo": 2, "hi": 1}]}`:                   "domain.rows[0]: no value is from 2 to 1",
		`{"lower": 0, "upper": 1, "rows": [{"a": [1, 1, 1], "lo": "0"}]}`:                          "domain.rows[0].lo: a string where a number should be",
		`{"lower": 0, "upper": 1, "rows": {"a": [1, 1, 1]}}`:                                       "domain.rows: an object where an array should be",
		`{"lower": 0, "upper": 1, "matrix": [[1e308], [1e308], [1e308]], "offset": [1e308, 0, 0]}`: "the values overflow",
	} {
		fails(t, []byte(with(text)), want)
	}
}

// TestMisspelled: a field of a domain that is nearly spelled right would be
// missed, and another set counted.
func TestMisspelled(t *testing.T) {
	t.Parallel()
	const net = `{"layers": [{"weights": [[1, 1]], "bias": [0], "activation": "relu"}], "domain": {"lower": 0, "upper": 1, %s}}`
	for field, want := range map[string]string{
		`"Matrix": [[1], [1]]`:                 `domain.Matrix: there is no such field: did you mean "matrix"?`,
		`"matrx": [[1], [1]]`:                  `domain.matrx: there is no such field: did you mean "matrix"?`,
		`"ofset": [0, 0]`:                      `domain.ofset: there is no such field: did you mean "offset"?`,
		`"row": [{"a": [1, 1]}]`:               `domain.row: there is no such field: did you mean "rows"?`,
		`"rows": [{"a": [1, 1], "Hi": 1}]`:     `domain.rows[0].Hi: there is no such field: did you mean "hi"?`,
		`"rows": [{"a": [1, 1], "name": "x"}]`: "",
		`"kind": "box"`:                        "",
	} {
		_, err := Read(strings.NewReader(fmt.Sprintf(net, field)), "net.json")
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", field, err, want)
		}
	}
}
