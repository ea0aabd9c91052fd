package pipeline

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// block is a fenced block of a document.
type block struct {
	lang, text string
	line       int
}

func blocks(t *testing.T, file string) (out []block) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var cur *block
	for i, line := range strings.SplitAfter(string(data), "\n") {
		switch {
		case !strings.HasPrefix(line, "```") && cur != nil:
			cur.text += line
		case strings.HasPrefix(line, "```") && cur == nil:
			cur = &block{lang: strings.TrimSpace(line[3:]), line: i + 1}
		case strings.HasPrefix(line, "```"):
			out = append(out, *cur)
			cur = nil
		}
	}
	return out
}

// compareGallery reports pictures of the gallery that its commands no longer make.
func compareGallery(t *testing.T, dir string) {
	t.Helper()
	pictures, err := filepath.Glob(filepath.Join(root, "docs/gallery/*.svg"))
	if err != nil || len(pictures) == 0 {
		t.Fatalf("%d pictures: %v", len(pictures), err)
	}
	for _, picture := range pictures {
		want, err := os.ReadFile(picture)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(dir, filepath.Base(picture)))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what its command makes (%v): make gallery", filepath.Base(picture), err)
		}
	}
}

// varying is what differs from run to run: the cost of a report.
var varying = regexp.MustCompile(`(?m)^  cost .*$`)

// needs is the first line of a block that is not run where a program is missing.
var needs = regexp.MustCompile(`^# needs (\S+)\n`)

// TestDocs runs every sh block of the documents, in order, in one folder a
// document. A text block that follows is the output.
func TestDocs(t *testing.T) {
	long(t)
	if err := readSources(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"README.md", "docs/cookbook.md", "docs/definitions.md", "docs/statistics.md", "docs/gallery.md", "docs/exactness.md", "docs/exactness-solvers.md", "docs/tutorial.md", "docs/users-of.md", "examples/README.md"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.Symlink(bin, filepath.Join(dir, "bin")); err != nil {
				t.Fatal(err)
			}
			if err := copyOf(dir, "examples"); err != nil {
				t.Fatal(err)
			}
			bs := blocks(t, filepath.Join(root, name))
			ran := 0
			for i, b := range bs {
				if b.lang != "sh" || strings.HasPrefix(b.text, "make") {
					continue // .ci/run makes
				}
				if m := needs.FindStringSubmatch(b.text); m != nil {
					if _, err := exec.LookPath(m[1]); err != nil {
						t.Logf("%s:%d needs %s", name, b.line, m[1])
						continue
					}
				}
				ran++
				cmd := exec.Command("bash", "-euo", "pipefail", "-c", b.text)
				cmd.Dir = dir
				cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "HOME="+dir)
				var stderr strings.Builder
				cmd.Stderr = &stderr
				got, err := cmd.Output()
				if err != nil {
					t.Fatalf("%s:%d: %v\n%s%s", name, b.line, err, got, &stderr)
				}
				if i+1 == len(bs) || bs[i+1].lang != "text" {
					continue
				}
				want := varying.ReplaceAllString(bs[i+1].text, "")
				if got := varying.ReplaceAllString(string(got), ""); got != want {
					t.Errorf("%s:%d prints\n%s\nthe document says\n%s", name, b.line, got, want)
				}
			}
			if name == "docs/gallery.md" && runtime.GOARCH == "amd64" { // other processors may round otherwise
				compareGallery(t, dir)
			}
			if ran == 0 {
				t.Errorf("%s: no blocks to run", name)
			}
		})
	}
}
