import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import fc from "fast-check";
import { toHex } from "#chain/bytes/hex.ts";
import { baseModulus, feltModulus, isFelt, wordAt, words } from "#chain/protocol/field.ts";
import { modelId } from "#chain/protocol/model.ts";
import { type ProofStatement, statementHash } from "#chain/protocol/statement.ts";
import {
  checkTemplate,
  InstanceError,
  instanceCount,
  joinInstances,
  splitInstances,
  type Template,
  TemplateError,
  templateId,
} from "#chain/protocol/template.ts";
import { templateKey } from "#chain/verify/key.ts";
import { type ZkSample, zkSample } from "#test/kit/zk.ts";
import type { ZkName } from "#test/kit/zk-plans.ts";

let samples: ZkSample[];
let sample: ZkSample;
before(async () => {
  samples = await Promise.all((["lr-64", "lr-4", "mlp-64-4"] satisfies ZkName[]).map(zkSample));
  sample = samples[0] as ZkSample;
});

const pinsOf = ({ srsG2, verifierCodeHash }: Template) => ({ srsG2, verifierCodeHash });
const changed = (data: Uint8Array, at: number): Uint8Array => data.with(at, (data[at] as number) ^ 1);

/** s·G2 from the last bytes of a reference string file: Montgomery form, little-endian, real part first. */
async function srsG2Of(folder: string): Promise<Uint8Array> {
  const srs = new Uint8Array(await readFile(join(folder, "srs")));
  const inverse = ((base: bigint, exponent: bigint) => {
    let power = 1n;
    for (let bits = exponent, square = base; bits > 0n; bits >>= 1n, square = (square * square) % baseModulus)
      if (bits & 1n) power = (power * square) % baseModulus;
    return power;
  })((1n << 256n) % baseModulus, baseModulus - 2n);
  const coordinate = (index: number): bigint => {
    const at = srs.length - 128 + 32 * index;
    return (wordAt(srs.slice(at, at + 32).reverse(), 0) * inverse) % baseModulus;
  };
  return words([coordinate(1), coordinate(0), coordinate(3), coordinate(2)]);
}

test("templates as built are accepted, and their pin is the reference string's s·G2", async () => {
  for (const { template, folder } of samples) {
    checkTemplate(template, { ...pinsOf(template), srsG2: await srsG2Of(folder) });
    assert.equal(
      instanceCount(template),
      samples.find((s) => s.template === template)?.statements[0]?.instances.length,
    );
  }
});

test("a template of another reference string or verifier is refused", () => {
  const { template } = sample;
  const other = samples[1]?.template as Template;
  assert.throws(() => checkTemplate(template, pinsOf({ ...template, srsG2: other.srsG2 })), TemplateError);
  assert.throws(
    () => checkTemplate({ ...template, srsG2: other.srsG2 }, pinsOf({ ...template, srsG2: other.srsG2 })),
    /another reference string/,
  );
  const verifierCodeHash = changed(template.verifierCodeHash, 0);
  assert.throws(() => checkTemplate(template, { ...pinsOf(template), verifierCodeHash }), TemplateError);
});

test("a template that contradicts its verification key is refused, whichever field differs", () => {
  const { template } = sample;
  const { vka } = (samples[2] as ZkSample).template;
  const wrong: Partial<Template>[] = [
    ...[{ name: "LR 64" }, { name: "" }, { name: "a".repeat(65) }, { name: "-a" }],
    ...[{ batch: 4 }, { batch: 0 }, { batch: 1.5 }, { inputSize: 63 }, { inputSize: 5000 }],
    ...[{ classes: 3 }, { classes: 1 }, { transform: "sigmoid/2" }, { transform: "softmax/1" }],
    ...[{ inputScale: -1 }, { outputScale: 33 }, { logrows: template.logrows + 1 }],
    ...[{ proofLength: template.proofLength + 32 }],
    ...[{ vkaDigest: changed(template.vkaDigest, 31) }, { instanceLayout: "outputs/1" }, { vka }],
    ...[{ settings: new Uint8Array(0) }, { settings: new Uint8Array(8193) }],
  ];
  for (const fields of wrong)
    assert.throws(
      () => checkTemplate({ ...template, ...fields }, pinsOf(template)),
      TemplateError,
      Object.keys(fields)[0],
    );
});

test("a malformed verification key is refused with a template error", () => {
  const { template } = sample;
  const { vka } = template;
  const keys = [new Uint8Array(0), vka.subarray(8), vka.subarray(0, vka.length - 32), changed(vka, 0)];
  keys.push(new Uint8Array(vka.length), new Uint8Array(40_000), changed(vka, 8 + 32 * 14 + 31));
  for (const word of [2, 3, 5, 10, 16, 19, 20, 33]) keys.push(changed(vka, 8 + 32 * word + 31));
  for (const word of [2, 3, 5, 20]) keys.push(changed(vka, 8 + 32 * word));
  for (const malformed of keys)
    assert.throws(() => checkTemplate({ ...template, vka: malformed }, pinsOf(template)), TemplateError);
});

