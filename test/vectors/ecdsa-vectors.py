"""Writes ecdsa.json: signatures at the edges of ECDSA over secp256k1 with their verdicts, for test/chain/tx.

Usage: python ecdsa-vectors.py > ecdsa.json
The verdict is the definition's (SEC 1, 4.1.4), in plain integers, with what the chain asks besides: a
32-byte digest, a compressed key of 33 bytes with its one encoding, r and s of 32 bytes each, s in the lower
half; or a 65th byte, 27 or 28, from which the key must be recovered. The kinds of cases follow Project
Wycheproof's.
"""

import json
from hashlib import sha256

P = 2**256 - 2**32 - 977
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
G = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)
# A cube root of 1 modulo N: multiplying by it is cheap on this curve, and libraries take short cuts by it.
LAMBDA = 0x5363AD4CC05C30E0A5261C028812645A122E22EA20816678DF02967C1B23BD72
INFINITY = None
HALF = N // 2


def add(a, b):
    if a is INFINITY or b is INFINITY:
        return b if a is INFINITY else a
    if a[0] == b[0] and (a[1] + b[1]) % P == 0:
        return INFINITY
    if a == b:
        slope = 3 * a[0] * a[0] * pow(2 * a[1], -1, P)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def mul(k, point):
    total, k = INFINITY, k % N
    while k:
        if k & 1:
            total = add(total, point)
        point, k = add(point, point), k >> 1
    return total


