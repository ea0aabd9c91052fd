package onnx

import (
	"fmt"
	"path"
	"strconv"
	"strings"
)

// Open reads a file beside the model, of which it is given the location that the
// model says.
type Open func(location string) ([]byte, error)

// files are those beside the model, each read once.
type files struct {
	open Open
	have map[string][]byte
	size int // bytes read
}

// fetch puts the bytes of external tensors in their place.
func (fs *files) fetch(t *tensorProto) error {
	if !t.external {
		return nil
	}
	location := t.where["location"]
	clean := path.Clean(strings.ReplaceAll(location, `\`, "/"))
	if location == "" || path.IsAbs(clean) || clean == ".." || strings.HasPrefix(clean, "../") || strings.Contains(clean, ":") {
		return fmt.Errorf("initializer %q: its data is in the file %q, which is not in the folder of the model", t.name, location)
	}
	data, ok := fs.have[clean]
	if !ok {
		if fs.open == nil {
			return fmt.Errorf("initializer %q: its data is in the file %q beside the model, which cannot be found: give the model as a file, not as a stream", t.name, location)
		}
		var err error
		if data, err = fs.open(clean); err != nil {
			return fmt.Errorf("initializer %q: its data is in another file: %w", t.name, err)
		}
		fs.have[clean] = data
		fs.size += len(data)
	}
	number := func(key string, otherwise int) (int, error) {
		s, ok := t.where[key]
		if !ok {
			return otherwise, nil
		}
		v, err := strconv.Atoi(s)
		if err != nil || v < 0 || v > len(data) {
			return 0, fmt.Errorf("initializer %q: %s %q in a file of %d bytes, %q", t.name, key, s, len(data), location)
		}
		return v, nil
	}
	offset, err := number("offset", 0)
	if err != nil {
		return err
	}
	length, err := number("length", len(data)-offset)
	if err != nil {
		return err
	}
	if offset+length > len(data) {
		return fmt.Errorf("initializer %q: bytes %d to %d of a file of %d bytes, %q: it is cut short", t.name, offset, offset+length, len(data), location)
	}
	t.raw, t.external = data[offset:offset+length], false
	return nil
}

// fetch reads what the tensors of the graph have in other files.
func (g *graphProto) fetch(fs *files) error {
	for _, t := range g.initializers {
		if err := fs.fetch(t); err != nil {
			return err
		}
	}
	for _, s := range g.sparse {
		for _, t := range []*tensorProto{s.values, s.indices} {
			if t != nil {
				if err := fs.fetch(t); err != nil {
					return err
				}
			}
		}
	}
	for _, n := range g.nodes {
		for _, a := range n.Attributes {
			if a.tensor != nil {
				if err := fs.fetch(a.tensor); err != nil {
					return fmt.Errorf("%s: %w", n.At(), err)
				}
			}
		}
	}
	return nil
}

// size is how many numbers a sparse initialiser spreads out to, at most.
func (s *sparseProto) size() int {
	n := int64(1)
	for _, d := range s.dims {
		if d < 0 || d > maxSparse || n*d > maxSparse {
			return maxSparse
		}
		n *= d
	}
	return int(n)
}

// dense returns a sparse initialiser as a tensor.
func (s *sparseProto) dense() (*Tensor, error) {
	if s.values == nil || s.indices == nil {
		return nil, fmt.Errorf("it lacks values or indices")
	}
	values, err := s.values.decode()
	if err != nil {
		return nil, err
	}
	indices, err := s.indices.decode()
	if err != nil {
		return nil, err
	}
	out := &Tensor{Integer: values.Integer}
	for _, d := range s.dims {
		out.Dims = append(out.Dims, int(max(-1, min(d, 1<<31-1))))
	}
	n, ok := Count(out.Dims)
	if !ok || len(out.Dims) > MaxRank || n > maxSparse {
		return nil, fmt.Errorf("its shape cannot be: %v", s.dims)
	}
	at, err := indices.Scalars()
	if err != nil {
		return nil, err
	}
	out.Data = make([]float64, n)
	rank := 1 // numbers of an index
	if len(indices.Dims) == 2 {
		rank = len(out.Dims)
	}
	if len(at) != rank*len(values.Data) {
		return nil, fmt.Errorf("%d indices for %d values of shape %v", len(at), len(values.Data), s.dims)
	}
	for i, v := range values.Data {
		k := at[i*rank]
		if rank > 1 {
			k = 0
			for a, d := range out.Dims {
				p := at[i*rank+a]
				if p < 0 || p >= d {
					return nil, fmt.Errorf("index %v is outside of %v", at[i*rank:(i+1)*rank], s.dims)
				}
				k = k*d + p
			}
		}
		if k < 0 || k >= n {
			return nil, fmt.Errorf("index %d is outside of %v", k, s.dims)
		}
		out.Data[k] = v
	}
	return out, nil
}

// maxSparse is the most numbers that a sparse initialiser may spread out to.
const maxSparse = 1 << 24
