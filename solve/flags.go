package main

import (
	"time"

	"relucount/pkg/cli"
	"relucount/pkg/notion"
	"relucount/pkg/record"
	"relucount/pkg/region"
)

type options struct {
	region.Options
	count, patterns, keep bool
	regions               bool
	region.Aspects        // of the regions
	define                string
	proof                 bool
	timeLimit             time.Duration
	cubes                 int // to write for each milp; 0: answer
	cubesLeft             bool
	probes                int
	measure               []string // of the regions that probes end in
	pilot                 int      // descents that tune the probes
	seed                  string   // of the probes
	part                  cli.Part // of the probes
}

func (o *options) flags() []cli.Group {
	engines := []cli.Choice{
		{Name: "tree", Help: "the tree search"},
		{Name: "mip", Help: "HiGHS's branch and bound, which cannot see regions that reach less than 1e-6 beyond a hyperplane"},
	}
	deciders := []cli.Choice{
		{Name: "geometry", Old: "filtered", Help: "the tree's own geometry, exactly"},
		{Name: "highs", Help: "HiGHS alone: slow, for comparison"},
	}
	notions := []cli.Choice{
		{Name: notion.Patterns, Help: "patterns that occur at some input, also where they have no interior"},
		{Name: notion.Regions, Help: "patterns of inputs with an interior"},
		{Name: notion.Convex, Help: "the fewest convex pieces on which the outputs are affine; not built"},
		{Name: notion.Pieces, Help: "maximal connected open sets on which the outputs are affine"},
		{Name: notion.Closed, Help: "the same of closed regions, which may be connected by a point"},
		{Name: notion.Affine, Help: "different affine functions that the outputs are"},
		{Name: notion.Decision, Help: "maximal connected open sets of inputs of one class, which is the largest output"},
	}
	measures := []cli.Choice{
		{Name: record.MeasureClass, Help: "which output is largest, and whether in all of the region; of one output whether it is above 0"},
		{Name: record.MeasureFacets, Help: "how many regions are next to it"},
		{Name: record.MeasureRadius, Help: "the radius of the largest ball in it"},
		{Name: record.MeasureSlope, Help: "the norm of the gradient of each output"},
		{Name: record.MeasureVolume, Help: "its volume, in up to 6 coordinates"},
		{Name: measureAll, Help: "of these what the network and its domain have"},
	}
	return []cli.Group{
		{Title: "Questions", Flags: []cli.Flag{
			{Name: "count", Value: cli.Switch(&o.count), Help: "count the regions of every milp"},
			{Name: "define", Arg: "NAME", Value: cli.Word(&o.define, notion.Regions, notions...), Help: "what -count counts"},
			{Name: "max", Arg: "N", Value: cli.Int(&o.Max, 0, cli.AtLeast[int64](0)), Default: "0, no limit",
				Help: "stop every count after N regions"},
			{Name: "patterns", Value: cli.Switch(&o.patterns), Help: "write a pattern record for each region counted, with a point of it"},
			{Name: "regions", Value: cli.Switch(&o.regions), Help: "count, and write a region record for each region, with a point of it: of every cube, and of every milp of which no cube comes"},
			{Name: "facets", Value: cli.Switch(&o.Facets), Help: "write with each region its facets, each with the pattern across, and those where the domain ends; the latter not when more than 6 inputs go into a first layer of fewer units"},
			{Name: "vertices", Value: cli.Switch(&o.Vertices), Help: "write with each region its vertices, in up to 6 coordinates"},
			{Name: "no-inputs", Value: cli.Switch(&o.NoInputs), Help: "of -vertices of a slice: leave out what they are in the network's inputs, of which there may be hundreds. report has no need of it"},
			{Name: "volume", Value: cli.Switch(&o.Volume), Help: "write with each region its volume, in up to 6 coordinates"},
			{Name: "affine", Value: cli.Switch(&o.Affine), Help: "write with each region the affine function that the network's outputs are on it"},
			{Name: "radius", Value: cli.Switch(&o.Radius), Help: "write with each region the radius of the largest ball in it"},
			{Name: "proof", Value: cli.Switch(&o.proof), Help: "write with each count, of a milp (-count) or of a cube, the records of its proof, which report -verify and examples/verify.py check with the milp"},
			{Name: "witness", Value: cli.Switch(&o.Witness), Help: "write with each trial the region that it found last"},
			{Name: "probes", Arg: "N", Value: cli.Int(&o.probes, 0, cli.Within(1, record.MostProbes)),
				Help: "make N random descents through the regions of every milp and write a probe record for each; " +
					"the mean of their weights estimates the number of regions"},
			{Name: "measure", Arg: "LIST", Value: cli.Words(&o.measure, measures...),
				Help: "say with each probe what the region is like that it ends in; report makes of it what all regions are like"},
			{Name: "pilot", Arg: "N", Value: cli.Int(&o.pilot, 0, cli.Within(1, record.MostProbes)),
				Help: "make N more descents before the probes, which are no probes, and tune by them how probes choose: that lowers their spread, in up to 128 coordinates"},
			{Name: "population", Arg: "N", Value: cli.Int(&o.Copies, 1, cli.Within(1, record.MostCopies)),
				Help: "make each probe a descent of N copies, which stay where regions are: for large networks, in which single descents miss them"},
			cli.SeedFlag(&o.seed, "probes"),
			cli.PartFlag(&o.part, "probes", "N"),
			{Name: "cubes", Arg: "N", Value: cli.Int(&o.cubes, 0, cli.Within(1, record.MostCubes)),
				Help: "write after every milp about N cube records, which share its regions out evenly; everything is passed on, and nothing answered"},
			{Name: "cubes-left", Value: cli.Switch(&o.cubesLeft),
				Help: "give back what a count leaves that a limit or a signal ends: write it as cube records, which can be counted later and elsewhere"},
		}},
		{Title: "Answers", Flags: []cli.Flag{
			{Name: "engine", Arg: "E", Value: cli.Word(&o.Engine, "tree", engines...), Help: "what searches"},
			{Name: "oracle", Arg: "O", Value: cli.Word(&o.Oracle, "geometry", deciders...), Help: "what decides in the tree search"},
			{Name: "margin", Arg: "R", Value: cli.Number(&o.Ball, 0, cli.AtLeast(0.0)), Default: "0, all regions",
				Help: "count only regions that hold a ball of radius R, in the units of the milp's input columns, as far as doubles can tell"},
			cli.TimeLimitFlag(&o.timeLimit, 0, "for each question, as 500ms or 10m. What is found by then is written as a partial fact: "+
				"a count says how many regions there are at least and at most, and spends the second half of D on closing in"),
		}},
		{Title: "Running", Flags: []cli.Flag{
			{Name: "keep", Value: cli.Switch(&o.keep), Silent: true, Help: "pass milp, parity and cube records on, too"},
			cli.WorkersFlag(&o.Workers, "the facts do not depend on it, unless a limit cut them short"),
		}},
	}
}

