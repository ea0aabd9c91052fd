package pipeline

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"relucount/pkg/onnx/onnxtest"
)

// mostMemory is what a tool may take to refuse a file that was made to exhaust it. The
// files have up to 50 megabytes.
const mostMemory = 512 << 20

// confined runs a tool where it cannot get more than four gigabytes of addresses, as
// the machine is not to suffer when a test fails. It returns what the tool says, its
// exit code, and the most memory that it had.
func confined(t *testing.T, dir, tool string, args ...string) (said string, code int, memory int64) {
	t.Helper()
	cmd := exec.Command("sh", append([]string{"-c", `ulimit -v 4000000; exec timeout -s KILL 60 "$0" "$@"`, filepath.Join(bin, tool)}, args...)...)
	cmd.Dir = dir
	var out, err bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &err
	_ = cmd.Run() // the state says it
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if out.Len() > 0 {
		t.Errorf("%s %s writes %d bytes", tool, args, out.Len())
	}
	return err.String(), cmd.ProcessState.ExitCode(), usage.Maxrss << 10
}

// bomb is a text that is compressed again and again, to two gigabytes.
func bomb(t *testing.T, text string, compress func([]byte) []byte) []byte {
	t.Helper()
	const part = 16 << 20
	return bytes.Repeat(compress([]byte(strings.Repeat(text, part/len(text)))), 128)
}

func gzipped(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(data)
	_ = w.Close()
	return b.Bytes()
}

func zstded(data []byte) []byte {
	w, err := zstd.NewWriter(nil)
	if err != nil {
		panic(err)
	}
	return w.EncodeAll(data, nil)
}

func nested(open, shut string, depth int) string {
	return strings.Repeat(open, depth) + "1" + strings.Repeat(shut, depth)
}

// Files that promise far more than they hold are refused with a reason, by every tool
// that reads their kind, before memory is spent on them.
func TestHostile(t *testing.T) {
	long(t)
	dir := t.TempDir()
	write := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	const deep, layers = 100_000, 1_000_000
	wide := onnxtest.Dims(1<<15, 1<<14) // of float32: 2 GiB
	model := func(parts ...onnxtest.Part) []byte { return onnxtest.From(onnxtest.Dims(1, 1<<15), parts...).Bytes() }
	header := "{'descr': '<f8', 'fortran_order': False, 'shape': (268435456, 2), }"
	header += strings.Repeat(" ", 117-len(header)) + "\n"
	layer := `{"weights":[[1]],"bias":[0],"activation":"relu"},`
	tensor := `{"w":{"dtype":"F32","shape":[32768,16384],"data_offsets":[0,2147483648]}}`
	shape := onnxtest.Ints("s", onnxtest.Dims(2), 1<<14, 1<<15)
	var nodes []onnxtest.Part
	for i := range 200_000 {
		nodes = append(nodes, onnxtest.Op("Relu", onnxtest.In(fmt.Sprint("t", i)), fmt.Sprint("t", i+1)))
	}
	for name, data := range map[string][]byte{
		"tiny.json":        []byte(`{"domain":{"lower":-1,"upper":1},"layers":[{"weights":[[1]],"bias":[0],"activation":"relu"}]}`),
		"wide.npy":         append(binary.LittleEndian.AppendUint16([]byte("\x93NUMPY\x01\x00"), 118), header+strings.Repeat("\x00", 64)...),
		"wide.onnx":        model(onnxtest.Op("MatMul", onnxtest.In("x", "w"), "y"), onnxtest.Raw32("w", wide, 1)),
		"constant.onnx":    model(onnxtest.Op("ConstantOfShape", onnxtest.In("s"), "w"), onnxtest.Op("MatMul", onnxtest.In("x", "w"), "y"), shape),
		"expand.onnx":      model(onnxtest.Op("Expand", onnxtest.In("x", "s"), "y"), shape),
		"nodes.onnx":       model(append(nodes, onnxtest.Input("t0", 1), onnxtest.Output("t200000", 1))...),
		"wide.safetensors": append(binary.LittleEndian.AppendUint64(nil, uint64(len(tensor))), tensor+strings.Repeat("\x00", 64)...),
		"head.safetensors": append(binary.LittleEndian.AppendUint64(nil, 1<<31), "{                "...),
		"layers.json":      []byte(`{"domain":{"lower":-1,"upper":1},"layers":[` + strings.Repeat(layer, layers-1) + layer[:len(layer)-1] + `]}`),
		"layers.nnet":      []byte("1000000,1,1,1,\n" + strings.Repeat("1,", layers+1) + "\n0,\n-1,\n1,\n0,0,\n1,1,\n" + strings.Repeat("1,\n0,\n", layers)),
		"layers.ndjson":    []byte(`{"type":"milp","schema":1,"id":"a","network":{"inputs":1,"layers":[` + strings.Repeat(`{"units":1},`, layers) + `{"units":1}]}}` + "\n"),
		"arrays.json":      []byte(`{"layers":` + nested("[", "]", deep) + `}`),
		"objects.json":     []byte(nested(`{"a":`, "}", deep)),
		"arrays.ndjson":    []byte(`{"type":"milp","schema":1,"rows":` + nested("[", "]", deep) + "}\n"),
		"objects.ndjson":   []byte(`{"type":"count","schema":1,"rows":` + nested(`{"a":`, "}", deep) + "}\n"),
		"line.gz":          bomb(t, "a", gzipped), "line.zst": bomb(t, "a", zstded),
		"empty.gz": bomb(t, "\n", gzipped), "empty.zst": bomb(t, " ", zstded),
	} {
		write(name, data)
	}
	const bombed, depth = "decompresses to over 64 times its size", "exceeded max depth"
	for _, c := range []struct{ call, says string }{
		{"encode -domain wide.npy tiny.json", "asks for 4294967296"},
		{"encode -around wide.npy -radius 1 tiny.json", "asks for 4294967296"},
		{"encode wide.onnx", "raw_data has 1 values"},
		{"encode constant.onnx", "too large"},
		{"encode expand.onnx", "too large"},
		{"encode nodes.onnx", "more than 65536 nodes"},
		{"encode wide.safetensors", "the file is cut short"},
		{"encode head.safetensors", "not a readable"},
		{"encode layers.json", "more than 10000 layers"},
		{"encode layers.nnet", "at most 10000 are supported"},
		{"encode arrays.json", depth},
		{"encode objects.json", depth},
		{"encode -domain objects.json tiny.json", depth},
		{"encode -rows arrays.json tiny.json", ""},
		{"encode line.gz", bombed}, {"encode line.zst", bombed}, {"encode empty.gz", bombed}, {"encode empty.zst", bombed},
		{"encode -domain line.gz tiny.json", bombed},
		{"encode -around line.zst -radius 1 tiny.json", bombed},
		{"encode -format lp -except line.gz tiny.json", bombed},
	} {
		refused(t, dir, c.call, c.says)
	}
	for _, tool := range []string{"hashgen", "bound", "solve -count", "report"} {
		for _, file := range []string{"line.gz", "line.zst", "empty.gz", "empty.zst"} {
			refused(t, dir, tool+" "+file, bombed)
		}
		refused(t, dir, tool+" layers.ndjson", "at most 10000 are supported")
		refused(t, dir, tool+" arrays.ndjson", depth)
		refused(t, dir, tool+" objects.ndjson", depth)
	}
	refused(t, dir, "report -verify layers.ndjson", "at most 10000 are supported")
}

