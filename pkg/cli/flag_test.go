package cli

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// settings has a variable of every kind.
type settings struct {
	on      bool
	n       int
	most    int64
	share   float64
	span    time.Duration
	name    string
	size    string
	word    string
	words   []string
	seed    string
	part    Part
	workers int
}

func (s *settings) tool(run func(*Env, []string) error) *Tool {
	upper := func(s string) (string, error) {
		if s == "no" {
			return "", fmt.Errorf("no is no size")
		}
		return strings.ToUpper(s), nil
	}
	return &Tool{
		Name: "sample", About: "Shows flags.\n", Notes: "That is all.\n", Examples: []string{"sample -n 3"}, Run: run,
		Flags: []Group{
			{Title: "Values", Flags: []Flag{
				{Name: "on", Value: Switch(&s.on), Help: "a switch"},
				{Name: "n", Arg: "N", Value: Int(&s.n, 3, AtLeast(1)), Help: "a number"},
				{Name: "most", Arg: "N", Value: Int(&s.most, 0, Within[int64](0, 9)), Help: "a number with limits on both sides, which takes more than one line to describe"},
				{Name: "share", Arg: "F", Value: Number(&s.share, 0.5, Below(0.0, 1)), Help: "a share", Default: "one half"},
				{Name: "name", Arg: "S", Value: Text(&s.name, ""), Help: "a name", Silent: true},
				{Name: "size", Arg: "K", Value: Parsed(&s.size, "half", upper), Help: "a size"},
			}},
			{Title: "More", Flags: []Flag{
				{Name: "word", Arg: "W", Help: "a word", Value: Word(&s.word, "new",
					Choice{Name: "new", Old: "former", Help: "the first"}, Choice{Name: "second", Help: "the other"})},
				{Name: "words", Arg: "LIST", Value: Words(&s.words, Choice{Name: "a"}, Choice{Name: "b"}, Choice{Name: "c", Old: "z"}), Help: "a list"},
				SeedFlag(&s.seed, "numbers"),
				PartFlag(&s.part, "numbers", "N"),
				TimeLimitFlag(&s.span, time.Minute, "for all"),
				WorkersFlag(&s.workers, "nothing depends on it"),
			}},
		},
	}
}

// read calls the tool and returns what its flags set, and the environment that
// it got, or nil and what it said.
func read(t *testing.T, args ...string) (s *settings, env *Env, inputs []string, said string) {
	t.Helper()
	s = &settings{}
	var out, err strings.Builder
	code := s.tool(func(e *Env, in []string) error {
		env, inputs = e, in
		return nil
	}).Call(t.Context(), args, strings.NewReader(""), &out, &err)
	if (code == 0) != (err.Len() == 0) || code != 0 && code != 2 {
		t.Fatalf("%q: exit code %d, %s", args, code, &err)
	}
	return s, env, inputs, out.String() + err.String()
}

func TestDefaults(t *testing.T) {
	s, env, inputs, _ := read(t)
	if s.on || s.n != 3 || s.most != 0 || s.share != 0.5 || s.span != time.Minute || s.name != "" || s.size != "HALF" ||
		s.word != "new" || s.words != nil || s.seed != "1" || s.workers < 1 || !slices.Equal(slices.Collect(s.part.Of(3)), []int{0, 1, 2}) {
		t.Errorf("%+v", s)
	}
	if len(inputs) != 0 || env.Keep || env.Verbose || env.Given("n") {
		t.Errorf("inputs %q, %+v", inputs, env)
	}
	if p := env.Prov("HiGHS"); p.Tool != "sample" || p.Version != Version || p.Solver != "HiGHS" || p.Args != nil {
		t.Errorf("%+v", p)
	}
}

