package magic

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
)

// members is a zip archive of empty members.
func members(t *testing.T, names ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, n := range names {
		if _, err := w.Create(n); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestName(t *testing.T) {
	for _, c := range []struct{ data, want string }{
		{"\x1c\x00\x00\x00TFL3\x14\x00\x20\x00", "TensorFlow Lite"},
		{"MATLAB 5.0 MAT-file Platform: posix", "MATLAB MAT-file"},
		{"MATLAB 7.3 MAT-file, Platform: GLNXA64" + strings.Repeat(" ", 500) + "\x89HDF\r\n\x1a\n", "MATLAB MAT-file"},
		{"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n", "git lfs pull"},
		{"<!DOCTYPE html>\n<html>", "a web page"},
		{"\n\n<HTML><body>", "a web page"},
		{"\xef\xbb\xbf<html>", "a web page"},
		{"<?xml version=\"1.0\"?><net name=\"m\" version=\"11\">", "OpenVINO"},
		{"\x93NUMPY\x01\x00v\x00{'descr'", "numpy.savez"},
		{"BZh91AY&SY", "bunzip2"},
		{"\xff\xfe{\x00", "UTF-16"},
		{"\xfe\xff\x00{", "UTF-16"},
		{"\xfd7zXZ\x00\x00\x04", "unxz"},
		{"7z\xbc\xaf\x27\x1c\x00\x04", "7z x"},
		{"Rar!\x1a\x07", "RAR"},
		{"net.onnx" + strings.Repeat("\x00", 249) + "ustar\x0000", "tar xf"},
		{"\x1f\x8b\x08", "gzip"},
		{"\x28\xb5\x2f\xfd", "zstd"},
		{"GGUF\x03\x00\x00\x00", "GGUF"},
		{"\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00\x00\x8c\x1esklearn", "skl2onnx"},
		{"\x80\x02}q\x00.", "torch.save"},
		{"x\x9c\xed\xbd", "joblib"},
		{"\x0a\x2e\x0a\x05input\x12\x0bPlaceholder\x2a\x0b", "--graphdef"},
		{"\x08\x01\x12\x80\x20\x0a\x20\x0a\x05tf\x22\x05serve", "--saved-model FOLDER"},
		{"<\n  ir_version: 8,\n  opset_import: [\"\" : 17]\n>\nagraph (float[N, 2] x)", "ONNX in text form"},
		{"ir_version: 8\nproducer_name: \"x\"\ngraph {", "ONNX in text form"},
		{"name: \"LeNet\"\nlayer {\n  name: \"data\"\n  type: \"Input\"\n", "Caffe prototxt"},
		{"; a property\n\n(declare-const X_0 Real)", "-domain"},
		{"import torch\nnet = torch.nn.Linear(2, 2)\n", "Python source code"},
		{`{"class_name": "Sequential", "config": {"name": "m"}}`, "model.save"},
		{`{"format": "layers-model", "modelTopology": {}}`, "TensorFlow.js"},
		{"PK\x03\x04\x00\x00", "a zip archive, perhaps a PyTorch .pt file, that is damaged"},
		{members(t, "readme", "a/net.onnx"), `with "a/net.onnx" inside: unpack`},
		{members(t, "m/saved_model.pb", "m/variables/variables.index"), "SavedModel"},
		{members(t, "serialized_exported_program.json", "version"), "torch.export"},
		{members(t, "Manifest.json", "Data/com.apple.CoreML/model.mlmodel"), "Core ML"},
		{members(t, "readme"), "without a network"},
	} {
		if got := Name([]byte(c.data)); !strings.Contains(got, c.want) {
			t.Errorf("%.60q is %q, want %q", c.data, got, c.want)
		}
	}
	for _, data := range []string{
		"", "\x08\x07\x12\x07pytorch", "\x08\x03\x12\x04test:\x10", `{"name": "tiny", "layers": []}`, `{"layers": [{"class_name": "a", "b": 1}]}`,
		"# Networks\nto work with", "2,2,1,3,\n2,3,1,\n", "\x0a\x05hello",
	} {
		if got := Name([]byte(data)); got != "" {
			t.Errorf("%q is %q, want nothing", data, got)
		}
	}
}

func TestText(t *testing.T) {
	for data, want := range map[string]string{
		"# Networks\nto work with":       `text that begins with "# Networks"`,
		"\n " + strings.Repeat("é", 200): `text that begins with "` + strings.Repeat("é", 15) + `"`,
		"a\x00b":                         "",
		"\xff\xfe\xfd\xfc\xfb":           "",
	} {
		if got := Text([]byte(data)); got != want {
			t.Errorf("%q is %q, want %q", data, got, want)
		}
	}
}

// FuzzName wants no panic.
func FuzzName(f *testing.F) {
	f.Add([]byte("\x80\x02}q\x00."))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if name := Name(data); strings.HasSuffix(name, ".") || strings.Contains(name, "\n") {
			t.Errorf("%q", name)
		}
		Text(data)
	})
}
