package main

const usage = `usage: report [flags] [file ...]

Says what the records of a pipe amount to: for each network the number of its
linear regions, or bounds on it, and how sure they are. report is the end of
the pipe. It reads records from the files, or from stdin, and takes them as a
set of facts: their order does not matter, and a fact that comes twice counts
once.

  exact   a count of all regions that was carried through
  lower   at least so many regions. From trials, by the gamma rule: with R the
          rows that a trial survived, T the number of trials and q the
          quantile of Gamma(T, 1),  ln regions >= ln 2 mean(R) - q / T  with
          the given confidence. Trials that were not closed enter with the
          rows they are known to survive. With rows of several sizes the best
          of the sizes is taken, the error being divided evenly among them.
          Or regions that were found without carrying the count through, when
          that is not less: this is certain.
  upper   at most so many regions: the smallest of the bound records
  gap     bits from the exact count, or the lower bound, to the upper bound
  proxy   the average of lower and upper, and their geometric mean: estimates,
          not bounds
  trials  for each size of rows the bounds by three rules: gamma; binomial,
          2^(s-1) by the exact tail of the number of trials that survived s
          rows; chernoff, the same with Chernoff's bound on the tail, the rule
          of Serra and Ramalingam (AAAI 2020), Algorithm 1
  cost    sums over the facts used

The bounds from trials are valid if the number of trials was fixed beforehand
and none was left out for what it showed.

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
  -confidence C  confidence of each lower bound from trials, 0.5 <= C < 1
                 (default 0.95)
  -v             say on stderr what was read
  -k             go on after a bad record and exit with 1 at the end
  -version       print the version
  -h             print this text

Exit codes: 0 done, 1 error or contradiction, 2 usage.

Example:
  encode net.onnx | bound | hashgen -trials 28 | solve | report -confidence 0.99
`
