import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { addressKey } from "#chain/protocol/address.ts";
import { SigningRecord } from "#proto/gen/iterum/slashing.ts";
import { params } from "./params.ts";
import { missedBits, records } from "./state.ts";

// Blocks are counted by their height modulo the window: a block that was signed costs reads alone.

/** Bits of a part of the window, each in a row of its own: 64 bytes. */
const PART_BITS = 512;

/** What a validator has signed of late; a new record where there is none. */
export const recordOf = (ctx: ReadCtx, operator: string): SigningRecord =>
  records.get(ctx, operator) ?? { ...SigningRecord.zero(), operator };

/** Counts a validator's blocks from a height on, and none before. */
export function restart(ctx: WriteCtx, operator: string, startHeight: bigint): SigningRecord {
  for (const [key] of [...missedBits.under(ctx, addressKey, operator)]) missedBits.delete(ctx, key);
  const window = Number(params(ctx).signedBlocksWindow);
  const record = { ...recordOf(ctx, operator), startHeight, missed: 0, window };
  records.set(ctx, operator, record);
  return record;
}

/** Changes one bit; returns what it was. */
function exchange(ctx: WriteCtx, operator: string, index: number, bit: boolean): boolean {
  const key = [operator, index >>> 9] as const;
  const before = missedBits.get(ctx, key);
  const at = (index % PART_BITS) >>> 3;
  const mask = 1 << (index & 7);
  const was = before !== undefined && ((before[at] as number) & mask) !== 0;
  if (was === bit) return was;
  const after = before?.slice() ?? new Uint8Array(PART_BITS >>> 3);
  after[at] = (after[at] as number) ^ mask;
  if (after.some((byte) => byte !== 0)) missedBits.set(ctx, key, after);
  else missedBits.delete(ctx, key);
  return was;
}

/** Notes whether a validator signed the block of a height, under the present window; returns its record. */
export function note(
  ctx: WriteCtx,
  operator: string,
  height: bigint,
  signed: boolean,
  window: bigint,
): SigningRecord {
  const found = recordOf(ctx, operator);
  const record = found.window === Number(window) ? found : restart(ctx, operator, height);
  const missedBefore = exchange(ctx, operator, Number(height % window), !signed);
  if (missedBefore === !signed) return record;
  const changed = { ...record, missed: record.missed + (signed ? -1 : 1) };
  records.set(ctx, operator, changed);
  return changed;
}

/** Forgets a validator that is gone: whoever founds another with its account begins anew. */
export function forget(ctx: WriteCtx, operator: string): void {
  for (const [key] of [...missedBits.under(ctx, addressKey, operator)]) missedBits.delete(ctx, key);
  records.delete(ctx, operator);
}
