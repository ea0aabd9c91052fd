package netfile

import (
	"fmt"
	"math"
	"slices"

	"relucount/pkg/domain"
	"relucount/pkg/record"
)

// jsonDomain is the domain as the file has it.
type jsonDomain struct {
	lower, upper []float64
	each         [2]bool     // whether lower, upper is one number for all
	matrix       [][]float64 // nil when it is missing
	offset       []float64   // nil when it is missing
	rows         []domain.Row
}

func (r *jsonReader) domain(path string) (*jsonDomain, error) {
	d := &jsonDomain{}
	limit := func(to *[]float64, each *bool) func(string) error {
		return func(path string) (err error) {
			*to, *each, err = r.oneOrMore(path)
			return err
		}
	}
	err := r.object(path, map[string]func(string) error{
		"lower": limit(&d.lower, &d.each[0]),
		"upper": limit(&d.upper, &d.each[1]),
		"matrix": func(path string) (err error) {
			d.matrix, err = r.matrix(path)
			return err
		},
		"offset": func(path string) error {
			d.offset = []float64{}
			return r.array(path, r.appender(path, &d.offset))
		},
		"rows": func(path string) error {
			return r.array(path, func(i int) error {
				row, err := r.row(fmt.Sprintf("%s[%d]", path, i))
				d.rows = append(d.rows, row)
				return err
			})
		},
	}, "matrix", "offset", "rows")
	return d, err
}

// row reads {"a": [...], "lo": 0, "hi": 1}; a limit may be null or absent.
func (r *jsonReader) row(path string) (row domain.Row, err error) {
	row.Lo, row.Hi = math.Inf(-1), math.Inf(1)
	limit := func(to *float64) func(string) error {
		return func(path string) error {
			t := r.token()
			if t == nil {
				return nil
			}
			v, err := number(t)
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			*to = v
			return nil
		}
	}
	err = r.object(path, map[string]func(string) error{
		"a": func(path string) (err error) {
			row.A, err = r.numbers(path)
			return err
		},
		"lo": limit(&row.Lo),
		"hi": limit(&row.Hi),
	}, "lo", "hi")
	return row, err
}

// over is the domain for a network of so many inputs, nil when there is none.
func (j *jsonDomain) over(inputs int) (*domain.Domain, error) {
	if j == nil {
		return nil, nil
	}
	d := &domain.Domain{Rows: j.rows}
	columns := inputs
	switch matrix := j.matrix; {
	case matrix != nil:
		if len(matrix) == 0 || len(matrix[0]) == 0 {
			return nil, fmt.Errorf("domain.matrix: no numbers")
		}
		columns = len(matrix[0])
		d.Map = &domain.Map{Offset: make(record.Numbers, inputs)}
		for _, row := range matrix {
			d.Map.Matrix = append(d.Map.Matrix, row)
		}
		if j.offset != nil {
			d.Map.Offset = j.offset
		}
	case j.offset != nil:
		return nil, fmt.Errorf("domain.offset: there is no domain.matrix")
	}
	limits := [2][]float64{j.lower, j.upper}
	for k, what := range []string{"lower", "upper"} {
		if j.each[k] {
			limits[k] = slices.Repeat(limits[k], columns)
		}
		if len(limits[k]) != columns {
			return nil, fmt.Errorf("domain.%s: %d numbers, %d expected", what, len(limits[k]), columns)
		}
	}
	d.Lower, d.Upper = limits[0], limits[1]
	return d, d.Check(inputs)
}
