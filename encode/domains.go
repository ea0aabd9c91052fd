package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"relucount/pkg/cli"
	"relucount/pkg/domain"
	"relucount/pkg/inputs"
	"relucount/pkg/record"
)

// given is what -domain says: an interval for all inputs, or a file.
type given struct {
	interval *[2]float64
	text     string
}

// String is how provenance has it: without folders.
func (g *given) String() string {
	if g.interval != nil {
		return g.text
	}
	return filepath.Base(g.text)
}

func parseDomain(s string) (g given, err error) {
	g.text = s
	lo, hi, ok := strings.Cut(s, ",")
	a, err1 := strconv.ParseFloat(strings.TrimSpace(lo), 64)
	b, err2 := strconv.ParseFloat(strings.TrimSpace(hi), 64)
	if !ok || err1 != nil || err2 != nil {
		if info, err := os.Stat(s); err != nil || info.IsDir() {
			return g, errors.New("this is neither two numbers LO,HI nor a file")
		}
		return g, nil
	}
	if err := domain.Box(1, a, b).Check(1); err != nil {
		return g, fmt.Errorf("[%g, %g] is no bounded interval", a, b)
	}
	g.interval = &[2]float64{a, b}
	return g, nil
}

// fixed is an input with its value.
type fixed struct {
	input int
	value float64
}

func parseFixed(s string) (f fixed, err error) {
	i, v, ok := strings.Cut(s, "=")
	var err1, err2 error
	f.input, err1 = strconv.Atoi(strings.TrimSpace(i))
	f.value, err2 = strconv.ParseFloat(strings.TrimSpace(v), 64)
	if !ok || err1 != nil || err2 != nil || f.input < 0 || f.value-f.value != 0 {
		return f, errors.New("I=V belongs here, the number of an input and its value")
	}
	return f, nil
}

func parsePoint(s string) (int, error) {
	i, err := strconv.Atoi(s)
	if err != nil || i < 0 {
		return 0, errors.New("numbers of rows belong here, from 0")
	}
	return i, nil
}

// Norms of balls.
const (
	normInf = "inf"
	norm1   = "1"
)

// asked is what the flags say about the inputs, with its files.
type asked struct {
	*options
	domain, rows, points *inputs.File // nil: not given
}

// checkDomain looks at what the flags about the inputs say together.
func (o *options) checkDomain(e *cli.Env) error {
	var from []string
	for _, name := range []string{"around", "line", "plane"} {
		if e.Given(name) {
			from = append(from, "-"+name)
		}
	}
	many := map[string]int{"-line": 2, "-plane": 3}
	switch {
	case len(from) > 1:
		return cli.Usagef("%s exclude each other", strings.Join(from, " and "))
	case e.Given("around") != e.Given("radius"):
		return cli.Usagef("-around and -radius belong together")
	case e.Given("norm") && !e.Given("around"):
		return cli.Usagef("-norm is for -around")
	case e.Given("points") && len(from) == 0:
		return cli.Usagef("-points is for -around, -line and -plane")
	case len(from) == 1 && many[from[0]] > 0 && e.Given("points") && len(o.points) != many[from[0]]:
		return cli.Usagef("%s goes through %d points, -points names %d", from[0], many[from[0]], len(o.points))
	case len(o.fix) > 0 && len(from) == 1 && many[from[0]] > 0:
		return cli.Usagef("-fix is not for %s: points say where it goes", from[0])
	}
	return nil
}

// files reads the files that the flags name.
func (o *options) files(e *cli.Env) (*asked, error) {
	a := &asked{options: o}
	for _, f := range []struct {
		name string
		to   **inputs.File
	}{{o.domain.text, &a.domain}, {o.rows, &a.rows}, {o.around + o.line + o.plane, &a.points}} {
		if f.name == "" || f.to == &a.domain && o.domain.interval != nil {
			continue
		}
		src, err := e.Open(f.name)
		if err != nil {
			return nil, err
		}
		defer src.Close()
		data, err := e.ReadAll(src)
		if err != nil {
			return nil, &record.Error{Place: f.name, Err: err}
		}
		*f.to = &inputs.File{Name: f.name, Data: data}
	}
	return a, nil
}

// named is a set of inputs, and what the name of its network ends with.
type named struct {
	suffix string
	domain *domain.Domain
	err    error // why there is none
}

// sets returns the sets of inputs that are asked about, for a network of so many
// inputs whose file has the domain own, or nil.
func (a *asked) sets(n int, own *domain.Domain, say func(string, ...any)) ([]named, error) {
	bases, err := a.bases(n, own, say)
	if err != nil {
		return nil, err
	}
	if a.rows != nil {
		rows, err := a.rows.Rows(n)
		if err != nil {
			return nil, err
		}
		for i := range bases {
			for _, r := range rows {
				bases[i].domain = bases[i].domain.And(r)
			}
		}
	}
	for i := range bases {
		for _, f := range a.fix {
			if bases[i].domain, err = bases[i].domain.Fix(f.input, f.value); err != nil {
				return nil, err
			}
		}
	}
	if a.points == nil {
		return bases, nil
	}
	points, err := a.points.Points(n)
	if err != nil {
		return nil, err
	}
	var all []named
	for _, b := range bases {
		more, err := a.at(b, points)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

// bases returns the sets that -domain has, or the network's own.
func (a *asked) bases(n int, own *domain.Domain, say func(string, ...any)) ([]named, error) {
	switch {
	case a.options.domain.interval != nil:
		return []named{{domain: domain.Box(n, a.options.domain.interval[0], a.options.domain.interval[1])}}, nil
	case a.domain == nil && own != nil:
		return []named{{domain: own}}, own.Check(n)
	case a.domain == nil:
		say("no domain is given, so it is [0, 1] for each input")
		return []named{{domain: domain.Box(n, 0, 1)}}, nil
	}
	all, left, err := a.domain.Domains(n)
	if err != nil {
		return nil, err
	}
	if left > 0 {
		say("%s: constraints on outputs are left out (%d)", a.domain.Name, left)
	}
	var out []named
	for i, d := range all {
		suffix := ""
		if len(all) > 1 {
			suffix = fmt.Sprintf("/%d", i+1)
		}
		out = append(out, named{suffix: suffix, domain: d})
	}
	return out, nil
}

// at returns what -around, -line or -plane makes of a set and the points of a
// file.
func (a *asked) at(base named, points [][]float64) (all []named, err error) {
	which := a.options.points
	need := map[bool]int{true: 2, false: 3}[a.line != ""]
	if a.around != "" {
		need = len(points)
	}
	for i := 0; len(which) < need && len(a.options.points) == 0; i++ {
		which = append(which, i)
	}
	for _, i := range which {
		if i >= len(points) {
			return nil, fmt.Errorf("%s: there is no point %d: the file has %d", a.points.Name, i, len(points))
		}
	}
	add := func(name string, d *domain.Domain, err error) {
		all = append(all, named{base.suffix + name, d, err})
	}
	switch p := points; {
	case a.line != "":
		d, err := base.domain.Line(p[which[0]], p[which[1]])
		add(fmt.Sprintf("@%d-%d", which[0], which[1]), d, err)
	case a.plane != "":
		d, err := base.domain.Plane(p[which[0]], p[which[1]], p[which[2]])
		add(fmt.Sprintf("@%d-%d-%d", which[0], which[1], which[2]), d, err)
	default:
		for _, i := range which {
			ball := base.domain.Ball
			if a.norm == norm1 {
				ball = base.domain.Ball1
			}
			d, err := ball(p[i], a.radius)
			add(fmt.Sprintf("@%d", i), d, err)
		}
	}
	return all, nil
}
