package cli

import (
	"errors"
	"fmt"
	"runtime/debug"

	"relucount/pkg/record"
)

// InternalError is a panic: a defect of the tool that some input brought out.
type InternalError struct {
	Value any    // of the panic
	Stack []byte // where it was
}

func (e *InternalError) Error() string { return fmt.Sprintf("internal error: %v", e.Value) }

// Unwrap returns the value of the panic if it is an error.
func (e *InternalError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// Try calls f, which handles the input at a place and nothing else. It turns a
// panic of f, in the same goroutine, into an InternalError with that place, so
// that a defect which one record brings out does not take the answers to others
// with it.
func Try(place string, f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &record.Error{Place: place, Err: &InternalError{v, debug.Stack()}}
		}
	}()
	return f()
}

// trace writes on stderr where in the program a defect was, for those who mend it.
func (e *Env) trace(err error) {
	var internal *InternalError
	if errors.As(err, &internal) {
		e.Err.Write(internal.Stack)
	}
}
