package pipeline

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// between is printed after each piece of a program.
const between = "\x1e"

// python runs pieces of a program in one process, in a folder with the examples, and
// returns what each prints.
func python(t *testing.T, pieces []string) []string {
	t.Helper()
	has(t, "python3")
	dir := t.TempDir()
	if err := copyOf(dir, "examples"); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("python3", "-c", strings.Join(pieces, "\nprint(end='\\x1e')\n"))
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "MPLBACKEND=agg")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return strings.Split(string(out), between)
}

// TestPython runs the blocks of docs/python.md, those with pandas where it is installed,
// and compares what they print with the text below.
func TestPython(t *testing.T) {
	long(t)
	if err := readSources(); err != nil {
		t.Fatal(err)
	}
	pandas := exec.Command("python3", "-c", "import pandas").Run() == nil
	bs := blocks(t, root+"/docs/python.md")
	var pieces, want []string
	for i, b := range bs {
		if b.lang != "python" || strings.Contains(b.text, "pandas") && !pandas {
			continue
		}
		pieces = append(pieces, b.text)
		want = append(want, "")
		if i+1 < len(bs) && bs[i+1].lang == "text" {
			want[len(want)-1] = bs[i+1].text
		}
	}
	if len(pieces) < 3 {
		t.Fatalf("%d blocks", len(pieces))
	}
	for i, got := range python(t, pieces) {
		if want[i] != "" && got != want[i] {
			t.Errorf("block %d prints\n%s\nthe page says\n%s", i, got, want[i])
		}
	}
}

// TestNotebook runs the cells of the notebook in order, by Python alone.
func TestNotebook(t *testing.T) {
	long(t)
	var notebook struct {
		Format int `json:"nbformat"`
		Cells  []struct {
			Type    string   `json:"cell_type"`
			Source  []string `json:"source"`
			Outputs []any    `json:"outputs"`
		} `json:"cells"`
	}
	if err := json.Unmarshal([]byte(source(t, "examples/notebook.ipynb")), &notebook); err != nil || notebook.Format != 4 {
		t.Fatal(notebook.Format, err)
	}
	var pieces []string
	for _, c := range notebook.Cells {
		if c.Type == "code" {
			pieces = append(pieces, strings.Join(c.Source, ""))
		}
		if len(c.Outputs) > 0 {
			t.Error("the notebook has outputs: clear them")
		}
	}
	out := python(t, pieces)
	if got := strings.Join(out, ""); len(out) < 4 || !strings.Contains(got, "119 True\n") || !strings.Contains(got, "[-1, 1]^2: 119 regions\n") {
		t.Error(got)
	}
}
