import { invariant } from "#chain/kernel/module.ts";
import { AUTHORITY } from "#chain/protocol/authority.ts";
import * as bank from "#modules/bank/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import { Tally } from "#proto/gen/iterum/gov.ts";
import { deposits, proposals, tallies, votes } from "./state.ts";
import { counted } from "./tally.ts";

/** Nothing that governance runs can spend what others deposited. */
export const depositsAreBacked = invariant(
  "the account of governance holds exactly the deposits",
  "full",
  (ctx) => {
    const owed = new Map<string, bigint>();
    const perProposal = new Map<bigint, bigint>();
    for (const [[proposalId], { amount }] of deposits.all(ctx))
      perProposal.set(proposalId, (perProposal.get(proposalId) ?? 0n) + amount);
    for (const [proposalId, { gameId, deposit }] of proposals.all(ctx)) {
      const held = perProposal.get(proposalId) ?? 0n;
      if (held !== 0n && held !== deposit) return false;
      const { denom } = rounds.game(ctx, gameId);
      owed.set(denom, (owed.get(denom) ?? 0n) + held);
    }
    return [...owed].every(([denom, amount]) => bank.balance(ctx, AUTHORITY, denom) === amount);
  },
);

/** No vote counts twice, and none is lost. */
export const talliesHold = invariant("the votes on a proposal sum to its tally", "full", (ctx) => {
  const sums = new Map<bigint, Tally>();
  for (const [[proposalId], { option, weight }] of votes.all(ctx))
    sums.set(proposalId, counted(sums.get(proposalId), option, weight));
  return [...proposals.all(ctx)].every(([proposalId]) => {
    const tally = tallies.get(ctx, proposalId) ?? Tally.zero();
    const sum = sums.get(proposalId) ?? Tally.zero();
    return (
      sum.yes === tally.yes && sum.no === tally.no && sum.abstain === tally.abstain && sum.veto === tally.veto
    );
  });
});
