package highs

import (
	"errors"
	"reflect"
	"testing"
	"unsafe"

	lanl "github.com/lanl/highs"
)

// TestHandle: this version of lanl/highs has its HiGHS object where we look
// for it; a version that has not gives an error, no panic.
func TestHandle(t *testing.T) {
	m := lanl.NewRawModel()
	if h, err := handle(m); err != nil || h == nil {
		t.Fatalf("handle %v, error %v", h, err)
	}
	if o, err := offsetOf(reflect.TypeFor[struct {
		n   int
		obj unsafe.Pointer
	}](), "obj"); err != nil || o != unsafe.Sizeof(0) {
		t.Errorf("offset %d, error %v", o, err)
	}
	for _, other := range []reflect.Type{
		reflect.TypeFor[struct{ object unsafe.Pointer }](),
		reflect.TypeFor[struct{ obj uintptr }](),
		reflect.TypeFor[struct{ obj *int }](),
		reflect.TypeFor[struct{}](),
	} {
		if _, err := offsetOf(other, "obj"); !errors.Is(err, errLayout) {
			t.Errorf("%v: error %v", other, err)
		}
	}
}

// TestRefusedOption: an option that HiGHS does not have, a value that it does
// not take, and one of no type of it.
func TestRefusedOption(t *testing.T) {
	for _, o := range []option{{"no_such_option", 1}, {"threads", -5}, {"threads", "many"}, {"threads", nil}} {
		m := newModel(common(Tolerance))
		if m.err != nil {
			t.Fatal(m.err)
		}
		m.set([]option{o, {"threads", 1}})
		var r *Refused
		if !errors.As(m.err, &r) || r.Call != "option "+o.name {
			t.Errorf("%v: error %v", o, m.err)
		}
	}
	reason := errors.New("reason")
	if err := (&Refused{"call", reason}); !errors.Is(err, reason) || err.Error() != "HiGHS refuses call: reason" {
		t.Error(err)
	}
}
