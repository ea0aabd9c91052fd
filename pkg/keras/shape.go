package keras

import (
	"fmt"
	"slices"

	"relucount/pkg/onnx"
)

func (k *grapher) concatenate(l *Layer) (string, error) {
	axis := -1
	if err := l.Config("axis", &axis); err != nil {
		return "", err
	}
	shape := slices.Clone(k.shape[l])
	at := axis - 1 // without the batch
	if axis < 0 {
		at = len(shape) + axis
	}
	if at < 0 || at >= len(shape) {
		return "", fmt.Errorf("axis %d of %d", axis, len(shape)+1)
	}
	shape[at] = 0
	var in []string
	for _, from := range l.Takes {
		if len(k.shape[from]) != len(shape) {
			return "", fmt.Errorf("shapes %v and %v are put together", k.shape[l], k.shape[from])
		}
		shape[at] += k.shape[from][at]
		in = append(in, k.at[from])
	}
	k.shape[l] = shape
	return k.Node(l.Name, "Concat", in, onnx.IntAttribute("axis", axis)), nil
}

// inOrder refuses what Keras would put in another order first.
func inOrder(l *Layer) error {
	var format string
	if err := l.Config("data_format", &format); err != nil {
		return err
	}
	if format == "channels_first" {
		return fmt.Errorf("channels_first is not supported: %s", ToONNX)
	}
	return nil
}

func (k *grapher) flatten(l *Layer) (string, error) {
	if err := inOrder(l); err != nil {
		return "", err
	}
	n, _ := onnx.Count(k.shape[l])
	k.shape[l] = []int{n}
	return k.Node(l.Name, "Flatten", []string{k.input(l)}, onnx.IntAttribute("axis", 1)), nil
}

func (k *grapher) reshape(l *Layer) (string, error) {
	var shape []int
	if err := l.Config("target_shape", &shape); err != nil {
		return "", err
	}
	at := k.Node(l.Name, "Reshape", []string{k.input(l)}, onnx.IntsAttribute("shape", append([]int{0}, shape...)...))
	all, _ := onnx.Count(k.shape[l])
	for i, d := range shape {
		if d == -1 {
			others, ok := onnx.Count(append(slices.Clone(shape[:i]), shape[i+1:]...))
			if !ok || all%others != 0 {
				return "", fmt.Errorf("shape %v cannot become %v", k.shape[l], shape)
			}
			shape[i] = all / others
		}
	}
	k.shape[l] = shape
	return at, nil
}

// permute reorders dimensions, which count from 1: 0 is the batch.
func (k *grapher) permute(l *Layer) (string, error) {
	var dims, shape []int
	if err := l.Config("dims", &dims); err != nil {
		return "", err
	}
	for _, d := range dims {
		if d < 1 || d > len(k.shape[l]) {
			return "", fmt.Errorf("dimensions %v of %d", dims, len(k.shape[l]))
		}
		shape = append(shape, k.shape[l][d-1])
	}
	k.shape[l] = shape
	return k.Node(l.Name, "Transpose", []string{k.input(l)}, onnx.IntsAttribute("perm", append([]int{0}, dims...)...)), nil
}

// zeroPadding reads the padding as Keras writes it: a number for all sides, one for
// each axis, or two for each axis.
func (k *grapher) zeroPadding(l *Layer) (string, error) {
	if err := inOrder(l); err != nil {
		return "", err
	}
	var raw any
	if err := l.Config("padding", &raw); err != nil {
		return "", err
	}
	axes := len(k.shape[l]) - 1
	pairs, ok := raw.([]any)
	if !ok {
		pairs = slices.Repeat([]any{raw}, axes)
	}
	if axes == 1 && len(pairs) == 2 {
		pairs = []any{raw}
	}
	before, beyond := make([]int, axes+2), make([]int, axes+2)
	shape := slices.Clone(k.shape[l])
	for i, pair := range pairs {
		two, ok := pair.([]any)
		if !ok {
			two = []any{pair, pair}
		}
		if i >= axes || len(two) != 2 {
			return "", fmt.Errorf("padding %v of %d axes", raw, axes)
		}
		a, ok1 := two[0].(float64)
		b, ok2 := two[1].(float64)
		if !ok1 || !ok2 || a < 0 || b < 0 || a > 1<<20 || b > 1<<20 {
			return "", fmt.Errorf("padding %v", raw)
		}
		before[i+1], beyond[i+1] = int(a), int(b)
		shape[i] += int(a) + int(b)
	}
	k.shape[l] = shape
	return k.Node(l.Name, "Pad", []string{k.input(l)}, onnx.IntsAttribute("pads", append(before, beyond...)...)), nil
}
