package ledger_test

import (
	"strings"
	"testing"
)

// Probes are warned of where few of them carry the mean, unless the count is known.
func TestCarried(t *testing.T) {
	t.Parallel()
	count := `{"type":"count","milp":"m","scope":"whole","regions":"8","log2":3,"exact":true,"doubtful":0,"margin":0}`
	for _, c := range []struct {
		probes int
		heavy  float64 // the weight of the last in bits; the others have 2
		known  bool
		want   string
	}{
		{40, 2, false, ""},
		{40, 8, false, "2.57"}, // 39 of weight 1 and one of 64: 103^2 / 4135 = 2.57
		{40, 8, true, ""},
		{3, 20, false, ""}, // three may differ by chance
		{8, 20, false, "worth 1 of equal weight"},
	} {
		var lines []string
		for i := range c.probes - 1 {
			lines = append(lines, probeOf("halving", i, c.probes, 2, true))
		}
		lines = append(lines, probeOf("halving", c.probes-1, c.probes, c.heavy, true))
		if c.known {
			lines = append(lines, count)
		}
		warnings := strings.Join(only(t, lines...).Warnings, "\n")
		if strings.Contains(warnings, "the mean is likely to be too low") != (c.want != "") || !strings.Contains(warnings, c.want) {
			t.Errorf("%+v: %s", c, warnings)
		}
	}
}
