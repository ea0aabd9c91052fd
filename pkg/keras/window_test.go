package keras

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"relucount/pkg/evaluation"
	"relucount/pkg/property"
)

// image is a tensor as Keras has it: rows, columns, channels.
type image struct {
	h, w, c int
	data    []float64
}

func newImage(h, w, c int) *image { return &image{h, w, c, make([]float64, h*w*c)} }

func (m *image) at(i, j, c int) *float64 { return &m.data[(i*m.w+j)*m.c+c] }

// kerasModel draws a Sequential model of convolutions and poolings, with a plain
// function for each layer, after Keras's documentation. One axis is an image of one
// column.
type kerasModel struct {
	rng     *rand.Rand
	axes    int
	layers  []map[string]any
	weights [][]Array
	steps   []func(*image) *image
	now     *image // the shape so far
}

func (k *kerasModel) numbers(dims ...int) Array {
	n := 1
	for _, d := range dims {
		n *= d
	}
	a := Array{Dims: dims}
	for range n {
		a.Data = append(a.Data, math.Round(k.rng.NormFloat64()*64)/64)
	}
	return a
}

func (k *kerasModel) add(class string, config map[string]any, step func(*image) *image, weights ...Array) {
	config["name"] = fmt.Sprint("layer ", len(k.layers))
	k.layers = append(k.layers, map[string]any{"class_name": class, "config": config})
	k.weights = append(k.weights, weights)
	k.steps = append(k.steps, step)
	k.now = step(k.now)
}

// sizes are those of both axes as numbers, and as the configuration has them.
func (k *kerasModel) sizes(most int) (a, b int, config any) {
	a, b = 1+k.rng.IntN(most), 1
	if k.axes == 1 {
		return a, b, []int{a}
	}
	if b = a; k.rng.IntN(2) == 0 {
		return a, b, a
	}
	b = 1 + k.rng.IntN(most)
	return a, b, []int{a, b}
}

// move is a kernel's way along one axis.
type move struct{ size, stride, dilation, before, out int }

func along(in, size, stride, dilation int, same bool) move {
	reach := (size-1)*dilation + 1
	m := move{size: size, stride: stride, dilation: dilation, out: (in-reach)/stride + 1}
	if same {
		m.out = (in + stride - 1) / stride
		m.before = max(0, (m.out-1)*stride+reach-in) / 2
	}
	return m
}

// window calls f with each place of the output and of the kernel, and the place of the
// input where it is within.
func window(in *image, v, h move, f func(i, j, a, b, y, x int)) {
	for i := range v.out {
		for j := range h.out {
			for a := range v.size {
				for b := range h.size {
					y, x := i*v.stride+a*v.dilation-v.before, j*h.stride+b*h.dilation-h.before
					if y >= 0 && y < in.h && x >= 0 && x < in.w {
						f(i, j, a, b, y, x)
					}
				}
			}
		}
	}
}

// conv draws a convolution, in groups, or depthwise.
func (k *kerasModel) conv() {
	kh, kw, kernel := k.sizes(3)
	sh, sw, strides := k.sizes(2)
	same := k.rng.IntN(2) == 0
	dilation := 1
	if sh == 1 && sw == 1 {
		dilation += k.rng.IntN(2)
	}
	if !same && ((kh-1)*dilation >= k.now.h || (kw-1)*dilation >= k.now.w) {
		return
	}
	in, filters, groups := k.now.c, 1+k.rng.IntN(3), 1
	if k.rng.IntN(3) == 0 {
		groups = in
		filters *= in
	}
	config := map[string]any{"kernel_size": kernel, "strides": strides, "padding": map[bool]string{true: "same", false: "valid"}[same], "dilation_rate": dilation, "activation": "linear", "groups": groups}
	space := []int{kh, kw}[:k.axes]
	class := "Conv"
	per := in / groups
	w := k.numbers(append(append([]int{}, space...), per, filters)...)
	weight := func(a, b, ci, f int) float64 { return w.Data[((a*kw+b)*per+ci)*filters+f] }
	if groups == in && k.rng.IntN(2) == 0 {
		class = "DepthwiseConv"
		each := filters / in
		w = k.numbers(append(append([]int{}, space...), in, each)...)
		weight = func(a, b, _, f int) float64 { return w.Data[((a*kw+b)*in+f/each)*each+f%each] }
		delete(config, "groups")
	}
	bias := k.numbers(filters)
	k.add(fmt.Sprintf("%s%dD", class, k.axes), config, func(m *image) *image {
		v, h := along(m.h, kh, sh, dilation, same), along(m.w, kw, sw, dilation, same)
		out := newImage(v.out, h.out, filters)
		for i := range out.data {
			out.data[i] = bias.Data[i%filters]
		}
		window(m, v, h, func(i, j, a, b, y, x int) {
			for f := range filters {
				for ci := range per {
					*out.at(i, j, f) += weight(a, b, ci, f) * *m.at(y, x, f/(filters/groups)*per+ci)
				}
			}
		})
		return out
	}, w, bias)
}

