package netfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"

	"relucount/pkg/budget"
	"relucount/pkg/magic"
	"relucount/pkg/relu"
)

// position is an error at a place in a text.
type position struct {
	line, col int
	msg       string
}

func (p *position) Error() string { return fmt.Sprintf("%d:%d: %s", p.line, p.col, p.msg) }

// jsonNet is the network as the file has it.
type jsonNet struct {
	name   string
	domain *jsonDomain
	layers []jsonLayer
}

type jsonLayer struct {
	weights [][]float64
	bias    []float64
	act     jsonActivation
}

// isObject says whether a text begins as a JSON object, and not as one of others.
func isObject(data []byte) bool {
	return bytes.HasPrefix(text(data), []byte("{")) && magic.Name(data) == ""
}

// readJSON reads a network object.
func readJSON(data []byte, _ Options) (*File, error) {
	start := len(data) - len(text(data))
	if kind := recordType(data[start:]); kind != "" {
		return nil, fmt.Errorf(`this is a record stream ("type":%q), not a network`, kind)
	}
	if err := checkSyntax(data, start); err != nil {
		return nil, err
	}
	r := &jsonReader{dec: json.NewDecoder(bytes.NewReader(data[start:]))}
	r.dec.UseNumber()
	n, err := r.network()
	if err != nil {
		return nil, err
	}
	return n.file(budget.Of(len(data)))
}

// slip reports whether a word is another one but for the case of letters, or for
// one letter that is missing, too much or wrong.
func slip(word, meant string) bool {
	if strings.EqualFold(word, meant) {
		return true
	}
	a, b := strings.ToLower(word), strings.ToLower(meant)
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < 3 || len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	return a[i:] == b[i+1:] || len(a) == len(b) && a[i+1:] == b[i+1:]
}

// recordType returns the type of the record that an object is, when its first
// fields are those of one, and "" otherwise.
func recordType(data []byte) string {
	dec := json.NewDecoder(bytes.NewReader(data))
	var t [4]json.Token // { "type" : kind, next key
	for i := range t {
		t[i], _ = dec.Token()
	}
	kind, _ := t[2].(string)
	if t[1] == "type" && (kind == "milp" || t[3] == "schema") {
		return kind
	}
	return ""
}

// checkSyntax makes sure that data[start:] is one JSON value, so that what
// follows can ask about its meaning alone.
func checkSyntax(data []byte, start int) error {
	var raw json.RawMessage
	err := json.Unmarshal(data[start:], &raw)
	var syn *json.SyntaxError
	if !errors.As(err, &syn) {
		return err
	}
	msg := syn.Error()
	// The offset counts the byte that is wrong; at the end there is none.
	at := start + int(syn.Offset) - 1
	switch {
	case strings.Contains(msg, "unexpected end"), strings.Contains(msg, "character ' '") && data[at] != ' ':
		// In a number, the end counts as a space that cannot be.
		at, msg = len(data), "file is cut short: unexpected end of JSON input"
	case strings.Contains(msg, "after top-level value"):
		msg = "more data after the network object: " + msg
	}
	before := data[:min(at, len(data))]
	line := 1 + bytes.Count(before, []byte("\n"))
	col := len(before) - bytes.LastIndexByte(before, '\n')
	return &position{line, col, msg}
}

// jsonReader walks over a text whose syntax is known to be right. Its methods
// read one value; path says where it is.
type jsonReader struct{ dec *json.Decoder }

// token is the next token, which checkSyntax has seen to be there.
func (r *jsonReader) token() json.Token {
	t, _ := r.dec.Token()
	return t
}

