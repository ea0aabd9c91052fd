// Package cli is what the five filters share as command-line programs:
// streams, flags, exit codes, signals, and the loop over records.
//
// Exit codes: 0 done, 1 error, 2 usage. Interrupted, a tool finishes the line
// that it writes and ends as by the signal.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"golang.org/x/term"

	"relucount/pkg/record"
)

// Version is the version that records carry.
const Version = "0.1.0"

// Env is a running tool: its name, its three streams, and what its common
// flags said.
type Env struct {
	Name    string
	In      io.Reader
	Out     *record.Writer
	Stdout  io.Writer // what Out writes on, for output that is not records
	Err     io.Writer
	ErrTTY  bool // whether Err is a terminal, so progress is welcome
	Flags   *flag.FlagSet
	Verbose bool
	Keep    bool // -k: go on after a bad record

	ctx  context.Context
	skip map[string]bool
}

// Context ends when the tool is interrupted.
func (e *Env) Context() context.Context { return e.ctx }

// UsageError is a wrong call; the tool exits with 2.
type UsageError struct{ msg string }

func (e *UsageError) Error() string { return e.msg }

// Usagef returns a UsageError.
func Usagef(format string, a ...any) error { return &UsageError{fmt.Sprintf(format, a...)} }

// errHelp says that -h or -version has been answered.
var errHelp = errors.New("help")

// Tool is a filter: its manual and its function, which has parsed nothing yet.
type Tool struct {
	Name  string
	Usage string // printed by -h
	Run   func(e *Env, args []string) error
	// DrainOnInterrupt keeps reading until the end of the input when the tool
	// is interrupted, as the tools before it in the pipe end by themselves.
	DrainOnInterrupt bool
}

// Main runs a tool on the process's streams and exits.
func Main(t Tool) {
	ctx, cancel := context.WithCancel(context.Background())
	sigs := make(chan os.Signal, 2)
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		if !signal.Ignored(s) { // as under nohup, or in the background of a script
			signal.Notify(sigs, s)
		}
	}
	caught := make(chan os.Signal, 1)
	go func() {
		s := <-sigs
		caught <- s
		if !t.DrainOnInterrupt || term.IsTerminal(int(os.Stdin.Fd())) {
			cancel()
		}
		time.Sleep(sameSignal)
		signal.Reset() // the next one ends the program at once
	}()
	e := &Env{Name: t.Name, In: os.Stdin, Stdout: os.Stdout, Err: os.Stderr, ErrTTY: term.IsTerminal(int(os.Stderr.Fd())), ctx: ctx}
	code := e.run(t, os.Args[1:])
	select {
	case s := <-caught:
		signal.Reset()
		_ = syscall.Kill(syscall.Getpid(), s.(syscall.Signal))
		time.Sleep(time.Second) // for the signal to arrive
		code = 128 + int(s.(syscall.Signal))
	default:
	}
	os.Exit(code)
}

// sameSignal is for how long after the first signal others are taken for the
// same: timeout sends one to the program and one to its process group.
const sameSignal = 300 * time.Millisecond

func (e *Env) run(t Tool, args []string) int {
	e.Out = record.NewWriter(e.Stdout)
	e.Flags = flag.NewFlagSet(t.Name, flag.ContinueOnError)
	e.Flags.SetOutput(io.Discard)
	err := t.Run(e, args)
	var usage *UsageError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, flag.ErrHelp):
		if _, err = io.WriteString(e.Stdout, t.Usage); err == nil {
			return 0
		}
		err = &record.WriteError{Err: err}
	case errors.Is(err, errHelp):
		return 0
	case errors.As(err, &usage):
		fmt.Fprintf(e.Err, "%s: %v (%s -h says more)\n", e.Name, err, e.Name)
		return 2
	}
	fmt.Fprintf(e.Err, "%s: %v\n", e.Name, err)
	return 1
}

// Parse parses the flags that the tool has declared and the common ones: -v,
// -k and -version. It returns the positional arguments.
func (e *Env) Parse(args []string) ([]string, error) {
	e.Flags.BoolVar(&e.Verbose, "v", false, "")
	e.Flags.BoolVar(&e.Keep, "k", false, "")
	version := e.Flags.Bool("version", false, "")
	if err := e.Flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil, err
		}
		msg := err.Error()
		if strings.HasSuffix(msg, "flag -time-limit: parse error") {
			msg += ": a duration is written as 500ms, 10s or 5m"
		}
		return nil, &UsageError{msg}
	}
	if *version {
		if _, err := fmt.Fprintf(e.Stdout, "%s %s\n", e.Name, Version); err != nil {
			return nil, &record.WriteError{Err: err}
		}
		return nil, errHelp
	}
	for _, name := range e.Flags.Args() {
		if strings.HasPrefix(name, "-") && name != "-" {
			if _, err := os.Stat(name); err != nil {
				return nil, Usagef("flags go before files: %s", name)
			}
		}
	}
	return e.Flags.Args(), nil
}

// NotInProv names flags that do not change results and so do not belong into
// a record's provenance (-v and -k never do).
func (e *Env) NotInProv(names ...string) {
	if e.skip == nil {
		e.skip = map[string]bool{"v": true, "k": true}
	}
	for _, n := range names {
		e.skip[n] = true
	}
}

// Prov returns the provenance for the records of this run: the tool, its
// version and the flags that were set, in alphabetical order.
func (e *Env) Prov(solver string) *record.Prov {
	p := &record.Prov{Tool: e.Name, Version: Version, Solver: solver}
	if e.skip == nil {
		e.NotInProv()
	}
	e.Flags.Visit(func(f *flag.Flag) {
		if !e.skip[f.Name] {
			p.Args = append(p.Args, fmt.Sprintf("-%s=%s", f.Name, f.Value))
		}
	})
	return p
}

// Logf writes a line on stderr when -v was given.
func (e *Env) Logf(format string, a ...any) {
	if e.Verbose {
		fmt.Fprintf(e.Err, "%s: %s\n", e.Name, fmt.Sprintf(format, a...))
	}
}

// Warnf writes a line on stderr.
func (e *Env) Warnf(format string, a ...any) {
	fmt.Fprintf(e.Err, "%s: %s\n", e.Name, fmt.Sprintf(format, a...))
}
