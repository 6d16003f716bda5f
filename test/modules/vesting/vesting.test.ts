import assert from "node:assert/strict";
import { test } from "node:test";
import { moduleAddress } from "#chain/protocol/address.ts";
import { errors as roundsErrors } from "#modules/rounds/errors.ts";
import { errors as vestingErrors } from "#modules/vesting/errors.ts";
import { GenesisState as Bank } from "#proto/gen/iterum/bank.ts";
import { ProposalStatus } from "#proto/gen/iterum/gov.ts";
import { Query as Markets } from "#proto/gen/iterum/markets.ts";
import type { Schedule } from "#proto/gen/iterum/rounds.ts";
import {
  MsgClawback,
  MsgSetRule,
  MsgSuspect,
  Profit,
  Query,
  type Rule,
  GenesisState as Vesting,
} from "#proto/gen/iterum/vesting.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { newChain, say, type TestChain } from "#test/kit/chain.ts";
import { altered } from "#test/kit/game/alter.ts";
import { authority, decides, propose } from "#test/kit/game/govern.ts";
import { budget, moduleHolds, purse, supply } from "#test/kit/game/money.ts";
import { playRound, roundOf } from "#test/kit/game/play.ts";
import { ask, refuses, refusesQuery, says } from "#test/kit/game/refuse.ts";
import { brisk, stage } from "#test/kit/game/stage.ts";
import { DENOM, GAME_ID } from "#test/kit/genesis.ts";
import { changed, first, refusesGenesis, twice } from "../genesis-kit.ts";

const [ann, olga] = people("ann", "olga") as [Person, Person];
const crowd = people("ben", "cat", "dan", "eve", "fay", "gus");
const gameId = GAME_ID;
const rule: Rule = { gameId, rounds: 4, suspicionMilli: 12_000, commonRoundsMin: 3, holdRounds: 2 };
const held = altered("vesting", Vesting, (state) => ({ ...state, rules: [rule] }));

const vestsOf = (chain: TestChain, operator: string) => ask(chain, Query.vests, { gameId, operator }).vests;

test("a profit is paid out over the four rounds that end after its own, and a loss at once", async () => {
  const world = stage({ alter: held, schedule: brisk });
  const { chain } = world;
  await chain.until(1n);
  const minted = supply(chain);
  await playRound(world, 1n);
  const { results } = ask(chain, Markets.outcome, { gameId, roundId: 1n }).outcome ?? { results: [] };
  const winner = results.find(({ payout, deposit }) => payout > deposit);
  assert.ok(winner);
  const profits = results.map(({ payout, deposit }) => payout - deposit).filter((profit) => profit > 0n);
  const total = profits.reduce((sum, profit) => sum + profit, 0n);
  assert.equal(moduleHolds(chain, "vesting"), total);
  const { operator } = winner;
  const who = world.operators.map((each) => each.who).find(({ address }) => address === operator) as Person;
  const before = purse(chain, who);
  const profit = winner.payout - winner.deposit;
  assert.deepEqual(
    vestsOf(chain, operator).map(({ roundId, left }) => [roundId, left]),
    [[1n, profit]],
  );
  const paid: bigint[] = [];
  for (let roundId = 2n; roundId <= 5n; roundId++) {
    while ((roundOf(world, roundId)?.endedHeight ?? 0n) === 0n) await chain.block();
    paid.push(purse(chain, who) - before);
  }
  const quarter = profit / 4n;
  assert.equal(paid[0], quarter);
  assert.equal(paid[3], profit);
  assert.ok(paid.every((sum, i) => i === 0 || sum > (paid[i - 1] as bigint)));
  assert.deepEqual([vestsOf(chain, operator), moduleHolds(chain, "vesting")], [[], 0n]);
  assert.equal(supply(chain), minted);
});

