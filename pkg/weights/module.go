package weights

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// module is the arrays that belong together.
type module struct {
	name  string
	parts map[string]*Array // by role
	word  string            // which word says weight
}

// roles are the words for what an array is.
var roles = map[string]string{
	"weight": "weight", "weights": "weight", "kernel": "weight", "w": "weight", "coef": "weight", "coefs": "weight", "gamma": "weight",
	"bias": "bias", "biases": "bias", "b": "bias", "intercept": "bias", "intercepts": "bias", "beta": "bias",
	"running_mean": "mean", "moving_mean": "mean", "running_var": "var", "moving_variance": "var",
	"num_batches_tracked": "batches",
}

// leafName is the last part of an array's name: a word, perhaps with the name of its
// module before it and a number after it, as fc1_weight, W2 and coefs_0 have.
var leafName = regexp.MustCompile(`^(?i:(?:(.+)[_-])??(` + words() + `)_?([0-9]*))$`)

func words() string {
	all := []string{}
	for word := range roles {
		all = append(all, word)
	}
	slices.SortFunc(all, func(a, b string) int { return strings.Compare(b, a) }) // longer ones first
	return strings.Join(all, "|")
}

// parseName splits a name into that of its module, its role and its word.
func parseName(name string) (in, role, word string) {
	name = strings.TrimSuffix(name, ":0") // as TensorFlow writes
	cut := strings.LastIndexAny(name, "./") + 1
	m := leafName.FindStringSubmatch(name[cut:])
	if m == nil {
		return "", "", ""
	}
	in = strings.TrimRight(name[:cut], "./")
	for _, part := range []string{m[1], m[3]} {
		if in != "" && part != "" {
			in += "."
		}
		in += part
	}
	word = strings.ToLower(m[2])
	return in, roles[word], word
}

// modules puts the arrays into modules, which come in the order of their first
// arrays.
func modules(arrays []Array) ([]*module, error) {
	if !slices.ContainsFunc(arrays, func(a Array) bool { _, role, _ := parseName(a.Name); return role != "" }) {
		return pairs(arrays)
	}
	var out []*module
	at := map[string]*module{}
	for i := range arrays {
		a := &arrays[i]
		in, role, word := parseName(a.Name)
		if role == "" {
			in, role = a.Name, "unknown"
		}
		m := at[in]
		if m == nil {
			m = &module{name: in, parts: map[string]*Array{}}
			at[in] = m
			out = append(out, m)
		}
		if m.parts[role] != nil {
			return nil, fmt.Errorf("arrays %q and %q are both the %s of one layer", m.parts[role].Name, a.Name, role)
		}
		m.parts[role] = a
		if role == "weight" {
			m.word = word
		}
	}
	return out, nil
}

// pairs makes modules of arrays whose names say nothing: weights, and the bias that
// follows them.
func pairs(arrays []Array) ([]*module, error) {
	var out []*module
	for i := range arrays {
		a := &arrays[i]
		last := len(out) - 1
		switch {
		case len(a.Dims) >= 2:
			out = append(out, &module{name: a.Name, parts: map[string]*Array{"weight": a}})
		case len(a.Dims) == 1 && last >= 0 && out[last].parts["bias"] == nil:
			out[last].parts["bias"] = a
		default:
			return nil, fmt.Errorf("array %q of shape %v is neither the weights of a layer nor the bias after them", a.Name, a.Dims)
		}
	}
	return out, nil
}

// choose returns the modules with the names, which may also be those of their
// arrays.
func choose(all []*module, names []string) ([]*module, error) {
	var out []*module
	for _, name := range names {
		i := slices.IndexFunc(all, func(m *module) bool {
			return m.name == name || m.parts["weight"] != nil && m.parts["weight"].Name == name
		})
		if i < 0 {
			return nil, fmt.Errorf("there is no layer %q: the file has %s", name, listed(all))
		}
		out = append(out, all[i])
	}
	return out, nil
}

func listed(all []*module) string {
	var names []string
	for i, m := range all {
		if i == 20 {
			names = append(names, "...")
			break
		}
		names = append(names, m.name)
	}
	return strings.Join(names, ", ")
}
