import assert from "node:assert/strict";
import { moduleAddress } from "#chain/protocol/address.ts";
import { templateId } from "#chain/protocol/template.ts";
import { errors as bankErrors } from "#modules/bank/errors.ts";
import * as commitments from "#modules/commitments/api.ts";
import { errors as dataErrors } from "#modules/commitments/errors.ts";
import { errors as communityErrors } from "#modules/community/errors.ts";
import * as elections from "#modules/elections/api.ts";
import { errors as govErrors } from "#modules/gov/errors.ts";
import * as markets from "#modules/markets/api.ts";
import { errors as marketErrors } from "#modules/markets/errors.ts";
import { kindErrors } from "#modules/markets/kind-errors.ts";
import { errors as roundErrors } from "#modules/rounds/errors.ts";
import { errors as treasuryErrors } from "#modules/treasury/errors.ts";
import { MsgSend } from "#proto/gen/cosmos/bank.ts";
import { SeatStatus } from "#proto/gen/iterum/elections.ts";
import { VoteOption } from "#proto/gen/iterum/gov.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { MsgDonate, MsgPayout } from "#proto/gen/iterum/treasury.ts";
import type { Person } from "#test/kit/accounts.ts";
import { say } from "#test/kit/chain.ts";
import { authority, propose, proposes, vote } from "#test/kit/game/govern.ts";
import type { DataSet } from "#test/kit/game/items.ts";
import { modelOf, type Operator, termsOf } from "#test/kit/game/operator.ts";
import { playRound, playUntil, type World } from "#test/kit/game/play.ts";
import { type Refusal, refuses } from "#test/kit/game/refuse.ts";
import {
  commitData,
  commitPredictions,
  openOrder,
  openPredictions,
  placeOrder,
  registerModel,
  revealed,
  revealInputs,
  revealLabels,
} from "#test/kit/game/say.ts";
import { roomy, stage } from "#test/kit/game/stage.ts";
import { CHAIN_ID, DENOM, GAME_ID, TOKEN } from "#test/kit/genesis.ts";
import type { Chapter } from "./chapter.ts";

const ROUND = 1n;
const ref = { chainId: CHAIN_ID, gameId: GAME_ID, roundId: ROUND };
const short = new Uint8Array(31);
const blank = new Uint8Array(32);

/** What is wrong while a round is open. */
function inOpen({ members, operators }: World): Refusal[] {
  const [ann, ben] = members.map(({ who }) => who) as [Person, Person];
  const [olga] = operators as [Operator];
  const { who } = olga;
  const set = { root: blank, items: [] } as unknown as DataSet;
  const commit = (change: object): Refusal[2] => commitData(ann, ROUND, set, { count: 3, ...change });
  const { orderHash } = termsOf(olga, ref);
  const bound = 400n * TOKEN;
  const place = (change: object): Refusal[2] => placeOrder(who, ROUND, { orderHash, bound, ...change });
  const id = templateId(olga.template);
  return [
    [ann, dataErrors.BadRoot, commit({ root: short })],
    [ann, dataErrors.BadCount, commit({ count: 0 })],
    [ann, dataErrors.BadCount, commit({ count: 65 })],
    [ann, roundErrors.NoGame, commit({ gameId: "chess" })],
    [ann, roundErrors.NoRound, commit({ roundId: 9n })],
    [who, communityErrors.NotMember, commitData(who, ROUND, set, { count: 3 })],
    [who, dataErrors.BadModel, registerModel(who, id, short)],
    [
      who,
      dataErrors.BadModel,
      registerModel(
        who,
        id,
        blank.map(() => 255),
      ),
    ],
    [who, kindErrors.BoundRefused, place({ bound: 50n * TOKEN - 1n })],
    [who, kindErrors.BoundRefused, place({ bound: 500n * TOKEN + 1n })],
    [who, marketErrors.BadHash, place({ orderHash: short })],
    [who, marketErrors.SealedGame, place({ modelId: modelOf(olga) })],
    [ben, roundErrors.WrongPhase, openOrder(ben, ROUND, { modelId: blank, deposit: 1n, salt: blank })],
  ];
}

