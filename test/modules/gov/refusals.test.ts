import assert from "node:assert/strict";
import { test } from "node:test";
import { errors as kernelErrors } from "#chain/kernel/governed.ts";
import { errors as govErrors } from "#modules/gov/errors.ts";
import { errors as roundsErrors } from "#modules/rounds/errors.ts";
import { MsgAddMembers, MsgFoundCommunity, Rule } from "#proto/gen/iterum/community.ts";
import {
  GenesisState as Gov,
  MsgDeposit,
  MsgUpdateParams,
  type Params,
  ProposalStatus,
  Query,
  VoteOption,
} from "#proto/gen/iterum/gov.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { newChain, say } from "#test/kit/chain.ts";
import { authority, DEPOSIT, decides, proposalOf, propose, proposes, vote } from "#test/kit/game/govern.ts";
import { refuses, refusesQuery, says } from "#test/kit/game/refuse.ts";
import { GAME_ID, TOKEN } from "#test/kit/genesis.ts";
import { changed, first, refusesGenesis, twice } from "../genesis-kit.ts";

const [ann, ben, olga] = people("ann", "ben", "olga") as [Person, Person, Person];
const gov = changed("gov", Gov);
const gameId = GAME_ID;
const chainOf = () => newChain({ members: [ann, ben], others: [olga] });
const add = (who: Person, change: Partial<MsgAddMembers> = {}) =>
  say(MsgAddMembers, { authority, gameId, members: [{ address: who.address, weight: 1n }], ...change });

test("a proposal that is no proposal is refused", async () => {
  const chain = chainOf();
  const good = add(olga);
  const { BadProposal, BadDeposit, WrongElectorate } = govErrors;
  await refuses(
    chain,
    [olga, BadProposal, propose(olga, [])],
    [
      olga,
      BadProposal,
      propose(
        olga,
        Array.from({ length: 17 }, () => good),
      ),
    ],
    [olga, BadProposal, propose(olga, [good], { title: "" })],
    [olga, BadProposal, propose(olga, [good], { title: "x".repeat(141) })],
    [olga, BadProposal, propose(olga, [good], { summary: "x".repeat(4_097) })],
    [olga, BadDeposit, propose(olga, [good], { deposit: TOKEN - 1n })],
    [olga, roundsErrors.NoGame, propose(olga, [good], { gameId: "chess" })],
    [olga, WrongElectorate, propose(olga, [add(olga, { gameId: "chess" })])],
    [olga, kernelErrors.NotGoverned, propose(olga, [add(olga, { authority: olga.address })])],
  );
});

test("a vote or a deposit is refused where none is due", async () => {
  const chain = chainOf();
  await chain.until(1n);
  const waiting = await proposes(chain, olga, [add(olga)], { deposit: TOKEN });
  const voting = await proposes(chain, olga, [add(olga)]);
  const deposit = (proposalId: bigint, amount: bigint) =>
    say(MsgDeposit, { depositor: olga.address, proposalId, amount });
  const { WrongStatus, NoProposal, NoVote, BadVote, BadDeposit } = govErrors;
  await refuses(
    chain,
    [ann, WrongStatus, vote(ann, waiting)],
    [olga, NoVote, vote(olga, voting)],
    [ann, BadVote, vote(ann, voting, VoteOption.VOTE_OPTION_UNSPECIFIED)],
    [ann, NoProposal, vote(ann, 9n)],
    [olga, WrongStatus, deposit(voting, TOKEN)],
    [olga, BadDeposit, deposit(waiting, 0n)],
  );
  refusesQuery(chain, Query.proposal, { proposalId: 9n }, NoProposal);
});

test("who became a member after the vote began has no vote", async () => {
  const chain = chainOf();
  await chain.until(1n);
  const added = await proposes(chain, ann, [add(olga)]);
  await chain.block([ann, vote(ann, added)], [ben, vote(ben, added)]);
  // Begins while olga is none yet, and has not ended when she is one.
  await chain.until(proposalOf(chain, added).endsHeight + 1n);
  const later = await proposes(chain, ann, [add(olga, { gameId })]);
  await chain.block();
  assert.equal(proposalOf(chain, added).status, ProposalStatus.PROPOSAL_STATUS_ENACTED);
  await refuses(chain, [olga, govErrors.NoVote, vote(olga, later)]);
});