// transposed draws a transposed convolution: each number of the input adds the kernel to
// the output.
func (k *kerasModel) transposed() {
	kh, kw, kernel := k.sizes(3)
	sh, sw, strides := k.sizes(3)
	same := k.rng.IntN(2) == 0
	in, filters := k.now.c, 1+k.rng.IntN(2)
	w := k.numbers(append([]int{kh, kw}[:k.axes:k.axes], filters, in)...)
	config := map[string]any{"kernel_size": kernel, "strides": strides, "padding": map[bool]string{true: "same", false: "valid"}[same], "activation": nil, "use_bias": false}
	k.add(fmt.Sprintf("Conv%dDTranspose", k.axes), config, func(m *image) *image {
		oh, ow := m.h*sh+max(0, kh-sh), m.w*sw+max(0, kw-sw)
		top, left := 0, 0
		if same {
			oh, ow, top, left = m.h*sh, m.w*sw, max(0, kh-sh)/2, max(0, kw-sw)/2
		}
		out := newImage(oh, ow, filters)
		for i := range m.h {
			for j := range m.w {
				for a := range kh {
					for b := range kw {
						y, x := i*sh+a-top, j*sw+b-left
						for f := 0; f < filters && y >= 0 && y < oh && x >= 0 && x < ow; f++ {
							for c := range in {
								*out.at(y, x, f) += w.Data[((a*kw+b)*filters+f)*in+c] * *m.at(i, j, c)
							}
						}
					}
				}
			}
		}
		return out
	}, w)
}

func (k *kerasModel) pool(class string) {
	ph, pw, size := k.sizes(3)
	sh, sw, strides := k.sizes(3)
	same := k.rng.IntN(2) == 0
	config := map[string]any{"pool_size": size, "strides": strides, "padding": map[bool]string{true: "same", false: "valid"}[same]}
	if k.rng.IntN(2) == 0 {
		sh, sw, config["strides"] = ph, pw, nil
	}
	if !same && (ph > k.now.h || pw > k.now.w) {
		return
	}
	k.add(fmt.Sprintf("%s%dD", class, k.axes), config, func(m *image) *image {
		v, h := along(m.h, ph, sh, 1, same), along(m.w, pw, sw, 1, same)
		out, n := newImage(v.out, h.out, m.c), newImage(v.out, h.out, m.c)
		window(m, v, h, func(i, j, _, _, y, x int) {
			for c := range m.c {
				o := out.at(i, j, c)
				switch count := n.at(i, j, c); {
				case class == "AveragePooling":
					*o += *m.at(y, x, c)
					*count++
				case *count == 0 || *m.at(y, x, c) > *o:
					*o, *count = *m.at(y, x, c), 1
				}
			}
		})
		for i := range out.data {
			out.data[i] /= n.data[i]
		}
		return out
	})
}

