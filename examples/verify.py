#!/usr/bin/env python3
"""verify.py [FILE] checks proofs of numbers of regions in a stream of records, by default that of stdin, which gzip may
have compressed. docs/records.md describes them. Prints "ID N regions certified" for each milp, or exits with 1.
All numbers are scaled to integers: 2^S makes integers of those of a milp, and an affine function is a list of integers,
its constant last, that is scaled by 2^(S depth)."""
import gzip, json, re, sys
from math import gcd, isfinite
def need(ok, why="something is not as it should be"):
    if not ok: raise ValueError(why)
def folded(items):  # an object with keys in any case
    need(len({key.casefold() for key, _ in items}) == len(items), "a key stands twice")
    return {key.casefold(): value for key, value in items}
def double(v):  # numerator and denominator of the double that a number is
    need(type(v) in (int, float) and isfinite(float(v)), "no number where one belongs")
    return float(v).as_integer_ratio()
def ratio(v):  # the same, also of a fraction
    if type(v) is not str: return double(v)
    need(len(v) <= 10000 and re.fullmatch("-?[0-9]+(/0*[1-9][0-9]*)?", v), "%.40r is no fraction" % v)
    return tuple(int(part) for part in (v + "/1").split("/")[:2])
def fit(v, shape):  # a value of a record, of which absent parts and null are 0, "", false or empty
    if type(shape) is dict:
        need(v is None or type(v) is dict)
        return {name: fit((v or {}).get(name), part) for name, part in shape.items()}
    if type(shape) is list: v, shape = ([], ()) if v is None else (v, tuple(shape * len(v) if type(v) is list else ()))
    if type(shape) is tuple:
        need(type(v) is list and len(v) == len(shape) and (None not in v or type(shape[0]) is dict))
        return [fit(a, b) for a, b in zip(v, shape)]
    need(type(shape) is not type or v is None or type(v) is shape)
    return shape(v) if type(shape) is not type else shape() if v is None else v
def maybe(shape): return lambda v: None if v is None else fit(v, shape)
COL = {"kind": str, "integer": bool, "lo": maybe(double), "hi": maybe(double)}
MILP = {"id": str, "cols": [COL], "rows": [{**COL, "idx": [int], "val": [double]}],
        "units": [{"layer": int, "h": int, "hbar": int, "pre": int}]}
CLAIM = {"unit": int, "on": int, "units": [(int, ratio)], "rows": [(int, ratio)], "times": maybe(ratio)}
NODE = {"claims": [CLAIM], "split": maybe(int), "x": maybe([ratio]), "mix": maybe([(int, ratio)])}
PROOF = {"coordinates": str, "path": [(int, int)], "nodes": [NODE], "regions": str,
         "points": [lambda v: v if type(v) is str else fit(v, [ratio])]}
