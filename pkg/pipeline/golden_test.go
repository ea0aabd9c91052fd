package pipeline

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"relucount/pkg/cli"
)

var writeGolden = flag.Bool("golden", false, "write the golden streams of this version, which has none")

// golden are streams with records of every kind, by the commands that write them. Each
// version leaves what it wrote in testdata/golden, and later versions must read that as
// that version did.
var golden = map[string]string{
	"samples": "encode -domain=-1,1 examples/spiral-2-16-16-2.onnx | bound | hashgen -trials 6 | hashgen -trials 3 -rows 4 | solve -keep -witness -probes 8",
	"count":   "encode examples/random/random-2-8-8.json | bound -method tight,unstable | solve -keep -count -patterns",
	"cubes":   `encode examples/random/random-2-8-8.json | solve -cubes 6 | jq -c 'select(.cube != 5)' | solve -keep -j 1`,
	"regions": "encode examples/random/random-2-8-8.json | solve -keep -regions -facets -vertices -volume -affine",
	"defined": "encode examples/random/random-2-8-8.json | solve -keep -count -define pieces",
	"partial": "encode -domain=-1,1 examples/spiral-2-16-16-2.onnx | solve -keep -count -max 40 -j 1",
	"proof":   "encode examples/random/random-2-8-8.json | solve -keep -count -proof",
	"checked": "encode examples/random/random-2-8-8.json | solve -keep -count -proof | report -verify -checked",
	"edited":  `encode examples/random/random-2-8-8.json | jq -c '.cols[0].hi = 0.5' | solve -keep -count`,
	"errors":  `{ echo '{"type":"milp","schema":1}'; encode examples/random/random-2-8-8.json; } | { solve -k -count || true; }`,
}

// shell runs a command at the top of the repository with the built tools.
func shell(t *testing.T, command string) []byte {
	t.Helper()
	cmd := exec.Command("bash", "-euo", "pipefail", "-c", command)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, &stderr)
	}
	return out
}

// What earlier versions have written gives the summaries that it gave them. There may be
// more in a summary than there was.
func TestGolden(t *testing.T) {
	long(t)
	if err := readSources(); err != nil {
		t.Fatal(err)
	}
	here := filepath.Join(root, "pkg/pipeline/testdata/golden")
	if *writeGolden {
		write(t, filepath.Join(here, cli.Version))
	}
	streams, err := filepath.Glob(filepath.Join(here, "*/*.ndjson.gz"))
	if err != nil || len(streams) < len(golden) {
		t.Fatalf("%d golden streams, %v", len(streams), err)
	}
	for _, stream := range streams {
		t.Run(strings.TrimPrefix(stream, here+"/"), func(t *testing.T) {
			verify := map[bool]string{true: "-verify"}[strings.HasSuffix(stream, "/proof.ndjson.gz")]
			old, err := os.ReadFile(strings.TrimSuffix(stream, ".ndjson.gz") + ".json")
			if err != nil {
				t.Fatal(err)
			}
			kept(t, "", lines(t, old), lines(t, shell(t, "report -format json "+verify+" "+stream)))
		})
	}
}

// The networks in streams of earlier versions are counted as those versions did.
func TestGoldenCounts(t *testing.T) {
	long(t)
	streams, _ := filepath.Glob(filepath.Join(root, "pkg/pipeline/testdata/golden/*/*.ndjson.gz"))
	for _, stream := range streams {
		want := string(shell(t, "gzip -dc "+stream+` | jq -r 'select(.type == "count" and .scope == "whole" and .define == null and .exact).regions'`))
		if got := string(shell(t, "gzip -dc "+stream+` | jq -c 'select(.type == "milp")' | solve -count | jq -r 'select(.type == "count").regions'`)); want != "" && got != "" && got != want {
			t.Errorf("%s: %s regions, now %s", stream, want, got)
		}
	}
}

func write(t *testing.T, dir string) {
	if _, err := os.Stat(dir); err == nil {
		t.Fatalf("%s is there: what a version has written stays as it is", dir)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	for name, command := range golden {
		stream := filepath.Join(dir, name+".ndjson.gz")
		shell(t, "{ "+command+"; } | gzip -9n > "+stream)
		verify := map[bool]string{true: "-verify"}[name == "proof"]
		shell(t, "report -format json "+verify+" "+stream+" > "+filepath.Join(dir, name+".json"))
	}
}

// lines decodes a stream.
func lines(t *testing.T, stream []byte) (out []any) {
	t.Helper()
	for line := range strings.Lines(string(stream)) {
		var v any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

// kept fails unless all of an old value is in the new one, provenance and cost aside.
func kept(t *testing.T, path string, old, now any) {
	t.Helper()
	switch o := old.(type) {
	case map[string]any:
		n, ok := now.(map[string]any)
		if !ok {
			t.Errorf("%s: %v where an object was", path, now)
			return
		}
		for key, v := range o {
			if path == "[0]" && (key == "prov" || key == "stats") {
				continue
			}
			if _, ok := n[key]; !ok {
				t.Errorf("%s.%s is gone", path, key)
				continue
			}
			kept(t, path+"."+key, v, n[key])
		}
	case []any:
		n, ok := now.([]any)
		if !ok || len(n) < len(o) {
			t.Errorf("%s: %v where a list of %d was", path, now, len(o))
			return
		}
		for i := range o {
			kept(t, fmt.Sprintf("%s[%d]", path, i), o[i], n[i])
		}
	default:
		if !reflect.DeepEqual(old, now) {
			t.Errorf("%s: %v, was %v", path, now, old)
		}
	}
}
