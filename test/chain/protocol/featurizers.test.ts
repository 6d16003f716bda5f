import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { toHex } from "#chain/bytes/hex.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { featurize, fnv1a32 } from "#chain/protocol/featurizers/featurize.ts";
import { packedLength, packInput, unpackInput } from "#chain/protocol/featurizers/pack.ts";
import {
  checkSpec,
  contentLengthMax,
  FeaturizerError,
  type FeaturizerErrorCode,
  type FeaturizerSpec,
  featuresMax,
  featuresOf,
  featurizerId,
} from "#chain/protocol/featurizers/spec.ts";
import { tokensOf } from "#chain/protocol/featurizers/tokens.ts";

const vocabulary = (...tokens: string[]): FeaturizerSpec => ({ kind: "vocabulary/1", tokens });
const buckets = (n: number): FeaturizerSpec => ({ kind: "hash/1", buckets: n });
const numeric = (size: number, decimals: number, bits: number): FeaturizerSpec => ({
  kind: "numeric/1",
  size,
  decimals,
  bits,
});
const values = (spec: FeaturizerSpec, text: string): number[] => [...featurize(spec, utf8(text))];
const refuses = (code: FeaturizerErrorCode, run: () => unknown): void =>
  assert.throws(run, (error) => error instanceof FeaturizerError && error.code === code);

const anySpec: fc.Arbitrary<FeaturizerSpec> = fc.oneof(
  fc
    .uniqueArray(fc.stringMatching(/^[a-z0-9]{1,6}$/), { minLength: 1, maxLength: 70 })
    .map((tokens) => vocabulary(...tokens)),
  fc.integer({ min: 1, max: 130 }).map(buckets),
  fc
    .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 4 }), fc.constantFrom(8, 16))
    .map(([size, decimals, bits]) => numeric(size, decimals, bits)),
);

const valuesFor = (spec: FeaturizerSpec): fc.Arbitrary<number[]> => {
  const half = spec.kind === "numeric/1" ? 2 ** (spec.bits - 1) : 0;
  const value = half === 0 ? fc.integer({ min: 0, max: 3 }) : fc.integer({ min: -half, max: half - 1 });
  return fc.array(value, { minLength: featuresOf(spec), maxLength: featuresOf(spec) });
};

describe("tokens", () => {
  test("are ASCII lower case and split on everything but letters and digits", () => {
    assert.deepEqual(tokensOf(utf8("FREE entry!! Win £1000-now,don't_stop\tCALL 08x\n")), [
      ...["free", "entry", "win", "1000", "now", "don", "t", "stop", "call", "08x"],
    ]);
    assert.deepEqual(tokensOf(utf8("")), []);
    assert.deepEqual(tokensOf(utf8(" .,; ")), []);
  });
  test("know no locale: the Turkish İ, the Kelvin sign and ß split, whatever their lower case is", () => {
    assert.deepEqual(tokensOf(utf8("İstanbul 5\u212a straße")), ["stanbul", "5", "stra", "e"]);
  });
  test("come out of any bytes, as a regular expression over Latin-1 finds them", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (content) => {
        const text = Buffer.from(content).toString("latin1");
        const lower = text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
        assert.deepEqual(tokensOf(content), lower.match(/[a-z0-9]+/g) ?? []);
      }),
    );
  });
});

describe("vocabulary/1", () => {
  test("counts whole tokens in the order of its list and clips at three", () => {
    const spec = vocabulary("free", "call", "win");
    assert.deepEqual(values(spec, "Call CALL call call; freedom? free winner"), [1, 3, 0]);
  });
  test("packs 64 counts in 16 bytes, the first count in the highest bits", () => {
    const spec = vocabulary(...Array.from({ length: 64 }, (_, i) => `t${i}`));
    const packed = packInput(spec, featurize(spec, utf8("t0 t0 t0 t1 t1 t2 t63 t63")));
    assert.equal(packedLength(spec), 16);
    assert.equal(toHex(packed), "e4000000000000000000000000000002");
  });
  test("refuses an empty list, a doubled, empty, upper-case, non-ASCII or long token", () => {
    const bad = [[], ["a", "a"], [""], ["Free"], ["é"], ["a b"], ["a".repeat(33)]];
    for (const tokens of bad) refuses("spec", () => checkSpec(vocabulary(...tokens)));
    refuses("spec", () =>
      checkSpec(vocabulary(...Array.from({ length: featuresMax + 1 }, (_, i) => `t${i}`))),
    );
    checkSpec(vocabulary("a".repeat(32), "0"));
  });
});

describe("hash/1", () => {
  test("agrees with the published FNV-1a vectors", () => {
    assert.equal(fnv1a32(""), 0x811c9dc5);
    assert.equal(fnv1a32("a"), 0xe40c292c);
    assert.equal(fnv1a32("foobar"), 0xbf9cf968);
  });
  test("counts each token in the bucket of its hash and clips at three", () => {
    const expected = new Array(64).fill(0);
    expected[0xbf9cf968 % 64] += 3;
    expected[0xe40c292c % 64] += 1;
    assert.deepEqual(values(buckets(64), "foobar FooBar foobar! foobar A"), expected);
  });
  test("refuses no buckets, fractions and too many", () => {
    for (const n of [0, -1, 1.5, Number.NaN, featuresMax + 1]) refuses("spec", () => checkSpec(buckets(n)));
    checkSpec(buckets(featuresMax));
  });
});

