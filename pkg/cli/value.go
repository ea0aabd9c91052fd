package cli

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Value is the variable of a flag: Switch, Int, Number, Duration, Text, Parsed,
// Word and Words make one, and set the variable to its default.
type Value interface {
	flag.Value // String is how provenance has it

	check() error      // what is wrong with the value set: "VALUE: what it may be"
	standard() string  // the default for the manual; empty: nothing to say
	choices() []Choice // the words that the manual lists
	takes() Takes      // what follows the flag
}

// value implements Value.
type value[T any] struct {
	to      *T
	text    string // as String has it
	parse   func(string) (T, error)
	format  func(T) string // nil: as the user wrote it
	allowed Check[T]
	initial string // as standard has it
	words   []Choice
	file    bool // whether it is the name of a file
}

func (v *value[T]) String() string    { return v.text }
func (v *value[T]) standard() string  { return v.initial }
func (v *value[T]) choices() []Choice { return v.words }

func (v *value[T]) takes() Takes {
	switch any(v.to).(type) {
	case *bool:
		return TakesNothing
	case *[]string:
		if v.words != nil {
			return TakesWords
		}
	}
	switch {
	case v.file:
		return TakesFile
	case v.words != nil:
		return TakesWord
	}
	return TakesText
}

// IsBoolFlag tells package flag which flags need no value.
func (v *value[T]) IsBoolFlag() bool {
	_, ok := any(v.to).(*bool)
	return ok
}

func (v *value[T]) Set(s string) error {
	x, err := v.parse(s)
	if err != nil {
		return err
	}
	*v.to, v.text = x, s
	if v.format != nil {
		v.text = v.format(x)
	}
	return nil
}

func (v *value[T]) check() error {
	if v.allowed == nil {
		return nil
	}
	err := v.allowed(*v.to)
	if err == nil {
		return nil
	}
	text := v.text
	switch any(*v.to).(type) {
	case string, []string:
		text = strconv.Quote(text)
	}
	return fmt.Errorf("%s: %w", text, err)
}

// start sets the variable to its default. The manual does not mention a default
// of zero: it stands for no value.
func start[T comparable](v *value[T], initial T) Value {
	*v.to = initial
	v.text = v.format(initial)
	var zero T
	if initial != zero {
		v.initial = v.text
	}
	return v
}

// Check says what a value may be when it is something else.
type Check[T any] func(T) error

// AtLeast asks for lo or more.
func AtLeast[T cmp.Ordered](lo T) Check[T] {
	return func(v T) error {
		if v >= lo {
			return nil
		}
		return fmt.Errorf("at least %v", lo)
	}
}

// Within asks for a value from lo to hi.
func Within[T cmp.Ordered](lo, hi T) Check[T] {
	return func(v T) error {
		if v >= lo && v <= hi {
			return nil
		}
		return fmt.Errorf("from %v to %v", lo, hi)
	}
}

// Below asks for a value from lo to less than hi.
func Below[T cmp.Ordered](lo, hi T) Check[T] {
	return func(v T) error {
		if v >= lo && v < hi {
			return nil
		}
		return fmt.Errorf("from %v to less than %v", lo, hi)
	}
}

// Switch is false unless it is given.
func Switch(to *bool) Value {
	parse := func(s string) (bool, error) {
		v, err := strconv.ParseBool(s)
		if err != nil {
			return false, errors.New("true or false belongs here")
		}
		return v, nil
	}
	return start(&value[bool]{to: to, parse: parse, format: strconv.FormatBool}, false)
}

// Int is a whole number.
func Int[T int | int64](to *T, initial T, allowed Check[T]) Value {
	parse := func(s string) (T, error) {
		n, err := strconv.ParseInt(s, 0, 64)
		switch {
		case errors.Is(err, strconv.ErrRange) || err == nil && int64(T(n)) != n:
			return 0, errors.New("the number is too large")
		case err != nil:
			return 0, errors.New("a whole number belongs here")
		}
		return T(n), nil
	}
	format := func(v T) string { return strconv.FormatInt(int64(v), 10) }
	return start(&value[T]{to: to, parse: parse, format: format, allowed: allowed}, initial)
}

