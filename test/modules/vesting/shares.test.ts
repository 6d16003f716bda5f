import assert from "node:assert/strict";
import { test } from "node:test";
import { smaller } from "#chain/math/bounds.ts";
import * as bank from "#modules/bank/api.ts";
import { errors as marketErrors } from "#modules/markets/errors.ts";
import { due, releases, vests } from "#modules/vesting/state.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { type Rule, GenesisState as Vesting } from "#proto/gen/iterum/vesting.ts";
import type { TestChain } from "#test/kit/chain.ts";
import { altered } from "#test/kit/game/alter.ts";
import { moduleHolds, supply } from "#test/kit/game/money.ts";
import { playUntil, roundOf, type World } from "#test/kit/game/play.ts";
import { stage } from "#test/kit/game/stage.ts";
import { DENOM, GAME_ID, TOKEN } from "#test/kit/genesis.ts";
import { refusesGenesis } from "../genesis-kit.ts";
import { crowdedWorld, HOLDERS, names, rows } from "../markets/crowd-kit.ts";
import { bondGame, inTurn, lmsrGame } from "../markets/kinds-kit.ts";

const gameId = GAME_ID;
const rule: Rule = { gameId, rounds: 4, suspicionMilli: 12_000, commonRoundsMin: 3, holdRounds: 2 };
const held = altered("vesting", Vesting, (state) => ({ ...state, rules: [rule] }));

const purseOf = (chain: TestChain, address: string): bigint =>
  chain.read((ctx) => bank.balance(ctx, address, DENOM));
const count = (chain: TestChain) =>
  chain.read((ctx) => [vests, due, releases].map((table) => [...table.all(ctx)].length));

/** The round of the crowd, settled: everybody has its money back but for profits. */
async function settledWorld(): Promise<World> {
  const world = await crowdedWorld(Phase.PHASE_PROVE, { alter: held, seed: "profits" });
  await playUntil(world, 1n, Phase.PHASE_DONE);
  return world;
}

/** Makes blocks until the next part of all profits is paid; returns how many blocks paid some. */
async function nextPart({ chain }: World, roundId: bigint): Promise<number[]> {
  const world = { chain } as World;
  while ((roundOf(world, roundId)?.endedHeight ?? 0n) === 0n) await chain.rawBlock([]);
  const left = [];
  for (let blocks = 0; blocks < 20; blocks++) {
    left.push(chain.read((ctx) => [...releases.all(ctx)].length));
    if (left.at(-1) === 0) return left;
    await chain.rawBlock([]);
  }
  return assert.fail("the parts are not paid");
}

test("profits of holders of shares are paid over the rounds that follow, 250 a block", async () => {
  const world = await settledWorld();
  const { chain } = world;
  const minted = supply(chain);
  const winners = rows(world).filter(({ payout, bound }) => payout > bound);
  assert.ok(winners.length > 250 && winners.length < HOLDERS, `${winners.length}`);
  const total = winners.reduce((sum, { payout, bound }) => sum + payout - bound, 0n);
  assert.equal(moduleHolds(chain, "vesting"), total);
  for (const { operator, payout, bound } of rows(world))
    assert.equal(purseOf(chain, operator), smaller(payout, bound));
  await nextPart(world, 1n);
  for (let roundId = 2n; roundId <= 5n; roundId++) {
    const left = await nextPart(world, roundId);
    assert.deepEqual(left, [1, 0]);
    if (roundId === 2n)
      for (const { operator, payout, bound } of winners)
        assert.equal(purseOf(chain, operator), bound + (payout - bound) / 4n);
  }
  for (const { operator, payout } of rows(world)) assert.equal(purseOf(chain, operator), payout);
  assert.deepEqual(count(chain), [0, 0, 0]);
  assert.equal(supply(chain), minted);
});

test("parts that are being paid go on after an export, and nobody gets one twice", async () => {
  const world = await settledWorld();
  const { chain } = world;
  await nextPart(world, 1n);
  while ((roundOf(world, 2n)?.endedHeight ?? 0n) === 0n) await chain.rawBlock([]);
  assert.equal(count(chain)[2], 1);
  const dumped = chain.app.dump();
  const again = stage({ operators: [], members: world.members, alter: () => dumped });
  assert.deepEqual(again.chain.app.dump()["vesting"], dumped["vesting"]);
  await nextPart(again, 2n);
  await nextPart(world, 2n);
  const purses = (of: World) => names.map((name) => purseOf(of.chain, name));
  assert.deepEqual(purses(again), purses(world));
});

test("a game whose OPEN is too short to pay its holders' parts is refused", () => {
  const game = (holdersMax: number) => inTurn(lmsrGame(holdersMax), bondGame(700n * TOKEN), held);
  const schedule = { open: 60, settle: 20 };
  // Five times 3,001 profits, at 250 a block.
  refusesGenesis(marketErrors.BadRule, game(3_001), { schedule });
  assert.doesNotThrow(() => stage({ alter: game(3_000), schedule }));
});
