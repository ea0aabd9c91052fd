package record

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// What decompresses to more than its size allows for is an error, and what is given
// out before it is within the limit.
func TestLimited(t *testing.T) {
	gz := func(data []byte) []byte {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Write(data)
		w.Close()
		return b.Bytes()
	}
	zst := func(data []byte) []byte {
		w, _ := zstd.NewWriter(nil)
		return w.EncodeAll(data, nil)
	}
	for name, compress := range map[string]func([]byte) []byte{"gzip": gz, "zstd": zst} {
		part := compress(make([]byte, 8<<20))
		for _, parts := range []int{1, 8, 12} { // of these the last is too large
			r, err := Decompress(bytes.NewReader(bytes.Repeat(part, parts)))
			if err != nil {
				t.Fatal(err)
			}
			n, err := io.Copy(io.Discard, r)
			if most := int64(spare + ratio*parts*len(part)); n > most {
				t.Errorf("%s: %d bytes are given out, at most %d may be", name, n, most)
			}
			if parts < 12 && (err != nil || n != int64(parts)*8<<20) || parts == 12 && (err == nil || !strings.Contains(err.Error(), name+" -dc FILE")) {
				t.Errorf("%s: %d parts give %d bytes, %v", name, parts, n, err)
			}
		}
	}
	broken := errors.New("broken")
	if _, err := Decompress(io.MultiReader(bytes.NewReader(gzipMagic), failing{broken})); !errors.Is(err, broken) {
		t.Error(err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
