package pipeline

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
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

// claim is an exact number of regions that a document has.
type claim struct {
	regions, doubtful int
	place             string
}

// agree reports whether both may be right: doubtful decisions may come out
// otherwise in another run.
func (c claim) agree(d claim) bool {
	return max(c.regions, d.regions)-min(c.regions, d.regions) <= max(c.doubtful, d.doubtful)
}

// claims adds the exact numbers that the tables of a document have to those of
// each network. Tables say "regions", and one has "found", which is the whole
// where the gap is 0.
func claims(page, text string, to map[string][]claim) {
	network := regexp.MustCompile(`^[a-z]+(-\d+)+$`)
	counts := regexp.MustCompile(`^regions( by .*)?$`)
	number := regexp.MustCompile(`^(?:2\^[\d.]+, )?(\d+)$`) // bits alone are no count
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
		if !network.MatchString(cells[0]) || len(cells) < len(head) {
			continue
		}
		row := map[string]string{}
		for i, title := range head {
			row[title] = cells[i]
		}
		if exact, ok := row["exact"]; ok && exact != "yes" {
			continue
		}
		doubtful, _ := strconv.Atoi(row["doubtful"])
		for title, value := range row {
			m := number.FindStringSubmatch(value)
			if m == nil || !counts.MatchString(title) && (title != "found" || row["gap"] != "0") {
				continue
			}
			if regions, err := strconv.Atoi(m[1]); err == nil {
				to[cells[0]] = append(to[cells[0]], claim{regions, doubtful, fmt.Sprintf("%s:%d", page, at+1)})
			}
		}
	}
}

// All documents have the same exact number of regions of a network: in their
// tables, and in numbers elsewhere that are nearly one of those.
func TestExactCountsAgree(t *testing.T) {
	var random map[string]int
	if err := json.Unmarshal([]byte(source(t, "examples/random/KNOWN.json")), &random); err != nil {
		t.Fatal(err)
	}
	known := map[string][]claim{}
	for name, n := range random {
		known[name] = []claim{{n, 0, "KNOWN.json"}}
	}
	all := pages(t)
	for page, text := range all {
		claims(page, text, known)
	}
	twice := 0
	for name, cs := range known {
		for i, c := range cs {
			for _, d := range cs[:i] {
				twice++
				if !c.agree(d) {
					t.Errorf("%s has %d regions by %s, %d by %s", name, c.regions, c.place, d.regions, d.place)
				}
			}
		}
	}
	if twice < 10 {
		t.Errorf("only %d pairs of numbers to compare", twice)
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
			for name, cs := range known {
				is := func(c claim) bool { return c.regions == n }
				about := func(c claim) bool { return c.agree(claim{n, near, page}) }
				if !special[n] && slices.ContainsFunc(cs, about) && !slices.ContainsFunc(cs, is) {
					t.Errorf("%s has %d, but %s has %d regions", page, n, name, cs[0].regions)
				}
			}
		}
	}
}
