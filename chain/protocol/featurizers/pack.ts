import { countMax, ensureFeaturizer, type FeaturizerSpec, featuresOf } from "./spec.ts";

interface Layout {
  readonly size: number;
  readonly bits: number;
  readonly least: number;
  readonly most: number;
}

function layoutOf(spec: FeaturizerSpec): Layout {
  const size = featuresOf(spec);
  if (spec.kind !== "numeric/1") return { size, bits: 2, least: 0, most: countMax };
  const limit = 1 << (spec.bits - 1);
  return { size, bits: spec.bits, least: -limit, most: limit - 1 };
}

const bytesOf = (layout: Layout): number => (layout.size * layout.bits + 7) >>> 3;

/** Length of a packed tensor in bytes: 16 for 64 counts. */
export const packedLength = (spec: FeaturizerSpec): number => bytesOf(layoutOf(spec));

/**
 * The tensor as the chain stores it: each value in 2 (counts), 8 or 16 bits (two's complement), one after the
 * other, the highest bit first, zero bits up to a whole byte. Refuses another length and values out of range.
 */
export function packInput(spec: FeaturizerSpec, values: ArrayLike<number>): Uint8Array {
  const layout = layoutOf(spec);
  const { size, bits, least, most } = layout;
  ensureFeaturizer(values.length === size, "values", `${values.length} values, not ${size}`);
  const packed = new Uint8Array(bytesOf(layout));
  for (let i = 0; i < size; i++) {
    const value = values[i] as number;
    const fits = Number.isInteger(value) && value >= least && value <= most;
    ensureFeaturizer(fits, "values", `value ${i} is not in ${least}…${most}`);
    const at = i * bits;
    if (bits === 16) packed[at >>> 3] = value >>> 8;
    // A byte keeps the low 8 bits, so the low byte of 16 and all 8 of 8 are stored as they are.
    const last = (at + bits - 1) >>> 3;
    packed[last] = (packed[last] as number) | (bits === 2 ? value << (6 - (at & 7)) : value);
  }
  return packed;
}

/** The tensor that packInput packed: refuses another length and padding bits that are not zero. */
export function unpackInput(spec: FeaturizerSpec, packed: Uint8Array): Int32Array {
  const layout = layoutOf(spec);
  const { size, bits } = layout;
  const length = bytesOf(layout);
  ensureFeaturizer(packed.length === length, "bytes", `${packed.length} bytes, not ${length}`);
  const padding = length * 8 - size * bits;
  const lastByte = packed[length - 1] as number;
  ensureFeaturizer((lastByte & ((1 << padding) - 1)) === 0, "bytes", "padding is not zero");
  const values = new Int32Array(size);
  for (let i = 0; i < size; i++) {
    const byte = packed[(i * bits) >>> 3] as number;
    if (bits === 2) values[i] = (byte >>> (6 - ((i * bits) & 7))) & countMax;
    else if (bits === 8) values[i] = (byte << 24) >> 24;
    else values[i] = ((byte << 24) >> 16) | (packed[2 * i + 1] as number);
  }
  return values;
}
