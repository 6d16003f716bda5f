"""chain/math/fixed.ts once more, from its description, with constants by the decimal module.

Reads one "FUNCTION ARGUMENT" a line from standard input, where FUNCTION is expDown, expUp, lnDown or lnUp
and ARGUMENT an integer in 18-decimal fixed point; writes one integer a line. Standard library only.
"""

import sys
from decimal import Decimal, getcontext

getcontext().prec = 120
WAD = 10**18
ONE = 1 << 128
SLACK = 16


def fixed(value: Decimal, bits: int) -> int:
    """The nearest integer to value·2^bits."""
    return int((value * (Decimal(2) ** bits)).to_integral_value())


LN2 = Decimal(2).ln()
LN2_Q192 = fixed(LN2, 192)
LN_WAD_Q128 = fixed(Decimal(WAD).ln(), 128)
STEPS_PER_UNIT_Q128 = int(Decimal(64) * (Decimal(2) ** 128) / (LN2 * WAD))
EXP2_Q128 = [fixed((LN2 * j / 64).exp(), 128) for j in range(64)]
LN_MIDDLES_Q128 = [fixed((Decimal(129 + 2 * j) / 128).ln(), 128) for j in range(64)]


def truncated(a: int, b: int) -> int:
    """a/b towards zero, for b > 0."""
    return a // b if a >= 0 else -(-a // b)


def exp_parts(x: int) -> tuple[int, int]:
    n = (x * STEPS_PER_UNIT_Q128 + (1 << 127)) >> 128
    r = truncated(x << 128, WAD) - ((n * LN2_Q192) >> 70)
    series = ONE
    for k in range(13, 0, -1):
        series = ONE + truncated((r * series) >> 128, k)
    return (series * EXP2_Q128[n % 64]) >> 128, n >> 6


def exp(x: int, up: bool) -> int:
    if x == 0:
        return WAD
    if x < -42 * WAD:
        return 1 if up else 0
    mantissa, exponent = exp_parts(x)
    if up:
        return (((mantissa + SLACK) * WAD) >> (128 - exponent)) + 1
    return ((mantissa - SLACK) * WAD) >> (128 - exponent)


def ln_value(x: int) -> int:
    e = x.bit_length() - 1
    m = x << (128 - e)
    j = (m >> 122) % 64
    scaled = m << 7
    middle = (129 + 2 * j) << 128
    z = truncated((scaled - middle) << 128, scaled + middle)
    square = (z * z) >> 128
    series = 0
    for k in range(15, 0, -2):
        series = ((series * square) >> 128) + ONE // k
    return LN_MIDDLES_Q128[j] + ((z * series) >> 127) + ((e * LN2_Q192) >> 64) - LN_WAD_Q128


def ln(x: int, up: bool) -> int:
    if x == WAD:
        return 0
    value = ln_value(x)
    return (((value + SLACK) * WAD) >> 128) + 1 if up else ((value - SLACK) * WAD) >> 128


FUNCTIONS = {
    "expDown": lambda x: exp(x, False),
    "expUp": lambda x: exp(x, True),
    "lnDown": lambda x: ln(x, False),
    "lnUp": lambda x: ln(x, True),
}

for line in sys.stdin:
    name, argument = line.split()
    print(FUNCTIONS[name](int(argument)))
