import {
  contentLengthMax,
  countMax,
  ensureFeaturizer,
  type FeaturizerSpec,
  type NumericSpec,
} from "./spec.ts";
import { tokensOf } from "./tokens.ts";

function addOne(counts: Int32Array, feature: number): void {
  counts[feature] = Math.min((counts[feature] as number) + 1, countMax);
}

function countTokens(tokens: readonly string[], content: Uint8Array): Int32Array {
  const featureOf = new Map(tokens.map((token, feature) => [token, feature]));
  const counts = new Int32Array(tokens.length);
  for (const token of tokensOf(content)) {
    const feature = featureOf.get(token);
    if (feature !== undefined) addOne(counts, feature);
  }
  return counts;
}

/** FNV-1a of 32 bits over the bytes of an ASCII text. Source: RFC 9923. */
export function fnv1a32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

function countBuckets(buckets: number, content: Uint8Array): Int32Array {
  const counts = new Int32Array(buckets);
  for (const token of tokensOf(content)) addOne(counts, fnv1a32(token) % buckets);
  return counts;
}

const asciiOf = (content: Uint8Array): string => {
  let text = "";
  for (const byte of content) text += String.fromCharCode(byte);
  return text;
};

const numberPattern = /^(-?)([0-9]{1,9})(?:\.([0-9]{1,18}))?$/;

/** The number times 10^decimals, further decimals rounded half away from zero; exact: below 10^13. */
function scaled(text: string, decimals: number): number {
  const match = numberPattern.exec(text);
  ensureFeaturizer(match !== null, "content", "not a decimal number");
  const [, sign, whole, fraction = ""] = match;
  let magnitude = 0;
  for (const digit of whole + fraction.slice(0, decimals).padEnd(decimals, "0"))
    magnitude = magnitude * 10 + (digit.charCodeAt(0) - 0x30);
  if (fraction.charCodeAt(decimals) >= 0x35) magnitude++;
  return sign === "-" ? 0 - magnitude : magnitude;
}

function scaleNumbers(spec: NumericSpec, content: Uint8Array): Int32Array {
  const texts = asciiOf(content).split(",", spec.size + 1);
  ensureFeaturizer(texts.length === spec.size, "content", `not ${spec.size} numbers separated by commas`);
  const limit = 1 << (spec.bits - 1);
  return Int32Array.from(texts, (text) => {
    const value = scaled(text, spec.decimals);
    ensureFeaturizer(value >= -limit && value < limit, "content", `a number does not fit ${spec.bits} bits`);
    return value;
  });
}

/**
 * The tensor of an item's content: featuresOf(spec) integers, unscaled. `vocabulary/1` and `hash/1` take any
 * bytes and give counts 0…3; `numeric/1` takes decimal numbers in ASCII separated by single commas. Refuses
 * content above contentLengthMax, and numbers that are malformed, of another count or out of range.
 */
export function featurize(spec: FeaturizerSpec, content: Uint8Array): Int32Array {
  ensureFeaturizer(content.length <= contentLengthMax, "content", `content of ${content.length} bytes`);
  switch (spec.kind) {
    case "vocabulary/1":
      return countTokens(spec.tokens, content);
    case "hash/1":
      return countBuckets(spec.buckets, content);
    case "numeric/1":
      return scaleNumbers(spec, content);
  }
}