describe("numeric/1", () => {
  test("scales by a power of ten and rounds further decimals half away from zero", () => {
    assert.deepEqual(values(numeric(6, 2, 16), "1.5,-0.125,0.124,3,-327.68,0.994999"), [
      ...[150, -13, 12, 300, -32768, 99],
    ]);
    assert.deepEqual(values(numeric(4, 0, 8), "0.5,-0.5,-0.4,127"), [1, -1, 0, 127]);
  });
  test("refuses what is no number, another count and what does not fit", () => {
    const spec = numeric(2, 1, 8);
    const bad = ["1", "1,2,3", "1, 2", "1,", "1,+2", "1,.5", "1,2.", "1,1e1", "1,0x1", "1,12.8", "1,-12.9"];
    for (const text of [...bad, "", "1,1234567890", "1,２"]) refuses("content", () => values(spec, text));
    assert.deepEqual(values(spec, "12.7,-12.8"), [127, -128]);
  });
  test("refuses sizes, decimals and widths out of bounds", () => {
    for (const spec of [numeric(0, 0, 8), numeric(1, 5, 8), numeric(1, -1, 8), numeric(1, 0, 32)])
      refuses("spec", () => checkSpec(spec));
  });
});

describe("a packed tensor", () => {
  test("unpacks to what was packed, in the stated number of bytes", () => {
    const pair = anySpec.chain((spec) => fc.tuple(fc.constant(spec), valuesFor(spec)));
    fc.assert(
      fc.property(pair, ([spec, tensor]) => {
        checkSpec(spec);
        const packed = packInput(spec, tensor);
        assert.equal(packed.length, packedLength(spec));
        assert.deepEqual([...unpackInput(spec, packed)], tensor);
      }),
    );
  });
  test("has one encoding: whatever unpacks packs to the same bytes", () => {
    const pair = anySpec.chain((spec) => {
      const length = packedLength(spec);
      return fc.tuple(fc.constant(spec), fc.uint8Array({ minLength: length, maxLength: length }));
    });
    const accepts = (spec: FeaturizerSpec, bytes: Uint8Array): Int32Array | undefined => {
      try {
        return unpackInput(spec, bytes);
      } catch (error) {
        assert.ok(error instanceof FeaturizerError && error.code === "bytes");
        return undefined;
      }
    };
    fc.assert(
      fc.property(pair, ([spec, bytes]) => {
        const tensor = accepts(spec, bytes);
        if (tensor !== undefined) assert.deepEqual(packInput(spec, tensor), bytes);
      }),
    );
  });
  test("is refused with another length or with padding", () => {
    const spec = buckets(5);
    assert.deepEqual([...unpackInput(spec, Uint8Array.of(0xe4, 0xc0))], [3, 2, 1, 0, 3]);
    refuses("bytes", () => unpackInput(spec, Uint8Array.of(0xe4)));
    refuses("bytes", () => unpackInput(spec, Uint8Array.of(0xe4, 0xc0, 0)));
    refuses("bytes", () => unpackInput(spec, Uint8Array.of(0xe4, 0xc1)));
  });
  test("is not made of values out of range or of another count", () => {
    for (const tensor of [[1], [0, 4], [0, -1], [0, 0.5], [0, Number.NaN]])
      refuses("values", () => packInput(buckets(2), tensor));
    for (const value of [128, -129]) refuses("values", () => packInput(numeric(1, 0, 8), [value]));
    for (const value of [32768, -32769]) refuses("values", () => packInput(numeric(1, 0, 16), [value]));
  });
});

describe("a featurizer", () => {
  test("is named by its version and a hash of all its parameters", () => {
    const specs = [
      ...[vocabulary("a", "b"), vocabulary("b", "a"), vocabulary("ab"), buckets(64), buckets(65)],
      ...[numeric(2, 1, 8), numeric(1, 2, 8), numeric(2, 1, 16)],
    ];
    const ids = specs.map(featurizerId);
    assert.equal(new Set(ids).size, specs.length);
    for (const [i, id] of ids.entries()) assert.match(id, new RegExp(`^${specs[i]?.kind}:[0-9a-f]{64}$`));
  });
  test("keeps its name and its output for ever", () => {
    assert.equal(
      featurizerId(vocabulary("free", "call")),
      "vocabulary/1:17d9322eb19bc09eafc616b4006850d2ad3d622a62d9677a50613bb69ea0b0d6",
    );
    assert.equal(
      featurizerId(buckets(64)),
      "hash/1:448f3d867ce2e95fb0d8f29add592c24d1568ad574cfcdb55c6aae54040c2a61",
    );
    assert.equal(
      featurizerId(numeric(4, 2, 16)),
      "numeric/1:5de541989ce4b848fdfbb3bd70e9d252750e90cf9ca0916c323eb849aa8749b4",
    );
  });
  test("refuses content above the limit", () => {
    const spec = buckets(4);
    refuses("content", () => featurize(spec, new Uint8Array(contentLengthMax + 1)));
    assert.deepEqual([...featurize(spec, new Uint8Array(contentLengthMax))], [0, 0, 0, 0]);
  });
  test("of an unknown kind is refused", () => {
    refuses("spec", () => checkSpec({ kind: "vocabulary/2" } as unknown as FeaturizerSpec));
  });
});
