//go:build highs_source

package highs

// The gohighs module is used for the static HiGHS library and the headers in
// it (see stage.sh), not for its Go code; this keeps it in go.mod.
import _ "github.com/bartolsthoorn/gohighs/highs"
