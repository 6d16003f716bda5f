import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { assert } from "#chain/kernel/error.ts";
import { textKey } from "#chain/kernel/keys.ts";
import { mulDiv } from "#chain/math/mul-div.ts";
import * as bank from "#modules/bank/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { Vest } from "#proto/gen/iterum/vesting.ts";
import { VESTING } from "./api.ts";
import { vested } from "./events.ts";
import { due, endKey, ends, holds, releases, vests } from "./state.ts";
import { dropVest, endsOf, partsPerBlock, putVest } from "./vest.ts";

function hasVests(ctx: ReadCtx, gameId: string): boolean {
  for (const _ of vests.under(ctx, textKey, gameId)) return true;
  return false;
}

/** A round has ended, however: from the next piece of a block on, profits of earlier rounds get a part. */
export function noteEnd(ctx: WriteCtx, { gameId, roundId }: rounds.RoundKey): void {
  if (!hasVests(ctx, gameId)) return;
  const end = endsOf(ctx, gameId) + 1n;
  ends.set(ctx, gameId, end);
  releases.set(ctx, [gameId, end], roundId);
}

/** Whether the operator's profits get nothing with the end of the round; ends a hold that is over. */
function isHeld(ctx: WriteCtx, { gameId, operator }: Vest, roundId: bigint): boolean {
  const hold = holds.get(ctx, [gameId, operator]);
  if (hold && roundId <= hold.untilRoundId) return true;
  if (hold) holds.delete(ctx, [gameId, operator]);
  return false;
}

/** Pays a part with the end of a round after the profit's own; the next is due with the end that follows. */
function release(ctx: WriteCtx, vest: Vest, roundId: bigint): void {
  const { gameId, operator, left, partsLeft, nextEnd } = vest;
  dropVest(ctx, vest);
  const later = { ...vest, nextEnd: nextEnd + 1n };
  if (vest.roundId >= roundId || isHeld(ctx, vest, roundId)) {
    putVest(ctx, later);
    return;
  }
  const amount = partsLeft > 1 ? mulDiv(left, 1n, BigInt(partsLeft), "down") : left;
  bank.send(ctx, VESTING, operator, rounds.game(ctx, gameId).denom, amount);
  if (partsLeft > 1) putVest(ctx, { ...later, left: left - amount, partsLeft: partsLeft - 1 });
  vested(ctx, { gameId, roundId: vest.roundId, operator, amount });
}

/** Releases what is due with one end, so many profits at most; says whether that was all. */
function releaseSome(ctx: WriteCtx, end: readonly [string, bigint], roundId: bigint, most: bigint): boolean {
  let left = most;
  for (const [[[gameId], [operator, of]]] of due.under(ctx, endKey, end)) {
    if (left === 0n) return false;
    const vest = vests.get(ctx, [gameId, operator, of]);
    assert(vest, "a part is due of a profit that is none");
    release(ctx, vest, roundId);
    left -= 1n;
  }
  return true;
}

/** The first end of each game whose parts are not all paid: the next one waits for it. */
function firstReleases(ctx: ReadCtx): (readonly [readonly [string, bigint], bigint])[] {
  const found: (readonly [readonly [string, bigint], bigint])[] = [];
  for (const [end, roundId] of releases.all(ctx))
    if (found.at(-1)?.[0][0] !== end[0]) found.push([end, roundId]);
  return found;
}

/** Pays parts that are due: a bounded number a block, each game its share of it. */
export function releaseParts(ctx: WriteCtx): void {
  const open = firstReleases(ctx);
  const most = partsPerBlock(BigInt(open.length));
  for (const [end, roundId] of open) if (releaseSome(ctx, end, roundId, most)) releases.delete(ctx, end);
}
