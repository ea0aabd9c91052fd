// Package cli is what the five filters share as command-line programs:
// flags and manuals, streams, exit codes, signals, and the loop over records.
//
// A Tool declares each of its flags once, in a table. What -h prints, the
// defaults, the checks and the provenance of records all come from there.
//
// Exit codes: 0 done, 1 error, 2 usage. A tool that is interrupted finishes the
// line that it writes and ends as by the signal.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"golang.org/x/term"

	"relucount/pkg/record"
)

// Tool is a filter: its manual, its flags and what it does. The flags point to
// variables, so a Tool is for one run.
type Tool struct {
	Name     string
	About    string   // what it does; the manual has it before the flags
	Flags    []Group  // its own flags; the common ones join the last group
	Notes    string   // what the manual says after the flags
	Examples []string // commands

	// Run does the work. It finds the variables of the flags set and checked,
	// and gets the inputs named by the user.
	Run func(e *Env, inputs []string) error

	// DrainOnInterrupt keeps reading until the end of the input when the tool
	// is interrupted, as the tools before it in the pipe end by themselves.
	DrainOnInterrupt bool
}

// Env is a running tool: its name, its three streams, and what its common
// flags said.
type Env struct {
	Name    string
	In      io.Reader
	Out     *record.Writer
	Stdout  io.Writer // what Out writes on, for output that is not records
	Err     io.Writer
	ErrTTY  bool // whether Err is a terminal, so progress is welcome
	Verbose bool
	Keep    bool // -k: go on after bad input

	lines sync.Mutex     // held to write a line on Err
	kinds map[string]int // numbers of records that Each has read
	ctx   context.Context
	given map[string]bool // flags
	args  []string        // for provenance
}

// Context ends when the tool is interrupted.
func (e *Env) Context() context.Context { return e.ctx }

// Given reports whether the user has set a flag, be it to its default.
func (e *Env) Given(name string) bool { return e.given[name] }

// UsageError is a wrong call; the tool exits with 2.
type UsageError struct{ msg string }

func (e *UsageError) Error() string { return e.msg }

// Usagef returns a UsageError.
func Usagef(format string, a ...any) error { return &UsageError{fmt.Sprintf(format, a...)} }

// Main runs a tool on the process's streams and exits.
func Main(t *Tool) {
	ctx, cancel := context.WithCancel(context.Background())
	sigs := make(chan os.Signal, 2)
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		if !signal.Ignored(s) { // as under nohup, or in the background of a script
			signal.Notify(sigs, s)
		}
	}
	caught := make(chan os.Signal, 1)
	go func() {
		s, ok := <-sigs
		if !ok {
			close(caught)
			return
		}
		caught <- s
		if !t.DrainOnInterrupt || term.IsTerminal(int(os.Stdin.Fd())) {
			cancel()
		}
		time.Sleep(sameSignal)
		signal.Reset() // the next one ends the program at once
	}()
	code := t.Call(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	signal.Stop(sigs) // it waits for those that are on their way
	close(sigs)
	if s, ok := <-caught; ok {
		if syscall.Getpid() != 1 { // the first process of a container does not end by signals
			_ = syscall.Kill(syscall.Getpid(), s.(syscall.Signal))
			time.Sleep(time.Second) // for the signal to arrive
		}
		code = 128 + int(s.(syscall.Signal))
	}
	os.Exit(code)
}

// sameSignal is for how long after the first signal others are taken for the
// same: timeout sends one to the program and one to its process group.
const sameSignal = 300 * time.Millisecond

// Call runs a tool on the given streams and returns its exit code. The tool
// takes the end of the context for an interruption.
func (t *Tool) Call(ctx context.Context, args []string, in io.Reader, out, err io.Writer) int {
	e := &Env{Name: t.Name, In: in, Out: record.NewWriter(out), Stdout: out, Err: err, ctx: ctx, kinds: map[string]int{}}
	if f, ok := err.(*os.File); ok {
		e.ErrTTY = term.IsTerminal(int(f.Fd()))
	}
	failure := t.call(e, args)
	var usage *UsageError
	switch {
	case failure == nil:
		return 0
	case errors.As(failure, &usage):
		e.Warnf("%v (%s -h says more)", failure, e.Name)
		return 2
	}
	e.Warnf("%v", failure)
	e.trace(failure)
	return 1
}

// call answers -h, -version and -describe itself, before it checks any other flag.
func (t *Tool) call(e *Env, args []string) error {
	var version, describe bool
	c := t.commandLine(e, &version, &describe)
	switch err := c.set.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return e.print(t.Manual())
	case err != nil:
		return c.unknown(err)
	case version:
		return e.print(e.Name + " " + Build() + "\n")
	case describe:
		return e.printDescription(t)
	}
	var err error
	if e.given, e.args, err = c.given(); err != nil {
		return err
	}
	inputs := c.set.Args()
	if err := c.misplaced(inputs); err != nil {
		return err
	}
	e.awaits(inputs)
	return t.Run(e, inputs)
}

func (e *Env) print(text string) error {
	if _, err := io.WriteString(e.Stdout, text); err != nil {
		return &record.WriteError{Err: err}
	}
	return nil
}

// Prov returns the provenance for the records of this run: the tool, its
// version and the flags that were set, in alphabetical order, without those
// that cannot change a result.
func (e *Env) Prov(solver string) *record.Prov {
	return &record.Prov{Tool: e.Name, Version: Version, Args: e.args, Solver: solver}
}

// Logf writes a line on stderr when -v was given.
func (e *Env) Logf(format string, a ...any) {
	if e.Verbose {
		e.Warnf(format, a...)
	}
}

// Warnf writes a line on stderr.
func (e *Env) Warnf(format string, a ...any) {
	e.lines.Lock()
	defer e.lines.Unlock()
	fmt.Fprintf(e.Err, "%s: %s\n", e.Name, fmt.Sprintf(format, a...))
}