/** What is wrong with coins, gifts, proposals and votes at any time. */
function ofMoney([ann, ben]: readonly [Person, Person], proposalId: bigint): Refusal[] {
  const send = (toAddress: string, amount: bigint, denom = DENOM): Refusal[2] =>
    say(MsgSend, { fromAddress: ann.address, toAddress, amount: [{ denom, amount }] });
  const payout = (to: string, amount: bigint): Refusal[2] =>
    say(MsgPayout, { authority, gameId: GAME_ID, to, amount, purpose: "" });
  const good = payout(ben.address, 1n);
  return [
    [ann, bankErrors.BadAddress, send("nobody", 1n)],
    [ann, bankErrors.BadCoins, send(ben.address, 0n)],
    [ann, bankErrors.BadCoins, send(ben.address, 1n, "1bad")],
    [ann, bankErrors.ModuleRecipient, send(moduleAddress("treasury"), 1n)],
    [ann, treasuryErrors.NoBudget, say(MsgDonate, { sender: ann.address, gameId: "chess", amount: 1n })],
    [ann, treasuryErrors.BadAmount, propose(ann, [payout(ben.address, 0n)])],
    [ann, treasuryErrors.BadPayee, propose(ann, [payout("nobody", 1n)])],
    [ann, govErrors.BadProposal, propose(ann, [])],
    [ann, govErrors.BadProposal, propose(ann, [good], { title: "" })],
    [ann, govErrors.BadDeposit, propose(ann, [good], { deposit: TOKEN - 1n })],
    [ann, roundErrors.NoGame, propose(ann, [good], { gameId: "chess" })],
    [ben, govErrors.NoProposal, vote(ben, 99n)],
    [ben, govErrors.BadVote, vote(ben, proposalId, VoteOption.VOTE_OPTION_UNSPECIFIED)],
  ];
}

/** What is wrong with an order's opening, and what comes a phase too late or too early. */
function inOpenOrders({ operators, members }: World): Refusal[] {
  const [olga, otto] = operators as readonly Operator[] as [Operator, Operator];
  const [ann] = members.map(({ who }) => who) as [Person];
  const { modelId, deposit, salt, orderHash } = termsOf(olga, ref);
  const open = (change: object): Refusal[2] =>
    openOrder(olga.who, ROUND, { modelId, deposit, salt, ...change });
  return [
    [olga.who, marketErrors.WrongOrder, open({ deposit: deposit - 1n })],
    [olga.who, marketErrors.WrongOrder, open({ modelId: modelOf(otto) })],
    [olga.who, marketErrors.WrongOrder, open({ salt: blank })],
    [ann, marketErrors.NoOrder, openOrder(ann, ROUND, { modelId, deposit, salt })],
    [olga.who, roundErrors.WrongPhase, placeOrder(olga.who, ROUND, { orderHash, bound: 400n * TOKEN })],
    [olga.who, roundErrors.WrongPhase, commitPredictions(olga.who, ROUND, blank)],
  ];
}

/** An elected member with its set and the places that it must open. */
function elected({ chain, members }: World) {
  const seat = chain
    .read((ctx) => elections.seatsOf(ctx, ref))
    .find(({ status }) => status === SeatStatus.SEAT_STATUS_ELECTED);
  const found = members.find(({ who }) => who.address === seat?.member);
  assert.ok(seat && found);
  return { who: found.who, set: found.sets.get(ROUND) as DataSet, selected: seat.selected };
}

/** What is wrong with opened inputs. */
function inRevealInputs(world: World): Refusal[] {
  const { who, set, selected } = elected(world);
  const stranger = world.operators[0]?.who as Person;
  const [first, ...rest] = set.items.filter(({ index }) => selected.includes(index)).map(revealed);
  assert.ok(first);
  const say = (change: object): Refusal[2] => revealInputs(who, ROUND, set, selected, change);
  const flip = (bytes: Uint8Array): Uint8Array => bytes.with(0, (bytes[0] as number) ^ 1);
  const item = (part: object): Refusal[2] => say({ items: [{ ...first, ...part }, ...rest] });
  return [
    [who, dataErrors.WrongItems, revealInputs(who, ROUND, set, selected.slice(1))],
    [who, dataErrors.WrongItems, say({ items: [...rest, first] })],
    [who, dataErrors.WrongItems, say({ otherLeaves: [] })],
    [who, dataErrors.WrongRoot, item({ input: flip(first.input) })],
    [who, dataErrors.WrongRoot, item({ labelHash: flip(first.labelHash) })],
    [who, dataErrors.BadItem, item({ contentHash: short })],
    [who, dataErrors.BadItem, item({ contentKey: short })],
    [who, dataErrors.BadItem, item({ input: first.input.subarray(1) })],
    [stranger, dataErrors.NoCommitment, revealInputs(stranger, ROUND, set, selected)],
  ];
}

