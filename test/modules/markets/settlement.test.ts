import assert from "node:assert/strict";
import { test } from "node:test";
import type { AppState } from "#chain/kernel/genesis.ts";
import * as elections from "#modules/elections/api.ts";
import * as markets from "#modules/markets/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { binding } from "#test/kit/accounts.ts";
import { dataSet, examples } from "#test/kit/game/items.ts";
import { member } from "#test/kit/game/member.ts";
import { operator } from "#test/kit/game/operator.ts";
import { playRound, playUntil, roundOf, type World } from "#test/kit/game/play.ts";
import { seeded } from "#test/kit/game/random.ts";
import { says } from "#test/kit/game/refuse.ts";
import { bindEthereum, commitData, revealInputs } from "#test/kit/game/say.ts";
import { stage, wordCounter } from "#test/kit/game/stage.ts";
import { CHAIN_ID, GAME_ID, TOKEN } from "#test/kit/genesis.ts";
import { unprovableTemplate } from "#test/kit/template.ts";

const key = { gameId: GAME_ID, roundId: 1n };
const template = unprovableTemplate();
const names = ["ann", "ben", "cat"];

const outcomeOf = ({ chain }: World, roundId = 1n) =>
  chain.read((ctx) => markets.outcomeOf(ctx, { ...key, roundId }));

test("a better model earns more, and what operators gain is what the community pays", async () => {
  const world = stage({
    operators: [
      operator("olga", template, wordCounter(3)),
      operator("otto", template, wordCounter(0, 40_000)),
    ],
  });
  await playRound(world, 1n);
  const { results, subsidy, payouts, deposits, returned } = outcomeOf(world);
  assert.equal(payouts - deposits, subsidy - returned);
  const [olga, otto] = world.operators.map(({ who }) =>
    results.find(({ operator: address }) => address === who.address),
  );
  assert.ok(olga && otto);
  assert.ok(olga.scorePpm > otto.scorePpm && olga.payout > otto.payout);
  assert.ok(otto.payout >= 0n);
});

test("the next round starts at the class frequencies of the settled ones", async () => {
  const spam = (name: string, count: number, ones: number, roundId: bigint) =>
    examples(count, seeded(`${name} ${roundId}`)).map((each, i) => ({ ...each, label: i < ones ? 1 : 0 }));
  const members = names.map((name) => member(name, (roundId) => spam(name, 4, 1, roundId)));
  const world = stage({ members });
  await playRound(world, 1n);
  assert.deepEqual(outcomeOf(world).classPpm, [750_000, 250_000]);
  assert.deepEqual(outcomeOf(world).priorPpm, [500_000, 500_000]);
  await playRound(world, 2n);
  await playRound(world, 3n);
  // Round 2 had opened before round 1 was settled.
  assert.deepEqual(outcomeOf(world, 2n).priorPpm, [500_000, 500_000]);
  assert.deepEqual(outcomeOf(world, 3n).priorPpm, [750_000, 250_000]);
  // −ln of the rarer class: what the worst round can cost.
  assert.equal(outcomeOf(world, 3n).subsidy, 1_386_294_362n);
});

test("a class that is hardly seen starts at one in twenty, and the records say so", async () => {
  const ham = (name: string, roundId: bigint) =>
    examples(4, seeded(`${name} ${roundId}`)).map((each) => ({ ...each, label: 0 }));
  const members = names.map((name) => member(name, (roundId) => ham(name, roundId)));
  const world = stage({ members });
  for (const roundId of [1n, 2n, 3n]) await playRound(world, roundId);
  assert.deepEqual(outcomeOf(world, 1n).classPpm, [1_000_000, 0]);
  assert.deepEqual(outcomeOf(world, 3n).priorPpm, [950_000, 50_000]);
});

