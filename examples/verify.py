#!/usr/bin/env python3
"""Checks proofs of numbers of regions: verify.py [FILE], by default of stdin.

Reads a stream of records, which gzip may have compressed: a milp, then its proof
records, as docs/records.md describes them. Prints "ID N regions certified" for each
milp and exits with 0, or says what is wrong, by line, and exits with 1.

All numbers are scaled to integers: 2^S makes integers of those of a milp, and an affine
function is a list of integers, its constant last, that is scaled by 2^(S depth).
"""
import gzip, json, re, sys
from math import gcd, isfinite

class Wrong(Exception): pass

def need(ok, why="something is not as it should be"):
    if not ok: raise Wrong(why)

def folded(items):  # an object with keys in any case, none of them twice
    out = {key.casefold(): value for key, value in items}
    need(len(out) == len(items), "a key stands twice")
    return out

def double(v):  # numerator and denominator of the double that a number is
    need(type(v) in (int, float) and isfinite(float(v)), "no number where one belongs")
    return float(v).as_integer_ratio()

def ratio(v):  # the same, also of a fraction
    if type(v) is not str: return double(v)
    need(len(v) <= 10000 and re.fullmatch("-?[0-9]+(/0*[1-9][0-9]*)?", v), "%.40r is no fraction" % v)
    above, _, below = v.partition("/")
    return int(above), int(below or 1)

def fit(v, shape):  # a value of a record, of which absent parts and null are 0, "", false or empty
    if type(shape) is dict:
        need(v is None or type(v) is dict)
        return {name: fit((v or {}).get(name), part) for name, part in shape.items()}
    if type(shape) in (list, tuple):
        v = [] if v is None and type(shape) is list else v
        need(type(v) is list and (None not in v or type(shape[0]) is dict) and len(v) == len(shape if type(shape) is tuple else v))
        return [fit(a, b) for a, b in zip(v, shape if type(shape) is tuple else shape * len(v))]
    if type(shape) is not type: return shape(v)
    need(v is None or type(v) is shape)
    return shape() if v is None else v

def maybe(shape): return lambda v: None if v is None else fit(v, shape)

ENDS, TERMS = {"lo": maybe(double), "hi": maybe(double)}, [(int, ratio)]
MILP = {"id": str, "cols": [{"kind": str, "integer": bool, **ENDS}],
        "rows": [{"kind": str, "idx": [int], "val": [double], **ENDS}],
        "units": [{"layer": int, "h": int, "hbar": int, "pre": int, "z": maybe(int)}]}
CLAIM = {"unit": int, "on": int, "units": TERMS, "rows": TERMS, "times": maybe(ratio)}
PROOF = {"milp": str, "coordinates": str, "path": [(int, int)], "regions": str,
         "points": [lambda v: v if type(v) is str else fit(v, [ratio])],
         "nodes": [{"claims": [CLAIM], "split": maybe(int), "x": maybe([ratio]), "mix": maybe(TERMS)}]}

