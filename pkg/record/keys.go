package record

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
)

// walk goes through a valid JSON value that starts at b[i] and returns the
// index after it. For every key of every object it calls key with the path of
// the object, the decoded key, and the start and end of its value.
type walker struct {
	b     []byte
	depth int // objects around the one that obj is called for
	obj   func(path string, keys []string, values [][2]int)
}

func (w *walker) space(i int) int {
	for w.b[i] == ' ' || w.b[i] == '\t' || w.b[i] == '\n' || w.b[i] == '\r' {
		i++
	}
	return i
}

// str returns the index after the string that starts at i.
func (w *walker) str(i int) int {
	for i++; w.b[i] != '"'; i++ {
		if w.b[i] == '\\' {
			i++
		}
	}
	return i + 1
}

func (w *walker) value(i int, path string) int {
	i = w.space(i)
	switch w.b[i] {
	case '{':
		return w.object(i, path)
	case '[':
		i = w.space(i + 1)
		for n := 0; w.b[i] != ']'; n++ {
			elem := path
			if w.b[i] == '{' || w.b[i] == '[' {
				elem = fmt.Sprintf("%s[%d]", path, n)
			}
			i = w.space(w.value(i, elem))
			if w.b[i] == ',' {
				i = w.space(i + 1)
			}
		}
		return i + 1
	case '"':
		return w.str(i)
	}
	for i < len(w.b) && !strings.ContainsRune(",]} \t\r\n", rune(w.b[i])) {
		i++
	}
	return i
}

func (w *walker) object(i int, path string) int {
	var keys []string
	var values [][2]int
	i = w.space(i + 1)
	w.depth++
	for w.b[i] != '}' {
		end := w.str(i)
		key := string(w.b[i+1 : end-1])
		if strings.Contains(key, `\`) {
			_ = json.Unmarshal(w.b[i:end], &key) // valid, as the whole is
		}
		i = w.space(w.space(end) + 1)
		start := i
		sub := key
		if path != "" {
			sub = path + "." + key
		}
		i = w.value(i, sub)
		keys, values = append(keys, key), append(values, [2]int{start, i})
		i = w.space(i)
		if w.b[i] == ',' {
			i = w.space(i + 1)
		}
	}
	w.depth--
	w.obj(path, keys, values)
	return i + 1
}

// topLevel returns the raw values of the named keys of a valid JSON object.
func topLevel(raw []byte, names ...string) map[string][]byte {
	out := map[string][]byte{}
	w := &walker{b: raw}
	w.obj = func(_ string, keys []string, values [][2]int) {
		if w.depth > 0 {
			return
		}
		for k, key := range keys {
			for _, name := range names {
				if key == name {
					out[name] = raw[values[k][0]:values[k][1]]
				}
			}
		}
	}
	w.value(0, "")
	return out
}

// uniqueKeys reports a key that stands twice in one object of valid JSON,
// also when the two differ in case only.
func uniqueKeys(raw []byte) error {
	var err error
	w := walker{b: raw, obj: func(path string, keys []string, _ [][2]int) {
		seen := make(map[string]bool, len(keys))
		for _, key := range keys {
			folded := strings.Map(foldRune, key)
			if seen[folded] && err == nil {
				if path != "" {
					path += ": "
				}
				err = fmt.Errorf("%skey %q stands twice", path, key)
			}
			seen[folded] = true
		}
	}}
	w.value(0, "")
	return err
}

// foldRune returns one rune for all that differ in case only.
func foldRune(r rune) rune {
	for {
		next := unicode.SimpleFold(r)
		if next <= r {
			return next
		}
		r = next
	}
}
