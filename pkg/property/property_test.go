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

func TestAnew(t *testing.T) {
	first := slices.Collect(property.Anew(t, 50, 7))
	if next := slices.Collect(property.Anew(t, 50, 7)); slices.Equal(first, next) {
		t.Errorf("the same seeds twice: %v", next)
	}
	t.Setenv(property.Variable, "5")
	want := []uint64{5, 6, 7}
	if got := slices.Collect(property.Anew(t, 3, 3)); !slices.Equal(got, want) {
		t.Errorf("seeds %v", got)
	}
}