test("every field counts in the template's identity", () => {
  const { template } = sample;
  const numbers = Object.entries(template).map(([field, value]) => {
    const other =
      typeof value === "number" ? value + 1 : typeof value === "string" ? `${value}0` : changed(value, 0);
    return toHex(templateId({ ...template, [field]: other }));
  });
  assert.equal(new Set([toHex(templateId(template)), ...numbers]).size, 1 + Object.keys(template).length);
});

test("a key takes the verifier code that the template names and no other", () => {
  const { template, key } = sample;
  assert.deepEqual(templateKey(template, key.verifierCode), key);
  assert.throws(() => templateKey(template, changed(key.verifierCode, 5)), TemplateError);
});

test("public values of a real proof come apart into the inputs proven and come together again", () => {
  for (const { template, statements } of samples)
    for (const { instances } of statements) {
      const parts = splitInstances(template, instances);
      assert.equal(parts.inputs.length, template.batch);
      assert.ok(
        parts.inputs.every(
          (item) => item.length === template.inputSize && item.every((x) => x >= 0 && x <= 3),
        ),
      );
      assert.equal(parts.outputs.length, template.batch);
      assert.ok(parts.outputs.some((logit) => logit < 0n) || parts.outputs.some((logit) => logit > 0n));
      assert.equal(parts.params, instances[0]);
      assert.deepEqual(joinInstances(template, parts), instances);
    }
});

test("any inputs and logits survive joining and splitting at any scale", () => {
  const { template } = samples[1] as ZkSample;
  const integers = fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), {
    minLength: 4,
    maxLength: 4,
  });
  const logits = fc.bigInt({ min: -(feltModulus >> 1n), max: feltModulus >> 1n });
  const items = fc.array(
    integers.map((values) => Int32Array.from(values)),
    { minLength: 2, maxLength: 2 },
  );
  const params = fc.bigInt({ min: 0n, max: feltModulus - 1n });
  const outputs = fc.array(logits, { minLength: 2, maxLength: 2 });
  const parts = fc.record({ params, inputs: items, outputs }, { noNullPrototype: true });
  fc.assert(
    fc.property(parts, fc.integer({ min: 0, max: 32 }), (given, inputScale) => {
      const instances = joinInstances({ ...template, inputScale }, given);
      assert.ok(instances.every(isFelt));
      assert.deepEqual(splitInstances({ ...template, inputScale }, instances), given);
    }),
  );
});

test("public values that no honest prover makes are refused", () => {
  const { template, statements } = samples[1] as ZkSample;
  const { instances } = statements[0] as ProofStatement;
  const scaled = { ...template, inputScale: 13 };
  const wrong: [Template, readonly bigint[]][] = [
    [template, instances.slice(1)],
    [template, [...instances, 0n]],
    [template, instances.with(0, feltModulus)],
    [template, instances.with(3, -1n)],
    [template, instances.with(1, 1n << 31n)],
    [template, instances.with(1, feltModulus - (1n << 31n) - 1n)],
    [scaled, instances.with(1, 8191n)],
    [scaled, instances.with(1, feltModulus - 1n)],
  ];
  for (const [under, values] of wrong) assert.throws(() => splitInstances(under, values), InstanceError);
  const parts = splitInstances(template, instances);
  const joins = [
    { ...parts, inputs: parts.inputs.slice(1) },
    { ...parts, inputs: parts.inputs.map((item) => item.slice(1)) },
    { ...parts, outputs: [] },
    { ...parts, outputs: parts.outputs.map(() => feltModulus - 1n) },
    { ...parts, params: feltModulus },
  ];
  for (const join of joins) assert.throws(() => joinInstances(template, join), InstanceError);
});

test("statement hashes tell template, public values and proof apart", () => {
  const statement = sample.statements[0] as ProofStatement;
  const others: ProofStatement[] = [
    { ...statement, templateId: changed(statement.templateId, 0) },
    { ...statement, proof: changed(statement.proof, 0) },
    { ...statement, instances: statement.instances.with(0, 1n) },
    { ...statement, instances: statement.instances.slice(1), proof: statement.proof },
  ];
  assert.equal(new Set([statement, ...others].map((s) => toHex(statementHash(s)))).size, 5);
  assert.throws(() => statementHash({ ...statement, instances: [1n << 256n] }), RangeError);
  assert.throws(() => statementHash({ ...statement, instances: [-1n] }), RangeError);
});

test("model identities tell owner, key, settings and weights apart", () => {
  const bytes = (length: number, fill: number) => new Uint8Array(length).fill(fill);
  const model = {
    owner: bytes(20, 1),
    vkaDigest: sample.template.vkaDigest,
    settings: sample.template.settings,
    paramsPoseidon: bytes(32, 2),
  };
  const others = [
    { ...model, owner: bytes(20, 2) },
    { ...model, vkaDigest: bytes(32, 3) },
    { ...model, settings: bytes(3, 1) },
    { ...model, paramsPoseidon: bytes(32, 4) },
  ];
  assert.equal(new Set([model, ...others].map((m) => toHex(modelId(m)))).size, 5);
});
