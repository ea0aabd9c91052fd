package manual

import (
	"fmt"
	"regexp"
	"strings"

	"relucount/pkg/cli"
)

// each calls f with every flag of a tool.
func each(d cli.Description, f func(cli.DescribedFlag)) {
	for _, g := range d.Groups {
		for _, flag := range g.Flags {
			f(flag)
		}
	}
}

// brief is the first clause of a help, with the next one where the first only says what a
// flag belongs to, without what shells take for quotes and variables, apostrophes aside.
func brief(help string) string {
	help, _, _ = strings.Cut(help, ". ")
	help, _, _ = strings.Cut(help, "; ")
	if first, _, _ := strings.Cut(help, ": "); !belongs.MatchString(first) {
		help = first
	}
	return strings.NewReplacer(`"`, "", "`", "", "$", "", `\`, "").Replace(help)
}

var belongs = regexp.MustCompile("^(of|with|for) ")

func names(words []cli.Choice) string {
	var all []string
	for _, w := range words {
		all = append(all, w.Name)
	}
	return strings.Join(all, " ")
}

// Bash returns the completion of a tool for bash: its flags, the words that they take,
// and files.
func Bash(d cli.Description) string {
	var flags []string
	var cases strings.Builder
	each(d, func(f cli.DescribedFlag) {
		flags = append(flags, "-"+f.Name)
		pattern := fmt.Sprintf("\t-%s | --%[1]s)", f.Name)
		switch f.Takes {
		case cli.TakesWord:
			fmt.Fprintf(&cases, "%s\n\t\tCOMPREPLY=($(compgen -W '%s' -- \"$cur\"))\n\t\treturn\n\t\t;;\n", pattern, names(f.Words))
		case cli.TakesWords:
			fmt.Fprintf(&cases, "%s\n\t\tlocal before=${cur%%\"${cur##*,}\"}\n"+
				"\t\tCOMPREPLY=($(compgen -P \"$before\" -W '%s' -- \"${cur##*,}\"))\n\t\treturn\n\t\t;;\n", pattern, names(f.Words))
		case cli.TakesFile:
			fmt.Fprintf(&cases, "%s return ;;\n", pattern)
		case cli.TakesText:
			fmt.Fprintf(&cases, "%s\n\t\tcompopt +o default 2>/dev/null\n\t\treturn\n\t\t;;\n", pattern)
		}
	})
	return fmt.Sprintf(`# completion of %[1]s(1) for bash
_relucount_%[1]s() {
	local cur=${COMP_WORDS[COMP_CWORD]} flag=
	COMPREPLY=()
	# bash makes a word of the = between a flag and its value
	if [[ $cur == = ]]; then
		flag=${COMP_WORDS[COMP_CWORD-1]} cur=
	elif [[ ${COMP_WORDS[COMP_CWORD-1]} == = && COMP_CWORD -gt 1 ]]; then
		flag=${COMP_WORDS[COMP_CWORD-2]}
	else
		flag=${COMP_WORDS[COMP_CWORD-1]}
	fi
	case $flag in
%[2]s	esac
	if [[ $cur == -* ]]; then
		COMPREPLY=($(compgen -W '%[3]s' -- "$cur"))
	fi
}
# where there is nothing of the above, files
complete -o default -F _relucount_%[1]s %[1]s
`, d.Name, cases.String(), strings.Join(flags, " "))
}

// Zsh returns the completion of a tool for zsh.
func Zsh(d cli.Description) string {
	text := strings.NewReplacer(":", `\:`, "[", `\[`, "]", `\]`)
	word := strings.NewReplacer(":", `\:`, "(", `\(`, ")", `\)`, " ", `\ `, ";", `\;`, "|", `\|`, "&", `\&`, "<", `\<`, ">", `\>`, "'", `\'`)
	var b strings.Builder
	fmt.Fprintf(&b, "#compdef %s\n# completion of %[1]s(1) for zsh\n_arguments \\\n", d.Name)
	each(d, func(f cli.DescribedFlag) {
		spec := "-" + f.Name
		if f.Takes != cli.TakesNothing {
			spec += "="
		}
		spec += "[" + text.Replace(brief(f.Help)) + "]"
		switch f.Takes {
		case cli.TakesFile:
			spec += ":" + f.Arg + ":_files"
		case cli.TakesText:
			spec += ":" + f.Arg + ": "
		case cli.TakesWord:
			var words []string
			for _, w := range f.Words {
				words = append(words, w.Name+`\:`+word.Replace(brief(w.Help)))
			}
			spec += ":" + f.Arg + ":((" + strings.Join(words, " ") + "))"
		case cli.TakesWords:
			spec += ":" + f.Arg + ":_sequence compadd - " + names(f.Words)
		}
		fmt.Fprintf(&b, "  '%s' \\\n", strings.ReplaceAll(spec, "'", `'\''`))
	})
	b.WriteString("  '*:file:_files'\n")
	return b.String()
}

// Fish returns the completion of a tool for fish.
func Fish(d cli.Description) string {
	quoted := strings.NewReplacer("'", `\'`)
	var b strings.Builder
	fmt.Fprintf(&b, "# completion of %s(1) for fish\n", d.Name)
	each(d, func(f cli.DescribedFlag) {
		fmt.Fprintf(&b, "complete -c %s -o %s -d '%s'", d.Name, f.Name, quoted.Replace(brief(f.Help)))
		switch f.Takes {
		case cli.TakesFile:
			b.WriteString(" -r -F")
		case cli.TakesText:
			b.WriteString(" -x")
		case cli.TakesWord:
			var words []string
			for _, w := range f.Words {
				words = append(words, w.Name+`\t"`+brief(w.Help)+`"`)
			}
			fmt.Fprintf(&b, " -x -a '%s'", quoted.Replace(strings.Join(words, " ")))
		case cli.TakesWords:
			fmt.Fprintf(&b, " -x -a '(__fish_append , %s)'", names(f.Words))
		}
		b.WriteString("\n")
	})
	return b.String()
}