/** What is wrong with commitments of predictions. */
function inPredict({ operators, members }: World): Refusal[] {
  const [olga] = operators.map(({ who }) => who) as [Person];
  const [ann] = members.map(({ who }) => who) as [Person];
  return [
    [olga, marketErrors.BadHash, commitPredictions(olga, ROUND, short)],
    [ann, marketErrors.NoOrder, commitPredictions(ann, ROUND, blank)],
    [olga, roundErrors.WrongPhase, openPredictions(olga, ROUND, { predictions: blank, salt: blank })],
  ];
}

/** What is wrong with opened predictions. */
function inOpenPredictions({ chain, operators }: World): Refusal[] {
  const [olga] = operators.map(({ who }) => who) as [Person];
  const count = chain.read((ctx) => commitments.itemList(ctx, ref)).items.length;
  const open = (predictions: Uint8Array): Refusal[2] =>
    openPredictions(olga, ROUND, { predictions, salt: blank });
  return [
    [olga, marketErrors.WrongPredictions, open(new Uint8Array(2 * count).fill(64))],
    [olga, marketErrors.BadPredictions, open(new Uint8Array(2 * count - 1))],
    [olga, marketErrors.BadPredictions, open(new Uint8Array(2 * count + 2))],
  ];
}

/** What is wrong with opened labels. */
function inRevealLabels(world: World): Refusal[] {
  const [sets] = world.chain.read((ctx) => [...commitments.setsOf(ctx, ref)]);
  const member = world.members.find(({ who }) => who.address === sets?.member);
  assert.ok(sets && member);
  const { who } = member;
  const set = member.sets.get(ROUND) as DataSet;
  const selected = sets.items.map(({ index }) => index);
  const [first, ...rest] = selected.map((index) => {
    const { label, salt } = set.items[index] as DataSet["items"][number];
    return { index, label, salt };
  });
  assert.ok(first);
  const say = (part: object): Refusal[2] =>
    revealLabels(who, ROUND, set, selected, { labels: [{ ...first, ...part }, ...rest] });
  return [
    [who, dataErrors.WrongLabel, say({ label: 1 - first.label })],
    [who, dataErrors.WrongLabel, say({ label: 2 })],
    [who, dataErrors.WrongLabel, say({ salt: blank })],
    [who, dataErrors.WrongLabel, say({ salt: short })],
    [who, dataErrors.WrongItems, revealLabels(who, ROUND, set, selected.slice(1))],
    [who, dataErrors.WrongItems, revealLabels(who, ROUND, set, selected, { labels: [...rest, first] })],
  ];
}

/** A round in which everything wrong is said in its phase, and nobody is kept from what is right. */
async function work(): Promise<void> {
  const world = stage({ schedule: { ...roomy, open: 50 }, itemsMax: 9 });
  const { chain, members } = world;
  const [ann, ben] = members.map(({ who }) => who) as [Person, Person];
  await chain.until(1n);
  const paid = say(MsgPayout, { authority, gameId: GAME_ID, to: ben.address, amount: 1n, purpose: "" });
  const proposalId = await proposes(chain, ann, [paid]);
  await refuses(chain, ...inOpen(world));
  await refuses(chain, ...ofMoney([ann, ben], proposalId));
  const phases = [
    [Phase.PHASE_OPEN_ORDERS, inOpenOrders],
    [Phase.PHASE_REVEAL_INPUTS, inRevealInputs],
    [Phase.PHASE_PREDICT, inPredict],
    [Phase.PHASE_OPEN_PREDICTIONS, inOpenPredictions],
    [Phase.PHASE_REVEAL_LABELS, inRevealLabels],
  ] as const;
  for (const [phase, wrong] of phases) {
    await playUntil(world, ROUND, phase);
    await refuses(chain, ...wrong(world));
  }
  await playRound(world, ROUND);
  const { results } = chain.read((ctx) => markets.outcomeOf(ctx, ref));
  assert.equal(results.length, 3);
}

/** What each step of a round refuses. */
export const refusalChapters: readonly Chapter[] = [{ name: "refusals", work }];
