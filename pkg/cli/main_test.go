package cli

import (
	"bytes"
	"io"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the test binary be three tools: their signals and exit codes are
// those of a process.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"passer":  func() { Main(&Tool{Name: "passer", Run: filter}) },
		"drainer": func() { Main(&Tool{Name: "drainer", Run: filter, DrainOnInterrupt: true}) },
		"sleeper": func() {
			Main(&Tool{Name: "sleeper", Run: func(e *Env, _ []string) error {
				e.Warnf("ready")
				time.Sleep(time.Minute)
				return nil
			}})
		},
	})
}

func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		in, args string
		code     int
		out, err string
	}{
		{line("a"), "", 0, line("a"), ""},
		{line("bad"), "", 1, "", "passer: stdin:1: is bad\n"},
		{line("a"), "-x", 2, "", "passer: flag provided but not defined: -x (passer -h says more)\n"},
		{line("defect"), "-version", 0, "passer " + Build() + "\n", ""},
	} {
		p := begin(t, "passer", strings.Fields(c.args)...)
		p.feed(t, c.in)
		p.in.Close()
		state := p.wait(t)
		if state.ExitStatus() != c.code || p.out.String() != c.out || p.err.String() != c.err {
			t.Errorf("passer %s: exit code %d, %s%s", c.args, state.ExitStatus(), &p.out, &p.err)
		}
	}
}

// A tool ends as by the signal; one that drains reads on to the end first; a
// second signal a little later ends at once a tool that does not listen.
func TestSignals(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		p := begin(t, "passer")
		p.feed(t, line("a"))
		p.until(t, &p.out, line("a"))
		p.signal(t, sig)
		if state := p.wait(t); !state.Signaled() || state.Signal() != sig || p.err.String() != "passer: interrupted\n" {
			t.Errorf("%v: %v, %s", sig, state, &p.err)
		}

		p = begin(t, "drainer")
		p.feed(t, line("a"))
		p.until(t, &p.out, line("a"))
		p.signal(t, sig)
		p.feed(t, line("b"))
		p.until(t, &p.out, line("b"))
		p.in.Close()
		if state := p.wait(t); !state.Signaled() || state.Signal() != sig || p.err.String() != "" {
			t.Errorf("%v, draining: %v, %s", sig, state, &p.err)
		}

		p = begin(t, "sleeper")
		p.until(t, &p.err, "ready\n")
		p.signal(t, sig)
		p.signal(t, sig) // the same, as timeout sends it
		time.Sleep(2 * sameSignal)
		p.signal(t, sig)
		if state := p.wait(t); !state.Signaled() || state.Signal() != sig {
			t.Errorf("%v, twice: %v", sig, state)
		}
	}
}

// process is a tool that runs.
type process struct {
	*exec.Cmd
	in       io.WriteCloser
	out, err shared
}

func begin(t *testing.T, name string, args ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(name, args...)}
	p.Stdout, p.Stderr = &p.out, &p.err
	var err error
	if p.in, err = p.StdinPipe(); err == nil {
		err = p.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Process.Kill() })
	return p
}

func (p *process) feed(t *testing.T, text string) {
	t.Helper()
	if _, err := io.WriteString(p.in, text); err != nil {
		t.Logf("feeding: %v", err) // the tool may have ended without reading
	}
}

// until waits for a text to come out.
func (p *process) until(t *testing.T, out *shared, text string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !strings.Contains(out.String(), text); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("no %q has come out: %s%s", text, &p.out, &p.err)
		}
	}
}

func (p *process) signal(t *testing.T, sig syscall.Signal) {
	t.Helper()
	if err := p.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
}

func (p *process) wait(t *testing.T) syscall.WaitStatus {
	t.Helper()
	_ = p.Wait() // the state says it
	return p.ProcessState.Sys().(syscall.WaitStatus)
}

// shared is a buffer that is written by one goroutine and read by another.
type shared struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (s *shared) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.Write(b)
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}