def common(ratios):  # integers in the same ratio, and the factor
    factor = 1
    for _, d in ratios: factor *= d // gcd(factor, d)
    return [n * (factor // d) for n, d in ratios], factor
def most(form, box, scale):  # the maximum of a function over a box
    return (form[-1] << scale) + sum(c * (hi if c > 0 else lo) for c, (lo, hi) in zip(form, box) if c)
def total(terms, n):  # the sum of multiples of lists of n integers
    return [sum(by * form[i] for by, form in terms if by) for i in range(n)]
def dot(form, x): return sum(c * v for c, v in zip(form, x) if c)
class Space:  # the network over n coordinates: units as forms with sources and depths, and limits of rows
    def __init__(self, n, box, scale, lift=None):
        self.n, self.box, self.scale, self.lift, self.units, self.rows = n, box, scale, lift, [], {}
    def add(self, S, own, sources):
        depth = 1 + max([self.units[s][2] for s, _, _ in sources], default=0)
        sources = [(s, on, w << S * (depth - 1 - self.units[s][2])) for s, on, w in sources]
        self.units.append(([v << S * (depth - 1) for v in own], sources, depth))
class Milp:
    def __init__(self, r):
        cols, rows, units = r["cols"], r["rows"], r["units"]
        inputs = {j: i for i, j in enumerate(j for j, c in enumerate(cols) if c["kind"] == "input")}
        need(r["id"] and inputs, "no id or inputs")
        self.S = S = max(w[1].bit_length() for v in cols + rows for w in [v["lo"], v["hi"]] + v.get("val", []) if w) - 1
        scaled = lambda w: w and (w[0] << S) // w[1]
        self.x = x = Space(len(inputs), [(scaled(cols[j]["lo"]), scaled(cols[j]["hi"])) for j in inputs], S)
        need(all(None not in b and b[0] <= b[1] for b in x.box) and not any(cols[j]["integer"] for j in inputs), "inputs: limits, or whole")
        for row in rows:
            need(len(row["idx"]) == len(row["val"]) == len(set(row["idx"])) and all(0 <= j < len(cols) for j in row["idx"]), "rows: idx")
            row.update(lo=scaled(row["lo"]), hi=scaled(row["hi"]), at=dict(zip(row["idx"], map(scaled, row["val"]))))
            row["x"] = [row["at"].get(j, 0) for j in inputs]
        self.count, layers, owner, pre, later = len(units), [0], {}, set(), []
        for k, u in enumerate(units):
            layers.append(u["layer"])
            need(0 < u["layer"] and layers[-1] - layers[-2] in (0, 1) and 0 <= u["pre"] < len(rows), "units[%d]: layer or pre" % k)
            for on, j in enumerate((u["hbar"], u["h"])):
                need(0 <= j < len(cols) and cols[j]["kind"] == ("hbar", "h")[on] and j not in owner, "units[%d]: h and hbar" % k)
                owner[j] = k, on
            row, at = rows[u["pre"]], dict(rows[u["pre"]]["at"])
            need(row["lo"] == row["hi"] is not None, "units[%d]: pre is no equation" % k)
            need((at.pop(u["h"], 0), at.pop(u["hbar"], 0)) == (-1 << S, 1 << S), "units[%d]: own h and hbar" % k)
            need(all(j in inputs or j in owner and layers[owner[j][0] + 1] < u["layer"] for j in at), "units[%d]: columns" % k)
            sources = [(*owner[j], w if owner[j][1] else -w) for j, w in at.items() if j in owner]
            x.add(S, row["x"] + [-row["lo"]], sources)
            if u["layer"] > 1: later.append((-row["lo"], sources, any(j in inputs for j in at)))
            pre.add(u["pre"])
        domain = [i for i, row in enumerate(rows) if i not in pre and all(j in inputs for j in row["idx"])]
        for i in {*range(len(rows))} - pre - {*domain}:
            need(rows[i]["kind"] in ("on", "off"), "rows[%d] is not proved" % i)
        first = layers.count(1)
        lift = [x.units[k][0] for k in range(first)] + [rows[i]["x"] + [0] for i in domain]
        y = Space(len(lift), [(-most([-c for c in f], x.box, S), most(f, x.box, S)) for f in lift], 2 * S, lift)
        y.units = [([int(i == k) for i in range(y.n + 1)], [], 0) for k in range(first)]
        for constant, sources, _ in later: y.add(S, [0] * y.n + [constant], sources)
        for d, i in enumerate(domain, first):
            lo, hi = rows[i]["lo"], rows[i]["hi"]
            for space, f in (x, rows[i]["x"]), (y, [int(j == d) << S for j in range(y.n)]):
                space.rows[i] = [None if v is None else f + [-v] for v in (lo, hi)], lo == hi is not None
        self.spaces = {"inputs": x} if any(skips for _, _, skips in later) else {"inputs": x, "first": y}
class Proof:  # a record; a state is 0 or 1, and whether the unit is split
    def __init__(self, m, r):
        self.m, self.space, self.forms, self.points, state = m, m.spaces.get(r["coordinates"]), {}, [], {}
        need(self.space, "coordinates that cannot be used")
        for unit, on in r["path"]: state = self.fix(state, unit, on, True)
        flat, den = common([w for v in r["points"] if type(v) is not str for w in v])
        rest, self.den = iter(flat), den << m.S
        for v in r["points"]:
            need(len(v) == m.x.n and (type(v) is not str or set(v) <= {"0", "1"}), "a point that is none")
            x = [ends[int(c)] * den for ends, c in zip(m.x.box, v)] if type(v) is str else [next(rest) << m.S for _ in v]
            self.points.append(self.locate(x, self.den))
        todo, self.leaves = [state], sum(node["split"] is None for node in r["nodes"])  # todo has nodes to come, the next one last
        for node in r["nodes"]:
            need(todo, "the tree has ended before the nodes")
            state = todo.pop()
            for c in node["claims"]: state = self.claim(state, c)
            need((node["split"], node["x"], node["mix"]).count(None) == 2, "a node has one of split, x and mix")
            if node["split"] is None: self.leaf(state, node["x"], node["mix"])
            else: todo += [self.fix(state, node["split"], on, True) for on in (1, 0)]
        need(not todo and r["regions"] == str(self.leaves), "the tree is cut short, or it has not so many leaves")
    def fix(self, state, unit, on, split):
        need(0 <= unit < self.m.count and unit not in state and on in (0, 1), "unit %d: there is none, or it has a state" % unit)
        return {**state, unit: (on, split)}
    def form(self, state, k):  # the pre-activation of unit k, by the states of the units before it
        own, sources, _ = self.space.units[k]
        key = k, tuple(state[u][0] if u in state else None for u in range(k)) if sources else ()
        if key not in self.forms:
            need(all(s in state for s, _, _ in sources), "what unit %d rests on is not known" % k)
            parts = [(w, self.form(state, s)) for s, on, w in sources if w and state[s][0] == on]
            self.forms[key] = total([(1, own)] + parts, len(own))
        return self.forms[key]
    def claim(self, state, c):
        m, space, k, units, rows = self.m, self.space, c["unit"], c["units"], c["rows"]
        after = self.fix(state, k, c["on"], False)
        need(len(dict(units)) == len(units) and len(dict(rows)) == len(rows), "an index stands twice")
        need(all(i in state and state[i][1] for i, _ in units), "a unit that is not split above")
        by, _ = common([c["times"] or (1, 1)] + [v for _, v in units + rows])
        need(by[0] > 0 and min(by[:len(units) + 1]) >= 0, "a multiple has the wrong sign")
        parts = [(-by[0] if c["on"] else by[0], self.form(state, k), space.units[k][2])]
        parts += [(b if state[i][0] else -b, self.form(state, i), space.units[i][2]) for (i, _), b in zip(units, by[1:])]
        for (i, _), b in zip(rows, by[1 + len(units):]):
            need(i in space.rows and space.rows[i][0][b < 0], "there is no such limit of a row")
            parts.append((b, space.rows[i][0][b < 0], 1))
        depth = max(d for _, _, d in parts)
        f = total([(b << m.S * (depth - d), form) for b, form, d in parts], space.n + 1)
        if most(f, space.box, space.scale) > 0:  # then also over the inputs
            f = total([(1, [0] * m.x.n + [f[-1] << m.S])] + [*zip(f, space.lift or [])], m.x.n + 1)
            need(space.lift and most(f, m.x.box, m.S) <= 0, "a claim does not follow")
        return after
    def locate(self, x, den):  # the coordinates of a point, and whether it is strictly within the limits
        sides = [((v << self.m.S) - lo * den, hi * den - (v << self.m.S), lo == hi) for v, (lo, hi) in zip(x, self.m.x.box)]
        need(all(a >= 0 and b >= 0 for a, b, _ in sides), "a point outside of the limits")
        y = x if self.space.lift is None else [dot(f, x + [den]) for f in self.space.lift]
        return y, all(same or a and b for a, b, same in sides)
    def leaf(self, state, x, mix):
        at, (by, den) = [i for i, _ in mix or []], common([w for _, w in mix] if mix is not None else x)
        need(len(by) == self.m.x.n if mix is None else all(w > 0 for w in by), "a wrong number of numbers, or a wrong weight")
        need(len(set(at)) == len(at) and all(0 <= i < len(self.points) for i in at), "a mix of points that are not there, or one twice")
        mixed = total([(w, self.points[i][0]) for i, w in zip(at, by)], self.space.n)
        (x, strictly), den = (self.locate(by, den), den) if mix is None else ((mixed, False), sum(by) * self.den)
        need(strictly or any(self.points[i][1] for i in at), "a point that is not strictly within the limits")
        need(len(state) == self.m.count, "a leaf with a unit that has no state")
        x, g = x + [den if self.space.lift is None else den << self.m.S], []
        for (lo, hi), equation in self.space.rows.values():
            need(dot(lo, x) == 0 if equation else (not lo or dot(lo, x) > 0) and (not hi or dot(hi, x) < 0), "a point outside of a row")
        for k, (own, sources, _) in enumerate(self.space.units):
            g.append(dot(own, x) + sum(w * g[s] for s, on, w in sources if state[s][0] == on))
            need(g[k] > 0 if state[k][0] else g[k] < 0 or g[k] == 0 and not state[k][1], "a point on the wrong side of unit %d" % k)
def whole(pieces):  # the sum, if the paths are the leaves of one tree
    count, due = 0, [()]  # paths in the order of the tree, the next one last
    for path, n in sorted(pieces):
        need(due and path[:len(due[-1])] == due[-1], "nothing is proved below %s, or something twice: %s" % (due[-1:], path))
        for i in range(len(due.pop()), len(path)):
            need(path[i][1] == 0, "nothing is proved below %s" % (path[:i] + ((path[i][0], 0),),))
            due.append(path[:i] + ((path[i][0], 1),))
        count += n
    need(not due, "nothing is proved below %s" % (due[-1:],))
    return str(count)
def main():
    milps, counts, n, out = {}, [], 0, ""
    try:
        file = open(sys.argv[1], "rb") if len(sys.argv) > 1 else sys.stdin.buffer
        for n, line in enumerate(gzip.open(file) if file.peek(2)[:2] == b"\x1f\x8b" else file, 1):
            r = json.loads(line.decode("utf-8", "replace") if line.strip() else '{"type":"blank"}', object_pairs_hook=folded,
                           parse_constant=double, parse_int=lambda s: int(s) if len(s) < 20 else float(s))
            need(type(r) is dict and type(r.get("type")) is str and r["type"], "not a record")
            need(r["type"] not in ("milp", "proof") or type(r.get("schema")) is int and r["schema"] == 1, "schema is not 1")
            if r["type"] == "milp":
                m = Milp(fit(r, MILP))
                need(milps.setdefault(r["id"], (m, [], line))[2] == line, "another milp has the same id")
            elif r["type"] == "proof":
                need(type(r.get("milp")) is str and r["milp"] in milps, "a proof before its milp")
                (m, pieces, _), r = milps[r["milp"]], fit(r, PROOF)
                pieces.append((tuple(map(tuple, r["path"])), Proof(m, r).leaves))
            elif r["type"] == "count" and r.get("scope") == "whole" and r.get("exact") is True and not r.get("content"):
                counts.append((r.get("milp"), r.get("regions")))
        for name, (_, pieces, _) in (milps or need(False, "no milp")).items():
            count = whole(pieces)
            need(all(v == count for i, v in counts if i == name), "there are %s regions, a count says other" % count)
            out += "%s %s regions certified\n" % (name, count)
    except Exception as e:  # a defect of the stream, or of this script: nothing is certified
        sys.exit("line %d: %s" % (n, e))
    sys.stdout.write(out.encode("ascii", "backslashreplace").decode())
getattr(sys, "set_int_max_str_digits", lambda n: None)(0)
if __name__ == "__main__": main()
