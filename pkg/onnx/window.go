package onnx

import (
	"fmt"
	"math"
	"slices"
)

// Window moves a kernel over the spatial dimensions of a tensor.
type Window struct {
	In, Kernel, Out                    []int // sizes along each axis
	strides, dilations, before, beyond []int // beyond: padding behind the end
}

// Window returns how a node moves a kernel over the spatial dimensions of a tensor
// of shape [batch, channels, ...].
func (n *Node) Window(dims, kernel []int) (*Window, error) {
	if len(dims) < 3 || len(dims) > 5 {
		return nil, fmt.Errorf("%s of shape %v: a batch, channels and 1 to 3 dimensions are needed", n.Op, dims)
	}
	w := &Window{In: dims[2:]}
	rank := len(w.In)
	given, ok, err := n.ints("kernel_shape")
	if err != nil {
		return nil, err
	}
	if w.Kernel = kernel; kernel == nil {
		w.Kernel = given
	} else if ok && !slices.Equal(given, kernel) {
		return nil, fmt.Errorf("%s: kernel_shape %v, the weights have %v", n.Op, given, kernel)
	}
	if w.strides, err = n.each("strides", rank, 1); err != nil {
		return nil, err
	}
	if w.dilations, err = n.each("dilations", rank, 1); err != nil {
		return nil, err
	}
	if len(w.Kernel) != rank || slices.Min(w.Kernel) < 1 {
		return nil, fmt.Errorf("%s of shape %v: a kernel of shape %v", n.Op, dims, w.Kernel)
	}
	return w, nil
}

// each returns a list of positive numbers, one for each axis.
func (n *Node) each(name string, rank, otherwise int) ([]int, error) {
	v, given, err := n.ints(name)
	if err != nil || !given {
		return slices.Repeat([]int{otherwise}, rank), err
	}
	if len(v) != rank || slices.Min(v) < 1 {
		return nil, fmt.Errorf("attribute %s of %s is %v, for %d dimensions", name, n.Op, v, rank)
	}
	return v, nil
}

