package ledger

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"relucount/pkg/record"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestFormats(t *testing.T) {
	facts, err := os.ReadFile(filepath.Join("testdata", "facts.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	summaries := feed(t, strings.Split(string(facts), "\n")...).Summaries(0.99)
	for name, write := range map[string]func(io.Writer, []*record.Summary) error{
		"text": WriteText, "csv": WriteCSV, "markdown": WriteMarkdown,
		"json": func(w io.Writer, s []*record.Summary) error {
			out := record.NewWriter(w)
			for _, one := range s {
				if err := out.Write(one); err != nil {
					return err
				}
			}
			return nil
		},
	} {
		var got bytes.Buffer
		if err := write(&got, summaries); err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", name+".golden")
		if *update {
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
		&text: WriteText, &markdown: WriteMarkdown, &csv: WriteCSV,
	} {
		if err := write(out, nil); err != nil {
			t.Fatal(err)
		}
	}
	if text.Len() > 0 || markdown.Len() > 0 || strings.Count(csv.String(), "\n") != 1 {
		t.Errorf("text %q, markdown %q, csv %q", &text, &markdown, &csv)
	}
}

// A summary must survive being read again.
func TestSummaryRoundTrip(t *testing.T) {
	s := only(t, append(trials("half", 6, 9), boundOf("a", "700"), networkOf("n", 12))...)
	first, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back record.Summary
	if err := json.Unmarshal(first, &back); err != nil {
		t.Fatal(err)
	}
	second, _ := json.Marshal(back)
	if !bytes.Equal(first, second) {
		t.Errorf("%s\nbecomes\n%s", first, second)
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		n              *big.Int
		power, decimal string
	}{
		{big.NewInt(0), "0", "0"},
		{big.NewInt(1), "2^0", "1"},
		{big.NewInt(12), "2^3.58", "12"},
		{big.NewInt(131072), "2^17", "131072"},
		{big.NewInt(161369), "2^17.3", "161369"},
		{big.NewInt(1<<53 - 1), "2^53", "9007199254740991"},
		{big.NewInt(1 << 53), "2^53", ""},
		{new(big.Int).Lsh(big.NewInt(3), 400), "2^401.58", ""},
	} {
		n := number(c.n)
		if power(n) != c.power || decimal(n) != c.decimal {
			t.Errorf("%v: %q and %q, want %q and %q", c.n, power(n), decimal(n), c.power, c.decimal)
		}
	}
	for v, want := range map[float64]string{0: "0", -0.001: "0", 10: "10", 100: "100", 0.456: "0.46", -1.5: "-1.5"} {
		if got := round(v); got != want {
			t.Errorf("round(%v) = %q, want %q", v, got, want)
		}
	}
	for v, want := range map[float64]string{0.95: "95 %", 0.57: "57 %", 0.999: "99.9 %", 1: "100 %"} {
		if got := percent(v); got != want {
			t.Errorf("percent(%v) = %q, want %q", v, got, want)
		}
	}
}
