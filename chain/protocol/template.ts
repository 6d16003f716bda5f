import { equalBytes } from "#chain/bytes/compare.ts";
import { u32be } from "#chain/bytes/int.ts";
import { taggedHash } from "#chain/bytes/tagged.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { DomainError } from "#chain/math/error.ts";
import { outputsPerItem } from "#chain/math/transform.ts";
import { feltOf, isFelt, signedFelt } from "./field.ts";
import { scaleMax } from "./quantize.ts";
import { readVka, VkaError, vkaDigest } from "./vka.ts";

/**
 * A model architecture whose inferences can be proven: everything but the weights. Anyone can reproduce one
 * from its public graph and settings; the chain accepts proofs under approved templates only.
 */
export interface Template {
  /** Name in the game, e.g. "lr-64": lower-case letters, digits, hyphens. */
  readonly name: string;
  /** Items that one proof covers. */
  readonly batch: number;
  /** Integers in an item's input. */
  readonly inputSize: number;
  /** Classes that a prediction distinguishes. */
  readonly classes: number;
  /** An input integer x is the felt x·2^inputScale. */
  readonly inputScale: number;
  /** A logit z is the felt z·2^outputScale, rounded by the circuit. */
  readonly outputScale: number;
  /** log₂ of the circuit's number of rows. */
  readonly logrows: number;
  /** Transform from logits to a prediction, e.g. "sigmoid/1". */
  readonly transform: string;
  /** Circuit settings in canonical bytes. */
  readonly settings: Uint8Array;
  /** Verification key file. */
  readonly vka: Uint8Array;
  /** Keccak-256 of the verification key's words, 32 bytes. */
  readonly vkaDigest: Uint8Array;
  /** Keccak-256 of the deployed bytecode of the reusable verifier, 32 bytes. */
  readonly verifierCodeHash: Uint8Array;
  /** s·G2 of the structured reference string: x.c1, x.c0, y.c1, y.c0, 32 big-endian bytes each. */
  readonly srsG2: Uint8Array;
  /** Exact length of a proof, bytes. */
  readonly proofLength: number;
  /** Order of the public values: one hash of the parameters, then all inputs, then all logits. */
  readonly instanceLayout: string;
}

/** A template that the chain cannot accept. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

/** Public values that no honest prover makes under the template. */
export class InstanceError extends Error {
  override readonly name = "InstanceError";
}

/** The only order of public values known: public inputs, hashed parameters, public outputs. */
export const paramsInputsOutputs = "params-inputs-outputs/1";

/** Longest settings, bytes: four times the longest measured. */
const settingsLengthMax = 8192;

const namePattern = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

const outputSize = (template: Template): number => outputsPerItem(template.transform, template.classes);

/** Number of public values of a proof under the template; DomainError if its transform does not exist. */
export const instanceCount = (template: Template): number =>
  1 + template.batch * (template.inputSize + outputSize(template));

/** Identity of a template, 32 bytes: hash over every field. */
export const templateId = (template: Template): Uint8Array =>
  taggedHash(
    "iterum/template/v1",
    utf8(template.name),
    u32be(template.batch),
    u32be(template.inputSize),
    u32be(template.classes),
    u32be(template.inputScale),
    u32be(template.outputScale),
    u32be(template.logrows),
    utf8(template.transform),
    template.settings,
    template.vka,
    template.vkaDigest,
    template.verifierCodeHash,
    template.srsG2,
    u32be(template.proofLength),
    utf8(template.instanceLayout),
  );

const check = (holds: boolean, problem: string): void => {
  if (!holds) throw new TemplateError(problem);
};

const within = (value: number, min: number, max: number, name: string): void =>
  check(Number.isInteger(value) && value >= min && value <= max, `${name} must lie in ${min}…${max}`);

/**
 * Refuses a template that contradicts itself, its verification key, or the chain's pins. It cannot tell
 * whether the key belongs to the settings: approving it asserts that, after reproducing it.
 * @param pins s·G2 of the chain's reference string (128 bytes), hash of the chain's verifier code
 * @throws TemplateError
 */
