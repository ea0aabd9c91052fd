package netfile

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"relucount/pkg/budget"
	"relucount/pkg/domain"
	"relucount/pkg/onnx"
	"relucount/pkg/symbolic"
)

// readONNX reads an ONNX model.
func readONNX(data []byte, o Options) (*File, error) {
	g, err := onnx.Read(data, o.open)
	if err == nil && o.Output != "" {
		g, err = g.Only(o.Output)
	}
	if err != nil {
		return nil, err
	}
	return fromGraph(g, nil)
}

// fromGraph makes a network of a graph and checks it on the domain, which may be
// nil.
func fromGraph(g *onnx.Graph, over *domain.Domain) (*File, error) {
	r, err := symbolic.Read(g, over, budget.Of(g.FileBytes()))
	if err != nil {
		return nil, err
	}
	return &File{Net: r.Net, Domain: over}, nil
}

// beside returns how to open files in the folder of a file, or nil for a stream.
func beside(name string) onnx.Open {
	if slices.Contains([]string{"", "-", "stdin"}, name) {
		return nil
	}
	return func(location string) ([]byte, error) {
		path := filepath.Join(filepath.Dir(name), filepath.FromSlash(location))
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if info.Size() > maxBytes || !info.Mode().IsRegular() {
			return nil, fmt.Errorf("%s: it is no file of at most 2 GiB", path)
		}
		return os.ReadFile(path)
	}
}
