package main

import (
	"sync"
	"time"

	"relucount/pkg/record"
	"relucount/pkg/region"
)

// regionWriter writes region records, several with one call where they come fast.
type regionWriter struct {
	n    *network
	out  *record.Writer
	mu   sync.Mutex
	text []byte
	last time.Time // when records were written
	free sync.Pool // of *regionText
}

// regionText is where a worker writes a record.
type regionText struct {
	region.Description
	line []byte
}

const (
	// enough is how many bytes of records are written at once, and soon how long
	// they wait for that: until the next one comes.
	enough = 1 << 15
	soon   = 50 * time.Millisecond
)

// write writes the record of a region. It is for several workers.
func (w *regionWriter) write(r region.Region) error {
	d, ok := w.free.Get().(*regionText)
	if !ok {
		d = &regionText{}
	}
	defer w.free.Put(d)
	w.n.regions.Describe(r, &d.Description)
	d.Head, d.Milp, d.Content = head(record.KindRegion), w.n.id, w.n.content
	d.line = append(d.AppendJSON(d.line[:0]), '\n')
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text = append(w.text, d.line...)
	if len(w.text) >= enough || time.Since(w.last) >= soon {
		return w.flush()
	}
	return nil
}

// flush writes what is waiting.
func (w *regionWriter) flush() error {
	if len(w.text) == 0 {
		return nil
	}
	err := w.out.Lines(w.text)
	w.text, w.last = w.text[:0], time.Now()
	return err
}
