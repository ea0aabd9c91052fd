// Package inputs reads the sets of inputs that a user asks about from files:
// domains, points and rows. What a file is, its content tells: JSON, NPY,
// VNN-LIB, and CSV for the rest.
package inputs

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"relucount/pkg/domain"
	"relucount/pkg/netfile"
	"relucount/pkg/npy"
	"relucount/pkg/vnnlib"
)

// File is a file that was read.
type File struct {
	Name string
	Data []byte
}

// wrap names the file before an error, and no blank before its line.
func (f *File) wrap(err error) error {
	if err == nil {
		return nil
	}
	sep := ": "
	var at *vnnlib.Error
	var line *position
	if errors.As(err, &at) || errors.As(err, &line) || netfile.HasPosition(err) {
		sep = ":"
	}
	return fmt.Errorf("%s%s%w", f.Name, sep, err)
}

// position is an error in a line of a table.
type position struct {
	line, col int
	msg       string
}

func (p *position) Error() string { return fmt.Sprintf("%d:%d: %s", p.line, p.col, p.msg) }

// first is the first byte that is no blank, or 0.
func (f *File) first() byte {
	text := bytes.TrimLeft(bytes.TrimPrefix(f.Data, []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(text) == 0 {
		return 0
	}
	return text[0]
}

// Domains reads a set of inputs of a network, or several, and how many
// constraints on outputs there are, which are left out. A file has a JSON
// domain, a table of lower and upper limits with a row for each input, or
// VNN-LIB, where alternatives make several sets.
func (f *File) Domains(inputs int) (all []*domain.Domain, left int, err error) {
	all, left, err = f.domains(inputs)
	return all, left, f.wrap(err)
}

func (f *File) domains(inputs int) ([]*domain.Domain, int, error) {
	switch f.first() {
	case '{':
		d, err := netfile.ReadDomain(f.Data, inputs)
		if err == nil {
			err = d.Check(inputs)
		}
		return []*domain.Domain{d}, 0, err
	case '(', ';':
		s, err := vnnlib.Parse(f.Data)
		switch {
		case err != nil:
			return nil, 0, err
		case s.Inputs != inputs:
			return nil, 0, fmt.Errorf("%d inputs are declared, the network has %d", s.Inputs, inputs)
		}
		var all []*domain.Domain
		for i := range s.Cases {
			all = append(all, &s.Cases[i])
		}
		return all, s.Left, nil
	}
	rows, err := f.table(2)
	if err != nil {
		return nil, 0, err
	}
	if len(rows) != inputs {
		return nil, 0, fmt.Errorf("%d rows of limits, the network has %d inputs", len(rows), inputs)
	}
	d := &domain.Domain{}
	for i, r := range rows {
		if len(r) != 2 {
			return nil, 0, fmt.Errorf("row %d has %d numbers: a lower and an upper limit belong there", i, len(r))
		}
		d.Lower, d.Upper = append(d.Lower, r[0]), append(d.Upper, r[1])
	}
	return []*domain.Domain{d}, 0, d.Check(inputs)
}

// Points reads points of a network's inputs, one a row.
func (f *File) Points(inputs int) ([][]float64, error) {
	rows, err := f.table(inputs)
	if err == nil && len(rows) == 0 {
		err = errors.New("there is no point")
	}
	for i, r := range rows {
		if err == nil && len(r) != inputs {
			err = fmt.Errorf("row %d has %d numbers, the network %d inputs", i, len(r), inputs)
		}
		for j, v := range r {
			if err == nil && (math.IsNaN(v) || math.IsInf(v, 0)) {
				err = fmt.Errorf("row %d: number %d is %g", i, j, v)
			}
		}
	}
	return rows, f.wrap(err)
}

// Rows reads constraints on a network's inputs, as JSON domains have them.
func (f *File) Rows(inputs int) ([]domain.Row, error) {
	rows, err := netfile.ReadRows(f.Data)
	if err == nil {
		box := domain.Box(inputs, 0, 1)
		box.Rows = rows
		err = box.Check(inputs)
	}
	return rows, f.wrap(err)
}

// table reads rows of numbers. An NPY array has them along its first axis, or
// is a single one if it has just the width of one.
func (f *File) table(width int) ([][]float64, error) {
	switch {
	case bytes.HasPrefix(f.Data, []byte(npy.Magic)):
		a, err := npy.Read(f.Data)
		if err != nil {
			return nil, err
		}
		return split(a, width), nil
	case f.first() == '[':
		return netfile.ReadTable(f.Data)
	}
	return csv(string(f.Data))
}

func split(a *npy.Array, width int) (rows [][]float64) {
	n := 1
	if len(a.Shape) > 1 && len(a.Values) != width {
		n = a.Shape[0]
	}
	for i := range n {
		size := len(a.Values) / n
		rows = append(rows, a.Values[i*size:(i+1)*size])
	}
	return rows
}

// csv reads lines of numbers with commas, semicolons, tabs or blanks between
// them. The first line may have names, and # opens a comment.
func csv(text string) (rows [][]float64, err error) {
	text = strings.TrimPrefix(text, "\xef\xbb\xbf")
	n, names := 0, true
	for line := range strings.Lines(text) {
		n++
		line, _, _ = strings.Cut(strings.TrimRight(line, "\r\n"), "#")
		if strings.TrimSpace(line) == "" {
			continue
		}
		row, err := fields(line, n)
		var at *position
		if errors.As(err, &at) && names && row == nil {
			names = false
			continue
		}
		if err != nil {
			return nil, err
		}
		names = false
		rows = append(rows, row)
	}
	return rows, nil
}

// fields reads a line. A line without any number gives no row but an error.
func fields(line string, n int) (row []float64, err error) {
	sep := ""
	for _, s := range []string{",", ";", "\t"} {
		if sep == "" && strings.Contains(line, s) {
			sep = s
		}
	}
	parts := strings.Fields(line)
	if sep != "" {
		parts = strings.Split(line, sep)
	}
	col := 1
	for _, p := range parts {
		v, wrong := strconv.ParseFloat(strings.Trim(strings.TrimSpace(p), `"`), 64)
		switch {
		case wrong == nil:
			row = append(row, v)
		case err == nil:
			err = &position{n, col, fmt.Sprintf("%.40q is no number", strings.TrimSpace(p))}
		}
		col += len(p) + 1
	}
	return row, err
}
