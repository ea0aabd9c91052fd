package main

const usage = `usage: report [flags] [file ...]

Says what the records of a pipe amount to: for each network the number of its
linear regions, or bounds on it, and how sure they are. report is the end of
the pipe. It reads records from the files, or from stdin, and takes them as a
set of facts: their order does not matter, and a fact that comes twice counts
once.

  exact   a count of all regions that was carried through
  lower   at least so many regions, with the given confidence: the best that the
          default rules give from trials, cells and probes, the error being
          divided evenly among trials of each size, cells of each size and
          seed, and probes of each method and seed. What was cut short enters
          with what it had come to. Or what a count that was not carried
          through is certain of, when that is not less.
  interval
          bounds on both sides, from trials or cells of size half, half the
          error on each side: the narrowest
  upper   at most so many regions: the smallest of the bound records and, by the
          name count, of counts that were not carried through. "from lp" says
          how the unit bounds were made that it rests on
  gap     bits from the exact count, or the lower bound, to the upper bound
  proxy   the average of lower and upper, and their geometric mean: estimates,
          not bounds
  trials  for each size of rows the bounds by all rules, each with the whole
          error. excess, the default: a number N is ruled out when the rows
          survived beyond log2 N + 1, at most 4 of each trial, add up to too
          many. clopper-pearson: by the number of trials that survived so
          many rows. sequential: may be stopped at any time. gamma: by the mean.
          binomial, chernoff: 2^(s-1) by the tail of the number of trials that
          survived s rows, exact or as Serra and Ramalingam have it (AAAI
          2020, Algorithm 1)
  cells   for each size, number of rows and seed of hashes the mean of the cells
          times 2^rows, its standard error, and bounds: cells, the default,
          and for size half cells-median, as ApproxMC
  probes  for each method and seed the mean weight, its standard error, and
          bounds: probes, the default, and probes-gamma
  counts  of counts that were not carried through the regions found, and from
          what to what the number of all is certain to be; those of the cubes
          of a partition are added up
  next    rows of hashes whose cells have about 90 regions
  cost    sums over the facts used

The bounds from trials are valid if the number of trials was fixed beforehand,
except by sequential, and none was left out for what it showed. Those by cells
and probes may be stopped at any time. docs/inference.md has the proofs.

Where a number is known, a lower bound that is above it is called a miss:
with 95 % confidence one in twenty may be. But certain facts that cannot all be
true, such as a count above an upper bound, are contradictions: something is
wrong with a record or a tool. They stand in the output and on stderr, and
report exits with 1.

Facts about a milp that was edited are shown on their own, marked "edited".
Error records are counted on stderr. Records of other types are ignored.

Flags:
  -format F      text (default), json (summary records), csv or markdown; in
                 csv and markdown each network is one row
  -confidence C  confidence of each bound from random questions, 0.5 <= C < 1
                 (default 0.95)
  -v             say on stderr what was read
  -k             go on after a bad record and exit with 1 at the end
  -version       print the version
  -h             print this text

Exit codes: 0 done, 1 error or contradiction, 2 usage.

Example:
  encode net.onnx | bound | hashgen -trials 28 | solve | report -confidence 0.99
`
