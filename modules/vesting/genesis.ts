import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { parseAddress } from "#chain/protocol/address.ts";
import * as auth from "#modules/auth/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { GenesisState, Vest } from "#proto/gen/iterum/vesting.ts";
import { errors } from "./errors.ts";
import { vestsAreBacked } from "./invariants.ts";
import { checkRule } from "./rule.ts";
import { ends, holds, profits, releases, rules, vests } from "./state.ts";
import { endsOf, putVest } from "./vest.ts";

function ensurePair(gameId: string, ...addresses: readonly string[]): void {
  for (const address of addresses)
    ensure(parseAddress(address), errors.BadGenesis, { gameId, address: address.slice(0, 80) });
}

/** Fails with (vesting, 8) unless the end is being released, or is the game's next one. */
function ensureEnd(ctx: ReadCtx, gameId: string, end: bigint): void {
  const isKnown = releases.has(ctx, [gameId, end]) || end === endsOf(ctx, gameId) + 1n;
  ensure(isKnown, errors.BadGenesis, { gameId, end });
}

function restoreVest(ctx: WriteCtx, vest: Vest): void {
  const { gameId, operator, roundId, left, total, partsLeft } = vest;
  ensurePair(rounds.game(ctx, gameId).gameId, operator);
  const isSound =
    left > 0n && left <= total && partsLeft >= 1 && !vests.has(ctx, [gameId, operator, roundId]);
  ensure(isSound, errors.BadGenesis, { gameId, operator, roundId });
  ensureEnd(ctx, gameId, vest.nextEnd);
  putVest(ctx, vest);
}

/** Puts rules, and the profits of an exported chain, into the state. */
export function initVesting(ctx: WriteCtx, genesis: GenesisState): void {
  auth.ensureModuleAccount(ctx, "vesting");
  for (const rule of genesis.rules) {
    checkRule(rule);
    rounds.game(ctx, rule.gameId);
    ensure(!rules.has(ctx, rule.gameId), errors.BadGenesis, { gameId: rule.gameId, twice: true });
    rules.set(ctx, rule.gameId, rule);
  }
  for (const { gameId, count } of genesis.ends) ends.set(ctx, rounds.game(ctx, gameId).gameId, count);
  for (const { gameId, end, roundId } of genesis.releases) releases.set(ctx, [gameId, end], roundId);
  for (const [[gameId, end]] of releases.all(ctx)) ensureEnd(ctx, gameId, end + 1n);
  for (const vest of genesis.vests) restoreVest(ctx, vest);
  for (const profit of genesis.profits) {
    const { gameId, operator, member } = profit;
    ensurePair(gameId, operator, member);
    ensure(profit.rounds >= 1, errors.BadGenesis, { gameId, operator, member });
    profits.set(ctx, [gameId, operator, member], profit);
  }
  for (const hold of genesis.holds) {
    ensurePair(hold.gameId, hold.operator, hold.member);
    holds.set(ctx, [hold.gameId, hold.operator], hold);
  }
  ensure(vestsAreBacked.holds(ctx), errors.BadGenesis, { vests: "are not what the account holds" });
}

/** The whole state of vesting as genesis. */
export const dumpVesting = (ctx: ReadCtx): GenesisState => ({
  rules: [...rules.all(ctx)].map(([, rule]) => rule),
  vests: [...vests.all(ctx)].map(([, vest]) => vest),
  profits: [...profits.all(ctx)].map(([, profit]) => profit),
  holds: [...holds.all(ctx)].map(([, hold]) => hold),
  ends: [...ends.all(ctx)].map(([gameId, count]) => ({ gameId, count })),
  releases: [...releases.all(ctx)].map(([[gameId, end], roundId]) => ({ gameId, end, roundId })),
});
