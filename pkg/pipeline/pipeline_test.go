// Package pipeline tests the five filters as people use them: built, in
// shell pipelines, with jq and GNU parallel between them.
package pipeline

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// root is the top of the repository, bin the folder of the built tools.
var root, bin string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(func() int {
		var err error
		if root, err = filepath.Abs("../.."); err != nil {
			panic(err)
		}
		if testing.Short() {
			return m.Run() // those that run the tools are skipped
		}
		if bin, err = os.MkdirTemp("", "relucount-bin"); err != nil {
			panic(err)
		}
		defer os.RemoveAll(bin)
		build := exec.Command("go", "build", "-o", bin+"/", "./encode", "./hashgen", "./solve", "./bound", "./report")
		build.Dir = root
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "cannot build the tools (make test sets up what cgo needs): %v\n%s", err, out)
			return 1
		}
		for _, tool := range []string{"jq", "parallel", "zstd"} {
			if _, err := exec.LookPath(tool); err != nil {
				fmt.Fprintf(os.Stderr, "the pipeline tests need %s: make test installs it\n", tool)
				return 1
			}
		}
		return m.Run()
	}())
}

// long skips a test with -short: all build the tools and run them in shells.
func long(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("builds the tools and runs them in shells, with jq and GNU parallel")
	}
}

// readSources lists the sources of the tools, as go test repeats an old result
// unless a test reads what has changed.
func readSources() error {
	for _, dir := range []string{"encode", "hashgen", "solve", "bound", "report", "pkg"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(_ string, _ fs.DirEntry, err error) error { return err })
		if err != nil {
			return err
		}
	}
	return nil
}

// copyOf puts a copy of a folder of the repository under dir: what a script
// writes there must not come back to the sources.
func copyOf(dir, folder string) error {
	return os.CopyFS(filepath.Join(dir, folder), os.DirFS(filepath.Join(root, folder)))
}

// home gives a script the tools on its PATH and its own examples and .ci/measure.
func home(env *testscript.Env) error {
	if err := readSources(); err != nil {
		return err
	}
	env.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	env.Setenv("HOME", env.WorkDir) // parallel keeps its files there
	for _, folder := range []string{"examples", ".ci/measure"} {
		if err := copyOf(env.WorkDir, folder); err != nil {
			return err
		}
	}
	// parallel says once a home how it wants to be cited
	if err := os.MkdirAll(filepath.Join(env.WorkDir, ".parallel"), 0o777); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(env.WorkDir, ".parallel", "will-cite"), nil, 0o666)
}

// TestHomeHasNoLinks: a script may write to every file that it finds, and none
// of them is a source.
func TestHomeHasNoLinks(t *testing.T) {
	env := &testscript.Env{WorkDir: t.TempDir()}
	if err := home(env); err != nil {
		t.Fatal(err)
	}
	files := 0
	err := filepath.WalkDir(env.WorkDir, func(path string, d fs.DirEntry, err error) error {
		if d != nil && d.Type()&fs.ModeSymlink != 0 {
			t.Errorf("%s is a link", path)
		}
		files++
		return err
	})
	if err != nil || files < 20 {
		t.Errorf("%d files, %v", files, err)
	}
}

// sh runs a shell pipeline that fails where any part of it fails.
func sh(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: sh 'commands'")
	}
	err := ts.Exec("bash", "-o", "pipefail", "-c", args[0])
	if (err != nil) != neg {
		ts.Fatalf("sh: %v", err)
	}
}

func TestScripts(t *testing.T) {
	long(t)
	testscript.Run(t, testscript.Params{
		Dir:   "testdata",
		Setup: home,
		Cmds:  map[string]func(*testscript.TestScript, bool, []string){"sh": sh},
	})
}
