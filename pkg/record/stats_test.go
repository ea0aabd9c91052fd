package record_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"relucount/pkg/record"
)

// Every figure of Work is in its sums, differences and comparisons.
func TestWork(t *testing.T) {
	t.Parallel()
	var all record.Work
	v := reflect.ValueOf(&all).Elem()
	for k := range v.NumField() {
		v.Field(k).SetInt(int64(k + 1))
		var one record.Work
		reflect.ValueOf(&one).Elem().Field(k).SetInt(1)
		if one.Compare(record.Work{}) != 1 || (record.Work{}).Compare(one) != -1 || one.Compare(one) != 0 {
			t.Errorf("%s is not compared", v.Type().Field(k).Name)
		}
	}
	twice := all
	twice.Add(all)
	for k := range v.NumField() {
		if got := reflect.ValueOf(twice).Field(k).Int(); got != 2*int64(k+1) {
			t.Errorf("%s adds up to %d", v.Type().Field(k).Name, got)
		}
	}
	if got := twice.Since(all); got != all {
		t.Errorf("difference %+v, want %+v", got, all)
	}
}

func TestStatsAsWritten(t *testing.T) {
	t.Parallel()
	s := record.Stats{Engine: "tree", Seconds: 0.5, Work: record.Work{Nodes: 1, LPs: 2, HiGHS: 3, Pivots: 4, MIPs: 5, Retries: 6}}
	b, err := json.Marshal(s)
	const want = `{"engine":"tree","seconds":0.5,"nodes":1,"lps":2,"highs":3,"pivots":4,"mips":5,"retries":6}`
	if err != nil || string(b) != want {
		t.Errorf("%s, %v, want %s", b, err, want)
	}
}
