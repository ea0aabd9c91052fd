package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"slices"
	"time"

	"relucount/pkg/capacity"
	"relucount/pkg/cli"
	"relucount/pkg/highs"
	"relucount/pkg/milp"
	"relucount/pkg/record"
	"relucount/pkg/stage"
)

func (o *options) run(e *cli.Env, inputs []string) error {
	err := e.Each(inputs, milp.Filter(e.Out, func(p *milp.Problem) error {
		b := &bounder{e: e, o: *o, p: p, coverer: coverer{ctx: e.Context(), limit: o.timeLimit}}
		if content := p.Digest(); content != p.ID {
			b.content = content
		}
		return b.all()
	}))
	if err == nil {
		e.Lacks(record.KindMilp, milp.Dropped)
	}
	return err
}

// bounder makes the bound records of one milp.
type bounder struct {
	e       *cli.Env
	o       options
	p       *milp.Problem
	content string // digest, when edited
	coverer coverer
	tables  []capacity.Table // of activation, once they are made
}

func (b *bounder) all() error {
	net, err := capacity.FromProblem(b.p, b.content != "")
	asked := len(b.o.methods) > 0
	for _, m := range b.o.list() {
		start := time.Now()
		r := record.Bound{
			Head: record.Head{Type: record.KindBound, Schema: record.Schema},
			Milp: b.p.ID, Method: m, Edited: b.content != "", Content: b.content,
		}
		if err != nil && m != "unstable" {
			if asked {
				return fmt.Errorf("method %s: %w", m, err)
			}
			say := b.e.Logf
			if b.content != "" { // the edit has made it so
				say = b.e.Warnf
			}
			say("%s: no %s bound: %v", b.p.Name, m, err)
			continue
		}
		if !slices.Contains(anySlopes, m) {
			if err := net.OnlyReLU(); err != nil {
				if asked {
					return fmt.Errorf("method %s: %w", m, err)
				}
				b.e.Logf("%s: no %s bound: %v", b.p.Name, m, err)
				continue
			}
		}
		if m == "zaslavsky" && len(net.Sizes) != 1 {
			if asked {
				return fmt.Errorf("method zaslavsky: %s has %d ReLU layers, it is for one", b.p.Name, len(net.Sizes))
			}
			continue
		}
		n, err := b.regions(net, &r)
		if err != nil {
			return fmt.Errorf("method %s: %w", m, err)
		}
		solver := ""
		if b.coverer.mips > 0 {
			solver = highs.Version()
		}
		r.Regions, r.Log2 = n.String(), record.Log2(n)
		r.Stats = &record.Stats{Seconds: time.Since(start).Seconds(), Work: record.Work{MIPs: b.coverer.mips}}
		b.coverer.mips = 0
		r.Prov = b.e.Prov(solver)
		b.e.Logf("%s: %s: 2^%.2f regions at most", b.p.Name, m, r.Log2)
		if err := b.e.Out.Write(r); err != nil {
			return err
		}
	}
	return nil
}

// regions returns the bound that r names, and fills in what r says about it.
func (b *bounder) regions(net *capacity.Layered, r *record.Bound) (n *big.Int, err error) {
	if len(b.p.Units) == 0 { // a linear network
		return big.NewInt(1), nil
	}
	switch r.Method {
	case "unstable":
		return capacity.Unstable(len(b.p.Unstable())), nil
	case "zaslavsky":
		return capacity.Zaslavsky(net.Sizes[0], net.N0), nil
	case "montufar2017":
		return capacity.Montufar(net.N0, net.Sizes), nil
	case "serra2018":
		return capacity.Serra(net.N0, net.Sizes), nil
	case "hinz2019":
		return capacity.Hinz(net.N0, net.Sizes), nil
	}
	r.From = b.p.Tighten
	if b.content != "" {
		r.From = "interval"
	}
	if b.tables == nil {
		if b.tables, err = capacity.Tables(net, &b.coverer); err != nil {
			return nil, err
		}
	}
	if r.Method == "activation" {
		for _, t := range b.tables {
			r.Relaxed = r.Relaxed || !t.Exact
		}
		if r.Tables, err = json.Marshal(b.tables); err != nil {
			return nil, err
		}
		return capacity.Activation(net.N0, b.tables)
	}
	cells, profiles, err := capacity.NewCells(net, b.tables, tightWork)
	if err != nil {
		return nil, err
	}
	if r.Method == "pairs" {
		n, whole, err := stage.Bound(b.coverer.ctx, b.p, b.content != "", net, cells, pairsWork)
		r.Relaxed = !whole
		if b.coverer.ctx.Err() != nil {
			err = cli.ErrInterrupted
		}
		return n, err
	}
	for _, p := range profiles {
		r.Relaxed = r.Relaxed || !p.Exact || !p.Sums
	}
	r.Tables, err = json.Marshal(profiles)
	return cells.All(), err
}

// tightWork limits what is spent on sets of active units.
var tightWork = capacity.Limits{SetUnits: 21, Work: 1 << 25, Sets: 1 << 24}

// pairsWork limits what is spent on cells: some ten seconds at most for networks of the
// size of the examples.
var pairsWork = stage.Limits{Tail: 1 << 18, Head: 1 << 18}

// coverer solves maximum coverage by a short search or, where that ends early,
// with HiGHS:
//
//	maximise sum_e y_e  subject to  y_e <= sum of s_j over the sets j with e,
//	sum_j s_j <= k,  s binary,  0 <= y <= 1
type coverer struct {
	ctx   context.Context
	limit time.Duration // for each solve
	spent time.Duration
	mips  int64
}

const (
	// with this number of nodes most entries of a table are found in no time
	searchNodes = 20000
	// after the time of this number of solves the bounds of the search have to do
	entries = 2
)

// MaxCover implements capacity.Coverer.
func (c *coverer) MaxCover(sets [][]int, universe, k int) (int, bool, error) {
	reach, exact, err := capacity.Search{Nodes: searchNodes}.MaxCover(sets, universe, k)
	if err != nil || exact || c.limit > 0 && c.spent >= entries*c.limit {
		return reach, exact, err
	}
	start := time.Now()
	defer func() { c.spent += time.Since(start) }()
	p := highs.Program{Maximize: true}
	by := make([][]int, universe)
	var idx []int
	var one []float64
	for j, set := range sets {
		idx, one = append(idx, p.AddColumn(0, 1, 0, true)), append(one, 1)
		for _, e := range set {
			by[e] = append(by[e], j)
		}
	}
	p.AddRow(math.Inf(-1), float64(k), idx, one)
	for e := range by {
		y := p.AddColumn(0, 1, 1, false)
		val := make([]float64, len(by[e])+1)
		for i := range by[e] {
			val[i] = 1
		}
		val[len(by[e])] = -1
		p.AddRow(0, math.Inf(1), append(by[e], y), val)
	}
	c.mips++
	r := p.Solve(c.ctx, highs.Options{TimeLimit: c.limit})
	if c.ctx.Err() != nil {
		return 0, false, cli.ErrInterrupted
	}
	bound := min(float64(reach), math.Floor(r.Bound+1e-6))
	if math.IsNaN(bound) || r.Status != highs.Optimal && r.Status != highs.Limit {
		return reach, false, nil
	}
	return int(bound), r.Status == highs.Optimal, nil
}