// other reports whether something else than regions is to be counted.
func (o *options) other() bool { return o.define != notion.Regions }

// check looks at what the flags say together.
func (o *options) check(e *cli.Env) error {
	switch {
	case o.other() && (!o.count || o.regions || o.patterns || o.proof || o.Max > 0 || o.Ball > 0 || o.Engine == "mip" || o.Oracle == "highs"):
		return cli.Usagef("-define %s is for -count by the tree search, without -max, -margin, -regions, -patterns and -proof", o.define)
	case o.NoInputs && !o.Vertices:
		return cli.Usagef("-no-inputs is for -vertices")
	case o.Aspects != region.Aspects{} && !o.regions:
		return cli.Usagef("-facets, -vertices, -volume, -affine and -radius are for -regions")
	case o.regions && (o.patterns || o.proof || o.Engine == "mip" || o.Oracle == "highs"):
		return cli.Usagef("-regions is for the tree search, and not with -patterns or -proof")
	case o.cubes > 0 && (o.count || o.regions || o.proof || o.probes > 0 || o.Max > 0 || o.patterns || o.Witness):
		return cli.Usagef("-cubes only asks: -count, -regions, -proof, -probes, -max, -patterns and -witness belong to the solve that answers")
	case o.proof && (o.Max > 0 || o.probes > 0 || o.Engine == "mip" || o.Oracle == "highs"):
		return cli.Usagef("-proof is for counts by the tree search without -max, not for probes")
	case o.cubesLeft && (o.cubes > 0 || o.proof || o.Ball > 0 || o.Engine == "mip" || o.Oracle == "highs"):
		return cli.Usagef("-cubes-left is for counts by the tree search, without -proof and -margin, and not with -cubes")
	case o.Ball > 0 && (o.probes > 0 || o.proof || o.cubes > 0):
		return cli.Usagef("-margin is for counts, trials and cells, and not with -proof")
	case o.probes == 0 && e.Given("pilot"):
		return cli.Usagef("-pilot is for -probes")
	case o.probes == 0 && e.Given("population"):
		return cli.Usagef("-population is for -probes")
	case o.pilot > 0 && o.Copies > 1:
		return cli.Usagef("-pilot is for probes without -population")
	case o.Copies > 1 && (o.Engine == "mip" || o.Oracle == "highs"):
		return cli.Usagef("-population is for the tree search")
	case o.pilot > 0 && (o.Engine == "mip" || o.Oracle == "highs"):
		return cli.Usagef("-pilot is for the tree search")
	case o.probes == 0 && e.Given("measure"):
		return cli.Usagef("-measure is for -probes")
	case len(o.measure) > 0 && (o.Engine == "mip" || o.Oracle == "highs"):
		return cli.Usagef("-measure is for the tree search")
	case o.probes == 0 && (e.Given("seed") || e.Given("part")):
		return cli.Usagef("-seed and -part are for -probes")
	}
	return nil
}
