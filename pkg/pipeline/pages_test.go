package pipeline

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
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

// exactCounts are the exact numbers of regions that a document's tables have,
// by network, with the lines they are on. Tables say "regions", and one has
// "found", which is the whole where the gap is 0.
func exactCounts(text string) map[string]map[int]int {
	network := regexp.MustCompile(`^[a-z]+(-\d+)+$`)
	number := regexp.MustCompile(`^(?:2\^[\d.]+, )?(\d+)$`) // bits alone are no count
	out := map[string]map[int]int{}
	var head []string
	for at, line := range strings.Split(text, "\n") {
		if !strings.HasPrefix(line, "|") {
			head = nil
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if head == nil {
			head = cells
			continue
		}
		if !network.MatchString(cells[0]) || len(cells) > len(head) {
			continue
		}
		row := map[string]string{}
		for i, cell := range cells {
			if _, twice := row[head[i]]; !twice {
				row[head[i]] = cell
			}
		}
		value := row["regions"]
		if gap, ok := row["gap"]; ok && gap == "0" {
			value = row["found"]
		}
		m := number.FindStringSubmatch(value)
		if exact, ok := row["exact"]; m == nil || ok && exact != "yes" {
			continue
		}
		n, err := strconv.Atoi(m[1])
		if err != nil {
			continue
		}
		if out[cells[0]] == nil {
			out[cells[0]] = map[int]int{}
		}
		out[cells[0]][at+1] = n
	}
	return out
}

// All documents have the same exact number of regions of a network: in their
// tables, and in numbers elsewhere that are nearly one of those.
func TestExactCountsAgree(t *testing.T) {
	var known map[string]int
	if err := json.Unmarshal([]byte(source(t, "examples/random/KNOWN.json")), &known); err != nil {
		t.Fatal(err)
	}
	place := map[string]string{}
	for name := range known {
		place[name] = "KNOWN.json"
	}
	all := pages(t)
	twice := 0
	for page, text := range all {
		for name, lines := range exactCounts(text) {
			for line, n := range lines {
				here := fmt.Sprintf("%s:%d", page, line)
				if k, ok := known[name]; !ok {
					known[name], place[name] = n, here
				} else if twice++; k != n {
					t.Errorf("%s has %d regions by %s, %d by %s", name, n, here, k, place[name])
				}
			}
		}
	}
	if twice < 8 {
		t.Errorf("only %d numbers to compare", twice)
	}

	const near = 10                             // decisions that are close to call
	special := map[int]bool{1391668: true}      // random-10-16-8 with -margin 1e-7
	large := regexp.MustCompile(`\b\d{7,12}\b`) // smaller numbers are close by chance
	for page, text := range all {
		for _, word := range large.FindAllString(text, -1) {
			n, err := strconv.Atoi(word)
			if err != nil {
				t.Fatal(err)
			}
			for name, k := range known {
				if n != k && n-k <= near && k-n <= near && !special[n] {
					t.Errorf("%s has %d, but %s has %d regions", page, n, name, k)
				}
			}
		}
	}
}
