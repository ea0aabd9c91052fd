package evaluation

import (
	"fmt"
	"math"
	"slices"

	"relucount/pkg/onnx"
	"relucount/pkg/stencil"
)

// The operators that take several numbers of a tensor for each of the result.

func (e *evaluator) convolution(n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	x, w := in[0], in[1]
	c, err := stencil.ConvolutionOf(n, x.Dims, w.Dims)
	if err != nil {
		return nil, err
	}
	out, err := e.alloc(c.Dims(), false)
	if err != nil {
		return nil, err
	}
	kernel, _ := onnx.Count(c.Kernel)
	places, _ := onnx.Count(c.Out)
	inner, _ := onnx.Count(c.In)
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

func evalConv(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	return e.convolution(n, in)
}

func evalConvTranspose(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	return e.convolution(n, in)
}

func (e *evaluator) pool(n *onnx.Node, in []*onnx.Tensor, start float64, add func(a, b float64) float64, end func(p *stencil.Pooling, o int, v float64) float64) (*onnx.Tensor, error) {
	p, err := stencil.PoolingOf(n, in[0].Dims)
	if err != nil {
		return nil, err
	}
	out, err := e.alloc(p.Dims(), false)
	if err != nil {
		return nil, err
	}
	kernel, _ := onnx.Count(p.Kernel)
	if kernel > 0 && len(out.Data) > math.MaxInt32/kernel {
		return nil, fmt.Errorf("%s with a kernel of shape %v: too large", n.Op, p.Kernel)
	}
	if err := e.left.Spend(len(out.Data) * kernel); err != nil {
		return nil, err
	}
	inner, _ := onnx.Count(p.In)
	places, _ := onnx.Count(p.Out)
	for o := range places {
		for c := range p.Channels {
			v := start
			p.Taps(o, func(_, i int) { v = add(v, in[0].Data[c*inner+i]) })
			out.Data[c*places+o] = end(p, o, v)
		}
	}
	return out, nil
}

func evalAveragePool(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	return e.pool(n, in, 0, sum, func(p *stencil.Pooling, o int, v float64) float64 { return v / float64(p.Divisor(o)) })
}

func evalMaxPool(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	return e.pool(n, in, math.Inf(-1), math.Max, func(_ *stencil.Pooling, _ int, v float64) float64 { return v })
}

func evalGlobalPool(add func(a, b float64) float64, start float64, end func(v float64, n int) float64) evalFunc {
	return func(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
		x := in[0]
		if len(x.Dims) < 3 {
			return nil, fmt.Errorf("%s of shape %v: a batch, channels and more are needed", n.Op, x.Dims)
		}
		inner, _ := onnx.Count(x.Dims[2:])
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

func evalResize(e *evaluator, n *onnx.Node, in []*onnx.Tensor) (*onnx.Tensor, error) {
	r, err := stencil.ResizingOf(n, append(in, make([]*onnx.Tensor, 4-len(in))...))
	if err != nil {
		return nil, err
	}
	if err := e.left.Spend(r.Work()); err != nil {
		return nil, err
	}
	out, err := e.alloc(r.Dims, false)
	if err != nil {
		return nil, err
	}
	for o := range out.Data {
		r.Of(in[0].Dims, o, func(i int, w float64) { out.Data[o] += w * in[0].Data[i] })
	}
	return out, nil
}
