package record_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"relucount/pkg/record"
)

// open starts reading text under the name "in".
func open(t *testing.T, text string) *record.Reader {
	t.Helper()
	r, err := record.NewReader(strings.NewReader(text), "in")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// all reads a source to its end: the lines, and the messages of the errors.
func all(r *record.Reader) (lines []*record.Line, messages []string) {
	for {
		l, err := r.Next()
		switch {
		case err == io.EOF:
			return lines, messages
		case err != nil:
			messages = append(messages, err.Error())
		default:
			lines = append(lines, l)
		}
	}
}

// pass sends text through a Reader and a Writer.
func pass(t *testing.T, text string) string {
	t.Helper()
	lines, messages := all(open(t, text))
	if messages != nil {
		t.Fatalf("%q: %v", text, messages)
	}
	var out bytes.Buffer
	w := record.NewWriter(&out)
	for _, l := range lines {
		if err := w.Pass(l); err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}

func TestPass(t *testing.T) {
	for name, line := range map[string]string{
		"odd spacing":      " \t{ \"type\" :\t\"a\" ,  \"x\":[ 1 ,2,\t3 ] } \t",
		"carriage return":  "{\"type\":\"a\"}\r",
		"type last":        `{"x":{"type":"b"},"y":[{"type":"c"}],"type":"a"}`,
		"type twice":       `{"type":"b","type":"a"}`,
		"escaped key":      `{"t\u0079pe":"\u0061"}`,
		"unknown fields":   `{"type":"a","foo":null,"bar":{"baz":[true,false,{}]},"qux":[]}`,
		"keys in any case": `{"type":"a","X":1,"x":2,"x":3,"Type":"b"}`,
		"big integers":     `{"type":"a","n":123456789012345678901234567890,"m":-9007199254740993}`,
		"odd numbers":      `{"type":"a","n":[1.0,1e0,-0,0.10,1E+2,1e400,5e-324]}`,
		"unicode":          "{\"type\":\"a\",\"s\":\"λ – 中 \U0001F600 \u2028\"}",
		"escapes":          `{"type":"a","s":"\\\"\/\b\f\n\r\t\u0000\ud83d\ude00\ud800"}`,
		"html":             `{"type":"a","s":"<&>"}`,
		"bytes not UTF-8":  "{\"type\":\"a\",\"s\":\"\xff\xfe\"}",
		"braces in text":   `{"type":"a","s":"}]{[\\\"","k\\":"\\"}`,
		"any schema":       `{"type":"a","schema":2}`,
		"odd schema":       `{"type":"a","schema":"two"}`,
		"empty key":        `{"":1,"type":"a"}`,
	} {
		t.Run(name, func(t *testing.T) {
			l, err := open(t, line+"\n").Next()
			if err != nil {
				t.Fatal(err)
			}
			if l.Type != "a" || l.Place() != "in:1" || string(l.Raw) != line {
				t.Errorf("type %q at %s: %q", l.Type, l.Place(), l.Raw)
			}
			if got := pass(t, line+"\n"); got != line+"\n" {
				t.Errorf("%q became %q", line, got)
			}
		})
	}
}

// An object under the key "" lies deeper, so its fields are not the record's.
func TestEmptyKey(t *testing.T) {
	l, err := open(t, `{"":{"type":"b","schema":2},"type":"a","schema":1}`).Next()
	if err != nil || l.Type != "a" || l.Schema != 1 {
		t.Errorf("type %q, schema %d, error %v", l.Type, l.Schema, err)
	}
	if l, err := open(t, `{"":{"type":"b","schema":1}}`).Next(); err == nil {
		t.Errorf("a record of type %q", l.Type)
	}
}

func TestPassStream(t *testing.T) {
	const a, b = `{"type":"a"}`, `{"type" : "b"}`
	for name, c := range map[string]struct{ in, want string }{
		"empty":                {"", ""},
		"blank lines":          {"\n \t\n\r\n" + a + "\n\n\n" + b + "\n \n", a + "\n" + b + "\n"},
		"no newline at end":    {a + "\n" + b, a + "\n" + b + "\n"},
		"carriage return, end": {a + "\r\n" + b + "\r", a + "\r\n" + b + "\r\n"},
		"blanks at end":        {a + "\n   ", a + "\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := pass(t, c.in); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// A line may be passed while the next ones are read, and more than once.
func TestLinesDoNotShareMemory(t *testing.T) {
	text := strings.Repeat("{\"type\":\"a\"}\n{\"type\":\"bb\"}\n", 100)
	lines, messages := all(open(t, text))
	if messages != nil {
		t.Fatal(messages)
	}
	var out bytes.Buffer
	w := record.NewWriter(&out)
	for range 2 {
		for _, l := range lines {
			if err := w.Pass(l); err != nil {
				t.Fatal(err)
			}
		}
	}
	if out.String() != text+text {
		t.Error("the lines changed")
	}
}

func TestPlace(t *testing.T) {
	lines, messages := all(open(t, "\n{\"type\":\"a\"}\n[]\n\n{\"type\":\"b\"}\n"))
	if len(lines) != 2 || lines[0].Place() != "in:2" || lines[1].Place() != "in:5" {
		t.Errorf("%v", lines)
	}
	if len(messages) != 1 || !strings.HasPrefix(messages[0], "in:3: ") {
		t.Errorf("%q", messages)
	}
	err := lines[0].Errorf("no %w", io.ErrShortWrite)
	if err.Error() != "in:2: no short write" || !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("%v", err)
	}
}

// A byte order mark may begin a stream, and is no part of its first record.
func TestMark(t *testing.T) {
	lines, messages := all(open(t, "\ufeff{\"type\":\"a\"}\n\ufeff{\"type\":\"b\"}\n"))
	if len(lines) != 1 || string(lines[0].Raw) != `{"type":"a"}` {
		t.Errorf("%v", lines)
	}
	if len(messages) != 1 || !strings.HasPrefix(messages[0], "in:2: ") {
		t.Errorf("%q", messages)
	}
}

func TestErrors(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"binary":             {"\x08\x07\x12\x07pytorch", "not a record: this is no text; encode reads networks"},
		"array":              {"[1]", `not a record: a line must be one JSON object, this one starts with "["`},
		"number":             {"1", `starts with "1"`},
		"text":               {"hello", `starts with "h"`},
		"unicode":            {"λx", `starts with "λ"`},
		"two marks":          {"\ufeff\ufeff{\"type\":\"a\"}", `starts with "\ufeff"`},
		"UTF-16":             {"\xff\xfe{\x00", "not a record: this is text in UTF-16"},
		"UTF-16, big endian": {"\xfe\xff\x00{", "not a record: this is text in UTF-16"},
		"two objects":        {`{"type":"a"}{"type":"b"}`, "not valid JSON at column 13"},
		"comma at end":       {`{"type":"a",}`, "not valid JSON at column 13"},
		"single quotes":      {`{'type':'a'}`, "not valid JSON at column 2"},
		"NaN":                {`{"type":"a","x":NaN}`, "not valid JSON at column 17"},
		"control character":  {"{\"type\":\"a\tb\"}", "not valid JSON at column 11"},
		"too deep":           {`{"type":"a","x":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + "}", "not valid JSON"},
		"no type":            {`{"x":{"type":"a"}}`, "no type: every record has a type"},
		"empty object":       {"{}", "no type: every record has a type"},
		"other case":         {`{"Type":"a"}`, "no type: every record has a type"},
		"network":            {`{"name":"n","layers":[]}`, "no type: this looks like a network, not a record; encode reads networks"},
		"type a number":      {`{"type":1}`, "type is 1: it must be a word in quotes"},
		"type null":          {`{"type":null}`, "type is null: it must be a word in quotes"},
		"type empty":         {`{"type":""}`, `type is "": it must be a word in quotes`},
		"cut short":          {`{"type":"a","x`, "the line is cut short after 14 bytes"},
		"cut short, escaped": {`{"type":"a\`, "the line is cut short after 11 bytes"},
		"spread over lines":  {"{\n", "the JSON object does not end on its line (from jq? it needs -c)"},
	} {
		t.Run(name, func(t *testing.T) {
			r := open(t, c.in)
			_, err := r.Next()
			var placed *record.Error
			if !errors.As(err, &placed) || placed.Place != "in:1" || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("%q is more than one line", err)
			}
			if _, err := r.Next(); err != io.EOF {
				t.Errorf("%v after the only line", err)
			}
		})
	}
}

// With -k the tools go on after a bad line, so the Reader must.
func TestGoOnAfterError(t *testing.T) {
	lines, messages := all(open(t, "{\n{\"type\":\"a\"}\nx\n{\"type\":\"b\"}\n{\"ty"))
	if len(lines) != 2 || lines[0].Type != "a" || lines[1].Type != "b" || len(messages) != 3 {
		t.Errorf("%d lines, %q", len(lines), messages)
	}
	if !strings.Contains(messages[2], "cut short") {
		t.Errorf("%q", messages[2])
	}
}

func TestFailingSource(t *testing.T) {
	boom := errors.New("boom")
	r, err := record.NewReader(io.MultiReader(strings.NewReader("{\"type\":\"a\"}\n{\"ty"), iotest.ErrReader(boom)), "in")
	if err != nil {
		t.Fatal(err)
	}
	if l, err := r.Next(); err != nil || l.Type != "a" {
		t.Fatal(l, err)
	}
	if _, err := r.Next(); !errors.Is(err, boom) || err.Error() != "in:2: boom" {
		t.Errorf("%v", err)
	}
	if _, err := r.Next(); err != io.EOF {
		t.Errorf("%v", err)
	}
	if _, err := record.NewReader(iotest.ErrReader(boom), "in"); !errors.Is(err, boom) || err.Error() != "in: boom" {
		t.Errorf("%v", err)
	}
}

// A source may deliver its bytes one by one, as a slow pipe does.
func TestSlowSource(t *testing.T) {
	text := "{\"type\":\"a\"}\n{\"type\":\"b\"}\n"
	for name, b := range map[string][]byte{"plain": []byte(text), "gzip": gz(t, text), "zstd": zst(t, text)} {
		r, err := record.NewReader(iotest.OneByteReader(bytes.NewReader(b)), "in")
		if err != nil {
			t.Fatal(err)
		}
		if lines, messages := all(r); len(lines) != 2 || messages != nil {
			t.Errorf("%s: %d lines, %q", name, len(lines), messages)
		}
	}
}

func gz(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zst(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := zstd.NewWriter(&b, zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCompressed(t *testing.T) {
	// enough that cutting off the end loses lines; digits do not compress away
	var text strings.Builder
	n := uint64(1)
	for range 5000 {
		n = n*6364136223846793005 + 1442695040888963407
		text.WriteString(`{"type":"a","x":"` + strings.Repeat(string(rune('0'+n>>60)), int(n>>58&15)) + "\"}\n")
	}
	for name, pack := range map[string]func(*testing.T, string) []byte{"gzip": gz, "zstd": zst} {
		t.Run(name, func(t *testing.T) {
			whole := pack(t, text.String())
			if got := pass(t, string(whole)); got != text.String() {
				t.Errorf("%d bytes, want %d", len(got), text.Len())
			}
			// several members, one of them empty and a line spread over two
			members := append(pack(t, `{"type":`), pack(t, "")...)
			members = append(members, pack(t, "\"a\"}\n{\"type\":\"b\"}\n")...)
			if got, want := pass(t, string(members)), "{\"type\":\"a\"}\n{\"type\":\"b\"}\n"; got != want {
				t.Errorf("members: %q", got)
			}
			if got := pass(t, string(pack(t, ""))); got != "" {
				t.Errorf("empty: %q", got)
			}
			for _, cut := range []int{4, 5, 12, len(whole) / 2, len(whole) - 1} {
				r, err := record.NewReader(bytes.NewReader(whole[:cut]), "in")
				var messages []string
				if err != nil {
					messages = []string{err.Error()}
				} else {
					_, messages = all(r)
				}
				if len(messages) != 1 || !strings.HasPrefix(messages[0], "in") || !strings.HasSuffix(messages[0], "compressed stream is cut short") {
					t.Errorf("cut at %d: %q", cut, messages)
				}
			}
			// plain text after a compressed stream is no part of it
			_, messages := all(open(t, string(pack(t, "{\"type\":\"a\"}\n"))+"{\"type\":\"b\"}\n"))
			if len(messages) == 0 {
				t.Error("text after a compressed stream passed")
			}
			damaged := bytes.Clone(whole)
			damaged[len(damaged)/2] ^= 0xff
			if _, messages := all(open(t, string(damaged))); len(messages) == 0 {
				t.Error("a damaged stream passed")
			}
		})
	}
}

func TestDecompress(t *testing.T) {
	for name, b := range map[string][]byte{
		"empty": nil, "a byte": {0x1f}, "text": []byte("abc"), "half a magic": {0x28, 0xb5, 0x2f},
	} {
		r, err := record.Decompress(bytes.NewReader(b))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, b) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// A network can be large; 50 MB on one line should take about a second.
func TestLongLine(t *testing.T) {
	if testing.Short() {
		t.Skip("50 MB")
	}
	var b strings.Builder
	b.WriteString(`{"type":"milp","schema":1,"rows":[`)
	for i := 0; b.Len() < 50<<20; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`{"name":"pre","lo":-0.125,"idx":[1,2,3,4],"val":[`)
		b.WriteString(strings.TrimSuffix(strings.Repeat("0.1234567890123,", 50), ","))
		b.WriteString(`]}`)
	}
	b.WriteString("]}")
	if got := pass(t, b.String()); got != b.String()+"\n" {
		t.Errorf("%d bytes, want %d", len(got), b.Len()+1)
	}
	// as much in one string, without an end
	_, messages := all(open(t, `{"type":"a","x":"`+strings.Repeat("x", 50<<20)))
	if len(messages) != 1 || !strings.Contains(messages[0], "cut short") {
		t.Errorf("%.100q", messages)
	}
}
