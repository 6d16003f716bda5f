#!/usr/bin/env python3
"""Evaluates reward programs a second time, with nothing but the standard library.

Reads JSON lines {"expr": EXPR, "classes": K, "scalar": BOOL, "items": [{"label", "weight", "predictions"}]}
or {"expr": EXPR, "record": {"author", "panel", "classes"}}, and writes for each the value, true, false or
"failure". Written from docs/reward-functions.md and modules/rewards/README.md, not from the code. Numbers
are decimal strings; predictions are 65535ths of the classes 1…K−1.
"""
import json
import sys
from decimal import ROUND_CEILING, Context, Decimal
from functools import lru_cache

MAGNITUDE = 2**127
PPM = 10**6
WAD = 10**18
EXACT = Context(prec=60)


class Failure(Exception):
    pass


def ranged(value):
    if abs(value) > MAGNITUDE:
        raise Failure
    return value


@lru_cache(maxsize=None)
def surprise(ppm):
    """−ln(ppm / 10⁶) in 18 decimals, rounded up; of 10⁻⁶ at least."""
    nats = -EXACT.ln(Decimal(max(ppm, 1)) / PPM)
    return int((nats * WAD).to_integral_value(ROUND_CEILING, EXACT))


def ceil_div(a, b):
    return -(-a // b)


def probabilities(predictions):
    """Millionths of all classes by largest remainder, ties to the lower class."""
    parts = [65535 - sum(predictions), *predictions]
    shares = [PPM * part // 65535 for part in parts]
    order = sorted(range(len(parts)), key=lambda k: (-(PPM * parts[k] % 65535), k))
    for k in order[: PPM - sum(shares)]:
        shares[k] += 1
    return shares


def item_fields(item, scalar):
    p = probabilities(item["predictions"])
    label = item["label"]
    if scalar:
        near = PPM - abs(p[1] - label)
        loss = ceil_div(label * surprise(p[1]) + (PPM - label) * surprise(p[0]), PPM * 10**12)
    else:
        near = p[label]
        loss = ceil_div(surprise(p[label]), 10**12)
    fields = {
        "label": label,
        "weight": int(item["weight"]),
        "top": max(range(len(p)), key=lambda k: (p[k], -k)),
        "labelPpm": near,
        "squares": sum(x * x for x in p),
        "loss": loss,
    }
    for k in range(16):
        fields[f"p{k}"] = p[k] if k < len(p) else 0
    return fields


def record_fields(record):
    author, panel = record["author"], record["panel"]
    opened = [label for label in panel if label is not None]
    everybody = opened + ([] if author is None else [author])
    majority = [label for label in everybody if 2 * everybody.count(label) > len(everybody)]
    agree = author is not None and not (panel and not opened) and all(x == author for x in opened)
    return {
        "authorLabel": -1 if author is None else author,
        "classes": record["classes"],
        "panelSeats": len(panel),
        "majorityLabel": majority[0] if majority else -1,
        "agreeAll": agree,
    }


def isqrt(value):
    if value < 0:
        raise Failure
    low, high = 0, 2**64
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle * middle <= value else (low, middle - 1)
    return low


def divided(a, b):
    if b == 0:
        raise Failure
    return a // b


def fold(step):
    def run(values):
        result = values[0]
        for value in values[1:]:
            result = ranged(step(result, value))
        return result

    return run


STRICT = {
    "add": fold(lambda a, b: a + b),
    "mul": fold(lambda a, b: a * b),
    "min": min,
    "max": max,
    "sub": lambda v: ranged(v[0] - v[1]),
    "divFloor": lambda v: ranged(divided(v[0], v[1])),
    "mod": lambda v: v[0] - v[1] * divided(v[0], v[1]),
    "abs": lambda v: abs(v[0]),
    "sqrtFloor": lambda v: isqrt(v[0]),
    "eq": lambda v: v[0] == v[1],
    "lt": lambda v: v[0] < v[1],
    "le": lambda v: v[0] <= v[1],
    "not": lambda v: not v[0],
}


def evaluate(expr, whole, elements, element, names):
    op, args = expr["op"], expr["args"]

    def at(index, bound=names, inner=element):
        return evaluate(args[index], whole, elements, inner, bound)

    if op == "const":
        return int(expr["value"])
    if op == "local":
        return names[len(names) - 1 - int(expr["value"])]
    if op == "field":
        name = expr["name"]
        return element[name] if element is not None and name in element else whole[name]
    if op == "let":
        return at(1, names + [at(0)])
    if op == "if":
        return at(1) if at(0) else at(2)
    if op == "and":
        return all(at(index) for index in range(len(args)))
    if op == "or":
        return any(at(index) for index in range(len(args)))
    if op in ("sum", "count"):
        total = 0
        for each in elements:
            total = ranged(total + int(at(0, names, each)))
        return total
    return STRICT[op]([at(index) for index in range(len(args))])


def outcome(case):
    if "record" in case:
        whole = record_fields(case["record"])
        panel = case["record"]["panel"]
        elements = [{"panelLabel": -1 if label is None else label} for label in panel]
    else:
        elements = [item_fields(item, case["scalar"]) for item in case["items"]]
        whole = {"items": len(elements), "classes": case["classes"]}
    try:
        value = evaluate(case["expr"], whole, elements, None, [])
    except Failure:
        return "failure"
    return value if isinstance(value, bool) else str(value)


for line in sys.stdin:
    print(json.dumps(outcome(json.loads(line))))
