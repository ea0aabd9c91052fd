package cli

import "testing"

func TestEdits(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"count", "count", 0}, {"cuont", "count", 1}, {"trial", "trials", 1},
		{"trials", "trial", 1}, {"tirals", "trial", 2}, {"timelimit", "time-limit", 1}, {"abc", "cab", 2}, {"ca", "abc", 3},
	} {
		if got := edits(c.a, c.b); got != c.want {
			t.Errorf("%q to %q: %d edits, want %d", c.a, c.b, got, c.want)
		}
		if got := edits(c.b, c.a); got != c.want {
			t.Errorf("%q to %q: %d edits, want %d", c.b, c.a, got, c.want)
		}
	}
}