// What is set stands in provenance, in one spelling and in alphabetical order,
// also when it is the default; what cannot change a result does not.
func TestSet(t *testing.T) {
	s, env, inputs, _ := read(t, "-words=b,z", "-n", "0x10", "-n=3", "-most=9", "-share=25e-2", "-time-limit=90s", "-name", "x", "-size", "Big",
		"-word", "former", "-seed", "s", "-part", "1/3", "-j", "2", "-on", "-k", "-v", "file", "-")
	if !s.on || s.n != 3 || s.most != 9 || s.share != 0.25 || s.span != 90*time.Second || s.name != "x" || s.size != "BIG" ||
		s.word != "new" || !slices.Equal(s.words, []string{"b", "c"}) || s.seed != "s" || s.workers != 2 ||
		!slices.Equal(slices.Collect(s.part.Of(5)), []int{1, 4}) {
		t.Errorf("%+v", s)
	}
	if !env.Keep || !env.Verbose || !env.Given("n") || !env.Given("name") || env.Given("version") || !slices.Equal(inputs, []string{"file", "-"}) {
		t.Errorf("inputs %q, %+v", inputs, env)
	}
	want := []string{"-most=9", "-n=3", "-on=true", "-seed=s", "-share=0.25", "-size=Big", "-time-limit=1m30s", "-word=new", "-words=b,c"}
	if got := env.Prov("").Args; !slices.Equal(got, want) {
		t.Errorf("provenance %q, want %q", got, want)
	}
	if s, _, _, _ = read(t, "-words=", "-on=false"); s.words != nil || s.on {
		t.Errorf("%+v", s)
	}
}

func TestWrong(t *testing.T) {
	for arg, want := range map[string]string{
		"-on=maybe":                   `invalid boolean value "maybe" for -on: true or false belongs here`,
		"-n=0":                        "-n 0: at least 1",
		"-n=three":                    `invalid value "three" for flag -n: a whole number belongs here`,
		"-n=3.5":                      `invalid value "3.5" for flag -n: a whole number belongs here`,
		"-n=9223372036854775808":      `invalid value "9223372036854775808" for flag -n: the number is too large`,
		"-most=-1":                    "-most -1: from 0 to 9",
		"-most=10":                    "-most 10: from 0 to 9",
		"-share=1":                    "-share 1: from 0 to less than 1",
		"-share=NaN":                  "-share NaN: from 0 to less than 1",
		"-share=all":                  `invalid value "all" for flag -share: a number belongs here`,
		"-size=no":                    `invalid value "no" for flag -size: no is no size`,
		"-word=third":                 `-word "third": new or second`,
		"-word=":                      `-word "": new or second`,
		"-words=a,d":                  `-words "a,d": any of a, b or c`,
		"-words=a,":                   `-words "a,": any of a, b or c`,
		"-part=3/3":                   `invalid value "3/3" for flag -part: R/M with 0 <= R < M`,
		"-part=-1/3":                  `invalid value "-1/3" for flag -part: R/M with 0 <= R < M`,
		"-part=1":                     `invalid value "1" for flag -part: R/M with 0 <= R < M`,
		"-part=a/b":                   `invalid value "a/b" for flag -part: R/M with 0 <= R < M`,
		"-time-limit=-1s":             "-time-limit -1s: at least 0s",
		"-time-limit=5":               `invalid value "5" for flag -time-limit: a duration is written as 500ms, 10s or 5m`,
		"-j=0":                        "-j 0: at least 1",
		"-new":                        "flag provided but not defined: -new",
		"-wodr=new":                   "flag provided but not defined: -wodr, did you mean -word?",
		"-time=1s":                    "flag provided but not defined: -time, did you mean -time-limit?",
		"--timelimit":                 "flag provided but not defined: -timelimit, did you mean -time-limit?",
		"-describ":                    "flag provided but not defined: -describ",
		"-m":                          "flag provided but not defined: -m",
		"words":                       "no file is named words, did you mean -words?",
		"-":                           "",
		"-seed=anything / goes, even": "",
	} {
		_, env, _, said := read(t, arg)
		if want != "" {
			want = "sample: " + want + " (sample -h says more)\n"
		}
		if said != want || (env == nil) != (want != "") {
			t.Errorf("%s: said %q, want %q", arg, said, want)
		}
	}
	if _, _, _, said := read(t, "-n"); said != "sample: flag needs an argument: -n (sample -h says more)\n" {
		t.Error(said)
	}
	if _, _, _, said := read(t, "file", "-n=1"); said != "sample: flags go before files: -n=1 (sample -h says more)\n" {
		t.Error(said)
	}
}

