package cli

import (
	"runtime/debug"
	"testing"
)

func TestBuild(t *testing.T) {
	long := debug.BuildSetting{Key: "vcs.revision", Value: "0123456789abcdef0123"}
	for _, c := range []struct {
		settings []debug.BuildSetting
		want     string
	}{
		{nil, Version},
		{[]debug.BuildSetting{{Key: "vcs.modified", Value: "true"}}, Version},
		{[]debug.BuildSetting{long, {Key: "vcs.modified", Value: "false"}}, Version + " (revision 0123456789ab)"},
		{[]debug.BuildSetting{long, {Key: "vcs.modified", Value: "true"}}, Version + " (revision 0123456789ab, with changes)"},
		{[]debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}}, Version + " (revision abc)"},
	} {
		if got := describeBuild(c.settings); got != c.want {
			t.Errorf("%v: %s, want %s", c.settings, got, c.want)
		}
	}
}