test("a large round is settled over several blocks and comes out the same", async () => {
  const traders = Array.from({ length: 20 }, (_, i) => operator(`trader${i}`, template, wordCounter(i % 5)));
  const size = 45;
  const members = names.map((name) => member(name, () => examples(size, seeded(name))));
  const choice = { operators: traders, members, ordersMax: 20, itemsMax: 3 * size };
  const world = stage(choice);
  await playUntil(world, 1n, Phase.PHASE_SETTLE);
  const began = world.chain.height();
  assert.throws(() => outcomeOf(world));
  await playRound(world, 1n);
  // 20 orders · 4 slices · 135 items = 10,800 item-moves after 21 scores · 135 items · 4 = 11,340 of them;
  // 8,000 a block, the first in the block that closes.
  assert.equal(roundOf(world, 1n)?.endedHeight, began + 3n);
  const { results, items, payouts, deposits, subsidy, returned } = outcomeOf(world);
  assert.deepEqual([results.length, items, payouts - deposits], [20, 135, subsidy - returned]);
});

/** Before the test game in every walk over games. */
const SECOND = "a";

const unsigned = (member: object) => ({ ...member, ethereumAddress: "", bindingSignature: "" });

/** The same game once more under that name. */
function twoGames(state: AppState): AppState {
  const copied = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      const more = value.filter((each) => each?.gameId === GAME_ID && each.bindingSignature === undefined);
      const members = value.filter((each) => each?.bindingSignature !== undefined);
      return [...value, ...[...more, ...members.map(unsigned)].map((each) => ({ ...each, gameId: SECOND }))];
    }
    return value;
  };
  const games = Object.entries(state).map(([module, genesis]) => {
    const parts = Object.entries(genesis as Record<string, unknown>);
    return [module, Object.fromEntries(parts.map(([name, value]) => [name, copied(value)]))];
  });
  const all = Object.fromEntries(games) as Record<
    string,
    { budgets: { available: string; gameId: string }[] }
  >;
  const treasury = all["treasury"];
  for (const budget of treasury?.budgets ?? []) budget.available = String(50_000n * TOKEN);
  return all as unknown as AppState;
}

/** Lets two members play the second game up to its predictions. */
async function playSecond(world: World): Promise<void> {
  const { chain } = world;
  const gameId = SECOND;
  await chain.until(1n);
  const players = world.members.slice(0, 2).map(({ who }) => {
    const random = seeded(who.name);
    return { who, set: dataSet({ chainId: CHAIN_ID, gameId, roundId: 1n }, examples(4, random), random) };
  });
  for (const { who, set } of players) {
    await says(chain, who, bindEthereum(who, binding(who, CHAIN_ID, gameId), { gameId }));
    await says(chain, who, commitData(who, 1n, set, { gameId }));
  }
  await playUntil(world, 1n, Phase.PHASE_REVEAL_INPUTS);
  const seats = chain.read((ctx) => elections.seatsOf(ctx, { gameId, roundId: 1n }));
  for (const { who, set } of players) {
    const { selected = [] } = seats.find(({ member: address }) => address === who.address) ?? {};
    await says(chain, who, revealInputs(who, 1n, set, selected, { gameId }));
  }
}

test("no game waits for another to be settled", async () => {
  const world = stage({ alter: twoGames });
  await playSecond(world);
  await playUntil(world, 1n, Phase.PHASE_SETTLE);
  const settling = [...world.chain.read((ctx) => rounds.runningRounds(ctx))].filter(
    ({ phase }) => phase === Phase.PHASE_SETTLE,
  );
  assert.deepEqual(
    settling.map(({ gameId }) => gameId),
    [SECOND, GAME_ID],
  );
  // Both were settled in the block in which they closed.
  assert.ok(settling.every(({ endedHeight }) => endedHeight === world.chain.height()));
});

test("more games than SETTLE has room for are refused at genesis", () => {
  // (5 scores · 4 + 4 orders · 4 slices) · 800 items = 28,800 item-moves: four blocks alone, eight where half
  // a block is left.
  const large = { itemsMax: 800, schedule: { settle: 6, open: 90, firstOpen: 10 } };
  assert.ok(stage({ ...large, operators: [] }));
  assert.throws(() => stage({ ...large, operators: [], alter: twoGames }), /settle=6 least=10/);
});
