// Package page writes summaries: as text for a reader, as JSON records, and as
// CSV and Markdown tables. It knows of summaries only, and not of the facts
// that they were made from.
package page

import (
	"io"
	"slices"

	"relucount/pkg/phrase"
	"relucount/pkg/record"
)

// Format is a way to write summaries.
type Format struct {
	Name    string
	Help    string // what it is good for
	Records bool   // whether it is a stream of records, in which others may stand, too
	Write   func(w io.Writer, summaries []*record.Summary) error
}

// Formats are the ways to write summaries, the usual one first. An output that
// cannot be written is a *record.WriteError.
var Formats = []Format{
	{"text", "to read", false, WriteText},
	{"json", "summary records, and the error records of -k, for which the others have no place", true, WriteJSON},
	{"csv", "a table with one row a network", false, WriteCSV},
	{"markdown", "the same for documents", false, WriteMarkdown},
}

// Named returns the format of a name, and whether there is one.
func Named(name string) (f Format, ok bool) {
	i := slices.IndexFunc(Formats, func(f Format) bool { return f.Name == name })
	if i < 0 {
		return Format{}, false
	}
	return Formats[i], true
}

// Label names a network for a reader.
func Label(s *record.Summary) string {
	if s.Edited {
		return phrase.Plain(s.Name) + " (edited)"
	}
	return phrase.Plain(s.Name)
}

// WriteJSON writes a summary record for each network.
func WriteJSON(w io.Writer, summaries []*record.Summary) error {
	out := record.NewWriter(w)
	for _, s := range summaries {
		if err := out.Write(s); err != nil {
			return err
		}
	}
	return nil
}

// put writes a whole page.
func put(w io.Writer, page []byte) error {
	if _, err := w.Write(page); err != nil {
		return &record.WriteError{Err: err}
	}
	return nil
}
