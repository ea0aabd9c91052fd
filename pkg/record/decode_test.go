package record_test

import (
	"errors"
	"strings"
	"testing"

	"relucount/pkg/record"
)

// decode reads one line and decodes it as a trial.
func decode(t *testing.T, line string) (record.Trial, error) {
	t.Helper()
	l, err := open(t, line).Next()
	if err != nil {
		t.Fatal(err)
	}
	var v record.Trial
	err = l.Decode(&v)
	var placed *record.Error
	if err != nil && (!errors.As(err, &placed) || placed.Place != "in:1") {
		t.Errorf("%v has no place", err)
	}
	return v, err
}

func TestDecode(t *testing.T) {
	v, err := decode(t, `{"type":"trial","schema":1,"milp":"m","trial":3,"size":"half","seed":"s","rows":4,"of":5,"closed":true,"new":{"x":[1]},`+
		`"witness":{"pattern":["01"],"x":[0.5]},"stats":{"seconds":0.1,"lps":9007199254740993}}`)
	if err != nil {
		t.Fatal(err)
	}
	if v.Milp != "m" || v.Trial != 3 || v.Size != record.Half || v.Rows != 4 || !v.Closed || v.Witness.X[0] != 0.5 || v.Stats.LPs != 1<<53+1 {
		t.Errorf("%+v", v)
	}
}

func TestSchema(t *testing.T) {
	for schema, want := range map[string]string{
		"":                                  "trial record has no schema (this version reads schema 1)",
		`,"schema":2`:                       "schema 2 is not known (this version reads schema 1)",
		`,"schema":0`:                       "schema 0 is not known",
		`,"schema":-1`:                      "schema -1 is not known",
		`,"schema":99999999999999999999`:    "schema is 99999999999999999999: it must be a whole number",
		`,"schema":1.5`:                     "schema is 1.5: it must be a whole number",
		`,"schema":"1"`:                     `schema is "1": it must be a whole number`,
		`,"schema":[1]`:                     "schema is [1]: it must be a whole number",
		`,"Schema":1`:                       "trial record has no schema",
		`,"new":{"schema":1}`:               "trial record has no schema",
		`,"new":[{"schema":1}]`:             "trial record has no schema",
		`,"schema":1,"schema":1`:            `key "schema" stands twice`,
		`,"schema":1,"schema":2`:            "schema 2 is not known",
		`,"schema":1,"\u0073chema":1`:       `key "schema" stands twice`,
		`,"schema":1,"new":{"schema":2}`:    "",
		`,"schema":  1  ,"milp" : "m"`:      "",
		`,"schema":1,"s":"\"schema\":2,{["`: "",
	} {
		_, err := decode(t, `{"type":"trial"`+schema+`,"size":1}`)
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", schema, err)
		case want != "" && (err == nil || !strings.HasPrefix(err.Error(), "in:1: "+want)):
			t.Errorf("%s: %v, want %q", schema, err, want)
		}
	}
}

// encoding/json would take the last of two keys, and the same in other case.
func TestKeysTwice(t *testing.T) {
	for fields, want := range map[string]string{
		`"rows":1,"rows":2`:                                    `key "rows" stands twice`,
		`"rows":1,"Rows":2`:                                    `key "Rows" stands twice`,
		`"rows":1,"r\u006fws":2`:                               `key "rows" stands twice`,
		`"\u0072ows":1,"R\u004fWS":2`:                          `key "ROWS" stands twice`,
		`"rows":1,"TYPE":"x"`:                                  `key "TYPE" stands twice`,
		`"stats":{"lps":1,"LPs":2}`:                            `stats: key "LPs" stands twice`,
		`"witness":{"x":[1],"pattern":[],"x":[]}`:              `witness: key "x" stands twice`,
		`"new":[[0,{"a":1}],{"b":{"c":1,"c":1}}]`:              `new[1].b: key "c" stands twice`,
		`"new":[[0,{"a":1,"a":1}]]`:                            `new[0][1]: key "a" stands twice`,
		`"new":{"ſ":1,"S":2}`:                                  `new: key "S" stands twice`, // encoding/json folds these
		`"new":{"":1,"":2}`:                                    `new: key "" stands twice`,
		`"new":{"\"":1,"\u0022":2}`:                            `new: key "\"" stands twice`,
		`"new":[{"a":1},{"a":2}],"old":{"a":{"a":{"a":1}}}`:    "",
		`"new":{"a":1,"a ":2,"b":"a","c":["a","a"],"\\":"\""}`: "",
	} {
		_, err := decode(t, `{"type":"trial","schema":1,`+fields+`}`)
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", fields, err)
		case want != "" && (err == nil || err.Error() != "in:1: "+want):
			t.Errorf("%s: %v, want %q", fields, err, want)
		}
	}
}

func TestWrongTypes(t *testing.T) {
	for fields, want := range map[string]string{
		`"rows":"4"`:                 "rows: string where int belongs",
		`"rows":1.5`:                 "rows: number 1.5 where int belongs",
		`"rows":1e30`:                "rows: number 1e30 where int belongs",
		`"seed":1`:                   "seed: number where string belongs",
		`"witness":{"x":["0"]}`:      "witness.x: string where float64 belongs",
		`"witness":{"x":[1e400]}`:    "witness.x: number 1e400 where float64 belongs",
		`"stats":{"seconds":[]}`:     "stats.seconds: array where float64 belongs",
		`"size":"big"`:               `size "big" is neither a positive number nor "half"`,
		`"size":0`:                   `size "0" is neither`,
		`"size":null`:                `size "null" is neither`,
		`"size":2.5`:                 `size "2.5" is neither`,
		`"witness":{"pattern":"01"}`: "witness.pattern: string where []string belongs",
	} {
		_, err := decode(t, `{"type":"trial","schema":1,`+fields+`}`)
		if err == nil || !strings.HasPrefix(err.Error(), "in:1: "+want) {
			t.Errorf("%s: %v, want %q", fields, err, want)
		}
	}
}
