package weights

import (
	"fmt"
	"strings"

	"relucount/pkg/npy"
	"relucount/pkg/zipfile"
)

// IsNpz says whether an archive has the arrays of NumPy's savez, and nothing else.
func IsNpz(a *zipfile.Archive) bool {
	for _, name := range a.Names {
		if !strings.HasSuffix(name, ".npy") {
			return false
		}
	}
	return len(a.Names) > 0
}

// Npz reads the arrays of an archive, in its order, which is that of the call of
// savez.
func Npz(a *zipfile.Archive, fileBytes int) ([]Array, error) {
	lim := newLimits(fileBytes)
	var out []Array
	for _, member := range a.Names {
		data, err := a.Read(member)
		if err != nil {
			return nil, err
		}
		array, err := npy.Read(data)
		if err == nil {
			err = lim.add(len(array.Values))
		}
		if err == nil {
			_, err = count(array.Shape)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", member, err)
		}
		out = append(out, Array{Name: strings.TrimSuffix(member, ".npy"), Dims: array.Shape, Data: array.Values})
	}
	return out, nil
}
