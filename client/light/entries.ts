import type { StateEntry } from "#chain/kernel/state.ts";
import { accounts } from "#modules/auth/state.ts";
import { balances, supplies } from "#modules/bank/state.ts";
import { commitments, models } from "#modules/commitments/state.ts";
import { members, stakes } from "#modules/community/state.ts";
import { proposals, votes } from "#modules/gov/state.ts";
import { markets, orders, outcomes } from "#modules/markets/state.ts";
import { games, rounds } from "#modules/rounds/state.ts";
import { budgets } from "#modules/treasury/state.ts";
import { delegations, validators } from "#modules/validators/state.ts";
import type { Account } from "#proto/gen/iterum/auth.ts";
import type { DataCommitment, Model } from "#proto/gen/iterum/commitments.ts";
import type { Member, Stake } from "#proto/gen/iterum/community.ts";
import type { Proposal, Vote } from "#proto/gen/iterum/gov.ts";
import type { Market, Order, Outcome } from "#proto/gen/iterum/markets.ts";
import type { Game, Round } from "#proto/gen/iterum/rounds.ts";
import type { Budget } from "#proto/gen/iterum/treasury.ts";
import type { Delegation, Validator } from "#proto/gen/iterum/validators.ts";

/** Places of the state that can be read with proof, by what is there. */
export interface Entries {
  /** Base units of a denom that an address holds; nothing for 0. */
  balance(address: string, denom: string): StateEntry<bigint>;
  /** Base units of a denom that exist. */
  supply(denom: string): StateEntry<bigint>;
  account(address: string): StateEntry<Account>;
  game(gameId: string): StateEntry<Game>;
  /** A round with its phase and what is due. */
  round(gameId: string, roundId: bigint): StateEntry<Round>;
  market(gameId: string, roundId: bigint): StateEntry<Market>;
  order(gameId: string, roundId: bigint, operator: string): StateEntry<Order>;
  /** What a settled round came to. */
  outcome(gameId: string, roundId: bigint): StateEntry<Outcome>;
  /** A registered model by its id of 32 bytes. */
  model(modelId: Uint8Array): StateEntry<Model>;
  member(gameId: string, address: string): StateEntry<Member>;
  stake(gameId: string, address: string): StateEntry<Stake>;
  /** What a member committed to for a round. */
  commitment(gameId: string, roundId: bigint, member: string): StateEntry<DataCommitment>;
  /** What a game's treasury holds and pays. */
  budget(gameId: string): StateEntry<Budget>;
  proposal(proposalId: bigint): StateEntry<Proposal>;
  vote(proposalId: bigint, voter: string): StateEntry<Vote>;
  /** A validator by the account that runs it. */
  validator(operator: string): StateEntry<Validator>;
  /** What an account has staked with the validator that another runs, in shares. */
  delegation(delegator: string, operator: string): StateEntry<Delegation>;
}

/** For `client.verified`: `client.verified(entries.balance(address, "uiter"))`. */
export const entries: Entries = {
  balance: (address, denom) => balances.entry([address, denom]),
  supply: (denom) => supplies.entry(denom),
  account: (address) => accounts.entry(address),
  game: (gameId) => games.entry(gameId),
  round: (gameId, roundId) => rounds.entry([gameId, roundId]),
  market: (gameId, roundId) => markets.entry([gameId, roundId]),
  order: (gameId, roundId, operator) => orders.entry([gameId, roundId, operator]),
  outcome: (gameId, roundId) => outcomes.entry([gameId, roundId]),
  model: (modelId) => models.entry(modelId),
  member: (gameId, address) => members.entry([gameId, address]),
  stake: (gameId, address) => stakes.entry([gameId, address]),
  commitment: (gameId, roundId, member) => commitments.entry([gameId, roundId, member]),
  budget: (gameId) => budgets.entry(gameId),
  proposal: (proposalId) => proposals.entry(proposalId),
  vote: (proposalId, voter) => votes.entry([proposalId, voter]),
  validator: (operator) => validators.entry(operator),
  delegation: (delegator, operator) => delegations.entry([delegator, operator]),
};
