// Package stencil knows which numbers of a tensor an operator of ONNX takes, and with
// which weights, for each number of its result: a window that moves, a resize, a
// reduction. It is geometry, read from the attributes of a node and the shapes of
// its inputs. Package evaluation does arithmetic by it, package symbolic does the
// same with affine forms.
package stencil

import (
	"fmt"
	"slices"

	"relucount/pkg/onnx"
)

// Window moves a kernel over the spatial dimensions of a tensor.
type Window struct {
	In, Kernel, Out                    []int // sizes along each axis
	strides, dilations, before, beyond []int // beyond: padding behind the end
}

// newWindow returns how a node moves a kernel over the spatial dimensions of a tensor
// of shape [batch, channels, ...].
func newWindow(n *onnx.Node, dims, kernel []int) (*Window, error) {
	if len(dims) < 3 || len(dims) > 5 {
		return nil, fmt.Errorf("%s of shape %v: a batch, channels and 1 to 3 dimensions are needed", n.Op, dims)
	}
	w := &Window{In: dims[2:]}
	rank := len(w.In)
	given, ok, err := n.Ints("kernel_shape")
	if err != nil {
		return nil, err
	}
	if w.Kernel = kernel; kernel == nil {
		w.Kernel = given
	} else if ok && !slices.Equal(given, kernel) {
		return nil, fmt.Errorf("%s: kernel_shape %v, the weights have %v", n.Op, given, kernel)
	}
	if w.strides, err = each(n, "strides", rank, 1); err != nil {
		return nil, err
	}
	if w.dilations, err = each(n, "dilations", rank, 1); err != nil {
		return nil, err
	}
	if len(w.Kernel) != rank || slices.Min(w.Kernel) < 1 {
		return nil, fmt.Errorf("%s of shape %v: a kernel of shape %v", n.Op, dims, w.Kernel)
	}
	return w, nil
}

// each returns a list of positive numbers, one for each axis.
func each(n *onnx.Node, name string, rank, otherwise int) ([]int, error) {
	v, given, err := n.Ints(name)
	if err != nil || !given {
		return slices.Repeat([]int{otherwise}, rank), err
	}
	if len(v) != rank || slices.Min(v) < 1 {
		return nil, fmt.Errorf("attribute %s of %s is %v, for %d dimensions", name, n.Op, v, rank)
	}
	return v, nil
}

// pad reads the padding, which auto_pad SAME asks to be found from the size of
// the result (of the tensor itself, for a transposed convolution).
func (w *Window) pad(n *onnx.Node, total func(axis int) int) error {
	rank := len(w.In)
	w.before, w.beyond = make([]int, rank), make([]int, rank)
	auto, err := n.Text("auto_pad", "NOTSET")
	if err != nil {
		return err
	}
	switch auto {
	case "NOTSET", "":
		pads, given, err := n.Ints("pads")
		if err != nil || !given {
			return err
		}
		if len(pads) != 2*rank || slices.Min(pads) < 0 {
			return fmt.Errorf("attribute pads of %s is %v, for %d dimensions", n.Op, pads, rank)
		}
		w.before, w.beyond = pads[:rank], pads[rank:]
	case "VALID":
	case "SAME_UPPER", "SAME_LOWER":
		for a := range rank {
			t := max(0, total(a))
			w.before[a], w.beyond[a] = t/2, t-t/2
			if auto == "SAME_LOWER" {
				w.before[a], w.beyond[a] = t-t/2, t/2
			}
		}
	default:
		return fmt.Errorf("attribute auto_pad of %s is %q", n.Op, auto)
	}
	return nil
}

// reach is the size of the dilated kernel along an axis.
func (w *Window) reach(a int) int { return (w.Kernel[a]-1)*w.dilations[a] + 1 }

// forward finds the padding and the size of the result of a convolution or pooling.
func (w *Window) forward(n *onnx.Node) error {
	err := w.pad(n, func(a int) int {
		out := (w.In[a] + w.strides[a] - 1) / w.strides[a]
		return (out-1)*w.strides[a] + w.reach(a) - w.In[a]
	})
	if err != nil {
		return err
	}
	ceil, err := n.Int("ceil_mode", 0)
	if err != nil {
		return err
	}
	for a, in := range w.In {
		room := in + w.before[a] + w.beyond[a] - w.reach(a)
		out := room/w.strides[a] + 1
		if ceil != 0 && room%w.strides[a] != 0 && out*w.strides[a] < in+w.before[a] {
			out++ // a window that starts within the tensor or its padding before
		}
		if room < 0 || out < 1 {
			return fmt.Errorf("%s: a window of %d over %d numbers with padding %d and %d", n.Op, w.reach(a), in, w.before[a], w.beyond[a])
		}
		w.Out = append(w.Out, out)
	}
	return nil
}

// backward finds them for a transposed convolution, of whose result w.In is the
// size once it returns, and w.Out that of the tensor.
func (w *Window) backward(n *onnx.Node) error {
	from := w.In
	extra, err := each0(n, "output_padding", len(from))
	if err != nil {
		return err
	}
	size, given, err := n.Ints("output_shape")
	if err != nil {
		return err
	}
	if given && len(size) > len(from) {
		size = size[len(size)-len(from):]
	}
	if given && len(size) != len(from) {
		return fmt.Errorf("attribute output_shape of %s is %v, for %d dimensions", n.Op, size, len(from))
	}
	full := func(a int) int { return (from[a]-1)*w.strides[a] + extra[a] + w.reach(a) }
	err = w.pad(n, func(a int) int {
		if given {
			return full(a) - size[a]
		}
		return full(a) - from[a]*w.strides[a]
	})
	if err != nil {
		return err
	}
	w.In, w.Out = nil, from
	for a := range from {
		out := full(a) - w.before[a] - w.beyond[a]
		if given {
			if auto, _ := n.Text("auto_pad", ""); auto == "" || auto == "NOTSET" {
				t := max(0, full(a)-size[a])
				w.before[a], w.beyond[a] = t-t/2, t/2
			}
			out = size[a]
		}
		if out < 1 {
			return fmt.Errorf("%s: nothing is left of %d numbers along axis %d", n.Op, full(a), a)
		}
		w.In = append(w.In, out)
	}
	return nil
}