test("whose items an operator earned on is public, and sums to what it earned", async () => {
  const loose = altered("vesting", Vesting, (state) => ({
    ...state,
    rules: [{ ...rule, commonRoundsMin: 1 }],
  }));
  const world = stage({ alter: loose, schedule: brisk });
  const { chain } = world;
  await playRound(world, 1n);
  const { results } = ask(chain, Markets.outcome, { gameId, roundId: 1n }).outcome ?? { results: [] };
  assert.ok(results.length > 0);
  for (const { operator, payout, deposit } of results) {
    const { profits } = ask(chain, Query.profits, { gameId, operator });
    assert.ok(profits.length > 0);
    // Billionths of a liquidity of a thousand tokens are base units; each member's part is rounded down.
    const sum = profits.reduce((all, { profit }) => all + (profit?.gained ?? 0n) - (profit?.lost ?? 0n), 0n);
    const difference = payout - deposit - sum;
    assert.ok(difference >= -2n && difference <= 40n, `${payout - deposit} and ${sum}`);
  }
});

/** Figures of three rounds in which olga earned on ann's items what nobody earns by skill. */
const figures = [ann, ...crowd].map(({ address }, i) => ({
  ...Profit.zero(),
  ...{ gameId, operator: olga.address, member: address, rounds: 3, lastRoundId: 3n },
  gained: i === 0 ? 90_000n : BigInt(1_000 + 30 * i),
}));
const vest = {
  gameId,
  operator: olga.address,
  roundId: 0n,
  total: 800n,
  left: 600n,
  partsLeft: 3,
  nextEnd: 1n,
};
const rich = altered("bank", Bank, (state) => ({
  ...state,
  balances: [...state.balances, { address: moduleAddress("vesting"), denom: DENOM, amount: 600n }],
}));
const accused = altered("vesting", Vesting, (state) => ({
  ...state,
  rules: [rule],
  profits: figures,
  vests: [vest],
}));
const trial = (schedule: Partial<Schedule> = brisk) =>
  newChain({ members: [ann], others: [olga], schedule, alter: (state) => rich(accused(state)) });
const suspect = (member: Person, change: Partial<MsgSuspect> = {}) =>
  say(MsgSuspect, {
    ...{ informer: ann.address, gameId, operator: olga.address, member: member.address },
    ...change,
  });
const clawback = (member: Person, operator = olga) =>
  say(MsgClawback, { authority, gameId, operator: operator.address, member: member.address });
const last = (chain: TestChain) => vestsOf(chain, olga.address)[0]?.left;

test("figures that speak against an operator hold its profits, and a vote takes them back", async () => {
  const chain = trial();
  await chain.until(1n);
  await says(chain, ann, suspect(ann));
  const { hold } = ask(chain, Query.vests, { gameId, operator: olga.address });
  assert.equal(hold?.member, ann.address);
  const before = [purse(chain, olga), last(chain)] as const;
  const taken = async () => decides(chain, [ann], [clawback(ann)]);
  const voted = await taken();
  assert.equal(voted.status, ProposalStatus.PROPOSAL_STATUS_ENACTED, voted.reason);
  assert.deepEqual([purse(chain, olga), moduleHolds(chain, "vesting")], [before[0], 0n]);
  assert.equal(moduleHolds(chain, "treasury"), budget(chain));
  const again = await taken();
  assert.ok(again.reason.startsWith(`vesting ${vestingErrors.NothingLeft().code}`));
});

test("a hold ends by itself, and the profit is paid on as before", async () => {
  const chain = trial();
  await chain.until(1n);
  await says(chain, ann, suspect(ann));
  const until = ask(chain, Query.vests, { gameId, operator: olga.address }).hold?.untilRoundId;
  assert.equal(until, 3n);
  const before = purse(chain, olga);
  const world = { chain } as Parameters<typeof roundOf>[0];
  while ((roundOf(world, 3n)?.endedHeight ?? 0n) === 0n) await chain.block();
  assert.deepEqual([purse(chain, olga), last(chain)], [before, 600n]);
  while ((roundOf(world, 4n)?.endedHeight ?? 0n) === 0n) await chain.block();
  assert.deepEqual([purse(chain, olga), last(chain)], [before + 200n, 400n]);
  assert.equal(ask(chain, Query.vests, { gameId, operator: olga.address }).hold, undefined);
});

