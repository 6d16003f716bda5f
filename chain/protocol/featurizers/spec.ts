import { toHex } from "#chain/bytes/hex.ts";
import { u32be } from "#chain/bytes/int.ts";
import { taggedHash } from "#chain/bytes/tagged.ts";
import { utf8 } from "#chain/bytes/utf8.ts";

/** How many times each token of a list occurs, up to countMax; feature i belongs to tokens[i]. */
export interface VocabularySpec {
  readonly kind: "vocabulary/1";
  readonly tokens: readonly string[];
}

/** How many tokens fall into each bucket of FNV-1a (32 bits) modulo `buckets`, up to countMax. */
export interface HashSpec {
  readonly kind: "hash/1";
  readonly buckets: number;
}

/** Given decimal numbers times 10^decimals, as signed integers of `bits` bits (8 or 16). */
export interface NumericSpec {
  readonly kind: "numeric/1";
  readonly size: number;
  readonly decimals: number;
  readonly bits: number;
}

/**
 * A game's map from an item's content to the integer tensor that every model of the game takes: plain data,
 * kept in the game. The kind's id carries a version because the map is consensus.
 */
export type FeaturizerSpec = VocabularySpec | HashSpec | NumericSpec;

/** Longest tensor of a featurizer, in values. */
export const featuresMax = 1024;
/** Longest token of a vocabulary, in bytes. */
export const tokenLengthMax = 32;
/** Longest content of one item, in bytes. */
export const contentLengthMax = 65_536;
/** Where the counts of `vocabulary/1` and `hash/1` are clipped: two bits each. */
export const countMax = 3;
/** Most decimals that `numeric/1` keeps. */
const decimalsMax = 4;

export type FeaturizerErrorCode = "spec" | "content" | "values" | "bytes";

/** Refusal of a parameter (spec), an item's content, a tensor (values) or a packed tensor (bytes). */
export class FeaturizerError extends Error {
  override readonly name = "FeaturizerError";
  readonly code: FeaturizerErrorCode;
  constructor(code: FeaturizerErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Throws a FeaturizerError of this code unless the condition holds. */
export function ensureFeaturizer(
  condition: boolean,
  code: FeaturizerErrorCode,
  message: string,
): asserts condition {
  if (!condition) throw new FeaturizerError(code, message);
}

const within = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most;

const isToken = (token: string): boolean => token.length <= tokenLengthMax && /^[a-z0-9]+$/.test(token);

function checkVocabulary(tokens: readonly string[]): void {
  ensureFeaturizer(within(tokens.length, 1, featuresMax), "spec", `vocabulary of ${tokens.length} tokens`);
  for (const token of tokens) ensureFeaturizer(isToken(token), "spec", `not a token: "${token}"`);
  ensureFeaturizer(new Set(tokens).size === tokens.length, "spec", "a token occurs twice");
}

/** Refuses parameters out of bounds; every other function here takes a spec that passed it. */
export function checkSpec(spec: FeaturizerSpec): void {
  switch (spec.kind) {
    case "vocabulary/1":
      checkVocabulary(spec.tokens);
      return;
    case "hash/1":
      ensureFeaturizer(within(spec.buckets, 1, featuresMax), "spec", `${spec.buckets} buckets`);
      return;
    case "numeric/1":
      ensureFeaturizer(within(spec.size, 1, featuresMax), "spec", `${spec.size} numbers`);
      ensureFeaturizer(within(spec.decimals, 0, decimalsMax), "spec", `${spec.decimals} decimals`);
      ensureFeaturizer(spec.bits === 8 || spec.bits === 16, "spec", `${spec.bits} bits`);
      return;
    default:
      throw new FeaturizerError("spec", "unknown featurizer");
  }
}

/** How many values the tensor has. */
export function featuresOf(spec: FeaturizerSpec): number {
  switch (spec.kind) {
    case "vocabulary/1":
      return spec.tokens.length;
    case "hash/1":
      return spec.buckets;
    case "numeric/1":
      return spec.size;
  }
}

function parametersOf(spec: FeaturizerSpec): readonly Uint8Array[] {
  switch (spec.kind) {
    case "vocabulary/1":
      return spec.tokens.map(utf8);
    case "hash/1":
      return [u32be(spec.buckets)];
    case "numeric/1":
      return [u32be(spec.size), u32be(spec.decimals), u32be(spec.bits)];
  }
}

/**
 * The name of a featurizer with its parameters: the kind, ":" and 64 hexadecimal digits of
 * taggedHash("iterum/featurizer/1", kind, …parameters). The parameters are the tokens in order,
 * u32 buckets, or u32 size, u32 decimals, u32 bits.
 */
export function featurizerId(spec: FeaturizerSpec): string {
  return `${spec.kind}:${toHex(taggedHash("iterum/featurizer/1", utf8(spec.kind), ...parametersOf(spec)))}`;
}
