package cli

import (
	"errors"
	"fmt"
	"io"
	"os"

	"relucount/pkg/record"
)

// ErrInterrupted is what Each returns when the tool was interrupted.
var ErrInterrupted = errors.New("interrupted")

// Source is a named input.
type Source struct {
	Name string
	io.ReadCloser
}

// ReadAll reads a source, which may be compressed, to its end, or until the
// tool is interrupted.
func (e *Env) ReadAll(r io.Reader) ([]byte, error) {
	var data []byte
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		var in io.Reader
		if in, err = record.Decompress(r); err == nil { // it waits for the first bytes
			data, err = io.ReadAll(in)
		}
	}()
	select {
	case <-done:
		return data, err
	case <-e.ctx.Done():
		return nil, ErrInterrupted
	}
}

// Open opens an input: a file, or stdin for "-".
func (e *Env) Open(name string) (*Source, error) {
	if name == "-" {
		return &Source{"stdin", io.NopCloser(e.In)}, nil
	}
	f, err := os.Open(name)
	if err != nil {
		var path *os.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		return nil, &record.Error{Place: name, Err: err}
	}
	if st, err := f.Stat(); err == nil && st.IsDir() {
		f.Close()
		return nil, &record.Error{Place: name, Err: errors.New("is a directory")}
	}
	return &Source{name, f}, nil
}

type item struct {
	line *record.Line
	err  error
}

// Each calls handle with every record of the inputs in order (stdin when there
// are none). An error of a record, or a panic, gets its place; with -k it becomes
// an error record and the loop goes on, else the loop ends. An error of writing
// always ends it.
func (e *Env) Each(inputs []string, handle func(*record.Line) error) error {
	if len(inputs) == 0 {
		inputs = []string{"-"}
	}
	items := make(chan item, 4)
	stop := make(chan struct{})
	defer close(stop)
	go e.read(inputs, items, stop)
	failed := 0
	for {
		var it item
		var ok bool
		select {
		case <-e.ctx.Done():
		case it, ok = <-items:
		}
		if e.ctx.Err() != nil {
			return ErrInterrupted
		}
		if !ok {
			return Failed(failed)
		}
		err := it.err
		if err == nil {
			e.kinds[it.line.Type]++
			err = Try(it.line.Place(), func() error { return handle(it.line) })
		}
		if err == nil {
			continue
		}
		if err := e.Fail(it.line, err); err != nil {
			return err
		}
		failed++
	}
}

// Failed is the error of a run that went on past n failures: nil for none.
func Failed(n int) error {
	switch n {
	case 0:
		return nil
	case 1:
		return errors.New("1 record failed")
	}
	return fmt.Errorf("%d records failed", n)
}

// Fail deals with an error: it returns it with its place, or with -k writes it
// as an error record and on stderr and returns nil. line may be nil.
func (e *Env) Fail(line *record.Line, err error) error {
	var placed *record.Error
	var write *record.WriteError
	if errors.As(err, &write) || errors.Is(err, ErrInterrupted) {
		return err
	}
	if !errors.As(err, &placed) && line != nil {
		err = &record.Error{Place: line.Place(), Err: err}
	}
	if !e.Keep {
		return err
	}
	e.Warnf("%v", err)
	f := record.Failure{Head: record.Head{Type: record.KindError, Schema: record.Schema}, Tool: e.Name, Error: err.Error()}
	if errors.As(err, &placed) {
		f.Place, f.Error = placed.Place, placed.Err.Error()
	}
	e.trace(err)
	return e.Out.Write(f)
}

func (e *Env) read(inputs []string, items chan<- item, stop <-chan struct{}) {
	defer close(items)
	send := func(it item) bool {
		select {
		case items <- it:
			return true
		case <-stop:
			return false
		}
	}
	for _, name := range inputs {
		src, err := e.Open(name)
		if err != nil {
			if !send(item{err: err}) {
				return
			}
			continue
		}
		r, err := record.NewReader(src, src.Name)
		for err == nil {
			var it item
			it.line, it.err = r.Next()
			if it.err == io.EOF {
				break
			}
			if !send(it) {
				src.Close()
				return
			}
		}
		src.Close()
		if err != nil && !send(item{err: err}) {
			return
		}
	}
}
