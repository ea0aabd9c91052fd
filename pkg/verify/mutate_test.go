package verify_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"relucount/pkg/property"
)

// verdict is what a checker says of a stream.
type verdict struct {
	regions string // "" for a refusal
	why     string
}

// driver calls examples/verify.py for each file that it is told of.
const driver = `
import sys
sys.path.insert(0, sys.argv[1])
import verify
for path in sys.stdin.read().split():
    sys.argv = ["verify.py", path]
    try:
        verify.main()
    except SystemExit as e:
        print("refused:", str(e).replace("\n", " "))
`

// script returns the verdicts of examples/verify.py.
func script(t *testing.T, streams []string) []verdict {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("there is no python3 for examples/verify.py")
	}
	dir, paths := t.TempDir(), ""
	for i, s := range streams {
		path := filepath.Join(dir, strconv.Itoa(i))
		if err := os.WriteFile(path, []byte(s), 0o666); err != nil {
			t.Fatal(err)
		}
		paths += path + "\n"
	}
	cmd := exec.Command(python, "-B", "-c", driver, filepath.Join("..", "..", "examples"))
	cmd.Stdin = strings.NewReader(paths)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	answers := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if err != nil || len(answers) != len(streams) || stderr.Len() > 0 {
		t.Fatalf("%d answers about %d streams: %v\n%s", len(answers), len(streams), err, &stderr)
	}
	verdicts := make([]verdict, len(answers))
	for i, a := range answers {
		if why, refused := strings.CutPrefix(a, "refused: "); refused {
			verdicts[i].why = why
		} else {
			words := strings.Fields(a)
			verdicts[i].regions = words[len(words)-3]
		}
	}
	return verdicts
}

// own returns the verdict of the package.
func own(stream string) verdict {
	n, err := check(stream)
	if err != nil {
		return verdict{why: err.Error()}
	}
	return verdict{regions: n.String()}
}

// compare checks streams by both checkers. want has the regions, or "" for a
// refusal, or "?" for either.
func compare(t *testing.T, names, streams, want []string) {
	t.Helper()
	for i, theirs := range script(t, streams) {
		ours := own(streams[i])
		if ours.regions != theirs.regions || want[i] != "?" && ours.regions != want[i] {
			t.Errorf("%s: %q %s, the script %q %s; want %q\n%.6000s", names[i], ours.regions, ours.why, theirs.regions, theirs.why, want[i], streams[i])
		}
	}
}

// both checkers accept the proofs.
func TestBoth(t *testing.T) {
	t.Parallel()
	var names, streams, want []string
	for seed := range property.Seeds(t, 150, 40) {
		p, records, n := draw(t, rand.New(rand.NewPCG(seed, 2)))
		if n == 0 {
			continue
		}
		names, want = append(names, fmt.Sprint("seed ", seed)), append(want, strconv.Itoa(n))
		streams = append(streams, strings.Join(lines(t, p, records), ""))
	}
	compare(t, names, streams, want)
}

// value is a place in a record: the list or object that it is in, and where.
type value struct {
	in any
	at any // a key or an index
}

func (v value) get() any {
	if list, ok := v.in.([]any); ok {
		return list[v.at.(int)]
	}
	return v.in.(map[string]any)[v.at.(string)]
}

func (v value) set(to any) {
	if list, ok := v.in.([]any); ok {
		list[v.at.(int)] = to
	} else {
		v.in.(map[string]any)[v.at.(string)] = to
	}
}

// values lists all places in a value.
func values(in any) []value {
	var out []value
	switch in := in.(type) {
	case []any:
		for i, v := range in {
			out = append(append(out, value{in, i}), values(v)...)
		}
	case map[string]any:
		var keys []string
		for key := range in {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		for _, key := range keys {
			if key != "type" && key != "schema" {
				out = append(append(out, value{in, key}), values(in[key])...)
			}
		}
	}
	return out
}

// mutated changes a line at a random place, in one of many ways.
func mutated(t *testing.T, line string, rng *rand.Rand) string {
	t.Helper()
	var record map[string]any
	if err := json.Unmarshal([]byte(line), &record); err != nil {
		t.Fatal(err)
	}
	all := values(record)
	v := all[rng.IntN(len(all))]
	w := all[rng.IntN(len(all))]
	switch old := v.get().(type) {
	case float64:
		v.set([]any{-old, old + 1, old - 1, old / 2, 0, 1e300, fmt.Sprint(int(old)), "1/3", "-2/4", "x", "1/0", nil, true, []any{}, 1e-320}[rng.IntN(15)])
	case string:
		v.set([]any{"-" + old, old + "0", "0", "1", "1/2", "", 0, nil}[rng.IntN(8)])
	case bool:
		v.set([]any{!old, 0, nil}[rng.IntN(3)])
	case []any:
		switch n := len(old); {
		case n == 0:
			v.set([]any{[]any{}, []any{0}, []any{[]any{0, 1}}, nil, ""}[rng.IntN(5)])
		case rng.IntN(3) == 0: // drop one
			i := rng.IntN(n)
			v.set(slices.Delete(slices.Clone(old), i, i+1))
		case rng.IntN(2) == 0: // swap two
			i, j := rng.IntN(n), rng.IntN(n)
			old[i], old[j] = old[j], old[i]
		default: // one twice
			i := rng.IntN(n)
			v.set(slices.Insert(slices.Clone(old), rng.IntN(n+1), old[i]))
		}
	case map[string]any:
		var keys []string
		for key := range old {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		if len(keys) > 0 {
			delete(old, keys[rng.IntN(len(keys))])
		}
	case nil:
		v.set([]any{0, -1, 1, "", false}[rng.IntN(5)])
	}
	if rng.IntN(4) == 0 && w.in != nil {
		v.set(w.get())
	}
	out, err := json.Marshal(record)
	if err != nil {
		return line // a list in itself
	}
	return string(out) + "\n"
}

// Whatever is changed in a stream, both checkers say the same of it, and the
// number of regions is right if the milp was left alone.
func TestMutations(t *testing.T) {
	t.Parallel()
	var names, streams, want []string
	accepted := 0
	for seed := range property.Seeds(t, 600, 60) {
		rng := rand.New(rand.NewPCG(seed, 3))
		p, records, n := draw(t, rng)
		if n == 0 {
			continue
		}
		for i := range 8 {
			all := lines(t, p, records)
			at := rng.IntN(len(all))
			if rng.IntN(4) > 0 {
				at = 1 + rng.IntN(len(all)-1)
			}
			right := strconv.Itoa(n)
			if at == 0 {
				right = "?"
			}
			for range 1 + rng.IntN(2) {
				all[at] = mutated(t, all[at], rng)
			}
			switch j := rng.IntN(len(all)); rng.IntN(12) {
			case 0:
				all = slices.Delete(all, j, j+1)
			case 1:
				all = append(all, all[j])
			case 2:
				all[at], all[j] = all[j], all[at]
			}
			stream := strings.Join(all, "")
			if own(stream).regions == "" {
				right = ""
			} else {
				accepted++
			}
			names, streams, want = append(names, fmt.Sprintf("seed %d, %d", seed, i)), append(streams, stream), append(want, right)
		}
	}
	compare(t, names, streams, want)
	t.Logf("%d of %d accepted", accepted, len(streams))
}
