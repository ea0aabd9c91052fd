package symbolic

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// docs/operators.md has each operator of the tables in its section.
func TestDocs(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../docs/operators.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]map[string]bool{}
	heading := ""
	word := regexp.MustCompile("`([A-Za-z.]+:?[A-Za-z0-9]+)`")
	for line := range strings.Lines(string(data)) {
		if h, ok := strings.CutPrefix(line, "## "); ok {
			heading = strings.TrimSpace(h)
			sections[heading] = map[string]bool{}
		}
		if cell, _, ok := strings.Cut(strings.TrimPrefix(line, "| "), " | "); ok && strings.HasPrefix(line, "| `") {
			for _, m := range word.FindAllStringSubmatch(cell, -1) {
				sections[heading][m[1]] = true
			}
		}
	}
	want := map[string]map[string]bool{"Taken": {}, "Left out after the last unit": {}, "Refused": {}}
	for op := range rules {
		want["Taken"][op] = true
	}
	for op := range headsOf {
		want["Left out after the last unit"][op] = true
	}
	for op := range refused {
		want["Refused"][op] = true
	}
	for section, ops := range want {
		for op := range ops {
			if !sections[section][op] {
				t.Errorf("%s is not under %q", op, section)
			}
		}
		for op := range sections[section] {
			if section != "Refused" && !ops[op] {
				t.Errorf("%s under %q is in no table", op, section)
			}
		}
	}
	if len(rules) < 50 {
		t.Errorf("%d rules", len(rules))
	}
}
