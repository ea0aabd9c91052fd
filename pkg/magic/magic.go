// Package magic names file formats that are not read, by their first bytes, and
// says how to convert or unpack them.
package magic

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"relucount/pkg/zipfile"
)

// format is one that is not read.
type format struct {
	is   func(data []byte) bool
	what string // and what to do
}

const (
	toONNX = "export the network to ONNX ("
	tf2    = toONNX + "python -m tf2onnx.convert)"
)

// formats are tried in this order.
var formats = []format{
	{at(4, "TFL3"), "a TensorFlow Lite model: convert it to ONNX (python -m tf2onnx.convert --tflite FILE --output net.onnx)"},
	{at(0, "MATLAB "), "a MATLAB MAT-file: " + toONNX + "exportONNXNetwork), or save the weights as JSON"},
	{at(0, "version https://git-lfs"), "a Git LFS pointer, not the file itself: run git lfs pull"},
	{pattern(`(?i)^\s*<(!doctype html|html|head)`), "a web page, not the file itself: download the raw file"},
	{pattern(`^\s*<\?xml|^\s*<(net|PMML)[ >]`), "XML, perhaps of OpenVINO or PMML: " + toONNX + "from the program that trained it)"},
	{at(0, "\x93NUMPY"), "a single NumPy array: save all weights and biases of the network in one file with numpy.savez"},
	{opens("\xff\xfe", "\xfe\xff"), "text in UTF-16, as some shells write it: convert it to UTF-8 (iconv -f utf-16 -t utf-8)"},
	{at(0, "BZh"), "bzip2 data: unpack it with bunzip2"},
	{at(0, "\xfd7zXZ\x00"), "xz data: unpack it with unxz"},
	{at(0, "7z\xbc\xaf\x27\x1c"), "a 7z archive: unpack it with 7z x"},
	{at(0, "Rar!"), "a RAR archive: unpack it"},
	{at(257, "ustar"), "a tar archive: unpack it with tar xf"},
	{at(0, "\x1f\x8b"), "gzip data (compressed twice, or not decompressed)"},
	{at(0, "\x28\xb5\x2f\xfd"), "zstd data (compressed twice, or not decompressed)"},
	{at(0, "GGUF"), "a GGUF file, of a language model: its layers are no chain of ReLUs; " + toONNX + "from the program that trained it)"},
	{opens("\x80\x02", "\x80\x03", "\x80\x04", "\x80\x05"), "a Python pickle, perhaps of scikit-learn or joblib: convert the model with skl2onnx (to_onnx), or save a state_dict() with torch.save"},
	{opens("x\x01", "x\x5e", "x\x9c", "x\xda"), "zlib data, perhaps a compressed joblib file: convert the model with skl2onnx (to_onnx)"},
	{isGraphDef, "a frozen TensorFlow graph: convert it to ONNX (python -m tf2onnx.convert --graphdef FILE --output net.onnx)"},
	{isSavedModel, "a TensorFlow SavedModel: convert its folder to ONNX (python -m tf2onnx.convert --saved-model FOLDER --output net.onnx)"},
	{pattern(`^\s*<\s*ir_version\s*:|^\s*ir_version\s*:`), "ONNX in text form: write it in binary form (onnx.parser.parse_model or google.protobuf.text_format, then onnx.save)"},
	{pattern(`(?m)^\s*layers?\s*\{[^{}]*\b(type|name)\s*:`), "a Caffe prototxt, the structure without the weights: " + toONNX + "caffe2onnx)"},
	{pattern(`^\s*\(declare-(const|fun)|^\s*;[^\n]*\n(\s*;[^\n]*\n|\s*\n)*\s*\(declare-(const|fun)`), "a VNN-LIB property, not a network: name it with -domain"},
	{pattern(`(?m)^(import|from) \w+`), "Python source code: run it, and save the network to a file"},
	{pattern(`^\s*\{\s*"(class_name|module)"\s*:\s*"[^"]*"\s*,\s*"`), "the structure of a Keras model without its weights: save the whole model with model.save"},
	{pattern(`^\s*\{\s*"format"\s*:\s*"(layers|graph)-model"`), "a TensorFlow.js model: " + tf2},
}

