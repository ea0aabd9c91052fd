package netfile

import (
	"regexp"

	"relucount/pkg/keras"
	"relucount/pkg/zipfile"
)

func readKeras(data []byte, _ Options) (*File, error) {
	a, err := zipfile.Open(data)
	if err != nil {
		return nil, err
	}
	m, err := keras.ReadArchive(a)
	return fromKeras(m, err, len(data))
}

func readKerasHDF5(data []byte, _ Options) (*File, error) {
	m, err := keras.ReadHDF5(data)
	return fromKeras(m, err, len(data))
}

// madeUp are the names of models that Keras makes up.
var madeUp = regexp.MustCompile(`^(sequential|functional|model)(_[0-9]+)?$`)

func fromKeras(m *keras.Model, err error, fileBytes int) (*File, error) {
	if err != nil {
		return nil, err
	}
	if madeUp.MatchString(m.Name) {
		m.Name = ""
	}
	g, err := m.Graph(fileBytes)
	if err != nil {
		return nil, err
	}
	return fromGraph(g, nil)
}
