package main

const about = `Says what the records of a pipe amount to: for each network the number of its
linear regions, or bounds on it, and how sure they are. report is the end of
the pipe. It reads records from the files, or from stdin, and takes them as a
set of facts: their order does not matter, and a fact that comes twice counts
once.

  exact     the number of regions, from a count that was completed. "certified":
            proofs that were checked, now (-verify) or before (checked records),
            prove it
  lower     at least this many regions, with the given confidence: the best bound
            that the default rules give from trials, cells and probes. The error
            is divided evenly among trials of each size, cells of each size and
            seed, and probes of each method and seed. A question that was cut
            short enters with what it had found. Where a count that was not
            completed is certain of as much, it stands here instead
  interval  the narrowest bounds on both sides, from trials or cells of size
            half, with half the error on each side
  upper     at most this many regions: the smallest of the bound records and of
            what counts that were not completed are certain of (named count).
            "from lp" says how the bounds of units that it rests on were made
  gap       bits from the exact count, or the lower bound, to the upper bound
  proxy     the average of lower and upper, and their geometric mean: estimates,
            not bounds
  trials    for each size of rows the bounds by all rules, each with the whole
            error:
              excess           the default: it rules a number N out when the rows
                               survived beyond log2 N + 1, at most 4 of each
                               trial, add up to too many
              clopper-pearson  by the number of trials that survived a row
              sequential       may be stopped at any time
              gamma            by the mean
              binomial         2^(s-1) by the tail of the number of trials that
                               survived s rows
              chernoff         the same by the estimate of Serra and Ramalingam
                               (AAAI 2020, Algorithm 1)
  cells     for each size, number of rows and seed of hashes the mean of the
            cells times 2^rows, its standard error, and bounds: cells, the
            default, and for size half cells-median, as ApproxMC
  probes    for each method and seed the mean weight, its standard error, and
            bounds: probes, the default, and probes-gamma
  measured  what regions are like, from probes that measure (solve -measure): the
            share and the number of regions of each class, and the mean and
            quantiles of other measures, each with an interval. The JSON summary
            has the intervals by both rules, delta and bootstrap. They hold with
            their confidence in the limit of many probes: docs/statistics.md
  counts    for each count that was not completed the regions found, and the
            range in which the number of all is certain to be. Those of the cubes
            of a partition are added up
  next      rows of hashes whose cells have about 90 regions
  cost      sums over the facts used

The bounds from trials, except sequential, are valid if the number of trials was
fixed beforehand and no trial was left out for what it showed. The bounds from
cells and probes may be stopped at any time. docs/inference.md has the proofs.

Networks of one shape and domain whose names differ in one number, such as
checkpoints of a training, are a sequence if there are three or more: text and
html show them in the order of that number, with the differences.

-format svg and png draw. Of a stream with region records (solve -regions
-vertices) they draw the regions, of a domain of two dimensions as a map, and of
one dimension as the graph of the outputs (solve -affine). The memory is bounded,
however many regions there are: what is smaller than a pixel is merged, and the
picture says how many regions that are. Of other streams they plot the facts. Data
go on top with -points. -format html writes all of it as one page, with the tables
behind the plots.

Where a number is known, a lower bound above it is called a miss: with 95 %
confidence one in twenty may be. But certain facts that cannot all be true, such
as a count above an upper bound, are contradictions: something is wrong with a
record or a tool. They stand in the output and on stderr, and report exits with
1.

A proof record proves how many regions there are below a path in the tree of
patterns. With -verify report checks the proofs in exact arithmetic and believes
nothing else about them. It exits with 1 if one is wrong, or if those of a network
do not prove the number of all its regions. The milp must come before its proofs.
Without -verify proofs are ignored. To check in parallel, give each job the milp
and some of the proofs:

  parallel --pipe --header '.*\n' report -verify -checked < proofs | report

With -left report writes what is left to count, so that a count that was split can
be continued wherever it stopped. Give it the cubes and all that has come of them:

  report -left cubes.ndjson facts.ndjson |
    parallel --pipe --header : -N1 solve -j 1 >> facts.ndjson

Facts about a milp that was edited are shown on their own, marked "edited".
Error records are counted on stderr. Records of other types are ignored.
`

const notes = `Exit codes: 0 done, 1 error or contradiction, 2 usage.
`