test("without such figures nobody is held or clawed back, and on the same ones only once", async () => {
  const chain = trial({});
  await chain.until(1n);
  const [ben] = crowd as [Person];
  const { BadAddress, BadRule, NoRule, NoSuspicion, Suspected } = vestingErrors;
  await refuses(
    chain,
    [ann, NoSuspicion, suspect(ben)],
    [ann, NoSuspicion, suspect(ann, { operator: ben.address })],
    [ann, BadAddress, suspect(ann, { operator: "nobody" })],
    [ann, NoRule, suspect(ann, { gameId: "chess" })],
    [ann, BadRule, propose(ann, [say(MsgSetRule, { authority, rule: undefined })])],
  );
  await says(chain, ann, suspect(ann));
  await refuses(chain, [ann, Suspected, suspect(ann)]);
  const voted = await decides(chain, [ann], [clawback(ben)]);
  assert.ok(voted.reason.startsWith(`vesting ${NoSuspicion().code}`));
  refusesQuery(chain, Query.profits, { gameId, operator: "nobody" }, BadAddress);
});

test("a community holds profits back by vote", async () => {
  const chain = newChain({ members: [ann], others: [] });
  await chain.until(1n);
  const { status } = await decides(chain, [ann], [say(MsgSetRule, { authority, rule })]);
  assert.equal(status, ProposalStatus.PROPOSAL_STATUS_ENACTED);
  assert.deepEqual(ask(chain, Query.rule, { gameId }).rule, rule);
});

test("rules out of bounds, and profits without their coins, are refused in genesis", () => {
  const vesting = changed("vesting", Vesting);
  const { BadGenesis, BadRule } = vestingErrors;
  const wrong: readonly Partial<Rule>[] = [
    { rounds: 0 },
    { rounds: 33 },
    { holdRounds: 0 },
    { suspicionMilli: 2_999 },
    { commonRoundsMin: 0 },
  ];
  for (const change of wrong)
    refusesGenesis(
      BadRule,
      vesting(() => ({ rules: [{ ...rule, ...change }] })),
    );
  refusesGenesis(
    roundsErrors.NoGame,
    vesting(() => ({ rules: [{ ...rule, gameId: "chess" }] })),
  );
  refusesGenesis(
    BadGenesis,
    vesting(() => ({ rules: twice([rule]) })),
  );
  refusesGenesis(
    BadGenesis,
    vesting(() => ({ rules: [rule], vests: [vest] })),
  );
  refusesGenesis(
    BadGenesis,
    vesting(() => ({ rules: [rule], vests: [{ ...vest, left: 801n }] })),
  );
  for (const change of [
    { vests: [{ ...vest, nextEnd: 2n }] },
    { vests: [vest], ends: [{ gameId, count: 1n }] },
    { vests: [vest], releases: [{ gameId, end: 1n, roundId: 1n }] },
  ])
    refusesGenesis(BadGenesis, (state) => rich(vesting(() => ({ rules: [rule], ...change }))(state)));
  refusesGenesis(
    BadGenesis,
    vesting(() => ({ profits: first(figures, { rounds: 0 }) })),
  );
  const hold = { gameId, operator: "x", member: ann.address, untilRoundId: 1n };
  refusesGenesis(
    BadGenesis,
    vesting(() => ({ holds: [hold] })),
  );
});

test("an import goes on where the export was", async () => {
  const chain = trial();
  await chain.until(1n);
  await says(chain, ann, suspect(ann));
  const exported = chain.app.dump();
  const again = newChain({ members: [], others: [], schedule: brisk, alter: () => exported });
  assert.deepEqual(again.app.dump()["vesting"], exported["vesting"]);
});
