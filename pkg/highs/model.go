package highs

/*
#cgo pkg-config: highs
#include <stdint.h>
#include <stdlib.h>
#include "capi/highs_c_api.h"

// rc_state is what one solve leaves: a call for each would cost more than it.
typedef struct { HighsInt status; double objective; HighsInt pivots; } rc_state;

static void rc_solve(void* h, rc_state* s, double* x) {
	Highs_run(h);
	s->status = Highs_getModelStatus(h);
	s->objective = Highs_getObjectiveValue(h);
	s->pivots = 0;
	Highs_getIntInfoValue(h, "simplex_iteration_count", &s->pivots);
	Highs_getSolution(h, x, NULL, NULL, NULL);
}

// The flag is written by another thread, with Go's sync/atomic.
static void rc_interrupt(int type, const char* msg, const HighsCallbackDataOut* out, HighsCallbackDataIn* in, void* flag) {
	if (in && __atomic_load_n((int32_t*)flag, __ATOMIC_ACQUIRE)) in->user_interrupt = 1;
}

static HighsInt rc_watch(void* h, int32_t* flag) {
	HighsInt rc = Highs_setCallback(h, rc_interrupt, flag);
	if (rc != kHighsStatusError) rc = Highs_startCallback(h, kHighsCallbackMipInterrupt);
	if (rc != kHighsStatusError) rc = Highs_startCallback(h, kHighsCallbackSimplexInterrupt);
	return rc;
}
*/
import "C"

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	lanl "github.com/lanl/highs"
)

// Refused is something that HiGHS does not take, such as a row with an infinite
// entry. What the model is after it is not what the caller wants, so it is not
// solved any more.
type Refused struct {
	Call string // the function of HiGHS's C interface, or the option
	Err  error  // the reason, where more is known
}

func (r *Refused) Error() string {
	if r.Err == nil {
		return "HiGHS refuses " + r.Call
	}
	return fmt.Sprintf("HiGHS refuses %s: %v", r.Call, r.Err)
}

// Unwrap returns the reason.
func (r *Refused) Unwrap() error { return r.Err }

// model is one HiGHS model: raw is how lanl/highs sees it, h how the C
// interface does. After the first refusal, which is kept in err, it is not to
// be used any more.
type model struct {
	raw  *lanl.RawModel
	h    unsafe.Pointer
	flag *flag
	err  error
}

func newModel(opts []option) *model {
	m := &model{raw: lanl.NewRawModel()}
	m.h, m.err = handle(m.raw)
	m.set(opts)
	return m
}

// close destroys the model.
func (m *model) close() {
	if m.h == nil {
		return
	}
	runtime.SetFinalizer(m.raw, nil) // that would do the same
	C.Highs_destroy(m.h)
	m.h = nil
	m.refuse("a closed model", nil)
}

// refuse notes the first refusal.
func (m *model) refuse(call string, reason error) {
	if m.err == nil {
		m.err = &Refused{call, reason}
	}
}

// takes refuses NaN, which HiGHS takes for a number.
func (m *model) takes(call string, lists ...[]float64) bool {
	for _, list := range lists {
		for _, v := range list {
			if v != v {
				m.refuse(call, errNaN)
			}
		}
	}
	return m.err == nil
}

var errNaN = errors.New("NaN")

// check notes a refusal by the C interface.
func (m *model) check(rc C.HighsInt, call string) {
	if rc == C.kHighsStatusError {
		m.refuse(call, nil)
	}
}

// try makes a call of lanl/highs and notes a refusal. Warnings are none.
func (m *model) try(call string, f func() error) {
	if m.err != nil {
		return
	}
	err := f()
	var status lanl.CallStatus
	switch {
	case err == nil || errors.As(err, &status) && status.IsWarning():
	case errors.As(err, &status):
		m.refuse(call, nil) // it says no more than that
	default:
		m.refuse(call, err)
	}
}

// handle returns the HiGHS object of a lanl model. The caller keeps the model
// alive until after the last use.
func handle(m *lanl.RawModel) (unsafe.Pointer, error) {
	offset, err := objectOffset()
	if err != nil {
		return nil, err
	}
	return *(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(m), offset)), nil
}

