package pipeline

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// share is a folder with the man pages and completions of the built tools.
func share(t *testing.T) string {
	t.Helper()
	long(t)
	dir := t.TempDir()
	args := []string{"run", "./pkg/manual/generate", dir, "docs/records.md"}
	for _, tool := range []string{"encode", "bound", "hashgen", "solve", "report"} {
		args = append(args, filepath.Join(bin, tool))
	}
	cmd := exec.Command("go", args...)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
}

// has skips a test where a program is missing.
func has(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("no %s", program)
	}
}

// Formatters of man pages find nothing to complain about, and print each flag.
func TestManPages(t *testing.T) {
	dir := share(t)
	pages, err := filepath.Glob(filepath.Join(dir, "man/man*/*"))
	if err != nil || len(pages) != 7 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	for program, args := range map[string][]string{
		"mandoc": {"-T", "lint"},
		"groff":  {"-ww", "-man", "-Tutf8", "-z"},
	} {
		t.Run(program, func(t *testing.T) {
			has(t, program)
			for _, page := range pages {
				out, err := exec.Command(program, append(args, page)...).CombinedOutput()
				if err != nil || len(out) > 0 {
					t.Errorf("%s: %v\n%s", filepath.Base(page), err, out)
				}
			}
		})
	}
}

// Completions work in the shells themselves: what stands before a tab, and words that
// are offered.
func TestCompletion(t *testing.T) {
	dir := share(t)
	cases := []struct{ line, want, never string }{
		{"solve -cou", "-count", "-cubes"},
		{"encode -tighten ", "backward", "-tighten"},
		{"solve -oracle=ge", "geometry", "highs"},
		{"bound -method tight,acti", "activation", "zaslavsky"},
		{"report -f", "-format", "-verify"},
		{"encode -domain box.vnn", "box.vnnlib", "-domain"},
		{"hashgen spir", "spiral.ndjson", "-"},
	}
	work := t.TempDir()
	for _, name := range []string{"box.vnnlib", "spiral.ndjson"} {
		if err := os.WriteFile(filepath.Join(work, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for shell, ask := range map[string]func(line, want string) *exec.Cmd{
		"bash": func(line, _ string) *exec.Cmd {
			return exec.Command("bash", "--norc", "-c", askBash, "bash", dir, line)
		},
		"zsh": func(line, want string) *exec.Cmd {
			return exec.Command("zsh", "-f", "-c", askZsh, "zsh", dir, line, want)
		},
		"fish": func(line, _ string) *exec.Cmd {
			return exec.Command("fish", "--no-config", "-c", "for f in "+dir+"/fish/vendor_completions.d/*.fish; source $f; end; complete -C '"+line+"'")
		},
	} {
		t.Run(shell, func(t *testing.T) {
			has(t, shell)
			t.Parallel()
			for _, c := range cases {
				cmd := ask(c.line, c.want)
				cmd.Dir = work
				cmd.Env = append(os.Environ(), "HOME="+work, "TERM=dumb")
				out, err := cmd.CombinedOutput()
				if err != nil || !strings.Contains(string(out), c.want) {
					t.Errorf("%q does not offer %s: %v\n%s", c.line, c.want, err, out)
				}
				if shell != "zsh" && strings.Contains(string(out), c.never) { // the terminal has the line, too
					t.Errorf("%q offers %s:\n%s", c.line, c.never, out)
				}
			}
		})
	}
}

// askBash calls the completion function of a line as bash does. Where that offers
// nothing, bash completes names of files.
const askBash = `
tool=${2%% *}
source "$1/bash-completion/completions/$tool"
IFS=' '
COMP_WORDS=(${2//=/ = })
case $2 in *' ') COMP_WORDS+=('') ;; esac
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_relucount_$tool
if [ ${#COMPREPLY[@]} = 0 ]; then COMPREPLY=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")); fi
printf '%s\n' "${COMPREPLY[@]}"`

// askZsh types a line and a tab into zsh on a terminal of its own, and reads until a
// text comes, or for some seconds.
const askZsh = `
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1=; fpath=($1/zsh/site-functions \$fpath); autoload -U compinit; compinit -u -D; LISTMAX=1000; echo IS\READY"
zpty -r -m z line '*ISREADY*'
zpty -n -w z "$2"$'\t'
for i in {1..200}; do
	sleep 0.05
	while zpty -r -t z line; do out+=$line; done
	[[ $out == *$3* ]] && break
done
print -r -- "$out"`