func each0(n *onnx.Node, name string, rank int) ([]int, error) {
	v, given, err := n.Ints(name)
	if err != nil || !given {
		return make([]int, rank), err
	}
	if len(v) != rank || slices.Min(v) < 0 {
		return nil, fmt.Errorf("attribute %s of %s is %v, for %d dimensions", name, n.Op, v, rank)
	}
	return v, nil
}

// Taps calls f for each place of the kernel that lies within the tensor when the
// window is at place o of the result: with the kernel's place and the tensor's.
func (w *Window) Taps(o int, f func(k, i int)) {
	at := onnx.Index(w.Out, o)
	kernel, _ := onnx.Count(w.Kernel)
	for k := range kernel {
		rest, i, step, inside := k, 0, 1, true
		for a := len(w.In) - 1; a >= 0; a-- {
			p := at[a]*w.strides[a] - w.before[a] + rest%w.Kernel[a]*w.dilations[a]
			rest /= w.Kernel[a]
			inside = inside && p >= 0 && p < w.In[a]
			i += p * step
			step *= w.In[a]
		}
		if inside {
			f(k, i)
		}
	}
}

// padded is the number of places of the kernel that lie within the tensor or its
// padding when the window is at place o.
func (w *Window) padded(o int) int {
	at := onnx.Index(w.Out, o)
	all := 1
	for a, p := range at {
		n := 0
		for k := range w.Kernel[a] {
			if q := p*w.strides[a] - w.before[a] + k*w.dilations[a]; q >= -w.before[a] && q < w.In[a]+w.beyond[a] {
				n++
			}
		}
		all *= n
	}
	return all
}

// Convolution has what a convolution, transposed or not, does.
type Convolution struct {
	*Window
	Groups, From, To int  // To: channels of the result of a group, From: of the tensor
	Batch            int  // rows
	Backward         bool // transposed: Out is the tensor, In the result
	size             int  // of the kernel
}

// ConvolutionOf returns that of a node, for a tensor and weights of the given shapes.
func ConvolutionOf(n *onnx.Node, x, w []int) (*Convolution, error) {
	if len(w) != len(x) || len(w) < 3 {
		return nil, fmt.Errorf("%s of %v and %v: the shapes do not fit", n.Op, x, w)
	}
	groups, err := n.Int("group", 1)
	if err != nil {
		return nil, err
	}
	win, err := newWindow(n, x, w[2:])
	if err != nil {
		return nil, err
	}
	c := &Convolution{Window: win, Groups: groups, Batch: x[0], Backward: n.Op == "ConvTranspose"}
	c.size, _ = onnx.Count(win.Kernel)
	if groups < 1 || x[1]%groups != 0 || w[0]%groups != 0 {
		return nil, fmt.Errorf("%s of %v and %v in %d groups: the shapes do not fit", n.Op, x, w, groups)
	}
	c.From, c.To = x[1]/groups, w[0]/groups
	fits := w[1] == c.From
	if c.Backward {
		c.To = w[1]
		fits = w[0] == x[1]
		err = win.backward(n)
	} else {
		err = win.forward(n)
	}
	if err == nil && !fits {
		err = fmt.Errorf("%s of %v and %v in %d groups: the channels do not fit", n.Op, x, w, groups)
	}
	return c, err
}

// Dims is the shape of the result.
func (c *Convolution) Dims() []int {
	out := c.Out
	if c.Backward {
		out = c.In
	}
	return slices.Concat([]int{c.Batch, c.Groups * c.To}, out)
}

// Weight is the place among the weights of that from a channel to another within
// a group, at a place of the kernel.
func (c *Convolution) Weight(group, from, to, k int) int {
	if c.Backward {
		return ((group*c.From+from)*c.To+to)*c.size + k
	}
	return ((group*c.To+to)*c.From+from)*c.size + k
}

// Pooling is a window over each channel by itself.
type Pooling struct {
	*Window
	Channels int  // batch x channels
	padding  bool // whether an average counts it
	dims     []int
}

// PoolingOf returns that of a node AveragePool or MaxPool, for a tensor of the given
// shape.
func PoolingOf(n *onnx.Node, x []int) (*Pooling, error) {
	w, err := newWindow(n, x, nil)
	if err != nil {
		return nil, err
	}
	if err := w.forward(n); err != nil {
		return nil, err
	}
	count, err := n.Int("count_include_pad", 0)
	return &Pooling{w, x[0] * x[1], count != 0, slices.Concat(x[:2], w.Out)}, err
}

// Dims is the shape of the result.
func (p *Pooling) Dims() []int { return p.dims }

// Divisor is by what an average divides at place o of the result.
func (p *Pooling) Divisor(o int) int {
	if p.padding {
		return p.padded(o)
	}
	n := 0
	p.Taps(o, func(int, int) { n++ })
	return n
}