def lift(x, odd=0):
    """The point with this x, or None."""
    y = pow(x**3 + 7, (P + 1) // 4, P)
    if x >= P or (y * y - x**3 - 7) % P:
        return None
    return x, y if y % 2 == odd else P - y


def packed(point):
    return bytes([2 + point[1] % 2]) + point[0].to_bytes(32, "big")


def unpacked(key):
    if len(key) != 33 or key[0] not in (2, 3):
        return None
    return lift(int.from_bytes(key[1:], "big"), key[0] - 2)


def verdict(digest, key, signature):
    point = unpacked(key)
    if len(digest) != 32 or point is None or len(signature) not in (64, 65):
        return False
    r, s = (int.from_bytes(signature[i : i + 32], "big") for i in (0, 32))
    if not (0 < r < N and 0 < s <= HALF):
        return False
    z, inverse = int.from_bytes(digest, "big") % N, pow(s, -1, N)
    nonce = add(mul(z * inverse, G), mul(r * inverse, point))
    if nonce is INFINITY or nonce[0] % N != r:
        return False
    # Recovery takes r for the whole x of the nonce's point.
    return len(signature) == 64 or (nonce[0] == r and signature[64] == 27 + nonce[1] % 2)


vectors = []


def number(value):
    return value.to_bytes(32, "big")


def put(name, digest, key, signature):
    vectors.append([name, digest.hex(), key.hex(), signature.hex(), verdict(digest, key, signature)])


def put_signed(name, z, point, r, s):
    """The signature and, since one of both is too high, the one with the other s."""
    for each in (s % N, -s % N):
        put(name, number(z), packed(point), number(r) + number(each))


DIGEST = sha256(b"iterum").digest()
Z = int.from_bytes(DIGEST, "big")
SECRET = int.from_bytes(sha256(b"secret").digest(), "big")
KEY = mul(SECRET, G)


def sign(z, secret, nonce):
    r = mul(nonce, G)[0] % N
    return r, (z + r * secret) * pow(nonce, -1, N) % N


SMALL = [1, 2, 3, 5, 16]
SPECIAL = [*SMALL, *(N - k for k in SMALL), HALF, HALF + 1]
SPECIAL += [2**128, 2**128 - 1, N - 2**128, LAMBDA, N - LAMBDA]
EDGES = [0, 1, 2, HALF - 1, HALF, HALF + 1, N - 1, N, N + 1, P, P + 1, 2**255, 2**256 - 1]


def secrets_and_nonces():
    for secret in SPECIAL:
        put_signed("key of a special secret", Z, mul(secret, G), *sign(Z, secret, 7))
    for nonce in SPECIAL:
        put_signed("special nonce", Z, KEY, *sign(Z, SECRET, nonce))
    for z in EDGES:
        put_signed("special digest", z, KEY, *sign(z % N, SECRET, 9))


def numbers():
    r, s = sign(Z, SECRET, 11)
    s = min(s, N - s)
    for edge in EDGES:
        put("r replaced", DIGEST, packed(KEY), number(edge) + number(s))
        put("s replaced", DIGEST, packed(KEY), number(r) + number(edge))
        for other in EDGES:
            put("both replaced", DIGEST, packed(KEY), number(edge) + number(other))
    for changed in ((s, r), (N - r, s), (r, N - s), (P - r, s), (r ^ 1, s), (r, s ^ 1)):
        put("changed", DIGEST, packed(KEY), number(changed[0]) + number(changed[1]))


def products():
    """Nonce points u1 G + u2 Q for special u1 and u2: chosen first, with the digest that makes them so."""
    for u1 in SPECIAL:
        for u2 in SPECIAL:
            nonce = add(mul(u1, G), mul(u2, KEY))
            if nonce is INFINITY:
                continue
            r = nonce[0] % N
            s = r * pow(u2, -1, N) % N
            if u2 in SMALL or s <= HALF:
                put_signed("special products", u1 * s % N, KEY, r, s)


def points():
    """A sum that is no point, one that doubles, and nonces whose x is above the order."""
    for r in (1, 2, 77):
        secret = -Z * pow(r, -1, N) % N
        put_signed("sum at infinity", Z, mul(secret, G), r, 5)
    for nonce in (3, 8, 1234567):
        r = mul(nonce, G)[0] % N
        s = 2 * Z * pow(nonce, -1, N) % N
        put_signed("sum of equal points", Z, mul(Z * pow(r, -1, N), G), r, s)
    x, found = N, 0
    while found < 6:
        nonce = lift(x, found % 2)
        if nonce:
            found += 1
            r, s = x - N, HALF - found
            if r:
                key = mul(pow(r, -1, N), add(mul(s, nonce), mul(-Z, G)))
                put_signed("x of the nonce above the order", Z, key, r, s)
                put("r not reduced", DIGEST, packed(key), number(x) + number(s))
                for v in (27, 28):
                    put("v and x above the order", DIGEST, packed(key), number(r) + number(s) + bytes([v]))
                # The point with the small x is another one: its key signs with the same r.
                small = lift(r)
                if small:
                    other = mul(pow(r, -1, N), add(mul(s, small), mul(-Z, G)))
                    put_signed("x of the nonce small", Z, other, r, s)
                    put("r above the order", DIGEST, packed(other), number(x) + number(s))
        x += 1


def keys():
    r, s = sign(Z, SECRET, 13)
    signature = number(r) + number(min(s, N - s))
    good, x = packed(KEY), number(KEY[0])
    for prefix in (0, 1, 2, 3, 4, 5, 6, 7, 0x82, 0xFF):
        put("prefix of the key", DIGEST, bytes([prefix]) + x, signature)
    y = number(KEY[1])
    long, hybrid = b"\4" + x + y, bytes([6 + KEY[1] % 2]) + x + y
    cut = (x, x + y, good[:32], good + b"\0", b"\0" + good)
    for key in (long, hybrid, *cut, b"", b"\0", b"\0" * 33):
        put("form of the key", DIGEST, key, signature)
    for value in (0, 5, P - 1, P, P + 1, P + 2, 2**256 - 1):
        for prefix in (2, 3):
            put("x of the key", DIGEST, bytes([prefix]) + number(value), signature)
    # Keys with the least and the greatest x, and the same ones with P added, which fits 32 bytes.
    for value in [*range(1, 12), *range(P - 12, P)]:
        for odd in (0, 1):
            point = lift(value, odd)
            if point:
                u1, u2 = 3, 5
                nonce = add(mul(u1, G), mul(u2, point))
                r = nonce[0] % N
                s = r * pow(u2, -1, N) % N
                put_signed("key with an extreme x", u1 * s % N, point, r, s)
                if value < 12:
                    key = bytes([2 + odd]) + number(value + P)
                    for each in (s, N - s):
                        put("x of the key not reduced", number(u1 * s % N), key, number(r) + number(each))


def forms():
    r, s = sign(Z, SECRET, 17)
    s = min(s, N - s)
    good = number(r) + number(s)
    key = packed(KEY)
    der = b"\x30\x44\x02\x20" + number(r) + b"\x02\x20" + number(s)
    longer = (good + b"\0", good + b"\1", good + b"\0\0", good * 2)
    for signature in (b"", b"\0", good[:63], *longer, der, b"\0" * 64):
        put("length of the signature", DIGEST, key, signature)
    for digest in (b"", DIGEST[:31], DIGEST + b"\0", b"\0" + DIGEST, DIGEST * 2, DIGEST[::-1], b"iterum"):
        put("digest", digest, key, good)
    for v in (0, 1, 2, 3, 26, 27, 28, 29, 30, 31, 255):
        put("v", DIGEST, key, good + bytes([v]))
        put("v and a high s", DIGEST, key, number(r) + number(N - s) + bytes([v]))
    for nonce in SPECIAL:
        r, s = sign(Z, SECRET, nonce)
        s = min(s, N - s)
        for v in (27, 28):
            put("v of a special nonce", DIGEST, key, number(r) + number(s) + bytes([v]))


for cases in (secrets_and_nonces, numbers, products, points, keys, forms):
    cases()
print("[\n" + ",\n".join(json.dumps(vector, separators=(",", ":")) for vector in vectors) + "\n]")