// Number is a floating-point number.
func Number(to *float64, initial float64, allowed Check[float64]) Value {
	parse := func(s string) (float64, error) {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return 0, errors.New("a number belongs here")
		}
		return v, nil
	}
	format := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	return start(&value[float64]{to: to, parse: parse, format: format, allowed: allowed}, initial)
}

// Duration is a time span.
func Duration(to *time.Duration, initial time.Duration, allowed Check[time.Duration]) Value {
	parse := func(s string) (time.Duration, error) {
		d, err := time.ParseDuration(s)
		if err != nil {
			return 0, errors.New("a duration is written as 500ms, 10s or 5m")
		}
		return d, nil
	}
	return start(&value[time.Duration]{to: to, parse: parse, format: time.Duration.String, allowed: allowed}, initial)
}

// Text is any text.
func Text(to *string, initial string) Value {
	same := func(s string) (string, error) { return s, nil }
	return start(&value[string]{to: to, parse: same, format: strings.Clone}, initial)
}

// Parsed is what parse makes of a text. The default is written as the user would
// write it; if it is empty the variable keeps what it has. What has a method
// String is in provenance as that has it.
func Parsed[T any](to *T, initial string, parse func(string) (T, error)) Value {
	v := &value[T]{to: to, parse: parse, initial: initial}
	if _, ok := any(to).(fmt.Stringer); ok {
		v.format = func(x T) string { return any(&x).(fmt.Stringer).String() }
	}
	if initial != "" {
		if err := v.Set(initial); err != nil {
			panic(fmt.Sprintf("cli: the default %q: %v", initial, err))
		}
	}
	return v
}

// Path is the name of a file that there is. Provenance has it without folders.
func Path(to *string) Value {
	same := func(s string) (string, error) { return s, nil }
	there := func(s string) error {
		_, err := os.Stat(s)
		var path *os.PathError
		if errors.As(err, &path) {
			return path.Err
		}
		return err
	}
	return &value[string]{to: to, parse: same, format: filepath.Base, allowed: there, file: true}
}

// List is a comma-separated list, which goes on where the flag is given again.
func List[T any](to *[]T, parse func(string) (T, error)) Value {
	v := &value[[]T]{to: to}
	v.parse = func(s string) ([]T, error) {
		list := *to
		for part := range strings.SplitSeq(s, ",") {
			x, err := parse(strings.TrimSpace(part))
			if err != nil {
				return nil, err
			}
			list = append(list, x)
		}
		if v.text != "" {
			s = v.text + "," + s
		}
		v.format = func([]T) string { return s }
		return list, nil
	}
	return v
}

// Choice is a word that a flag takes.
type Choice struct {
	Name string `json:"name"`
	Help string `json:"help,omitempty"` // what it stands for: plain text, which the manual wraps
	Old  string `json:"old,omitempty"`  // a former name, which still means the same
}

// Word is one of the words listed.
func Word(to *string, initial string, words ...Choice) Value {
	parse := func(s string) (string, error) { return current(words, s), nil }
	allowed := func(s string) error {
		if known(words, s) {
			return nil
		}
		return errors.New(either(words))
	}
	return start(&value[string]{to: to, parse: parse, format: strings.Clone, allowed: allowed, words: words}, initial)
}

// Words is a comma-separated list of words listed; it is empty by default.
func Words(to *[]string, words ...Choice) Value {
	parse := func(s string) (list []string, err error) {
		if s != "" {
			list = strings.Split(s, ",")
		}
		for i := range list {
			list[i] = current(words, list[i])
		}
		return list, nil
	}
	allowed := func(list []string) error {
		for _, s := range list {
			if !known(words, s) {
				return errors.New("any of " + either(words))
			}
		}
		return nil
	}
	format := func(list []string) string { return strings.Join(list, ",") }
	return &value[[]string]{to: to, parse: parse, format: format, allowed: allowed, words: words}
}

// current returns the present name of a choice.
func current(words []Choice, s string) string {
	for _, w := range words {
		if s == w.Old && s != "" {
			return w.Name
		}
	}
	return s
}

func known(words []Choice, s string) bool {
	return slices.ContainsFunc(words, func(w Choice) bool { return w.Name == s })
}

// either lists the words: "a, b or c".
func either(words []Choice) string {
	var names []string
	for _, w := range words {
		names = append(names, w.Name)
	}
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
