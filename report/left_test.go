package main

import (
	"strings"
	"testing"

	"relucount/pkg/cli/clitest"
)

func TestLeft(t *testing.T) {
	id, milp := clitest.Milp(t, clitest.Tiny)
	cube := func(version, rest string) string {
		return `{"type":"cube","schema":1,"milp":"` + id + `",` + rest + `"cube":0,"of":1,"partition":"p","prefix":[],"upper":"14","prov":{"tool":"solve","version":"` + version + `"}}` + "\n"
	}
	count := func(what string) string {
		return `{"type":"count","schema":1,"milp":"` + id + `","scope":"a cube","cube":0,"of":1,"partition":"p","regions":"3",` + what + `,"prov":{"tool":"solve","version":"1"}}` + "\n"
	}
	const back = `"exact":false,"left":{"of":1,"partition":"p"}`
	never := strings.Replace(milp, `"name":"tiny"`, `"name":"again"`, 1)
	clitest.Check(t, tool, []run{
		{"one", cube("1", "") + milp + milp + never, []string{"-left", "-v"}, 0, []string{milp + cube("1", "")}, []string{"report: 1 cube left to count\n"}},
		{"twice", milp + cube("1", "") + cube("1", ""), []string{"-left"}, 0, []string{milp + cube("1", "")}, nil},
		{"none", milp + cube("1", "") + count(`"exact":true`), []string{"-left", "-v"}, 0, nil, []string{"report: 0 cubes left to count\n"}},
		{"an open one", milp + cube("1", "") + count(`"exact":false`), []string{"-left"}, 0, []string{milp + cube("1", "")}, nil},
		{"of another version", milp + strings.Replace(cube("2", "")+count(`"exact":true`), `"of":1`, `"of":2`, 2), []string{"-left"}, 0, []string{milp + `{"type":"cube"`},
			[]string{"report: no record of 1 cube"}},
		{"known by another version", milp + cube("2", "") + count(`"exact":true`), []string{"-left", "-v"}, 0, nil, []string{"report: 0 cubes left"}},
		{"given back", milp + cube("1", "") + cube("1", `"rest":true,`) + count(back), []string{"-left"}, 0, []string{milp + cube("1", `"rest":true,`)}, nil},
		{"given back, and lost", milp + cube("1", "") + count(back), []string{"-left"}, 0, []string{milp + cube("1", "")}, nil},
		{"a rest that nobody gave back", milp + cube("1", "") + cube("1", `"rest":true,`), []string{"-left"}, 0, []string{milp + cube("1", "")}, nil},
		{"without a milp", cube("1", ""), []string{"-left"}, 1, nil, []string{"report: 1 cube left to count, but the milp is missing"}},
		{"a cube of which there is no record", milp + strings.Replace(count(`"exact":true`)+cube("1", ""), `"of":1`, `"of":2`, 2), []string{"-left"}, 0, nil,
			[]string{"report: no record of 1 cube that no exact count is known of"}},
		{"cut short", milp + cube("1", "") + count(`"exact":true`)[:40], []string{"-left"}, 1, nil, []string{"report: stdin:3: the line is cut short after 40 bytes"}},
		{"cut short, and passed over", milp + cube("1", "") + count(`"exact":true`)[:40], []string{"-left", "-k"}, 1, []string{milp + cube("1", "")}, []string{"stdin:3: the line is cut short"}},
		{"and a format", "never read", []string{"-left", "-format=json"}, 2, nil, []string{"-left writes no summary"}},
		{"and proofs", "never read", []string{"-left", "-verify"}, 2, nil, []string{"-left writes no summary"}},
	})
}