export function checkTemplate(
  template: Template,
  pins: { readonly srsG2: Uint8Array; readonly verifierCodeHash: Uint8Array },
): void {
  check(namePattern.test(template.name), "name must be lower-case letters, digits and hyphens, at most 64");
  check(template.instanceLayout === paramsInputsOutputs, `instance layout must be ${paramsInputsOutputs}`);
  within(template.batch, 1, 256, "batch");
  within(template.inputSize, 1, 4096, "input size");
  within(template.inputScale, 0, scaleMax, "input scale");
  within(template.outputScale, 0, scaleMax, "output scale");
  within(template.settings.length, 2, settingsLengthMax, "settings' length");
  check(equalBytes(template.verifierCodeHash, pins.verifierCodeHash), "verifier code is not the chain's");
  check(equalBytes(template.srsG2, pins.srsG2), "reference string is not the chain's");
  checkKey(template);
}

/** The part of the check that reads the verification key and the transform. */
function checkKey(template: Template): void {
  try {
    const header = readVka(template.vka);
    check(equalBytes(vkaDigest(template.vka), template.vkaDigest), "digest is not the verification key's");
    check(equalBytes(header.srsG2, template.srsG2), "verification key is of another reference string");
    check(header.logrows === template.logrows, "logrows are not the verification key's");
    check(header.proofLength === template.proofLength, "proof length is not the verification key's");
    check(
      header.instanceCount === instanceCount(template),
      "number of public values is not the verification key's",
    );
  } catch (error) {
    if (error instanceof VkaError || error instanceof DomainError)
      throw new TemplateError(error.message, { cause: error });
    throw error;
  }
}

/** The public values of a proof, told apart. */
export interface Instances {
  /** Poseidon hash of the model's parameters. */
  readonly params: bigint;
  /** One array of `inputSize` integers an item, unscaled. */
  readonly inputs: readonly Int32Array[];
  /** Logits as signed integers in units of 2^−outputScale, item after item (`outputsPerItem` each). */
  readonly outputs: readonly bigint[];
}

function int32FromFelt(felt: bigint, scale: bigint): number {
  const scaled = signedFelt(felt);
  const value = scaled >> scale;
  if (value << scale !== scaled) throw new InstanceError("input is no integer");
  if (BigInt.asIntN(32, value) !== value) throw new InstanceError("input does not fit 32 bits");
  return Number(value);
}

/**
 * Tells apart the public values of a proof and maps inputs back to the integers they stand for, exactly.
 * Throws InstanceError on a wrong count, a value not below r, or an input that is no 32-bit integer.
 */
export function splitInstances(template: Template, instances: readonly bigint[]): Instances {
  const { batch, inputSize } = template;
  if (instances.length !== instanceCount(template)) throw new InstanceError("wrong number of public values");
  if (!instances.every(isFelt)) throw new InstanceError("public value is not below r");
  const scale = BigInt(template.inputScale);
  const inputs = Array.from({ length: batch }, (_, item) => {
    const from = 1 + item * inputSize;
    return Int32Array.from(instances.slice(from, from + inputSize), (felt) => int32FromFelt(felt, scale));
  });
  const outputs = instances.slice(1 + batch * inputSize).map(signedFelt);
  return { params: instances[0] as bigint, inputs, outputs };
}

/**
 * The public values that a proof of these inputs and logits has under the template, in circuit order; the
 * inverse of `splitInstances`. Throws InstanceError when counts are not the template's or a value too wide.
 */
export function joinInstances(template: Template, parts: Instances): bigint[] {
  const { batch, inputSize } = template;
  const scale = BigInt(template.inputScale);
  if (parts.inputs.length !== batch || parts.inputs.some((item) => item.length !== inputSize))
    throw new InstanceError("inputs are not a batch of the template");
  if (parts.outputs.length !== batch * outputSize(template))
    throw new InstanceError("wrong number of logits");
  const instances = [parts.params];
  for (const item of parts.inputs) for (const value of item) instances.push(feltOf(BigInt(value) << scale));
  for (const logit of parts.outputs) {
    if (signedFelt(feltOf(logit)) !== logit) throw new InstanceError("logit is wider than the field");
    instances.push(feltOf(logit));
  }
  if (!isFelt(parts.params)) throw new InstanceError("hash of the parameters is not below r");
  return instances;
}