func at(offset int, mark string) func([]byte) bool {
	return func(data []byte) bool {
		return len(data) >= offset && bytes.HasPrefix(data[offset:], []byte(mark))
	}
}

// head is how much of a file a pattern may need.
const head = 1 << 14

// pattern matches text.
func pattern(expression string) func([]byte) bool {
	re := regexp.MustCompile(expression)
	return func(data []byte) bool {
		return re.Match(bytes.TrimPrefix(data[:min(len(data), head)], []byte("\xef\xbb\xbf")))
	}
}

// opens says whether data begins with one of the marks.
func opens(marks ...string) func([]byte) bool {
	return func(data []byte) bool {
		return slices.ContainsFunc(marks, func(m string) bool { return bytes.HasPrefix(data, []byte(m)) })
	}
}

// isGraphDef says whether data begins as a GraphDef does, with a node: an ONNX model
// cannot.
func isGraphDef(data []byte) bool {
	h := data[:min(len(data), head)]
	return at(0, "\n")(h) && (bytes.Contains(h, []byte("\x12\x0bPlaceholder")) || bytes.Contains(h, []byte("\x12\x05Const")))
}

// isSavedModel says whether data begins with the version 1 and a MetaGraphDef.
func isSavedModel(data []byte) bool {
	h := data[:min(len(data), head)]
	return at(0, "\x08\x01\x12")(h) && slices.ContainsFunc([]string{"serve", "VarHandleOp", "Placeholder", "StatefulPartitionedCall"},
		func(word string) bool { return bytes.Contains(h, []byte(word)) })
}

// Name says what data is and what to do, or is "" where it does not know.
func Name(data []byte) string {
	if zipfile.Is(data) {
		return archive(data)
	}
	for _, f := range formats {
		if f.is(data) {
			return f.what
		}
	}
	return ""
}

// archive says what a zip archive has inside.
func archive(data []byte) string {
	a, err := zipfile.Open(data)
	if err != nil {
		return fmt.Sprintf("a zip archive, perhaps a PyTorch .pt file, that is damaged or cut short (%v)", err)
	}
	for _, name := range a.Names {
		switch base := path.Base(name); {
		case base == "saved_model.pb":
			return "a zip archive of a TensorFlow SavedModel: unpack it, and convert its folder to ONNX (python -m tf2onnx.convert --saved-model FOLDER --output net.onnx)"
		case strings.HasSuffix(base, "exported_program.json"), base == "archive_format":
			return "a program of torch.export: " + toONNX + "torch.onnx.export)"
		case strings.HasSuffix(base, ".mlmodel"):
			return "a Core ML package: " + toONNX + "from the program that trained it)"
		case slices.Contains([]string{".onnx", ".pt", ".pth", ".h5", ".keras", ".nnet", ".safetensors", ".npz"}, path.Ext(base)):
			return fmt.Sprintf("a zip archive with %q inside: unpack it with unzip", name)
		}
	}
	return "a zip archive without a network that is known inside"
}

// Text quotes the beginning of data when that is text, and is "" otherwise.
func Text(data []byte) string {
	h := data[:min(len(data), 256)]
	for i := 0; i < len(h); {
		r, n := utf8.DecodeRune(h[i:])
		if r == utf8.RuneError && n == 1 && len(h)-i >= utf8.UTFMax {
			return ""
		}
		if unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' {
			return ""
		}
		i += n
	}
	line, _, _ := bytes.Cut(bytes.TrimSpace(h), []byte("\n"))
	return fmt.Sprintf("text that begins with %q", line[:min(len(line), 30)])
}
