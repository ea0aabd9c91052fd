package record_test

import (
	"encoding/json"
	"math"
	"math/big"
	"testing"

	"relucount/pkg/record"
)

func TestSize(t *testing.T) {
	for s, want := range map[record.Size]string{1: "1", 5: "5", 1000: "1000", record.Half: `"half"`} {
		b, err := json.Marshal(s)
		if err != nil || string(b) != want {
			t.Errorf("%v: %s, %v", s, b, err)
		}
		back := record.Size(7)
		if err := json.Unmarshal(b, &back); err != nil || back != s {
			t.Errorf("%s: %v, %v", b, back, err)
		}
		if p, err := record.ParseSize(s.String()); err != nil || p != s {
			t.Errorf("%s: %v, %v", s, p, err)
		}
	}
	for text, want := range map[string]record.Size{`"half"`: record.Half, `"5"`: 5, `"hal\u0066"`: record.Half} {
		var s record.Size
		if err := json.Unmarshal([]byte(text), &s); err != nil || s != want {
			t.Errorf("%s: %v, %v", text, s, err)
		}
	}
	for _, text := range []string{"0", "-1", `"0"`, `""`, `"Half"`, "1.0", "1e2", "true", "[]", "{}", "99999999999999999999", `" 5"`} {
		var s record.Size
		if err := json.Unmarshal([]byte(text), &s); err == nil {
			t.Errorf("%s: %v", text, s)
		}
	}
}

func TestLog2(t *testing.T) {
	for n, want := range map[string]float64{
		"-1": 0, "0": 0, "1": 0, "2": 1, "3": math.Log2(3), "1024": 10, "119": math.Log2(119),
		"9007199254740993":     53, // 2^53 + 1
		"18446744073709551615": 64,
		"18446744073709551616": 64,
	} {
		v, _ := new(big.Int).SetString(n, 10)
		if got := record.Log2(v); got != want {
			t.Errorf("%s: %v, want %v", n, got, want)
		}
	}
	one := big.NewInt(1)
	for _, k := range []uint{63, 64, 65, 100, 1023, 1024, 5000, 1 << 20} {
		p := new(big.Int).Lsh(one, k)
		if got := record.Log2(p); got != float64(k) {
			t.Errorf("2^%d: %v", k, got)
		}
		p.Mul(p, big.NewInt(3))
		if got, want := record.Log2(p), float64(k)+math.Log2(3); math.Abs(got-want) > 1e-15*want {
			t.Errorf("3 2^%d: %v, want %v", k, got, want)
		}
		p.Sub(p, one)
		if got, want := record.Log2(p), float64(k)+math.Log2(3); got > want+1e-15*want || got < want-1e-9 {
			t.Errorf("3 2^%d - 1: %v, want %v", k, got, want)
		}
	}
	v := new(big.Int).Lsh(one, 200)
	before := v.String()
	record.Log2(v)
	if v.String() != before {
		t.Error("Log2 changed its argument")
	}
}
