package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
)

// Size is the size of a parity row: K units, or each unit with probability
// 1/2 (Half). In JSON it is a number or the string "half"; 0 is a size that is
// missing.
type Size int

// Half draws each unstable unit with probability 1/2.
const Half Size = -1

func (s Size) String() string {
	if s == Half {
		return "half"
	}
	return strconv.Itoa(int(s))
}

// ParseSize reads "half" or a positive number.
func ParseSize(s string) (Size, error) {
	if s == "half" {
		return Half, nil
	}
	k, err := strconv.Atoi(s)
	if err != nil || k < 1 {
		return 0, fmt.Errorf("size %q is neither a positive number nor \"half\"", s)
	}
	return Size(k), nil
}

// MarshalJSON writes a number or "half".
func (s Size) MarshalJSON() ([]byte, error) {
	if s == Half {
		return []byte(`"half"`), nil
	}
	return []byte(strconv.Itoa(int(s))), nil
}

// UnmarshalJSON reads a number, or a string as ParseSize does.
func (s *Size) UnmarshalJSON(b []byte) error {
	str := string(b)
	if len(b) > 0 && b[0] == '"' {
		if err := json.Unmarshal(b, &str); err != nil {
			return err
		}
	}
	v, err := ParseSize(str)
	*s = v
	return err
}

// Indices is a list of indices; unlike []int it refuses null in JSON.
type Indices []int

// UnmarshalJSON reads an array of whole numbers.
func (v *Indices) UnmarshalJSON(b []byte) error { return UnmarshalList(b, (*[]int)(v)) }

// Check reports an index that is not below n, or stands twice.
func (v Indices) Check(n int) error {
	seen := make(map[int]bool, len(v))
	for _, i := range v {
		if i < 0 || i >= n || seen[i] {
			return fmt.Errorf("the index %d stands twice, or is not one of %d", i, n)
		}
		seen[i] = true
	}
	return nil
}

// UnmarshalList reads an array of numbers into the slice that v points to. It
// refuses null, which encoding/json takes for no change, that is for 0.
func UnmarshalList(b []byte, v any) error {
	if len(b) > len("null") && bytes.Contains(b, []byte("null")) {
		return errors.New("null where a number belongs")
	}
	return json.Unmarshal(b, v)
}

// Log2 is the binary logarithm of a natural number, -Inf-free: 0 for n <= 1.
func Log2(n *big.Int) float64 {
	if n.Sign() <= 0 {
		return 0
	}
	shift := max(0, n.BitLen()-64)
	top := new(big.Int).Rsh(n, uint(shift))
	f, _ := new(big.Float).SetInt(top).Float64()
	return math.Log2(f) + float64(shift)
}

// Numbers is a list of numbers; unlike []float64 it refuses null in JSON.
type Numbers []float64

// UnmarshalJSON reads an array of numbers.
func (v *Numbers) UnmarshalJSON(b []byte) error { return UnmarshalList(b, (*[]float64)(v)) }
