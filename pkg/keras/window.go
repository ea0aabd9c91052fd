package keras

import (
	"encoding/json"
	"fmt"
	"slices"

	"relucount/pkg/onnx"
)

// kernelWindow is how a layer moves a kernel over the axes of its input, which come
// before the channels. ONNX has the channels first.
type kernelWindow struct {
	axes                      int
	kernel, strides, dilation []int
	same                      bool // the output has as many places as the input, over the strides
	groups                    int
}

// window reads the configuration of a convolution or pooling; size is its key for the
// size of the kernel.
func (k *grapher) window(l *Layer, size string) (w kernelWindow, err error) {
	if err := inOrder(l); err != nil {
		return w, err
	}
	if w.axes = len(k.shape[l]) - 1; w.axes < 1 || w.axes > 3 {
		return w, fmt.Errorf("it takes the shape %v", k.shape[l])
	}
	padding := "valid"
	w.groups = 1
	if err := l.configs(map[string]any{"padding": &padding, "groups": &w.groups}); err != nil {
		return w, err
	}
	if padding != "valid" && padding != "same" || w.groups < 1 {
		return w, fmt.Errorf("padding %.20q in %d groups is not supported: %s", padding, w.groups, ToONNX)
	}
	w.same = padding == "same"
	if w.kernel, err = eachAxis(l, size, w.axes, nil); err != nil {
		return w, err
	}
	otherwise := slices.Repeat([]int{1}, w.axes)
	if size == "pool_size" {
		otherwise = w.kernel
	}
	if w.strides, err = eachAxis(l, "strides", w.axes, otherwise); err != nil {
		return w, err
	}
	w.dilation, err = eachAxis(l, "dilation_rate", w.axes, slices.Repeat([]int{1}, w.axes))
	return w, err
}

// eachAxis reads a number for all axes, or one for each.
func eachAxis(l *Layer, key string, axes int, otherwise []int) ([]int, error) {
	var raw json.RawMessage
	if err := l.Config(key, &raw); err != nil {
		return nil, err
	}
	out := otherwise
	if raw != nil && string(raw) != "null" {
		var one int
		if out = nil; json.Unmarshal(raw, &one) == nil {
			out = slices.Repeat([]int{one}, axes)
		} else if err := json.Unmarshal(raw, &out); err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
	}
	if len(out) != axes || slices.Min(out) < 1 || slices.Max(out) > 1<<20 {
		return nil, fmt.Errorf("%s %v for %d axes", key, out, axes)
	}
	return out, nil
}

// attributes are those of the window in ONNX, and out are the sizes that it leaves.
func (w *kernelWindow) attributes(in []int) (a []onnx.Attribute, out []int) {
	before, beyond := make([]int, w.axes), make([]int, w.axes)
	for i := range w.axes {
		reach := (w.kernel[i]-1)*w.dilation[i] + 1
		n := (in[i]-reach)/w.strides[i] + 1
		if w.same {
			n = (in[i] + w.strides[i] - 1) / w.strides[i]
			total := max(0, (n-1)*w.strides[i]+reach-in[i])
			before[i], beyond[i] = total/2, total-total/2
		}
		out = append(out, n)
	}
	return []onnx.Attribute{onnx.IntsAttribute("kernel_shape", w.kernel...), onnx.IntsAttribute("strides", w.strides...),
		onnx.IntsAttribute("pads", append(before, beyond...)...)}, out
}

// channelsFirst and channelsLast move the channels.
func (k *grapher) channelsFirst(l *Layer, at string, axes int) string {
	perm := []int{0, axes + 1}
	for i := range axes {
		perm = append(perm, i+1)
	}
	return k.Node(l.Name, "Transpose", []string{at}, onnx.IntsAttribute("perm", perm...))
}

func (k *grapher) channelsLast(l *Layer, at string, axes int) string {
	perm := []int{0}
	for i := range axes {
		perm = append(perm, i+2)
	}
	return k.Node(l.Name, "Transpose", []string{at}, onnx.IntsAttribute("perm", append(perm, 1)...))
}

// kernel is a layer's kernel as ONNX has it: the last dimension, the one before it, and
// the axes.
func (k *grapher) kernel(l *Layer, a Array, w kernelWindow) (string, error) {
	if len(a.Dims) != w.axes+2 || !slices.Equal(a.Dims[:w.axes], w.kernel) {
		return "", fmt.Errorf("its kernel has the shape %v, not that of %v", a.Dims, w.kernel)
	}
	perm := []int{w.axes + 1, w.axes}
	for i := range w.axes {
		perm = append(perm, i)
	}
	return k.Node(l.Name, "Transpose", []string{k.array(l, a)}, onnx.IntsAttribute("perm", perm...)), nil
}

// finish adds the bias, which is the array after the others, the channels' place and the
// activation.
func (k *grapher) finish(l *Layer, at string, axes, arrays int) (string, error) {
	bias := true
	if err := l.Config("use_bias", &bias); err != nil {
		return "", err
	}
	at = k.channelsLast(l, at, axes)
	if bias {
		if err := l.expect(arrays + 1); err != nil {
			return "", err
		}
		at = k.Node(l.Name, "Add", []string{at, k.array(l, l.Weights[arrays])})
	}
	return k.function(l, at)
}

// kernels says whether a layer has at least so many arrays.
func kernels(l *Layer, n int) error {
	if len(l.Weights) < n {
		return l.expect(n)
	}
	return nil
}

