import assert from "node:assert/strict";
import { test } from "node:test";
import { compareBytes } from "#chain/bytes/compare.ts";
import type { AppState } from "#chain/kernel/genesis.ts";
import { addressBytes, moduleAddress } from "#chain/protocol/address.ts";
import * as bank from "#modules/bank/api.ts";
import * as markets from "#modules/markets/api.ts";
import { lmsr } from "#modules/markets/lmsr/kind.ts";
import { GenesisState as Bank } from "#proto/gen/iterum/bank.ts";
import { GenesisState as Markets, Order, OrderStatus, Query } from "#proto/gen/iterum/markets.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { altered } from "#test/kit/game/alter.ts";
import { noQuirks, playUntil, roundOf, type World } from "#test/kit/game/play.ts";
import { ask } from "#test/kit/game/refuse.ts";
import { stage } from "#test/kit/game/stage.ts";
import { DENOM, GAME_ID, TOKEN } from "#test/kit/genesis.ts";
import { bondGame, inTurn, lmsrGame } from "./kinds-kit.ts";

const key = { gameId: GAME_ID, roundId: 1n };
/** More than two blocks of the crank pay. */
const HOLDERS = 503;
const PER_BLOCK = 250;
const MARKETS = moduleAddress("markets");

const names = Array.from({ length: HOLDERS }, (_, i) => moduleAddress(`holder ${i}`));

/** The state in which as many accounts have bought a share each, one outcome or the other. */
function crowded(state: AppState): AppState {
  let paidIn = 0n;
  const traded = altered("markets", Markets, (genesis) => {
    const [market, ...rest] = genesis.markets;
    assert.ok(market);
    let now = lmsr.state.decode(market.state);
    const orders = names.map((operator, i) => {
      const wanted = { outcome: i % 2, shares: TOKEN + BigInt(i), isSale: false, limitPpm: 0 };
      const { state: next, holding, paid } = lmsr.trade(now, undefined, wanted);
      now = next;
      paidIn += paid;
      const { shares, fees: fee } = holding;
      const status = OrderStatus.ORDER_STATUS_HOLDING;
      const order = { ...Order.zero(), operator, bound: paid, deposit: paid, fee, shares, status };
      return { ...key, order };
    });
    const crowd = { ...market, state: lmsr.state.encode(now), vault: market.vault + paidIn };
    return { ...genesis, markets: [crowd, ...rest], orders };
  })(state);
  return altered("bank", Bank, (genesis) => ({
    ...genesis,
    balances: genesis.balances.map((held) =>
      held.address === MARKETS ? { ...held, amount: held.amount + paidIn } : held,
    ),
  }))(traded);
}

/** A game of 503 holders whose first round stands in the phase. */
async function crowdedWorld(phase: Phase): Promise<World> {
  const game = inTurn(lmsrGame(HOLDERS), bondGame(700n * TOKEN));
  const choice = { operators: [], schedule: { open: 60, firstOpen: 10 } };
  const before = stage({ ...choice, alter: game });
  await playUntil(before, 1n, phase, noQuirks);
  const after = stage({ ...choice, members: before.members, alter: () => crowded(before.chain.app.dump()) });
  return after;
}

const rows = ({ chain }: World): readonly Order[] => chain.read((ctx) => markets.ordersOf(ctx, key));
const paidOf = (world: World): readonly Order[] =>
  rows(world).filter(({ status }) => status !== OrderStatus.ORDER_STATUS_HOLDING);
const marketOf = ({ chain }: World) => ask(chain, Query.market, key).market;

test("the crank pays holders in address order, 250 a block; the round ends with the last", async () => {
  const world = await crowdedWorld(Phase.PHASE_PROVE);
  await playUntil(world, 1n, Phase.PHASE_SETTLE);
  const counts = [paidOf(world).length];
  const sorted = names.map(addressBytes).sort(compareBytes);
  const last = paidOf(world).map(({ operator }) => addressBytes(operator));
  assert.deepEqual(last.sort(compareBytes), sorted.slice(0, PER_BLOCK));
  while (roundOf(world, 1n)?.phase === Phase.PHASE_SETTLE) {
    await world.chain.rawBlock([]);
    counts.push(paidOf(world).length);
  }
  assert.deepEqual(counts, [250, 500, HOLDERS, HOLDERS]);
  const { outcomesPpm, holders, payouts } = world.chain.read((ctx) => markets.outcomeOf(ctx, key));
  assert.equal(holders, HOLDERS);
  let total = 0n;
  for (const { operator, shares, payout } of rows(world)) {
    const worth = shares.reduce((sum, held, k) => sum + held * BigInt(outcomesPpm[k] ?? 0), 0n);
    assert.equal(payout, worth / 1_000_000n);
    assert.equal(
      world.chain.read((ctx) => bank.balance(ctx, operator, DENOM)),
      payout,
    );
    total += payout;
  }
  assert.equal(payouts, total);
  assert.equal(marketOf(world)?.vault, 0n);
});

test("a void market pays its holders back in the blocks that follow", async () => {
  const world = await crowdedWorld(Phase.PHASE_ELECT);
  await playUntil(world, 1n, Phase.PHASE_VOID, (_, step) => (step === "revealInputs" ? "silent" : undefined));
  const counts = [paidOf(world).length];
  assert.equal(marketOf(world)?.settled, false);
  for (let i = 0; i < 3; i++) {
    await world.chain.rawBlock([]);
    counts.push(paidOf(world).length);
  }
  assert.deepEqual(counts, [250, 500, HOLDERS, HOLDERS]);
  for (const { operator, bound, payout } of rows(world)) {
    assert.equal(payout, bound);
    assert.equal(
      world.chain.read((ctx) => bank.balance(ctx, operator, DENOM)),
      bound,
    );
  }
  assert.deepEqual([marketOf(world)?.vault, marketOf(world)?.settled], [0n, true]);
});

test("a void market that still pays back goes on after an export", async () => {
  const world = await crowdedWorld(Phase.PHASE_ELECT);
  await playUntil(world, 1n, Phase.PHASE_VOID, (_, step) => (step === "revealInputs" ? "silent" : undefined));
  const dumped = world.chain.app.dump();
  const next = stage({ operators: [], members: world.members, alter: () => dumped });
  for (let i = 0; i < 2; i++) await next.chain.rawBlock([]);
  assert.deepEqual([paidOf(next).length, marketOf(next)?.settled], [HOLDERS, true]);
});
