import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { larger } from "#chain/math/bounds.ts";
import { floorDiv, mulDiv } from "#chain/math/mul-div.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import * as bank from "#modules/bank/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import { Profit } from "#proto/gen/iterum/vesting.ts";
import { vestingStarted } from "./events.ts";
import { profits, rules } from "./state.ts";
import { endsOf, partsPerBlock, putVest } from "./vest.ts";

export { ruleChanged } from "./hooks.ts";

/** Holds profits that are not paid yet. */
export const VESTING = moduleAddress("vesting");

/** 10⁻²⁴ to 10⁻⁹. */
const UNIT = 10n ** 15n;

/**
 * Takes an operator's profit of a round, which `from` holds, to pay it out over the next rounds; returns what
 * was taken: nothing where the game pays at once, or there is no profit.
 */
export function hold(
  ctx: WriteCtx,
  { gameId, roundId }: rounds.RoundKey,
  from: string,
  operator: string,
  profit: bigint,
): bigint {
  const rule = rules.get(ctx, gameId);
  if (!rule || profit <= 0n) return 0n;
  bank.send(ctx, from, VESTING, rounds.game(ctx, gameId).denom, profit);
  const nextEnd = endsOf(ctx, gameId) + 1n;
  putVest(ctx, { gameId, operator, roundId, total: profit, left: profit, partsLeft: rule.rounds, nextEnd });
  vestingStarted(ctx, { gameId, roundId, operator, amount: profit });
  return profit;
}

/**
 * Blocks that it takes to pay all that is due with the end of a round, where each settles with so many
 * profits at most, even when all other games pay too; 0 where the game pays at once.
 */
export function releaseBlocks(ctx: ReadCtx, gameId: string, profitsMax: bigint): bigint {
  const rule = rules.get(ctx, gameId);
  if (!rule) return 0n;
  let games = 0n;
  for (const _ of rounds.allGames(ctx)) games += 1n;
  // Those of the round that ends are put off by one end.
  return mulDiv(profitsMax, BigInt(rule.rounds + 1), partsPerBlock(games), "up");
}

/** Part of an operator's profit on a member's items, in 10⁻²⁴·W-ths of the liquidity. */
interface Part {
  readonly operator: string;
  readonly member: string;
  readonly gain: bigint;
}

/** Notes publicly whose items an operator earned on; for games that hold profits back. */
export function attribute(
  ctx: WriteCtx,
  { gameId, roundId }: rounds.RoundKey,
  totalWeight: bigint,
  parts: readonly Part[],
): void {
  if (!rules.has(ctx, gameId)) return;
  for (const { operator, member, gain } of parts) {
    const key = [gameId, operator, member] as const;
    const found = profits.get(ctx, key) ?? { ...Profit.zero(), gameId, operator, member };
    const earned = floorDiv(gain, totalWeight * UNIT);
    profits.set(ctx, key, {
      ...found,
      rounds: found.rounds + (found.lastRoundId === roundId ? 0 : 1),
      lastRoundId: roundId,
      gained: found.gained + larger(earned, 0n),
      lost: found.lost + larger(-earned, 0n),
    });
  }
}
