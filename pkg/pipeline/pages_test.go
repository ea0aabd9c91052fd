package pipeline

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"relucount/pkg/cli"
)

// pages reads all documents, by their paths below the root.
func pages(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "examples/*.md"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			name, err := filepath.Rel(root, file)
			if err != nil {
				t.Fatal(err)
			}
			out[filepath.ToSlash(name)] = source(t, name)
		}
	}
	if len(out) < 10 {
		t.Fatalf("%d documents", len(out))
	}
	return out
}

// source is a file of the repository.
func source(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// The documents ask for the Go that go.mod asks for.
func TestGoVersion(t *testing.T) {
	m := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(source(t, "go.mod"))
	if m == nil {
		t.Fatal("go.mod has no go line")
	}
	asks := regexp.MustCompile(`\bGo (\d+\.\d+)\b`)
	found := map[string]bool{}
	for name, text := range pages(t) {
		if name == "CHANGELOG.md" {
			continue // what was true once
		}
		for _, v := range asks.FindAllStringSubmatch(text, -1) {
			found[name] = true
			if v[1] != m[1] {
				t.Errorf("%s: %s, go.mod has %s", name, v[0], m[1])
			}
		}
	}
	if !found["README.md"] {
		t.Error("README.md does not say which Go it needs")
	}
}

// Links between documents lead somewhere.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	n := 0
	for name, text := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			n++
			if _, err := os.Stat(filepath.Join(root, filepath.Dir(name), m[1])); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if n == 0 {
		t.Error("no links")
	}
}

// A page that a script writes has the text that the script has.
func TestWrittenPages(t *testing.T) {
	for page, script := range map[string]string{"falling": "falling", "bounds-table": "bounds", "results": "results"} {
		text := source(t, ".ci/measure/"+script+".sh")
		for _, line := range strings.Split(source(t, "docs/"+page+".md"), "\n") {
			if !strings.HasPrefix(line, "|") && !strings.Contains(text, line+"\n") {
				t.Errorf("docs/%s.md: %s.sh does not write %q", page, script, line)
			}
		}
	}
}

// The changelog begins with the version of the tools and its day, or with what is not
// released.
func TestVersion(t *testing.T) {
	_, first, _ := strings.Cut(source(t, "CHANGELOG.md"), "\n## ")
	first, _, _ = strings.Cut(first, "\n")
	if want := cli.Version + " - " + cli.Released; first != want && first != "Unreleased" {
		t.Errorf("CHANGELOG.md begins with %s, the tools are %s", first, want)
	}
	if !strings.Contains(source(t, "docs/records.md"), `"version":"`+cli.Version+`"`) {
		t.Error("docs/records.md shows another version")
	}
}
