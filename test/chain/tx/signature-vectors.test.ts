import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { fromHex } from "#chain/bytes/hex.ts";
import { nativeVerifier, nobleVerifier, type SignatureVerifier } from "#chain/tx/verifier.ts";
import { wasmVerifier } from "#chain/verify/load-verifier.ts";

/** Name of the case, digest, key and signature in hexadecimal, verdict. */
type Vector = readonly [string, string, string, string, boolean];

const vectors = JSON.parse(
  readFileSync(new URL("../../vectors/ecdsa.json", import.meta.url), "utf8"),
) as readonly Vector[];
const verifiers: readonly SignatureVerifier[] = [nativeVerifier(), await wasmVerifier(), nobleVerifier()];

for (const { implementation, verify } of verifiers)
  test(`${implementation} gives every edge of ECDSA the verdict of its definition`, (t) => {
    const wrong = vectors.filter(
      ([, digest, key, signature, valid]) =>
        verify(fromHex(digest), fromHex(key), fromHex(signature)) !== valid,
    );
    t.diagnostic(`${vectors.length} vectors, ${vectors.filter((each) => each[4]).length} of them valid`);
    assert.deepEqual(wrong, []);
  });

test("every kind of edge is there, valid where it can be", () => {
  const kinds = new Map<string, Set<boolean>>();
  for (const [name, , , , valid] of vectors) kinds.set(name, (kinds.get(name) ?? new Set()).add(valid));
  assert.equal(kinds.size, 25);
  const both = [...kinds].filter(([, verdicts]) => verdicts.size === 2).map(([name]) => name);
  assert.deepEqual(both, [
    ...["key of a special secret", "special nonce", "special digest", "special products"],
    ...["sum of equal points", "x of the nonce above the order", "x of the nonce small"],
    ...["prefix of the key", "key with an extreme x", "v", "v of a special nonce"],
  ]);
});
