package cli

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"relucount/pkg/record"
)

// filter passes records on, but for some kinds that show what can go wrong.
func filter(e *Env, inputs []string) error {
	return e.Each(inputs, func(l *record.Line) error {
		switch l.Type {
		case "bad":
			return errors.New("is bad")
		case "placed":
			return l.Errorf("field: is bad")
		case "defect":
			_ = l.Raw[len(l.Raw):][0]
		case "defect by hand":
			panic("cannot be")
		case "output":
			return fmt.Errorf("deep down: %w", &record.WriteError{Err: io.ErrShortWrite})
		}
		return e.Out.Pass(l)
	})
}

func line(kind string) string { return fmt.Sprintf("{\"type\":%q}\n", kind) }

func failure(place, text string) string {
	return fmt.Sprintf(`{"type":"error","schema":1,"tool":"filter","place":%q,"error":%q}`+"\n", place, text)
}

func TestEach(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return name
	}
	one, two := file("one", line("a")+line("bad")), file("two", "\n"+line("b"))
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write([]byte(line("z") + line("bad")))
	z.Close()
	packed, cut := file("packed", zipped.String()), file("cut", zipped.String()[:zipped.Len()-12])
	short := file("short", zipped.String()[:5])
	nowhere := filepath.Join(dir, "nowhere")

	for _, c := range []struct {
		name, in, args string
		code           int
		out, err       string
	}{
		{"nothing", "", "", 0, "", ""},
		{"stdin", line("a") + "\r\n" + line("b"), "", 0, line("a") + line("b"), ""},
		{"stdin between files", line("x"), two + " - " + two, 0, line("b") + line("x") + line("b"), ""},
		{"no last newline", strings.TrimSpace(line("a")), "", 0, line("a"), ""},
		{"a bad record", "", one + " " + two, 1, line("a"), "filter: " + one + ":2: is bad\n"},
		{"a bad record, -k", "", "-k " + one + " " + two, 1, line("a") + failure(one+":2", "is bad") + line("b"),
			"filter: " + one + ":2: is bad\nfilter: 1 record failed\n"},
		{"a place of its own", line("placed"), "-k", 1, failure("stdin:1", "field: is bad"), "filter: stdin:1: field: is bad\nfilter: 1 record failed\n"},
		{"no file", "", two + " " + nowhere, 1, line("b"), "filter: " + nowhere + ": no such file or directory\n"},
		{"no file, -k", "", "-k " + nowhere + " " + two, 1, failure(nowhere, "no such file or directory") + line("b"),
			"filter: " + nowhere + ": no such file or directory\nfilter: 1 record failed\n"},
		{"a folder", "", dir, 1, "", "filter: " + dir + ": is a directory\n"},
		{"a truncated line", line("a") + `{"type":"b`, "-k", 1, line("a") + failure("stdin:2", "the line is cut short after 10 bytes"),
			"filter: stdin:2: the line is cut short after 10 bytes\nfilter: 1 record failed\n"},
		{"no record", line("a") + "7\n" + line("b"), "-k", 1,
			line("a") + failure("stdin:2", `not a record: a line must be one JSON object, this one starts with "7"`) + line("b"),
			`filter: stdin:2: not a record: a line must be one JSON object, this one starts with "7"` + "\nfilter: 1 record failed\n"},
		{"compressed", "", packed + " " + two, 1, line("z"), "filter: " + packed + ":2: is bad\n"},
		{"cut short", "", "-k " + cut + " " + two, 1,
			line("z") + failure(cut+":2", "is bad") + failure(cut+":3", "compressed stream is cut short") + line("b"),
			"filter: " + cut + ":2: is bad\nfilter: " + cut + ":3: compressed stream is cut short\nfilter: 2 records failed\n"},
		{"cut shorter", "", short + " " + two, 1, "", "filter: " + short + ": gzip: compressed stream is cut short\n"},
		{"cut shorter, -k", "", "-k " + short + " " + two, 1, failure(short, "gzip: compressed stream is cut short") + line("b"),
			"filter: " + short + ": gzip: compressed stream is cut short\nfilter: 1 record failed\n"},
		{"two failures", line("bad") + line("placed"), "-k", 1, failure("stdin:1", "is bad") + failure("stdin:2", "field: is bad"),
			"filter: stdin:1: is bad\nfilter: stdin:2: field: is bad\nfilter: 2 records failed\n"},
		{"the output", line("output") + line("a"), "-k", 1, "", "filter: deep down: cannot write the output: short write\n"},
	} {
		var out, err strings.Builder
		code := (&Tool{Name: "filter", Run: filter}).Call(t.Context(), strings.Fields(c.args), strings.NewReader(c.in), &out, &err)
		if code != c.code || out.String() != c.out || err.String() != c.err {
			t.Errorf("%s: exit code %d, want %d\n%s%swant\n%s%s", c.name, code, c.code, &out, &err, c.out, c.err)
		}
	}
}

