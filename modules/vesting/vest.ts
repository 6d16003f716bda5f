import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { larger } from "#chain/math/bounds.ts";
import { floorDiv } from "#chain/math/mul-div.ts";
import type { Vest } from "#proto/gen/iterum/vesting.ts";
import { due, ends, vests } from "./state.ts";

/** Profits that one block pays a part of, or puts off, over all games. */
const PARTS_PER_BLOCK = 250n;

/** Of them, those of one game where so many have some to pay. */
export const partsPerBlock = (games: bigint): bigint =>
  larger(floorDiv(PARTS_PER_BLOCK, larger(games, 1n)), 1n);

/** Ends of rounds that a game has counted. */
export const endsOf = (ctx: ReadCtx, gameId: string): bigint => ends.get(ctx, gameId) ?? 0n;

/** Keeps a profit, its next part due with the end that it names. */
export function putVest(ctx: WriteCtx, vest: Vest): void {
  const { gameId, operator, roundId, nextEnd } = vest;
  vests.set(ctx, [gameId, operator, roundId], vest);
  due.set(
    ctx,
    [
      [gameId, nextEnd],
      [operator, roundId],
    ],
    true,
  );
}

/** Takes a profit out, wherever its next part is due. */
export function dropVest(ctx: WriteCtx, { gameId, operator, roundId, nextEnd }: Vest): void {
  vests.delete(ctx, [gameId, operator, roundId]);
  due.delete(ctx, [
    [gameId, nextEnd],
    [operator, roundId],
  ]);
}
