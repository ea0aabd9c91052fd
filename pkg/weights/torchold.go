package weights

import (
	"encoding/binary"
	"fmt"
	"math/big"

	"relucount/pkg/pickle"
)

// A file of torch.save before PyTorch 1.6 opens with a pickle of this number, and one
// of this version.
var (
	oldTorch    = new(big.Int).SetBytes([]byte("\x19P\xa8j \xf9F\x9c\xfcl"))
	oldProtocol = int64(1001)
)

// IsOldTorch says whether data begins as the old form of torch.save does.
func IsOldTorch(data []byte) bool {
	if len(data) == 0 || data[0] != 0x80 {
		return false
	}
	v, _, err := pickle.Read(data[:min(len(data), 64)], torchName, nil)
	n, ok := v.(*big.Int)
	return err == nil && ok && n.Cmp(oldTorch) == 0
}

// OldTorch reads the state dict of a file in the old form of torch.save: pickles
// of a number, of a version, of facts of the machine, of the object and of the keys of
// the storages, and then the storages, each after its size.
func OldTorch(data []byte) ([]Array, error) {
	r := &torchReader{storages: map[string]*storage{}, lim: newLimits(len(data))}
	var part [5]any
	rest := data
	for i := range part {
		at := len(data) - len(rest)
		var err error
		if part[i], rest, err = r.unpickle(rest); err != nil {
			return nil, fmt.Errorf("pickle %d, at byte %d: %w", i, at, err)
		}
	}
	if part[1] != any(oldProtocol) {
		return nil, fmt.Errorf("version %v of torch.save is not known", part[1])
	}
	if facts, ok := part[2].(*pickle.Dict); ok {
		if v, ok := facts.Get("little_endian"); ok && v != any(true) {
			return nil, fmt.Errorf("only little-endian numbers are supported")
		}
	}
	keys, ok := part[4].(*pickle.List)
	if !ok {
		return nil, fmt.Errorf("the list of storages is not understood")
	}
	for _, k := range keys.Items {
		key, _ := k.(string)
		s := r.storages[key]
		if s == nil || s.data != nil {
			return nil, fmt.Errorf("storage %.40q: no tensor has it, or it is there twice", key)
		}
		at := len(data) - len(rest)
		if len(rest) < 8 {
			return nil, fmt.Errorf("byte %d: storage %.40q is cut short", at, key)
		}
		if size := binary.LittleEndian.Uint64(rest); size != uint64(s.size) {
			return nil, fmt.Errorf("byte %d: storage %.40q has %d numbers, but its tensors say %d", at, key, size, s.size)
		}
		width := storageTypes[s.typ].width
		if s.size > (len(rest)-8)/width {
			return nil, fmt.Errorf("byte %d: storage %.40q is cut short", at, key)
		}
		s.data = rest[8 : 8+s.size*width]
		rest = rest[8+s.size*width:]
	}
	r.fetch = func(s *storage) ([]byte, error) {
		if s.data == nil {
			return nil, fmt.Errorf("it is not in the file")
		}
		return s.data, nil
	}
	return r.arrays(part[3])
}
