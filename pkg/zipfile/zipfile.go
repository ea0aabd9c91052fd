// Package zipfile reads the members of zip archives from memory, within limits.
//
// A zip of a few bytes can hold members without end. All that one archive gives
// out is limited by its size, and members that repeat a name or say a wrong size
// are errors.
package zipfile

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
)

const (
	maxMembers = 1 << 16
	spare      = 32 << 20 // what a small archive may unpack to
	ratio      = 16       // trained weights compress by a few per cent only
)

// Is says whether data begins as a zip archive does.
func Is(data []byte) bool { return bytes.HasPrefix(data, []byte("PK\x03\x04")) }

// Archive is an open archive.
type Archive struct {
	Names   []string // of the members that are no folders, in order
	members map[string]*zip.File
	left    int64 // bytes that it may still give out
}

// Open reads the list of members.
func Open(data []byte) (*Archive, error) { return open(data, spare) }

func open(data []byte, spare int64) (*Archive, error) {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("not a readable zip archive: %w", err)
	}
	if len(r.File) > maxMembers {
		return nil, fmt.Errorf("the zip archive has %d members: at most %d are supported", len(r.File), maxMembers)
	}
	a := &Archive{members: map[string]*zip.File{}, left: spare + ratio*int64(len(data))}
	for _, f := range r.File {
		if f.FileInfo().IsDir() {
			continue
		}
		if a.members[f.Name] != nil {
			return nil, fmt.Errorf("the zip archive has %q twice", f.Name)
		}
		a.members[f.Name] = f
		a.Names = append(a.Names, f.Name)
	}
	return a, nil
}

// Has says whether there is a member of that name.
func (a *Archive) Has(name string) bool { return a.members[name] != nil }

// Read unpacks a member.
func (a *Archive) Read(name string) ([]byte, error) {
	f := a.members[name]
	if f == nil {
		return nil, fmt.Errorf("the zip archive has no %q", name)
	}
	if f.UncompressedSize64 > uint64(a.left) {
		return nil, fmt.Errorf("%s: too large: its %d bytes are far more than the archive holds", name, f.UncompressedSize64)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	defer r.Close()
	// A buffer of the size that the list says, and a byte more to see the end.
	out := bytes.NewBuffer(make([]byte, 0, f.UncompressedSize64+bytes.MinRead))
	n, err := io.Copy(out, io.LimitReader(r, int64(f.UncompressedSize64)+1))
	if err == nil && uint64(n) != f.UncompressedSize64 {
		err = fmt.Errorf("%d bytes where the archive says %d", n, f.UncompressedSize64)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	a.left -= n
	return out.Bytes(), nil
}