test("a proposal's deposit comes from sixteen accounts at most", async () => {
  const crowd = people(...Array.from({ length: 17 }, (_, i) => `depositor ${i}`));
  const chain = newChain({ members: [ann, ben], others: crowd });
  await chain.until(1n);
  const [proposer, ...others] = crowd as [Person, ...Person[]];
  const proposalId = await proposes(chain, proposer, [add(olga)], { deposit: TOKEN });
  const deposit = (who: Person) => say(MsgDeposit, { depositor: who.address, proposalId, amount: 1n });
  const last = others.at(-1) as Person;
  await chain.block(...others.slice(0, -1).map((who) => [who, deposit(who)] as const));
  await refuses(chain, [last, govErrors.BadDeposit, deposit(last)]);
  await says(chain, proposer, deposit(proposer));
});

test("a chain without governance takes no proposal, and one without a council its games only", async () => {
  const off = newChain({ members: [ann, ben], others: [olga], alter: gov(() => ({ params: undefined })) });
  await refuses(off, [olga, govErrors.Off, propose(olga, [add(olga)])]);
  const alter = gov(({ params }) => ({ params: params && { ...params, councilGameId: "" } }));
  const chain = newChain({ members: [ann, ben], others: [olga], alter });
  const rule = { ...Rule.zero(), gameId: "chess", kind: "listed/1", weighting: "one/1" };
  const found = say(MsgFoundCommunity, { authority, rule, members: [] });
  await refuses(chain, [olga, govErrors.WrongElectorate, propose(olga, [found])]);
});

const wrongParams: readonly Partial<Params>[] = [
  { depositMin: 0n },
  { depositBlocks: 0 },
  { votingBlocks: 10_000_001 },
  { quorumPpm: 0 },
  { thresholdPpm: 499_999 },
  { thresholdPpm: 1_000_000 },
  { vetoPpm: 1_000_001 },
];

test("parameters out of bounds are refused, in genesis and by vote", async () => {
  for (const wrong of wrongParams)
    refusesGenesis(
      govErrors.BadParams,
      gov(({ params }) => ({ params: params && { ...params, ...wrong } })),
    );
  refusesGenesis(
    roundsErrors.NoGame,
    gov(({ params }) => ({ params: params && { ...params, councilGameId: "chess" } })),
  );
  const chain = chainOf();
  await chain.until(1n);
  const none = say(MsgUpdateParams, { authority, params: undefined });
  await refuses(chain, [ann, govErrors.BadParams, propose(ann, [none])]);
});

test("genesis proposals that contradict each other, their deposits or votes are refused", async () => {
  const chain = chainOf();
  await chain.until(1n);
  const id = await proposes(chain, olga, [add(olga)]);
  await says(chain, ann, vote(ann, id));
  const exported = chain.app.dump();
  const change = (alter: (state: Gov) => Partial<Gov>) =>
    refusesGenesis(govErrors.BadGenesis, () => gov(alter)(exported), { members: [ann, ben] });
  change(({ proposals }) => ({ proposals: twice(proposals) }));
  change(() => ({ nextProposalId: 3n }));
  change(({ deposits }) => ({ deposits: first(deposits, { amount: DEPOSIT - 1n }) }));
  change(({ deposits }) => ({ deposits: first(deposits, { proposalId: 9n }) }));
  change(() => ({ deposits: [] }));
  change(({ votes }) => ({ votes: first(votes, { weight: 2n }) }));
  change(({ votes }) => ({ votes: first(votes, { voter: "x" }) }));
  const again = newChain({ members: [ann, ben], others: [olga], alter: () => exported });
  assert.deepEqual(again.app.dump()["gov"], exported["gov"]);
});

test("an import goes on with the vote where the export was", async () => {
  const chain = chainOf();
  await chain.until(1n);
  const { status } = await decides(chain, [ann, ben], [add(olga)]);
  assert.equal(status, ProposalStatus.PROPOSAL_STATUS_ENACTED);
  const id = await proposes(chain, olga, [add(olga)]);
  const again = newChain({ members: [], others: [], alter: () => chain.app.dump() });
  await says(again, ann, vote(ann, id));
  assert.equal(proposalOf(again, id).tally?.yes, 1n);
});
