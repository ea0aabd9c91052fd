package record

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// magic numbers of the compressed formats that a stream may have.
var (
	gzipMagic = []byte{0x1f, 0x8b}
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
)

// A few bytes can decompress to more than any memory holds. What a stream gives out
// is limited by what went in: records and networks compress to a sixth at best.
const (
	spare      = 64 << 20 // what few bytes may decompress to
	ratio      = 64
	mostWindow = 128 << 20 // what zstd may keep to look back at, as the command zstd has it
)

// Decompress returns r, or what r decompresses to when its first bytes are
// those of gzip or zstd.
func Decompress(r io.Reader) (io.Reader, error) {
	in := &counter{r: r}
	br := bufio.NewReaderSize(in, 1<<16)
	head, err := br.Peek(4)
	if err != nil && err != io.EOF && len(head) == 0 {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, gzipMagic):
		z, err := gzip.NewReader(br)
		if err != nil {
			return nil, fmt.Errorf("gzip: %w", cutShort(err))
		}
		return &limited{"gzip", z, in, spare}, nil
	case bytes.HasPrefix(head, zstdMagic):
		z, err := zstd.NewReader(br, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(mostWindow))
		if err != nil {
			return nil, fmt.Errorf("zstd: %w", cutShort(err))
		}
		return &limited{"zstd", z.IOReadCloser(), in, spare}, nil
	}
	return br, nil
}

// counter counts the bytes that are read.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	return n, err
}

// limited is a decompressed stream. It gives out no more than what was compressed
// allows for.
type limited struct {
	format string
	r      io.Reader
	in     *counter
	left   int64 // beside what the input allows for
}

func (l *limited) Read(b []byte) (int, error) {
	n, err := l.r.Read(b)
	l.left -= int64(n)
	if l.left+ratio*l.in.n < 0 {
		return 0, fmt.Errorf("%s: it decompresses to over %d times its size, as a file made to exhaust memory does; "+
			"if it is meant, decompress it first (%[1]s -dc FILE) and pipe that in", l.format, ratio)
	}
	return n, err
}

func cutShort(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("compressed stream is cut short")
	}
	return err
}
