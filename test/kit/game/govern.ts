import assert from "node:assert/strict";
import { AUTHORITY } from "#chain/protocol/authority.ts";
import { TxMsgData } from "#proto/gen/cosmos/base/abci.ts";
import {
  MsgPropose,
  MsgProposeResponse,
  MsgVote,
  type Proposal,
  Query,
  VoteOption,
} from "#proto/gen/iterum/gov.ts";
import type { Person } from "../accounts.ts";
import { type Said, say, type TestChain } from "../chain.ts";
import { GAME_ID, TOKEN } from "../genesis.ts";
import { ask } from "./refuse.ts";

/** What brings a proposal to the vote in the test game. */
export const DEPOSIT = 10n * TOKEN;
/** Whose name governed messages carry. */
export const authority = AUTHORITY;

export const propose = (who: Person, messages: readonly Said[], change: Partial<MsgPropose> = {}): Said =>
  say(MsgPropose, {
    proposer: who.address,
    gameId: GAME_ID,
    title: "A change",
    summary: "",
    messages,
    deposit: DEPOSIT,
    ...change,
  });

export const vote = (
  who: Person,
  proposalId: bigint,
  option: VoteOption = VoteOption.VOTE_OPTION_YES,
): Said => say(MsgVote, { voter: who.address, proposalId, option });

export const proposalOf = (chain: TestChain, proposalId: bigint): Proposal => {
  const { proposal } = ask(chain, Query.proposal, { proposalId });
  assert.ok(proposal);
  return proposal;
};

/** Proposes and reads the number that the proposal got. */
export async function proposes(
  chain: TestChain,
  who: Person,
  messages: readonly Said[],
  change: Partial<MsgPropose> = {},
): Promise<bigint> {
  const [result] = await chain.block([who, propose(who, messages, change)]);
  assert.deepEqual([result?.code, result?.log], [0, ""]);
  const [response] = TxMsgData.decode(result?.data ?? new Uint8Array()).msgResponses;
  assert.ok(response);
  return MsgProposeResponse.decode(response.value).proposalId;
}

/** Proposes, has everybody vote yes, and waits until the proposal has ended. */
export async function decides(
  chain: TestChain,
  voters: readonly Person[],
  messages: readonly Said[],
  gameId: string = GAME_ID,
): Promise<Proposal> {
  const [proposer] = voters;
  assert.ok(proposer);
  const proposalId = await proposes(chain, proposer, messages, { gameId });
  const results = await chain.block(...voters.map((who) => [who, vote(who, proposalId)] as const));
  for (const { code, log } of results) assert.deepEqual([code, log], [0, ""]);
  while (proposalOf(chain, proposalId).endsHeight > 0n) await chain.block();
  return proposalOf(chain, proposalId);
}
