package page_test

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"relucount/pkg/page"
	"relucount/pkg/record"
)

var update = flag.Bool("update", false, "write the golden files anew")

// read returns the summaries of json.golden, which the tests of package ledger
// hold against facts.
func read(t *testing.T) []*record.Summary {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "json.golden"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := record.NewReader(file, file.Name())
	if err != nil {
		t.Fatal(err)
	}
	var out []*record.Summary
	for {
		line, err := r.Next()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		s := new(record.Summary)
		if err := line.Decode(s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
}

func TestFormats(t *testing.T) {
	summaries := read(t)
	for _, f := range page.Formats {
		name := f.Name
		var got bytes.Buffer
		if err := f.Write(&got, summaries); err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", name+".golden")
		if *update && !f.Records {
			if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got.Bytes(), want)
		}
		if name != "json" && name != "csv" && strings.ContainsRune(got.String(), '\x1b') {
			t.Errorf("%s: an escape sequence came through", name)
		}
	}
}

// A table without networks: CSV has its header, the others are empty.
func TestNoSummaries(t *testing.T) {
	var text, markdown, csv bytes.Buffer
	for out, write := range map[*bytes.Buffer]func(io.Writer, []*record.Summary) error{
		&text: page.WriteText, &markdown: page.WriteMarkdown, &csv: page.WriteCSV,
	} {
		if err := write(out, nil); err != nil {
			t.Fatal(err)
		}
	}
	if text.Len() > 0 || markdown.Len() > 0 || strings.Count(csv.String(), "\n") != 1 {
		t.Errorf("text %q, markdown %q, csv %q", &text, &markdown, &csv)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space") }

// An output that cannot be written is to blame, and no record.
func TestWriteError(t *testing.T) {
	for _, f := range page.Formats {
		err := f.Write(full{}, read(t))
		var write *record.WriteError
		if !errors.As(err, &write) || err.Error() != "cannot write the output: no space" {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}
