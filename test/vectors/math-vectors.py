"""Writes math.json: exp, ln and LMSR costs from mpmath (80 digits), for test/chain/math.

Usage: pip install mpmath==1.4.1; python math-vectors.py > math.json
Arguments are 18-decimal fixed point; values are the floor of the truth in the same units, which is never an
integer itself but at 0 (exp) and 1 (ln). Integers are decimal strings joined by blanks to keep the file small.
"""

import json
import random

from mpmath import exp, floor, log, mp, mpf

mp.dps = 80
WAD = 10**18
LN_END = 2**96
random.seed(18)


def around(*points):
    return [p + step for p in points for step in (-1, 0, 1)]


def exp_arguments():
    xs = around(*(k * WAD for k in range(-41, 40)), -41446531673892822313, -42 * WAD, -50 * WAD, -(10**30))
    xs += [40 * WAD - 1, 40 * WAD]
    xs += [-random.randrange(0, 42 * WAD) for _ in range(9000)]
    xs += [-random.randrange(0, WAD) for _ in range(4000)]
    xs += [-int(10 ** random.uniform(0, 19.6)) for _ in range(3000)]
    xs += [int(10 ** random.uniform(0, 18)) for _ in range(1000)]
    xs += [random.randrange(0, 40 * WAD) for _ in range(3000)]
    return xs


def ln_arguments():
    xs = around(*(2**k for k in range(1, 96)), *(10**k for k in range(1, 29)))
    xs += around(*(WAD * j // 64 for j in range(1, 128))) + [1, LN_END - 1]
    xs += [random.randrange(1, WAD + 1) for _ in range(9000)]
    xs += [random.randrange(WAD, 256 * WAD) for _ in range(4000)]
    xs += [int(10 ** random.uniform(0, 28.8)) for _ in range(4000)]
    xs += [WAD + random.randrange(-(10**15), 10**15) for _ in range(2000)]
    xs += [WAD + random.randrange(-1000, 1000) for _ in range(1000)]
    return [x for x in xs if 0 < x < LN_END]


def cost(quantities, b):
    return b * log(sum(exp(mpf(q) / b) for q in quantities))


def costs():
    rows = []
    for _ in range(5000):
        b = int(10 ** random.uniform(0, 15))
        spread = int(b * random.choice((0.01, 1, 4, 40))) + 1
        n = random.choice((2, 2, 2, 3, 4, 8))
        quantities = [random.randrange(-spread, spread + 1) for _ in range(n)]
        rows.append([b, *quantities, int(floor(cost(quantities, b)))])
    for b in (1, 1000, 10**9, 10**15):
        rows += [[b, *around(q)[:2], int(floor(cost(around(q)[:2], b)))] for q in (0, b, 40 * b, -b)]
    return rows


def joined(numbers):
    return " ".join(str(n) for n in numbers)


def main():
    xs, ls = exp_arguments(), ln_arguments()
    print(
        json.dumps(
            {
                "exp": {
                    "x": joined(xs),
                    "floor": joined(int(floor(exp(mpf(x) / WAD) * WAD)) for x in xs),
                },
                "ln": {
                    "x": joined(ls),
                    "floor": joined(int(floor(log(mpf(x) / WAD) * WAD)) for x in ls),
                },
                "lmsrCosts": [joined(row) for row in costs()],
                "ln2Q192": str(int(floor(log(2) * 2**192 + mpf(1) / 2))),
            },
            indent=0,
        )
    )


main()
