import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { parseAddress } from "#chain/protocol/address.ts";
import * as auth from "#modules/auth/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { GenesisState } from "#proto/gen/iterum/vesting.ts";
import { errors } from "./errors.ts";
import { vestsAreBacked } from "./invariants.ts";
import { checkRule } from "./rule.ts";
import { holds, profits, rules, vests } from "./state.ts";

function ensurePair(gameId: string, ...addresses: readonly string[]): void {
  for (const address of addresses)
    ensure(parseAddress(address), errors.BadGenesis, { gameId, address: address.slice(0, 80) });
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
  for (const vest of genesis.vests) {
    const { gameId, operator, roundId, left, total, partsLeft } = vest;
    ensurePair(rounds.game(ctx, gameId).gameId, operator);
    const isSound =
      left > 0n && left <= total && partsLeft >= 1 && !vests.has(ctx, [gameId, operator, roundId]);
    ensure(isSound, errors.BadGenesis, { gameId, operator, roundId });
    vests.set(ctx, [gameId, operator, roundId], vest);
  }
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
});
