package main

import (
	"sync"
	"time"

	"relucount/pkg/record"
	"relucount/pkg/region"
)

// regionWriter writes region records, several with one call where they come fast.
type regionWriter struct {
	n   *network
	out *record.Writer

	mu   sync.Mutex
	free []*regionText // of workers that write no record right now
}

// regionText is where one worker at a time writes records.
type regionText struct {
	region.Description
	text []byte
	last time.Time // when records were written
}

const (
	// enough is how many bytes of records are written at once, and soon how long
	// they wait for that: until the next one comes.
	enough = 1 << 15
	soon   = 50 * time.Millisecond
)

// write writes the record of a region. It is for several workers.
func (w *regionWriter) write(r region.Region) error {
	d := w.take()
	defer w.give(d)
	w.n.regions.Describe(r, &d.Description)
	d.Head, d.Milp, d.Content = head(record.KindRegion), w.n.id, w.n.content
	d.text = append(d.AppendJSON(d.text), '\n')
	if len(d.text) < enough && time.Since(d.last) < soon {
		return nil
	}
	return d.flush(w.out)
}

func (w *regionWriter) take() *regionText {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := len(w.free)
	if n == 0 {
		return &regionText{}
	}
	d := w.free[n-1]
	w.free = w.free[:n-1]
	return d
}

func (w *regionWriter) give(d *regionText) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.free = append(w.free, d)
}

// flush writes what is waiting, when no worker is at it any more.
func (w *regionWriter) flush() error {
	for _, d := range w.free {
		if err := d.flush(w.out); err != nil {
			return err
		}
	}
	return nil
}

func (d *regionText) flush(out *record.Writer) error {
	if len(d.text) == 0 {
		return nil
	}
	err := out.Lines(d.text)
	d.text, d.last = d.text[:0], time.Now()
	return err
}
