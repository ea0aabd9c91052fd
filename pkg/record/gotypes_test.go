package record_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the Go types of docs/records.md anew")

// goTypes are the types of the Go block of docs/records.md, in its order. What
// they have in them and is not here, the tables describe.
var goTypes = []string{
	"Head", "Problem", "Col", "Row", "Unit", "Output", "Parity", "ParityRow", "Cube", "Left", "Bound", "Network", "Domain", "Trial", "Witness", "Cell", "Probe",
	"Count", "PatternOf", "Region", "Facet", "Affine", "Proof", "ProofNode", "Claim", "Checked", "Failure", "Path", "Split", "Point", "Terms", "Term", "Rational", "Size", "Indices", "Numbers", "Lo", "Hi",
}

// declarations returns the types that packages declare, as their source has
// them.
func declarations(t *testing.T, dirs ...string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, dir := range dirs {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no sources, %v", dir, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, name, text, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range file.Decls {
				if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE {
					spec := g.Specs[0].(*ast.TypeSpec)
					if spec.Assign.IsValid() {
						continue // another name for a type of package record
					}
					out[spec.Name.Name] = string(text[set.Position(g.Pos()).Offset:set.Position(g.End()).Offset])
				}
			}
		}
	}
	return out
}

// goBlock writes the types, those of records with their kinds.
func goBlock(t *testing.T) string {
	t.Helper()
	kindOf := map[string]string{}
	for kind, v := range kinds {
		kindOf[reflect.TypeOf(v).Name()] = kind
	}
	source := declarations(t, ".", "../milp")
	var out []string
	for _, name := range goTypes {
		decl, ok := source[name]
		if !ok {
			t.Fatalf("there is no type %s", name)
		}
		decl = strings.ReplaceAll(decl, "record.", "")
		if kind, ok := kindOf[name]; ok {
			decl = strings.Replace(decl, "{", "{ // "+kind, 1)
		}
		out = append(out, decl)
	}
	text, err := format.Source([]byte(strings.Join(out, "\n\n") + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var block = regexp.MustCompile("(?s)```go\n(.*?)```")

// The Go types of docs/records.md are those of the sources, comments included;
// go test -update ./pkg/record writes them.
func TestGoTypes(t *testing.T) {
	const name = "../../docs/records.md"
	page, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	want := goBlock(t)
	if *update {
		page = block.ReplaceAllLiteral(page, fmt.Appendf(nil, "```go\n%s```", want))
		if err := os.WriteFile(name, page, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	m := block.FindSubmatch(page)
	if m == nil {
		t.Fatal("docs/records.md has no Go block")
	}
	got, there := strings.Split(string(m[1]), "\n"), map[string]bool{}
	for _, line := range got {
		there[line] = true
	}
	if string(m[1]) == want {
		return
	}
	for _, line := range strings.Split(want, "\n") {
		if !there[line] {
			t.Errorf("the Go types of the page lack %q", line)
		}
	}
	t.Error("go test -update ./pkg/record writes the Go types anew")
}

// Every kind of record has its type in the block, but for the summary, whose
// many parts the table has.
func TestGoTypesOfKinds(t *testing.T) {
	block := goBlock(t)
	for kind, v := range kinds {
		if kind != "summary" && kind != "prov" && kind != "stats" && !strings.Contains(block, "{ // "+kind+"\n") {
			t.Errorf("%s: %T is not among the Go types", kind, v)
		}
	}
}
