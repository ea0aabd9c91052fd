package onnx

import (
	"fmt"
	"math"
	"slices"
)

// What the attributes of an operator say, for whoever computes it with numbers or
// with forms.

// Gemm has the attributes of the operator Gemm: alpha A' B' + beta C, where ' is
// a transposition or nothing.
type Gemm struct {
	Alpha, Beta    float64
	TransA, TransB bool
}

// Gemm returns the attributes of a node Gemm.
func (n *Node) Gemm() (g Gemm, err error) {
	if g.Alpha, err = n.Float("alpha", 1); err != nil {
		return g, err
	}
	if g.Beta, err = n.Float("beta", 1); err != nil {
		return g, err
	}
	a, err := n.Int("transA", 0)
	if err != nil {
		return g, err
	}
	b, err := n.Int("transB", 0)
	g.TransA, g.TransB = a != 0, b != 0
	return g, err
}

// Matrix returns the tensor as a Gemm takes it, or nil: a matrix. MATLAB writes
// arrays of more dimensions, such as [1, n, 1, 1] for a row, [m, n, 1, 1] or
// [1, 1, m, n] for weights.
func (t *Tensor) Matrix() *Tensor {
	d := t.Dims
	if len(d) < 2 {
		return nil
	}
	for ones := d[0] == 1 && d[1] == 1; ones && len(d) > 2 && d[0] == 1; {
		d = d[1:]
	}
	rest, _ := Count(d[1:])
	return &Tensor{Dims: []int{d[0], rest}, Data: t.Data, Integer: t.Integer}
}

// BatchNorm returns the epsilon of a BatchNormalization and refuses what is not
// inference.
func (n *Node) BatchNorm() (eps float64, err error) {
	training, err := n.Int("training_mode", 0)
	if err == nil && training != 0 {
		err = fmt.Errorf("%s in training mode: export the network for inference", n.Op)
	}
	if err != nil {
		return 0, err
	}
	spatial, err := n.Int("spatial", 1)
	if err == nil && spatial != 1 {
		err = fmt.Errorf("%s with spatial = %d is not supported", n.Op, spatial)
	}
	if err != nil {
		return 0, err
	}
	return n.Float("epsilon", float64(float32(1e-5)))
}

// Limits returns the limits of a Clip, which are inputs or attributes.
func (n *Node) Limits(in []*Tensor) (low, high float64, err error) {
	if low, err = n.Float("min", math.Inf(-1)); err != nil {
		return 0, 0, err
	}
	if high, err = n.Float("max", math.Inf(1)); err != nil {
		return 0, 0, err
	}
	for k, v := range []*float64{&low, &high} {
		t := in[k+1]
		if t == nil {
			continue
		}
		if len(t.Data) != 1 || math.IsNaN(t.Data[0]) {
			return 0, 0, fmt.Errorf("%s with a limit of shape %v: one number is needed", n.Op, t.Dims)
		}
		*v = t.Data[0]
	}
	// the default of the attributes, and what converters write for no limit
	if low <= -math.MaxFloat32 {
		low = math.Inf(-1)
	}
	if high >= math.MaxFloat32 {
		high = math.Inf(1)
	}
	return low, high, nil
}

// HardSigmoid returns the slope and the shift of a HardSigmoid.
func (n *Node) HardSigmoid() (alpha, beta float64, err error) {
	if alpha, err = n.Float("alpha", float64(float32(0.2))); err != nil {
		return 0, 0, err
	}
	beta, err = n.Float("beta", 0.5)
	return alpha, beta, err
}

// Shrink returns the attributes of a Shrink.
func (n *Node) Shrink() (bias, lambda float64, err error) {
	if bias, err = n.Float("bias", 0); err != nil {
		return 0, 0, err
	}
	lambda, err = n.Float("lambd", 0.5)
	return bias, lambda, err
}

// Threshold returns that of a ThresholdedRelu.
func (n *Node) Threshold() (float64, error) { return n.Float("alpha", 1) }

// Scaler returns the offsets and scales of a Scaler for so many features.
func (n *Node) Scaler(features int) (offset, scale []float64, err error) {
	for _, v := range []struct {
		to        *[]float64
		name      string
		otherwise float64
	}{{&offset, "offset", 0}, {&scale, "scale", 1}} {
		a, err := n.Attribute(v.name, KindFloats)
		if err != nil {
			return nil, nil, err
		}
		list := []float64{v.otherwise}
		if a != nil && len(a.Floats) > 0 {
			list = a.Floats
		}
		if len(list) == 1 {
			list = slices.Repeat(list, features)
		}
		if len(list) != features {
			return nil, nil, fmt.Errorf("%s has %d of %s for %d features", n.Op, len(list), v.name, features)
		}
		*v.to = list
	}
	return offset, scale, nil
}

// Regressor returns the matrix of a LinearRegressor, one row a target, and the
// intercepts.
func (n *Node) Regressor(features int) (coefficients, intercepts []float64, targets int, err error) {
	if targets, err = n.Int("targets", 1); err != nil {
		return nil, nil, 0, err
	}
	post, err := n.Text("post_transform", "NONE")
	if err == nil && post != "NONE" {
		err = fmt.Errorf("%s with post_transform %s is not supported", n.Op, post)
	}
	if err != nil {
		return nil, nil, 0, err
	}
	c, err := n.Attribute("coefficients", KindFloats)
	if err != nil {
		return nil, nil, 0, err
	}
	b, err := n.Attribute("intercepts", KindFloats)
	if err != nil {
		return nil, nil, 0, err
	}
	if c == nil || targets < 1 || len(c.Floats)%targets != 0 || len(c.Floats)/targets != features {
		return nil, nil, 0, fmt.Errorf("%s of %d features has not as many coefficients for each of %d targets", n.Op, features, targets)
	}
	intercepts = make([]float64, targets)
	if b != nil && len(b.Floats) > 0 {
		if intercepts = b.Floats; len(intercepts) != targets {
			return nil, nil, 0, fmt.Errorf("%s has %d intercepts for %d targets", n.Op, len(intercepts), targets)
		}
	}
	return c.Floats, intercepts, targets, nil
}