def common(ratios):  # integers in the same ratio, and the factor
    factor = 1
    for _, d in ratios: factor *= d // gcd(factor, d)
    return [n * (factor // d) for n, d in ratios], factor

def most(form, box, scale):  # the maximum of a function over a box
    return (form[-1] << scale) + sum(c * (hi if c > 0 else lo) for c, (lo, hi) in zip(form, box) if c)

def total(terms, n):  # the sum of multiples of lists of n integers
    out = [0] * n
    for by, form in terms:
        if by: out = [a + by * b for a, b in zip(out, form)]
    return out

def dot(form, x): return sum(c * v for c, v in zip(form, x) if c)

class Space:  # the network over n coordinates: units and limits of rows as forms with their depths
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
        need(r["id"] and inputs and all(c["kind"] in ("input", "h", "hbar", "z") for c in cols), "no id or inputs, or other columns")
        need(all(cols[j]["lo"] and cols[j]["hi"] and not cols[j]["integer"] for j in inputs), "inputs without limits, or whole ones")
        self.S = S = max(w[1].bit_length() for v in cols + rows for w in [v["lo"], v["hi"]] + v.get("val", []) if w) - 1
        scaled = lambda w: w and (w[0] << S) // w[1]
        box = [(scaled(cols[j]["lo"]), scaled(cols[j]["hi"])) for j in inputs]
        need(all(lo <= hi for lo, hi in box), "limits that are not in order")
        for row in rows:
            need(len(row["idx"]) == len(row["val"]) == len(set(row["idx"])) and all(0 <= j < len(cols) for j in row["idx"]), "rows: idx")
            row.update(lo=scaled(row["lo"]), hi=scaled(row["hi"]), at=dict(zip(row["idx"], map(scaled, row["val"]))))
            row["x"] = [row["at"].get(j, 0) for j in inputs]
        self.x, self.count, layers, owner, network, pre = Space(len(inputs), box, S), len(units), [0], {}, [], set()
        for k, u in enumerate(units):
            layers.append(u["layer"])
            need(0 < u["layer"] and layers[-1] - layers[-2] in (0, 1), "units[%d].layer" % k)
            for on, j in enumerate((u["hbar"], u["h"])):
                need(0 <= j < len(cols) and cols[j]["kind"] == ("hbar", "h")[on] and j not in owner, "units[%d]: h and hbar" % k)
                owner[j] = k, on
            need(0 <= u["pre"] < len(rows), "units[%d].pre" % k)
            row, at = rows[u["pre"]], dict(rows[u["pre"]]["at"])
            need(row["lo"] is not None and row["lo"] == row["hi"], "units[%d]: pre is no equation" % k)
            need((at.pop(u["h"], 0), at.pop(u["hbar"], 0)) == (-1 << S, 1 << S), "units[%d]: own h and hbar" % k)
            need(all(j in inputs or j in owner and layers[owner[j][0] + 1] < u["layer"] for j in at), "units[%d]: columns" % k)
            network.append((u["layer"], row["lo"], [(*owner[j], w if owner[j][1] else -w) for j, w in at.items() if j in owner]))
            self.x.add(S, row["x"] + [-row["lo"]], network[-1][2])
            pre.add(u["pre"])
        domain = [i for i, row in enumerate(rows) if i not in pre and all(j in inputs for j in row["idx"])]
        for i in {*range(len(rows))} - pre - {*domain}:
            a, b = rows[i]["idx"] if len(rows[i]["idx"]) == 2 and rows[i]["kind"] in ("on", "off") else (None, None)
            need(a in owner and units[owner[a][0]]["z"] == b and cols[b]["kind"] == "z", "rows[%d] is not proved" % i)
        self.spaces, first = {"inputs": self.x}, layers.count(1)
        lift = [self.x.units[k][0] for k in range(first)] + [rows[i]["x"] + [0] for i in domain]
        box = [(-most([-c for c in f], box, S), most(f, box, S)) for f in lift]
        y = Space(len(lift), box, 2 * S, lift)
        y.units = [([int(i == k) for i in range(y.n + 1)], [], 0) for k in range(first)]
        for layer, constant, sources in network[first:]: y.add(S, [0] * y.n + [-constant], sources)
        for d, i in enumerate(domain):
            ends = rows[i]["lo"], rows[i]["hi"]
            for space, f in (self.x, rows[i]["x"]), (y, [int(j == first + d) << S for j in range(y.n)]):
                space.rows[i] = [None if v is None else f + [-v] for v in ends], ends[0] == ends[1] is not None
        if not any(j in inputs for u in units if u["layer"] > 1 for j in rows[u["pre"]]["idx"]): self.spaces["first"] = y

class Proof:  # a record; a state is 0 or 1, and whether the unit is split
    def __init__(self, m, r):
        self.m, self.space, self.forms, self.leaves, state = m, m.spaces.get(r["coordinates"]), {}, 0, {}
        need(self.space, "coordinates that cannot be used")
        for unit, on in r["path"]: self.fix(state, unit, on, True)
        n, corners = m.x.n, [v for v in r["points"] if type(v) is str]
        lists = [v for v in r["points"] if type(v) is not str]
        need(all(len(v) == n for v in lists + corners) and set("".join(corners)) <= {"0", "1"}, "points that are none")
        flat, den = common([w for v in lists for w in v])
        rest, self.den, self.points = iter([v << m.S for v in flat]), den << m.S, []
        for v in r["points"]:
            x = [m.x.box[i][int(c)] * den for i, c in enumerate(v)] if type(v) is str else [next(rest) for _ in v]
            self.points.append(self.locate(x, self.den))
        todo = [state]  # of nodes to come, the next one last
        for node in r["nodes"]:
            need(todo, "the tree has ended before the nodes")
            state = todo.pop()
            for c in node["claims"]: self.claim(state, c)
            if node["split"] is None:
                self.leaf(state, node)
                continue
            need(node["x"] is None and node["mix"] is None, "both a split and a point")
            todo += [self.fix(dict(state), node["split"], on, True) for on in (1, 0)]
        need(not todo and r["regions"] == str(self.leaves), "the tree is cut short, or it has not so many leaves")

    def fix(self, state, unit, on, split):
        need(0 <= unit < self.m.count and unit not in state and on in (0, 1), "unit %d: there is none, or it has a state" % unit)
        state[unit] = on, split
        return state

    def form(self, state, k):  # the pre-activation of unit k, by the states of the units before it
        own, sources, _ = self.space.units[k]
        key = k, tuple(state[u][0] if u in state else None for u in range(k)) if sources else ()
        if key not in self.forms:
            need(all(s in state for s, _, _ in sources), "what unit %d rests on is not known" % k)
            parts = [(w, self.form(state, s)) for s, on, w in sources if w and state[s][0] == on]
            if len(self.forms) > 10000: self.forms.clear()
            self.forms[key] = total([(1, own)] + parts, len(own))
        return self.forms[key]

    def claim(self, state, c):
        m, space, k, units, rows = self.m, self.space, c["unit"], c["units"], c["rows"]
        after = self.fix(dict(state), k, c["on"], False)
        need(len({i for i, _ in units}) == len(units) and len({i for i, _ in rows}) == len(rows), "an index stands twice")
        by, _ = common([c["times"] or (1, 1)] + [v for _, v in units + rows])
        need(by[0] > 0 and min(by[:len(units) + 1]) >= 0, "a multiple has the wrong sign")
        need(all(i in state and state[i][1] for i, _ in units), "a unit that is not split above")
        parts = [(-by[0] if c["on"] else by[0], self.form(state, k), space.units[k][2])]
        parts += [(b if state[i][0] else -b, self.form(state, i), space.units[i][2]) for (i, _), b in zip(units, by[1:])]
        for (i, _), b in zip(rows, by[1 + len(units):]):
            need(i in space.rows and space.rows[i][0][b < 0], "there is no such limit of a row")
            parts.append((b, space.rows[i][0][b < 0], 1))
        depth = max(d for _, _, d in parts)
        f = total([(b << m.S * (depth - d), form) for b, form, d in parts], space.n + 1)
        if most(f, space.box, space.scale) > 0:
            need(space.lift, "a claim does not follow")
            f = total([(1, [0] * m.x.n + [f[-1] << m.S])] + [*zip(f, space.lift)], m.x.n + 1)
            need(most(f, m.x.box, m.S) <= 0, "a claim does not follow")
        state.update(after)

    def locate(self, x, den):  # the coordinates of a point, and whether it is strictly within the limits
        need(len(x) == self.m.x.n, "a point has a number for each input")
        sides = [((v << self.m.S) - lo * den, hi * den - (v << self.m.S), lo == hi) for v, (lo, hi) in zip(x, self.m.x.box)]
        need(all(a >= 0 and b >= 0 for a, b, _ in sides), "a point outside of the limits")
        lift, strictly = self.space.lift, all(same or a and b for a, b, same in sides)
        return x if lift is None else [dot(f, x + [den]) for f in lift], strictly

    def leaf(self, state, node):
        need(len(state) == self.m.count and (node["x"] is None) != (node["mix"] is None), "a leaf without all states and one point")
        if node["x"] is not None:
            x, den = common(node["x"])
            x, strictly = self.locate(x, den)
        else:
            (weights, _), at = common([w for _, w in node["mix"]]), [i for i, _ in node["mix"]]
            need(len(set(at)) == len(at) and all(0 <= i < len(self.points) for i in at) and all(w > 0 for w in weights), "a wrong mix")
            x, den = total([(w, self.points[i][0]) for i, w in zip(at, weights)], self.space.n), sum(weights) * self.den
            strictly = any(self.points[i][1] for i in at)
        need(strictly, "a point that is not strictly within the limits")
        x = x + [den if self.space.lift is None else den << self.m.S]
        for (lo, hi), equation in self.space.rows.values():
            need(dot(lo, x) == 0 if equation else (not lo or dot(lo, x) > 0) and (not hi or dot(hi, x) < 0), "a point outside of a row")
        g = []
        for k, (own, sources, _) in enumerate(self.space.units):
            g.append(dot(own, x) + sum(w * g[s] for s, on, w in sources if state[s][0] == on))
            need(g[k] > 0 if state[k][0] else g[k] < 0 or g[k] == 0 and not state[k][1], "a point on the wrong side of unit %d" % k)
        self.leaves += 1

def whole(pieces):  # the sum, if the paths are the leaves of one tree
    count, due = 0, [()]  # paths in the order of the tree, the next one last
    for path, n in sorted(pieces):
        need(due and path[:len(due[-1])] == due[-1], "nothing is proved below %s, or something twice: %s" % (due[-1:], path))
        for i in range(len(due.pop()), len(path)):
            need(path[i][1] == 0, "nothing is proved below %s" % (path[:i] + ((path[i][0], 0),),))
            due.append(path[:i] + ((path[i][0], 1),))
        count += n
    need(not due, "nothing is proved below %s" % (due[-1:],))
    return count

def main():
    milps, counts, n, out = {}, [], 0, ""
    try:
        file = open(sys.argv[1], "rb") if len(sys.argv) > 1 else sys.stdin.buffer
        for n, line in enumerate(gzip.open(file) if file.peek(2)[:2] == b"\x1f\x8b" else file, 1):
            if not line.strip(): continue
            r = json.loads(line.decode("utf-8", "replace"), object_pairs_hook=folded, parse_constant=double,
                           parse_int=lambda s: int(s) if len(s) < 20 else float(s))
            need(type(r) is dict and type(r.get("type")) is str and r["type"], "not a record")
            if r["type"] not in ("milp", "proof", "count"): continue
            need(type(r.get("schema")) is int and r["schema"] == 1, "schema is not 1")
            if r["type"] == "milp":
                m = Milp(fit(r, MILP))
                need(milps.setdefault(r["id"], (m, [], line))[2] == line, "another milp has the same id")
            elif r["type"] == "proof":
                r = fit(r, PROOF)
                need(r["milp"] in milps, "a proof before its milp")
                m, pieces, _ = milps[r["milp"]]
                pieces.append((tuple(map(tuple, r["path"])), Proof(m, r).leaves))
            elif r.get("scope") == "whole" and r.get("exact") is True and not r.get("content"):
                counts.append((r.get("milp"), r.get("regions")))
        need(milps, "no milp")
        for name, (_, pieces, _) in milps.items():
            count = str(whole(pieces))
            need(all(v == count for i, v in counts if i == name), "there are %s regions, a count says other" % count)
            out += "%s %s regions certified\n" % (name, count)
    except (Wrong, OSError, EOFError, ValueError, OverflowError, RecursionError, MemoryError, gzip.zlib.error) as e:
        sys.exit("line %d: %s" % (n, e))
    sys.stdout.write(out.encode("ascii", "backslashreplace").decode())

if __name__ == "__main__":
    if hasattr(sys, "set_int_max_str_digits"): sys.set_int_max_str_digits(0)
    main()
