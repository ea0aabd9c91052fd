package cli

import "runtime/debug"

// Version is the version of all tools. Records carry it, in prov.version; what
// else is known of a build is for people, and so stays out of records: two builds
// of one version write the same bytes.
const Version = "0.2.0"

// Released is the day of that version, for manuals: they do not change with the
// day on which they are made.
const Released = "2026-11-26"

// Build is the version with what is known of the build: the revision of the
// sources, and whether these had changes that were in no revision.
func Build() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return Version
	}
	return describeBuild(info.Settings)
}

func describeBuild(settings []debug.BuildSetting) string {
	var revision, changed string
	for _, s := range settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = ", with changes"
		}
	}
	if revision == "" {
		return Version
	}
	return Version + " (revision " + revision[:min(12, len(revision))] + changed + ")"
}