// object reads an object, giving the values of the fields it wants to the
// functions and skipping the rest. Keys count as they are spelled; all but the
// optional ones must be there.
func (r *jsonReader) object(path string, fields map[string]func(path string) error, optional ...string) error {
	if err := r.open(path, '{', "an object"); err != nil {
		return err
	}
	seen := map[string]bool{}
	for r.dec.More() {
		key, _ := r.token().(string)
		at := join(path, key)
		if seen[key] {
			return fmt.Errorf("%s: given twice", at)
		}
		seen[key] = true
		if read, ok := fields[key]; ok {
			if err := read(at); err != nil {
				return err
			}
			continue
		}
		for _, known := range slices.Sorted(maps.Keys(fields)) {
			if path != "" && slip(key, known) { // an optional one would be missed without a word
				return fmt.Errorf("%s: there is no such field: did you mean %q?", at, known)
			}
		}
		var skipped json.RawMessage
		if err := r.dec.Decode(&skipped); err != nil {
			return fmt.Errorf("%s: %w", at, err)
		}
	}
	r.token()
	for _, key := range slices.Sorted(maps.Keys(fields)) { // of several, always the same one
		if seen[key] || slices.Contains(optional, key) {
			continue
		}
		for _, other := range slices.Sorted(maps.Keys(seen)) {
			if strings.EqualFold(key, other) {
				return fmt.Errorf("%s: missing (%q is spelled differently)", join(path, key), other)
			}
		}
		return fmt.Errorf("%s: missing", join(path, key))
	}
	return nil
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// array reads an array, its elements by the function.
func (r *jsonReader) array(path string, element func(i int) error) error {
	if err := r.open(path, '[', "an array"); err != nil {
		return err
	}
	return r.elements(element)
}

// elements reads what follows the opening bracket of an array.
func (r *jsonReader) elements(element func(i int) error) error {
	for i := 0; r.dec.More(); i++ {
		if err := element(i); err != nil {
			return err
		}
	}
	r.token()
	return nil
}

func (r *jsonReader) open(path string, delim json.Delim, what string) error {
	if t := r.token(); t != delim {
		return fmt.Errorf("%s: %s where %s should be", path, describe(t), what)
	}
	return nil
}

func (r *jsonReader) text(path string) (string, error) {
	t := r.token()
	s, ok := t.(string)
	if !ok {
		return "", fmt.Errorf("%s: %s where a string should be", path, describe(t))
	}
	return s, nil
}

// appender returns a function that reads one number of an array into out.
func (r *jsonReader) appender(path string, out *[]float64) func(i int) error {
	return func(i int) error {
		v, err := number(r.token())
		if err != nil {
			return fmt.Errorf("%s[%d]: %w", path, i, err)
		}
		*out = append(*out, v)
		return nil
	}
}

func (r *jsonReader) numbers(path string) (out []float64, err error) {
	err = r.array(path, r.appender(path, &out))
	return out, err
}

// oneOrMore reads an array of numbers, or one number, which is for all.
func (r *jsonReader) oneOrMore(path string) (out []float64, each bool, err error) {
	t := r.token()
	if t == json.Delim('[') {
		err = r.elements(r.appender(path, &out))
		return out, false, err
	}
	v, err := number(t)
	if err != nil {
		return nil, false, fmt.Errorf("%s: %w", path, err)
	}
	return []float64{v}, true, nil
}

func number(t json.Token) (float64, error) {
	n, ok := t.(json.Number)
	if !ok {
		return 0, fmt.Errorf("%s where a number should be", describe(t))
	}
	v, err := strconv.ParseFloat(n.String(), 64)
	if err != nil {
		return 0, fmt.Errorf("%s is out of range", n)
	}
	return v, nil
}

func describe(t json.Token) string {
	switch t := t.(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case json.Number:
		return "a number"
	case bool:
		return strconv.FormatBool(t)
	case json.Delim:
		if t == '[' {
			return "an array"
		}
	}
	return "an object"
}

func (r *jsonReader) network() (*jsonNet, error) {
	n := &jsonNet{}
	err := r.object("", map[string]func(string) error{
		"name": func(path string) (err error) {
			n.name, err = r.text(path)
			return err
		},
		"domain": func(path string) (err error) {
			n.domain, err = r.domain(path)
			return err
		},
		"layers": func(path string) error {
			return r.array(path, func(i int) error {
				if i == relu.MostLayers {
					return tooDeep(path)
				}
				l, err := r.layer(fmt.Sprintf("%s[%d]", path, i))
				n.layers = append(n.layers, l)
				return err
			})
		},
	}, "name", "domain")
	return n, err
}

// matrix reads an array of rows.
func (r *jsonReader) matrix(path string) (out [][]float64, err error) {
	out = [][]float64{}
	err = r.array(path, func(i int) error {
		row, err := r.numbers(fmt.Sprintf("%s[%d]", path, i))
		out = append(out, row)
		return err
	})
	return out, err
}

func (r *jsonReader) layer(path string) (l jsonLayer, err error) {
	err = r.object(path, map[string]func(string) error{
		"weights": func(path string) (err error) {
			l.weights, err = r.matrix(path)
			return err
		},
		"bias": func(path string) (err error) {
			l.bias, err = r.numbers(path)
			return err
		},
		"activation": func(path string) (err error) {
			l.act, err = r.activation(path)
			return err
		},
	})
	return l, err
}

// shapes reports the first thing that does not fit.
func (n *jsonNet) shapes() error {
	if len(n.layers) == 0 {
		return fmt.Errorf("layers: none")
	}
	in := 0
	for k, l := range n.layers {
		if len(l.weights) == 0 {
			return fmt.Errorf("layers[%d].weights: no rows", k)
		}
		if k == 0 {
			if in = len(l.weights[0]); in == 0 {
				return fmt.Errorf("layers[0].weights[0]: no numbers")
			}
		}
		for i, row := range l.weights {
			if len(row) != in {
				return fmt.Errorf("layers[%d].weights[%d]: %d numbers, %d expected", k, i, len(row), in)
			}
		}
		if len(l.bias) != len(l.weights) {
			return fmt.Errorf("layers[%d].bias: %d numbers, %d expected", k, len(l.bias), len(l.weights))
		}
		if !l.act.each && len(l.act.slopes) != len(l.weights) {
			return fmt.Errorf("layers[%d].activation: %d slopes, %d expected", k, len(l.act.slopes), len(l.weights))
		}
		in = len(l.weights)
	}
	return nil
}

// file folds and checks the network.
func (n *jsonNet) file(b budget.Budget) (*File, error) {
	if err := n.shapes(); err != nil {
		return nil, err
	}
	inputs := len(n.layers[0].weights[0])
	over, err := n.domain.over(inputs)
	if err != nil {
		return nil, err
	}
	c := newChain(inputs, over.Farthest(), b)
	for k, l := range n.layers {
		w := mat.NewDense(len(l.weights), len(l.weights[0]), nil)
		for i, row := range l.weights {
			w.SetRow(i, row)
		}
		if err := c.affine(w, slices.Clone(l.bias)); err != nil {
			return nil, fmt.Errorf("layers[%d]: %w", k, err)
		}
		slopes, _ := l.act.units(len(l.bias))
		if _, err := c.activate(slopes); err != nil {
			return nil, fmt.Errorf("layers[%d]: %w", k, err)
		}
	}
	return c.file(n.name, over, n.forward)
}

// forward is the plain pass through the layers of the file.
func (n *jsonNet) forward(x []float64) (before [][]float64, out []float64, err error) {
	for k, l := range n.layers {
		y := make([]float64, len(l.weights))
		for i, row := range l.weights {
			for j, w := range row {
				y[i] += w * x[j]
			}
			y[i] += l.bias[i]
		}
		if _, kinks := l.act.units(len(y)); kinks || k == len(n.layers)-1 {
			before = append(before, slices.Clone(y))
		}
		for i := range y {
			y[i] = l.act.of(i, y[i])
		}
		x = y
	}
	return before, x, nil
}
