import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { parseAddress } from "#chain/protocol/address.ts";
import * as auth from "#modules/auth/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { GenesisState } from "#proto/gen/iterum/gov.ts";
import { proposalOf } from "./api.ts";
import { errors } from "./errors.ts";
import { depositsAreBacked, talliesHold } from "./invariants.ts";
import { checkParams } from "./params.ts";
import { deposits, due, nextProposalId, params, proposals, tallies, votes } from "./state.ts";

/** Puts parameters, and the proposals of an exported chain, into the state. */
export function initGov(ctx: WriteCtx, genesis: GenesisState): void {
  auth.ensureModuleAccount(ctx, "gov");
  if (genesis.params) {
    checkParams(ctx, genesis.params);
    params.set(ctx, genesis.params);
  }
  const next = genesis.nextProposalId > 0n ? genesis.nextProposalId : 1n;
  nextProposalId.set(ctx, next);
  for (const proposal of genesis.proposals) {
    const { proposalId, gameId, endsHeight } = proposal;
    const isNew = proposalId > 0n && proposalId < next && !proposals.has(ctx, proposalId);
    ensure(genesis.params && isNew, errors.BadGenesis, { proposalId });
    rounds.game(ctx, gameId);
    proposals.set(ctx, proposalId, { ...proposal, tally: undefined });
    if (proposal.tally) tallies.set(ctx, proposalId, proposal.tally);
    if (endsHeight > 0n) due.set(ctx, [endsHeight, proposalId], true);
  }
  // Numbers have no gaps: a query walks them.
  ensure(BigInt(genesis.proposals.length) === next - 1n, errors.BadGenesis, { nextProposalId: next });
  for (const deposit of genesis.deposits) {
    const { proposalId, depositor } = deposit;
    ensure(proposals.has(ctx, proposalId) && parseAddress(depositor), errors.BadGenesis, { proposalId });
    deposits.set(ctx, [proposalId, depositor], deposit);
  }
  for (const vote of genesis.votes) {
    const { proposalId, voter } = vote;
    ensure(proposals.has(ctx, proposalId) && parseAddress(voter), errors.BadGenesis, { proposalId });
    votes.set(ctx, [proposalId, voter], vote);
  }
  ensure(depositsAreBacked.holds(ctx), errors.BadGenesis, { deposits: "are not what the account holds" });
  ensure(talliesHold.holds(ctx), errors.BadGenesis, { votes: "do not sum to the tallies" });
}

/** The whole state of governance as genesis. */
export const dumpGov = (ctx: ReadCtx): GenesisState => ({
  params: params.find(ctx),
  nextProposalId: nextProposalId.get(ctx),
  proposals: [...proposals.all(ctx)].map(([proposalId]) => proposalOf(ctx, proposalId)),
  deposits: [...deposits.all(ctx)].map(([, deposit]) => deposit),
  votes: [...votes.all(ctx)].map(([, vote]) => vote),
});