const manual = `usage: sample [flags] [file ...]

Shows flags.

Values:
  -on            a switch
  -n N           a number (default 3)
  -most N        a number with limits on both sides, which takes more than one
                 line to describe
  -share F       a share (default one half)
  -name S        a name
  -size K        a size (default half)

More:
  -word W        a word (default new):
                 new     the first (once called former)
                 second  the other
  -words LIST    a list:
                 a
                 b
                 c  (once called z)
  -seed S        any text; the same seed gives the same numbers (default 1)
  -part R/M      only numbers R, R+M, R+2M, ... of the N (0 <= R < M)
  -time-limit D  for all (default 1m0s, 0 for none)
  -j N           workers; nothing depends on it (default all cores)
  -k             go on after bad input: an error record takes its place, and the
                 exit code is 1
  -v             say on stderr what was done
  -version       print the version
  -h             print this text

That is all.

Example:
  sample -n 3
`

// The manual and the version come before any complaint about values, and no
// input is looked at.
// A list goes on where its flag is given again. Provenance has all of it, and of
// files the name without folders.
func TestLists(t *testing.T) {
	call := func(args ...string) (list []int, path string, env *Env, said string) {
		atoi := func(s string) (int, error) { return strconv.Atoi(s) }
		tool := &Tool{Name: "lists", Flags: []Group{{Flags: []Flag{
			{Name: "list", Value: List(&list, atoi)}, {Name: "file", Value: Path(&path)},
		}}}, Run: func(e *Env, _ []string) error { env = e; return nil }}
		var out strings.Builder
		tool.Call(t.Context(), args, strings.NewReader(""), &out, &out)
		return list, path, env, out.String()
	}
	dir := t.TempDir()
	list, path, env, said := call("-list", "3", "-list=1, 2", "-file", dir)
	if !slices.Equal(list, []int{3, 1, 2}) || path != dir || said != "" ||
		!slices.Equal(env.Prov("").Args, []string{"-file=" + filepath.Base(dir), "-list=3,1, 2"}) {
		t.Errorf("%v, %s, %+v, %s", list, path, env, said)
	}
	for arg, want := range map[string]string{
		"-list=1,x":                           `lists: invalid value "1,x" for flag -list: `,
		"-file=" + filepath.Join(dir, "none"): `none": no such file or directory`,
	} {
		if _, _, _, said := call("-list=1", arg); !strings.Contains(said, want) {
			t.Errorf("%s: %s", arg, said)
		}
	}
}

func TestManual(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"-h", manual}, {"-n=0 -help nowhere", manual}, {"-version -n=0 nowhere", "sample " + Build() + "\n"},
	} {
		if _, env, _, said := read(t, strings.Fields(c.args)...); said != c.want || env != nil {
			t.Errorf("%s prints\n%s", c.args, said)
		}
	}
	bare := &Tool{Name: "bare", About: "Does it.\n", Examples: []string{"bare", "bare -k"}}
	if got := bare.Manual(); !strings.Contains(got, "Does it.\n\n  -k        go on") || !strings.HasSuffix(got, "\nExamples:\n  bare\n  bare -k\n") {
		t.Error(got)
	}
	for line := range strings.Lines(manual) {
		if len(line) > width+1 {
			t.Errorf("%q is longer than %d", line, width)
		}
	}
}

// A default that the flag would refuse is a mistake in the table.
func TestBadDefault(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a default that cannot be read goes through")
		}
	}()
	var p Part
	Parsed(&p, "3/3", parsePart)
}

// The parts of any number of parts share all numbers out, each in one part.
func TestParts(t *testing.T) {
	for n := range 12 {
		for m := 1; m < 6; m++ {
			var all []int
			for r := range m {
				p, err := parsePart(fmt.Sprintf("%d/%d", r, m))
				if err != nil {
					t.Fatal(err)
				}
				all = slices.AppendSeq(all, p.Of(n))
				for i := range p.Of(n) {
					if i%m != r {
						t.Errorf("%d is in part %d/%d", i, r, m)
					}
					break // the rest is not asked for
				}
			}
			slices.Sort(all)
			if want := slices.Collect(Part{}.Of(n)); !slices.Equal(all, want) || len(want) != n {
				t.Errorf("%d parts of %d: %v", m, n, all)
			}
		}
	}
}