// pads reads the padding, which auto_pad SAME asks to be found from the size of
// the result (of the tensor itself, for a transposed convolution).
func (n *Node) pads(w *Window, total func(axis int) int) error {
	rank := len(w.In)
	w.before, w.beyond = make([]int, rank), make([]int, rank)
	auto, err := n.text("auto_pad", "NOTSET")
	if err != nil {
		return err
	}
	switch auto {
	case "NOTSET", "":
		pads, given, err := n.ints("pads")
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

// Pool finds the padding and the size of the result of a convolution or pooling.
func (n *Node) Pool(w *Window) error {
	err := n.pads(w, func(a int) int {
		out := (w.In[a] + w.strides[a] - 1) / w.strides[a]
		return (out-1)*w.strides[a] + w.reach(a) - w.In[a]
	})
	if err != nil {
		return err
	}
	ceil, err := n.int("ceil_mode", 0)
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

// Transposed finds them for a transposed convolution, of whose result w.In is the
// size once it returns, and w.Out that of the tensor.
func (n *Node) Transposed(w *Window) error {
	from := w.In
	extra, err := n.each0("output_padding", len(from))
	if err != nil {
		return err
	}
	size, given, err := n.ints("output_shape")
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
	err = n.pads(w, func(a int) int {
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
			if auto, _ := n.text("auto_pad", ""); auto == "" || auto == "NOTSET" {
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

func (n *Node) each0(name string, rank int) ([]int, error) {
	v, given, err := n.ints(name)
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
	at := Index(w.Out, o)
	kernel, _ := Count(w.Kernel)
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
	at := Index(w.Out, o)
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

// Convolution returns that of a node, for a tensor and weights of the given shapes.
func (n *Node) Convolution(x, w []int) (*Convolution, error) {
	if len(w) != len(x) || len(w) < 3 {
		return nil, fmt.Errorf("%s of %v and %v: the shapes do not fit", n.Op, x, w)
	}
	groups, err := n.int("group", 1)
	if err != nil {
		return nil, err
	}
	win, err := n.Window(x, w[2:])
	if err != nil {
		return nil, err
	}
	c := &Convolution{Window: win, Groups: groups, Batch: x[0], Backward: n.Op == "ConvTranspose"}
	c.size, _ = Count(win.Kernel)
	if groups < 1 || x[1]%groups != 0 || w[0]%groups != 0 {
		return nil, fmt.Errorf("%s of %v and %v in %d groups: the shapes do not fit", n.Op, x, w, groups)
	}
	c.From, c.To = x[1]/groups, w[0]/groups
	fits := w[1] == c.From
	if c.Backward {
		c.To = w[1]
		fits = w[0] == x[1]
		err = n.Transposed(win)
	} else {
		err = n.Pool(win)
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

func (e *evaluator) convolution(n *Node, in []*Tensor) (*Tensor, error) {
	x, w := in[0], in[1]
	c, err := n.Convolution(x.Dims, w.Dims)
	if err != nil {
		return nil, err
	}
	out, err := e.alloc(c.Dims(), false)
	if err != nil {
		return nil, err
	}
	kernel, _ := Count(c.Kernel)
	places, _ := Count(c.Out)
	inner, _ := Count(c.In)
	work := float64(places) * float64(kernel) * float64(c.Batch*c.Groups) * float64(c.From) * float64(c.To)
	if work > math.MaxInt32 {
		work = math.MaxInt
	}
	if err := e.left.Spend(int(work)); err != nil {
		return nil, err
	}
	// the tensor has xs numbers a channel, the result ys
	xs, ys := inner, places
	if c.Backward {
		xs, ys = places, inner
	}
	for o := range places {
		c.Taps(o, func(k, i int) {
			xi, yi := i, o
			if c.Backward {
				xi, yi = o, i
			}
			for g := range c.Batch * c.Groups { // batch first
				for to := range c.To {
					s := 0.0
					for from := range c.From {
						s += x.Data[(g*c.From+from)*xs+xi] * w.Data[c.Weight(g%c.Groups, from, to, k)]
					}
					out.Data[(g*c.To+to)*ys+yi] += s
				}
			}
		})
	}
	if b := in[2]; b != nil {
		if !slices.Equal(b.Dims, []int{c.Groups * c.To}) {
			return nil, fmt.Errorf("%s: a bias of shape %v for %d channels", n.Op, b.Dims, c.Groups*c.To)
		}
		for i := range out.Data {
			out.Data[i] += b.Data[i/ys%len(b.Data)]
		}
	}
	return out, nil
}

func evalConv(e *evaluator, n *Node, in []*Tensor) (*Tensor, error) { return e.convolution(n, in) }

func evalConvTranspose(e *evaluator, n *Node, in []*Tensor) (*Tensor, error) {
	return e.convolution(n, in)
}

// Pooling is a window over each channel by itself.
type Pooling struct {
	*Window
	Channels int  // batch x channels
	padding  bool // whether an average counts it
	dims     []int
}

// Pooling returns that of a node AveragePool or MaxPool, for a tensor of the given
// shape.
func (n *Node) Pooling(x []int) (*Pooling, error) {
	w, err := n.Window(x, nil)
	if err != nil {
		return nil, err
	}
	if err := n.Pool(w); err != nil {
		return nil, err
	}
	count, err := n.int("count_include_pad", 0)
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

func (e *evaluator) pool(n *Node, in []*Tensor, start float64, add func(a, b float64) float64, end func(p *Pooling, o int, v float64) float64) (*Tensor, error) {
	p, err := n.Pooling(in[0].Dims)
	if err != nil {
		return nil, err
	}
	out, err := e.alloc(p.Dims(), false)
	if err != nil {
		return nil, err
	}
	kernel, _ := Count(p.Kernel)
	if kernel > 0 && len(out.Data) > math.MaxInt32/kernel {
		return nil, fmt.Errorf("%s with a kernel of shape %v: too large", n.Op, p.Kernel)
	}
	if err := e.left.Spend(len(out.Data) * kernel); err != nil {
		return nil, err
	}
	inner, _ := Count(p.In)
	places, _ := Count(p.Out)
	for o := range places {
		for c := range p.Channels {
			v := start
			p.Taps(o, func(_, i int) { v = add(v, in[0].Data[c*inner+i]) })
			out.Data[c*places+o] = end(p, o, v)
		}
	}
	return out, nil
}

func evalAveragePool(e *evaluator, n *Node, in []*Tensor) (*Tensor, error) {
	return e.pool(n, in, 0, sum, func(p *Pooling, o int, v float64) float64 { return v / float64(p.Divisor(o)) })
}

func evalMaxPool(e *evaluator, n *Node, in []*Tensor) (*Tensor, error) {
	return e.pool(n, in, math.Inf(-1), math.Max, func(_ *Pooling, _ int, v float64) float64 { return v })
}

func evalGlobalPool(add func(a, b float64) float64, start float64, end func(v float64, n int) float64) evalFunc {
	return func(e *evaluator, n *Node, in []*Tensor) (*Tensor, error) {
		x := in[0]
		if len(x.Dims) < 3 {
			return nil, fmt.Errorf("%s of shape %v: a batch, channels and more are needed", n.Op, x.Dims)
		}
		inner, _ := Count(x.Dims[2:])
		dims := slices.Clone(x.Dims)
		for a := range dims[2:] {
			dims[2+a] = 1
		}
		out, err := e.alloc(dims, false)
		if err != nil {
			return nil, err
		}
		for i := range out.Data {
			v := start
			for _, w := range x.Data[i*inner : (i+1)*inner] {
				v = add(v, w)
			}
			out.Data[i] = end(v, inner)
		}
		return out, nil
	}
}
