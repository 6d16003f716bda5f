import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { textKey } from "#chain/kernel/keys.ts";
import { mulDiv } from "#chain/math/mul-div.ts";
import * as bank from "#modules/bank/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import { VESTING } from "./api.ts";
import { vested } from "./events.ts";
import { holds, vests } from "./state.ts";

/**
 * Pays a part of every profit of earlier rounds as a round ends, however it ends. A game has as many of them
 * as orders settle in the rounds over which profits are paid, and more only while some are held.
 */
export function releaseParts(ctx: WriteCtx, { gameId, roundId }: rounds.RoundKey): void {
  const { denom } = rounds.game(ctx, gameId);
  for (const [key, vest] of vests.under(ctx, textKey, gameId)) {
    const { operator, left, partsLeft } = vest;
    if (vest.roundId >= roundId) continue;
    const hold = holds.get(ctx, [gameId, operator]);
    if (hold && roundId <= hold.untilRoundId) continue;
    if (hold) holds.delete(ctx, [gameId, operator]);
    const amount = partsLeft > 1 ? mulDiv(left, 1n, BigInt(partsLeft), "down") : left;
    bank.send(ctx, VESTING, operator, denom, amount);
    if (partsLeft > 1) vests.set(ctx, key, { ...vest, left: left - amount, partsLeft: partsLeft - 1 });
    else vests.delete(ctx, key);
    vested(ctx, { gameId, roundId: vest.roundId, operator, amount });
  }
}
