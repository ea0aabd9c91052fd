package netfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"relucount/pkg/domain"
)

// ReadDomain reads a JSON domain, as one of a JSON network, for so many inputs.
// As of all that is read here, the error of a text that is no JSON begins with
// its line and column.
func ReadDomain(data []byte, inputs int) (d *domain.Domain, err error) {
	err = readValue(data, func(r *jsonReader) error {
		j, err := r.domain("domain")
		if err == nil {
			d, err = j.over(inputs)
		}
		return err
	})
	return d, err
}

// ReadRows reads a JSON array of rows, as a JSON domain has them.
func ReadRows(data []byte) (rows []domain.Row, err error) {
	err = readValue(data, func(r *jsonReader) error {
		return r.array("rows", func(i int) error {
			row, err := r.row(fmt.Sprintf("rows[%d]", i))
			rows = append(rows, row)
			return err
		})
	})
	return rows, err
}

// ReadTable reads a JSON array of arrays of numbers, which need not be equally
// long, or of numbers: one row.
func ReadTable(data []byte) (rows [][]float64, err error) {
	err = readValue(data, func(r *jsonReader) error {
		var one []float64
		err := r.array("", func(i int) error {
			t := r.token()
			if t != json.Delim('[') {
				v, err := number(t)
				if err != nil {
					return fmt.Errorf("[%d]: %w", i, err)
				}
				one = append(one, v)
				return nil
			}
			var row []float64
			err := r.elements(r.appender(fmt.Sprintf("[%d]", i), &row))
			rows = append(rows, row)
			return err
		})
		switch {
		case one != nil && rows != nil:
			return fmt.Errorf("numbers stand beside arrays of numbers")
		case one != nil:
			rows = [][]float64{one}
		}
		return err
	})
	return rows, err
}

// readValue reads a text of one JSON value.
func readValue(data []byte, read func(r *jsonReader) error) error {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if err := checkSyntax(data, 0); err != nil {
		return err
	}
	r := &jsonReader{dec: json.NewDecoder(bytes.NewReader(data))}
	r.dec.UseNumber()
	return read(r)
}

// HasPosition tells errors that begin with a line and a column.
func HasPosition(err error) bool {
	var at *position
	return errors.As(err, &at)
}
