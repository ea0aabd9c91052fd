package record_test

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"relucount/pkg/capacity"
	"relucount/pkg/milp"
	"relucount/pkg/record"
)

// kinds are the records by the headings of their tables in docs/records.md.
// Prov and Stats, which many have, have tables of their own.
var kinds = map[string]any{
	record.KindMilp:    milp.Problem{},
	record.KindParity:  record.Parity{},
	record.KindTrial:   record.Trial{},
	record.KindCell:    record.Cell{},
	record.KindProbe:   record.Probe{},
	record.KindBound:   record.Bound{},
	record.KindCount:   record.Count{},
	record.KindCube:    record.Cube{},
	record.KindPattern: record.PatternOf{},
	record.KindRegion:  record.Region{},
	record.KindProof:   record.Proof{},
	record.KindChecked: record.Checked{},
	record.KindNetwork: record.Network{},
	record.KindSummary: record.Summary{},
	record.KindError:   record.Failure{},
	"prov":             record.Prov{},
	"stats":            record.Stats{},
}

// field is a field as a table describes it.
type field struct {
	kind string
	may  bool // whether it may be absent
}

// jsonName is how docs/records.md names the JSON of a Go type.
func jsonName(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[record.Size]():
		return `integer or "half"`
	case reflect.TypeFor[milp.Lo](), reflect.TypeFor[milp.Hi]():
		return "number or null"
	case reflect.TypeFor[record.Rational]():
		return "number or string"
	case reflect.TypeFor[record.Term]():
		return "array"
	case reflect.TypeFor[record.Point]():
		return "array or string"
	}
	switch t.Kind() {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Int, reflect.Int64:
		return "integer"
	case reflect.Float64:
		return "number"
	case reflect.Slice, reflect.Array:
		return "array of " + jsonName(t.Elem())
	case reflect.Struct:
		return "object"
	}
	return t.String()
}

// fields collects the JSON fields of a struct by their jq paths.
func fields(t reflect.Type, prefix string, out map[string]field) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			fields(f.Type, prefix, out)
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		may := strings.Contains(options, "omitempty")
		ft, null := f.Type, ""
		if ft == reflect.TypeFor[json.RawMessage]() {
			tables(prefix+name, out)
			continue
		}
		if ft.Kind() == reflect.Pointer {
			ft = ft.Elem()
			if !may {
				null = " or null"
			}
		}
		path := prefix + name
		out[path] = field{jsonName(ft) + null, may}
		if ft.Kind() == reflect.Slice {
			ft, path = ft.Elem(), path+"[]"
		}
		own := ft.Implements(reflect.TypeFor[json.Marshaler]()) // as terms, which are no objects
		if ft.Kind() == reflect.Struct && !own && ft != reflect.TypeFor[record.Prov]() && ft != reflect.TypeFor[record.Stats]() {
			fields(ft, path+".", out)
		}
	}
}

// tables adds the fields of a bound's tables, which depend on its method: what
// only one of the two kinds has may be absent.
func tables(path string, out map[string]field) {
	out[path] = field{"array of object", true}
	a, b := map[string]field{}, map[string]field{}
	fields(reflect.TypeFor[capacity.Table](), path+"[].", a)
	fields(reflect.TypeFor[capacity.Profile](), path+"[].", b)
	for name, f := range a {
		_, both := b[name]
		out[name] = field{f.kind, !both}
	}
	for name, f := range b {
		_, both := a[name]
		out[name] = field{f.kind, !both}
	}
}

// pageTables returns the rows of the field tables of a page, by heading.
func pageTables(page string) map[string]map[string]field {
	out := map[string]map[string]field{}
	var cur map[string]field
	for line := range strings.Lines(page) {
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			cur = map[string]field{}
			out[strings.TrimSpace(heading)] = cur
		}
		cells := strings.Split(strings.Trim(line, "| \n"), " | ")
		if cur == nil || !strings.HasPrefix(line, "| `") || len(cells) != 4 {
			continue
		}
		cur[strings.Trim(cells[0], "`")] = field{cells[1], cells[3] != "no"}
	}
	return out
}

// docs/records.md has each field of each kind, with its type and whether it
// may be absent, and no other.
func TestDocs(t *testing.T) {
	page, err := os.ReadFile("../../docs/records.md")
	if err != nil {
		t.Fatal(err)
	}
	docs := pageTables(string(page))
	for heading, v := range kinds {
		want := map[string]field{}
		fields(reflect.TypeOf(v), "", want)
		for _, name := range slices.Sorted(maps.Keys(want)) {
			got, ok := docs[heading][name]
			switch {
			case !ok:
				t.Errorf("%s: %s is not there", heading, name)
			case got != want[name]:
				t.Errorf("%s: %s is %+v, want %+v", heading, name, got, want[name])
			}
			delete(docs[heading], name)
		}
		for name := range docs[heading] {
			t.Errorf("%s: there is no %s", heading, name)
		}
	}
}
