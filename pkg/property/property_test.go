package property_test

import (
	"slices"
	"testing"

	"relucount/pkg/property"
)

func TestSeeds(t *testing.T) {
	t.Setenv(property.Variable, "5")
	got := slices.Collect(property.Seeds(t, 50, 7))
	want := 50
	if testing.Short() {
		want = 7
	}
	if len(got) != want || !slices.IsSorted(got) || len(slices.Compact(slices.Clone(got))) != want || got[want-1] > 49 {
		t.Errorf("seeds %v", got)
	}
	if again := slices.Collect(property.Seeds(t, 50, 7)); !slices.Equal(got, again) {
		t.Errorf("%v, then %v", got, again)
	}
	if all := slices.Collect(property.Seeds(t, 3, 7)); !slices.Equal(all, []uint64{0, 1, 2}) {
		t.Errorf("all: %v", all)
	}
	for s := range property.Seeds(t, 50, 7) { // may be left
		if s > 49 {
			t.Error(s)
		}
		break
	}
}