// refused checks that a call fails with a reason, soon, and without much memory.
func refused(t *testing.T, dir, call, says string) {
	t.Run(call, func(t *testing.T) {
		args := strings.Fields(call)
		begin := time.Now()
		said, code, memory := confined(t, dir, args[0], args[1:]...)
		if code != 1 || !strings.Contains(said, says) || strings.Contains(said, "internal error") {
			t.Errorf("exit code %d: %.300s", code, said)
		}
		if took := time.Since(begin); memory > mostMemory || took > 20*time.Second {
			t.Errorf("it takes %d MB and %v", memory>>20, took)
		}
	})
}

// No tool writes a file: what it has to say goes to stdout. The folder in which it
// works, the home and the folder for temporary files stay as they were.
func TestNoFiles(t *testing.T) {
	long(t)
	dir := t.TempDir()
	for _, d := range []string{"work", "home", "tmp"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	net := filepath.Join(root, "examples/spiral-2-16-16-2.json")
	for _, call := range []string{
		"encode " + net + " | bound | hashgen -trials 4 | solve -count -witness -keep -probes 10 | solve -count -proof -keep | report -verify -format json",
		"encode -tighten milp " + net + " | solve -engine mip -time-limit 1s | report",
		"encode " + net + " | hashgen -trials 2 | solve -oracle highs -j 1 | report -format csv",
		"encode -format lp " + net, "encode -format mps " + net,
		"encode " + net + " | solve -cubes 4 | solve -patterns | report -format markdown",
		"! encode nothing.json; ! solve -x; echo x | encode || true",
	} {
		cmd := exec.Command("bash", "-euo", "pipefail", "-c", call)
		cmd.Dir = filepath.Join(dir, "work")
		cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "HOME="+filepath.Join(dir, "home"),
			"TMPDIR="+filepath.Join(dir, "tmp"), "XDG_CACHE_HOME=", "XDG_CONFIG_HOME=")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%.300s", call, err, out)
		}
		_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.IsDir() {
				t.Errorf("%s has written %s, %v", call, path, err)
			}
			return nil
		})
	}
}
