"""Writes lmsr.json: prices, quantities at a price and costs of trades from mpmath (80 digits), for test/chain/math.

Usage: pip install mpmath==1.4.1; python lmsr-vectors.py > lmsr.json
Rows are decimal integers joined by blanks; values are the floor of the truth. Prices have 18 decimals:
  prices   b q_1 … q_K p_1 … p_K
  at       b L outcome q_1 … q_K x    the quantity x of the outcome at which its price is L (millionths)
  trades   b outcome shares q_1 … q_K cost
"""

import json
import random

from mpmath import exp, floor, log, mp, mpf

mp.dps = 80
WAD = 10**18
random.seed(52)


def market():
    b = int(10 ** random.uniform(6, 15))
    spread = int(b * random.choice((0.001, 0.1, 1, 4, 40))) + 1
    n = random.choice((2, 2, 2, 3, 4, 8, 16))
    return b, [random.randrange(0, spread + 1) for _ in range(n)]


def cost(quantities, b):
    top = max(quantities)
    return top + b * log(sum(exp(mpf(q - top) / b) for q in quantities))


def prices():
    rows = []
    for _ in range(1500):
        b, q = market()
        powers = [exp(mpf(x - max(q)) / b) for x in q]
        rows.append([b, *q, *(int(floor(WAD * p / sum(powers))) for p in powers)])
    return rows


def at():
    rows = []
    for _ in range(1500):
        b, q = market()
        k = random.randrange(len(q))
        limit = random.choice((1, 999_999, 500_000, random.randrange(1, 1_000_000)))
        others = q[:k] + q[k + 1 :]
        odds = mpf(limit) / (1_000_000 - limit)
        rows.append([b, limit, k, *q, int(floor(cost(others, b) + b * log(odds)))])
    return rows


def trades():
    rows = []
    for _ in range(2000):
        b, q = market()
        k = random.randrange(len(q))
        shares = int(10 ** random.uniform(0, 16)) % (10 * b) + 1
        after = [x + (shares if i == k else 0) for i, x in enumerate(q)]
        rows.append([b, k, shares, *q, int(floor(cost(after, b) - cost(q, b)))])
    return rows


def main():
    tables = {"prices": prices(), "at": at(), "trades": trades()}
    print(json.dumps({name: [" ".join(map(str, row)) for row in rows] for name, rows in tables.items()}, indent=0))


main()