func (k *grapher) conv(l *Layer) (string, error) {
	w, err := k.window(l, "kernel_size")
	if err == nil {
		err = kernels(l, 1)
	}
	if err != nil {
		return "", err
	}
	kernel, err := k.kernel(l, l.Weights[0], w)
	if err != nil {
		return "", err
	}
	a, out := w.attributes(k.shape[l])
	a = append(a, onnx.IntsAttribute("dilations", w.dilation...), onnx.IntAttribute("group", w.groups))
	at := k.Node(l.Name, "Conv", []string{k.channelsFirst(l, k.input(l), w.axes), kernel}, a...)
	k.shape[l] = append(out, l.Weights[0].Dims[w.axes+1])
	return k.finish(l, at, w.axes, 1)
}

// depth adds a convolution of each channel by itself, whose kernel has the channels and
// then how many each becomes.
func (k *grapher) depth(l *Layer, w kernelWindow) (string, error) {
	d := l.Weights[0].Dims
	kernel, err := k.kernel(l, l.Weights[0], w)
	if err != nil {
		return "", err
	}
	channels := d[w.axes] * d[w.axes+1]
	perm := []int{1, 0}
	for i := range w.axes {
		perm = append(perm, i+2)
	}
	kernel = k.Node(l.Name, "Transpose", []string{kernel}, onnx.IntsAttribute("perm", perm...))
	kernel = k.Node(l.Name, "Reshape", []string{kernel}, onnx.IntsAttribute("shape", append([]int{channels, 1}, w.kernel...)...))
	a, out := w.attributes(k.shape[l])
	a = append(a, onnx.IntsAttribute("dilations", w.dilation...), onnx.IntAttribute("group", d[w.axes]))
	k.shape[l] = append(out, channels)
	return k.Node(l.Name, "Conv", []string{k.channelsFirst(l, k.input(l), w.axes), kernel}, a...), nil
}

func (k *grapher) depthwise(l *Layer) (string, error) {
	w, err := k.window(l, "kernel_size")
	if err == nil {
		err = kernels(l, 1)
	}
	if err != nil {
		return "", err
	}
	at, err := k.depth(l, w)
	if err != nil {
		return "", err
	}
	return k.finish(l, at, w.axes, 1)
}

// separable is a depthwise convolution, and one of a single place after it.
func (k *grapher) separable(l *Layer) (string, error) {
	w, err := k.window(l, "kernel_size")
	if err == nil {
		err = kernels(l, 2)
	}
	if err != nil {
		return "", err
	}
	at, err := k.depth(l, w)
	if err != nil {
		return "", err
	}
	w.kernel = slices.Repeat([]int{1}, w.axes)
	kernel, err := k.kernel(l, l.Weights[1], w)
	if err != nil {
		return "", err
	}
	k.shape[l][w.axes] = l.Weights[1].Dims[w.axes+1]
	return k.finish(l, k.Node(l.Name, "Conv", []string{at, kernel}), w.axes, 2)
}

// convTranspose pads the output as Keras does: same is as many places as the input
// times the strides.
func (k *grapher) convTranspose(l *Layer) (string, error) {
	w, err := k.window(l, "kernel_size")
	if err == nil {
		err = kernels(l, 1)
	}
	if err != nil {
		return "", err
	}
	var more any
	if err := l.Config("output_padding", &more); err != nil {
		return "", err
	}
	if more != nil || slices.Max(w.dilation) > 1 || w.groups > 1 {
		return "", fmt.Errorf("a transposed convolution with output_padding, dilation or groups is not supported: %s", ToONNX)
	}
	kernel, err := k.kernel(l, l.Weights[0], w)
	if err != nil {
		return "", err
	}
	before, beyond, extra := make([]int, w.axes), make([]int, w.axes), make([]int, w.axes)
	var out []int
	for i, size := range w.kernel {
		extra[i] = max(0, w.strides[i]-size)
		n := w.strides[i]*k.shape[l][i] + max(0, size-w.strides[i])
		if total := max(0, size-w.strides[i]); w.same {
			before[i], beyond[i] = total/2, total-total/2
			n -= total
		}
		out = append(out, n)
	}
	at := k.Node(l.Name, "ConvTranspose", []string{k.channelsFirst(l, k.input(l), w.axes), kernel},
		onnx.IntsAttribute("strides", w.strides...), onnx.IntsAttribute("pads", append(before, beyond...)...), onnx.IntsAttribute("output_padding", extra...))
	k.shape[l] = append(out, l.Weights[0].Dims[w.axes])
	return k.finish(l, at, w.axes, 1)
}

func poolOf(op string) func(k *grapher, l *Layer) (string, error) {
	return func(k *grapher, l *Layer) (string, error) {
		w, err := k.window(l, "pool_size")
		if err != nil {
			return "", err
		}
		a, out := w.attributes(k.shape[l])
		k.shape[l] = append(out, k.shape[l][w.axes])
		at := k.Node(l.Name, op, []string{k.channelsFirst(l, k.input(l), w.axes)}, a...)
		return k.channelsLast(l, at, w.axes), nil
	}
}

func globalOf(op string) func(k *grapher, l *Layer) (string, error) {
	return func(k *grapher, l *Layer) (string, error) {
		if err := inOrder(l); err != nil {
			return "", err
		}
		keep := false
		if err := l.Config("keepdims", &keep); err != nil {
			return "", err
		}
		axes := len(k.shape[l]) - 1
		if axes < 1 || axes > 3 {
			return "", fmt.Errorf("it takes the shape %v", k.shape[l])
		}
		channels := k.shape[l][axes]
		at := k.Node(l.Name, op, []string{k.channelsFirst(l, k.input(l), axes)})
		if keep {
			k.shape[l] = append(slices.Repeat([]int{1}, axes), channels)
			return k.channelsLast(l, at, axes), nil
		}
		k.shape[l] = []int{channels}
		return k.Node(l.Name, "Flatten", []string{at}, onnx.IntAttribute("axis", 1)), nil
	}
}