// A defect that one record brings out is an error of that record: the others
// are handled under -k, and stderr has the place in the source in any case.
func TestDefect(t *testing.T) {
	for _, c := range []struct{ kind, says string }{
		{"defect", "internal error: runtime error: index out of range [0] with length 0"},
		{"defect by hand", "internal error: cannot be"},
	} {
		for _, args := range [][]string{nil, {"-k"}} {
			var out, err strings.Builder
			in := line("a") + line(c.kind) + line("b")
			code := (&Tool{Name: "filter", Run: filter}).Call(t.Context(), args, strings.NewReader(in), &out, &err)
			want := line("a")
			if args != nil {
				want += failure("stdin:2", c.says) + line("b")
			}
			if code != 1 || out.String() != want {
				t.Errorf("%q: exit code %d, %s", args, code, &out)
			}
			if said := err.String(); !strings.HasPrefix(said, "filter: stdin:2: "+c.says+"\n") || !strings.Contains(said, "stream_test.go") {
				t.Errorf("%q: %s", args, said)
			}
		}
	}
}

func TestTry(t *testing.T) {
	if err := Try("here", func() error { return nil }); err != nil {
		t.Error(err)
	}
	if err := Try("here", func() error { return io.EOF }); err != io.EOF {
		t.Error(err)
	}
	err := Try("here", func() error { panic(fmt.Errorf("not now: %w", io.EOF)) })
	var internal *InternalError
	if !errors.As(err, &internal) || !errors.Is(err, io.EOF) || err.Error() != "here: internal error: not now: EOF" {
		t.Error(err)
	}
}

// closed refuses all output.
type closed struct{}

func (closed) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestNoOutput(t *testing.T) {
	for _, args := range [][]string{nil, {"-k"}, {"-h"}, {"-version"}} {
		var err strings.Builder
		code := (&Tool{Name: "filter", Run: filter}).Call(t.Context(), args, strings.NewReader(line("a")+line("b")), closed{}, &err)
		if want := "filter: cannot write the output: io: read/write on closed pipe\n"; code != 1 || err.String() != want {
			t.Errorf("%q: exit code %d, %s", args, code, &err)
		}
	}
}

// An interruption ends a tool that waits for input, and is no record's error.
func TestInterrupted(t *testing.T) {
	all := func(e *Env, _ []string) error {
		data, err := e.ReadAll(e.In)
		e.Stdout.Write(data)
		return err
	}
	for _, c := range []struct {
		name, first string
		run         func(*Env, []string) error
	}{{"filter", line("a"), filter}, {"filter", "", filter}, {"all", line("a"), all}, {"all", "", all}} {
		name, run := c.name, c.run
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			in, feed := io.Pipe()
			var out, err strings.Builder
			code := -1
			go func() { code = (&Tool{Name: name, Run: run}).Call(ctx, []string{"-k"}, in, &out, &err) }()
			if c.first != "" {
				feed.Write([]byte(c.first))
			}
			synctest.Wait()
			if code != -1 {
				t.Fatalf("%s has not waited: exit code %d, %s", name, code, &err)
			}
			cancel()
			synctest.Wait()
			if code != 1 || err.String() != name+": interrupted\n" || strings.Contains(out.String(), "error") {
				t.Errorf("exit code %d, %s%s", code, &out, &err)
			}
			feed.Close()
		})
	}
	var out, err strings.Builder
	code := (&Tool{Name: "all", Run: all}).Call(t.Context(), nil, strings.NewReader("text"), &out, &err)
	if code != 0 || out.String() != "text" {
		t.Errorf("exit code %d, %s%s", code, &out, &err)
	}
}

func TestLog(t *testing.T) {
	for args, want := range map[string]string{"": "tool: always 1\n", "-v": "tool: sometimes 2\ntool: always 1\n"} {
		var err strings.Builder
		(&Tool{Name: "tool", Run: func(e *Env, _ []string) error {
			e.Logf("sometimes %d", 2)
			e.Warnf("always %d", 1)
			if e.ErrTTY {
				t.Error("a builder is no terminal")
			}
			return nil
		}}).Call(t.Context(), strings.Fields(args), nil, io.Discard, &err)
		if err.String() != want {
			t.Errorf("%s: %q", args, &err)
		}
	}
}
