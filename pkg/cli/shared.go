package cli

import (
	"runtime"
	"time"
)

// SeedFlag is -seed, which keys random numbers. of says what is random.
func SeedFlag(to *string, of string) Flag {
	return Flag{Name: "seed", Arg: "S", Value: Text(to, "1"),
		Help: "any text; the same seed gives the same " + of}
}

// PartFlag is -part, a share of numbered work. of says what is numbered, and all
// which flag has the number of all.
func PartFlag(to *Part, of, all string) Flag {
	return Flag{Name: "part", Arg: "R/M", Value: Parsed(to, "", parsePart), Silent: true,
		Help: "only " + of + " R, R+M, R+2M, ... of the " + all + " (0 <= R < M)"}
}

// TimeLimitFlag is -time-limit. Zero stands for no limit.
func TimeLimitFlag(to *time.Duration, initial time.Duration, help string) Flag {
	f := Flag{Name: "time-limit", Arg: "D", Value: Duration(to, initial, AtLeast(time.Duration(0))), Help: help}
	if initial > 0 {
		f.Default = initial.String() + ", 0 for none"
	}
	return f
}

// WorkersFlag is -j. help says what depends on it.
func WorkersFlag(to *int, help string) Flag {
	return Flag{Name: "j", Arg: "N", Value: Int(to, runtime.NumCPU(), AtLeast(1)), Silent: true,
		Default: "all cores", Help: "workers; " + help}
}