func (k *kerasModel) padding() {
	p := [4]int{k.rng.IntN(3), k.rng.IntN(3), k.rng.IntN(3), k.rng.IntN(3)}
	var config any = [2][2]int{{p[0], p[1]}, {p[2], p[3]}}
	if k.axes == 1 {
		p[2], p[3] = 0, 0
		config = []int{p[0], p[1]}
	}
	k.add(fmt.Sprintf("ZeroPadding%dD", k.axes), map[string]any{"padding": config}, func(m *image) *image {
		out := newImage(m.h+p[0]+p[1], m.w+p[2]+p[3], m.c)
		for i := range m.h {
			for j := range m.w {
				copy(out.data[((i+p[0])*out.w+j+p[2])*m.c:], m.data[(i*m.w+j)*m.c:(i*m.w+j+1)*m.c])
			}
		}
		return out
	})
}

func (k *kerasModel) relu() {
	k.add("Activation", map[string]any{"activation": "relu"}, func(m *image) *image {
		out := newImage(m.h, m.w, m.c)
		for i, v := range m.data {
			out.data[i] = max(0, v)
		}
		return out
	})
}

// end draws what makes a vector.
func (k *kerasModel) end() {
	if k.rng.IntN(2) == 0 {
		k.add("Flatten", map[string]any{}, func(m *image) *image { return &image{1, 1, len(m.data), m.data} })
		return
	}
	k.add(fmt.Sprintf("GlobalAveragePooling%dD", k.axes), map[string]any{}, func(m *image) *image {
		out := newImage(1, 1, m.c)
		for i, v := range m.data {
			out.data[i%m.c] += v / float64(m.h*m.w)
		}
		return out
	})
}

// model is the model as Keras's configuration, with its weights.
func (k *kerasModel) model(t *testing.T, shape []int) *Model {
	t.Helper()
	text, err := json.Marshal(map[string]any{"class_name": "Sequential", "config": map[string]any{"name": "drawn", "layers": k.layers, "build_input_shape": append([]any{nil}, anys(shape)...)}})
	if err != nil {
		t.Fatal(err)
	}
	m, _, err := parse(text)
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	for i, w := range k.weights {
		m.Layers[i+1].Weights = w
	}
	return m
}

func anys(v []int) (out []any) {
	for _, i := range v {
		out = append(out, i)
	}
	return out
}

// agree compares all but rounding.
func agree(got, want []float64) bool {
	if len(got) != len(want) {
		return false
	}
	for i, v := range want {
		if !(math.Abs(got[i]-v) <= 1e-9*max(1, math.Abs(v))) {
			return false
		}
	}
	return true
}

// Models of convolutions compute what Keras says that they compute.
func TestKerasConvolutions(t *testing.T) {
	t.Parallel()
	classes := map[string]int{}
	for seed := range property.Seeds(t, 400, 100) {
		rng := rand.New(rand.NewPCG(12, seed))
		k := &kerasModel{rng: rng, axes: 1 + rng.IntN(2)}
		shape := []int{3 + rng.IntN(4), 3 + rng.IntN(4), 1 + rng.IntN(3)}
		if k.axes == 1 {
			shape = []int{shape[0], shape[2]}
		}
		first := newImage(shape[0], 1, shape[len(shape)-1])
		if k.axes == 2 {
			first = newImage(shape[0], shape[1], shape[2])
		}
		k.now = first
		for range 2 + rng.IntN(3) {
			switch rng.IntN(7) {
			case 0, 1:
				k.conv()
			case 2:
				k.transposed()
			case 3:
				k.pool("MaxPooling")
			case 4:
				k.pool("AveragePooling")
			case 5:
				k.padding()
			case 6:
				k.relu()
			}
		}
		k.end()
		m := k.model(t, shape)
		g, err := m.Graph(1000)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for _, l := range m.Layers {
			classes[l.Class]++
		}
		x := *first
		x.data = k.numbers(len(first.data)).Data
		want := &x
		for _, step := range k.steps {
			want = step(want)
		}
		pass, err := evaluation.New(g).Eval(x.data, nil)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if got, err := pass.Output(); err != nil || !agree(got, want.data) {
			text, _ := json.Marshal(k.layers)
			t.Fatalf("seed %d: output %v, %v, want %v: %s", seed, got, err, want.data, text)
		}
	}
	if len(classes) < 17 && !testing.Short() {
		t.Errorf("too few kinds of layers: %v", classes)
	}
}