// objectOffset says where a lanl model has its HiGHS object. lanl/highs keeps
// that to itself, so what is found is put to the proof once: the two views of
// a model must agree on an option.
var objectOffset = sync.OnceValues(func() (uintptr, error) {
	offset, err := offsetOf(reflect.TypeFor[lanl.RawModel](), "obj")
	if err != nil {
		return 0, err
	}
	m := lanl.NewRawModel()
	const name, value = "random_seed", 271828
	if err := m.SetIntOption(name, value); err != nil {
		return 0, &Refused{"Highs_setIntOptionValue", err}
	}
	var got C.HighsInt
	s := C.CString(name)
	defer C.free(unsafe.Pointer(s))
	C.Highs_getIntOptionValue(*(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(m), offset)), s, &got)
	runtime.KeepAlive(m)
	if got != value {
		return 0, fmt.Errorf("%w: %s is %d, not %d", errLayout, name, got, value)
	}
	return offset, nil
})

var errLayout = errors.New("this version of github.com/lanl/highs is not the one that pkg/highs was written for")

// offsetOf finds a pointer of C in a struct.
func offsetOf(t reflect.Type, name string) (uintptr, error) {
	f, ok := t.FieldByName(name)
	if !ok || f.Type.Kind() != reflect.UnsafePointer {
		return 0, fmt.Errorf("%w: %v has no unsafe.Pointer %s", errLayout, t, name)
	}
	return f.Offset, nil
}

// option is one setting of a model.
type option struct {
	name  string
	value any
}

func common(tolerance float64) []option {
	return []option{
		{"output_flag", false},
		{"threads", 1},
		{"parallel", "off"},
		{"random_seed", 0},
		{"small_matrix_value", 1e-12}, // the default drops entries below 1e-9
		{"primal_feasibility_tolerance", tolerance},
		{"dual_feasibility_tolerance", tolerance},
	}
}

// set sets options.
func (m *model) set(opts []option) {
	for _, o := range opts {
		m.try("option "+o.name, func() error {
			switch v := o.value.(type) {
			case bool:
				return m.raw.SetBoolOption(o.name, v)
			case int:
				return m.raw.SetIntOption(o.name, v)
			case float64:
				return m.raw.SetFloat64Option(o.name, v)
			case string:
				return m.raw.SetStringOption(o.name, v)
			}
			return fmt.Errorf("no option is a %T", o.value)
		})
	}
}

// run solves the model and returns how that ended; x receives the values of
// the columns.
func (m *model) run(x []float64) (st Status, objective float64, pivots int64) {
	var s C.rc_state
	C.rc_solve(m.h, &s, floats(x))
	runtime.KeepAlive(m)
	return status(s.status), float64(s.objective), max(0, int64(s.pivots))
}

// flag is what a solve looks at to see whether it is to stop. It is in the
// memory of C, as HiGHS keeps the address.
type flag struct{ word *int32 }

func newFlag() *flag {
	f := &flag{(*int32)(C.calloc(1, C.size_t(unsafe.Sizeof(int32(0)))))}
	runtime.AddCleanup(f, func(p *int32) { C.free(unsafe.Pointer(p)) }, f.word)
	return f
}

// raise makes the solve stop. Go and C both use atomic operations.
func (f *flag) raise() { atomic.StoreInt32(f.word, 1); runtime.KeepAlive(f) }

// until makes solves stop when the context ends, until release is called.
func (m *model) until(ctx context.Context) (release func() bool) {
	if m.err != nil || ctx.Done() == nil && m.flag == nil {
		return func() bool { return true }
	}
	f := newFlag()
	m.flag = f // the model has the address now
	m.check(C.rc_watch(m.h, (*C.int32_t)(f.word)), "Highs_setCallback")
	if ctx.Err() != nil {
		f.raise()
	}
	return context.AfterFunc(ctx, f.raise)
}

func floats(v []float64) *C.double {
	if len(v) == 0 {
		return nil
	}
	return (*C.double)(unsafe.Pointer(&v[0]))
}

func ints(v []int32) *C.HighsInt {
	if len(v) == 0 {
		return nil
	}
	return (*C.HighsInt)(unsafe.Pointer(&v[0]))
}
