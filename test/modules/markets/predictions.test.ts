import assert from "node:assert/strict";
import { test } from "node:test";
import { addressBytes } from "#chain/protocol/address.ts";
import { encodePredictions, predictionsHash } from "#chain/protocol/predictions.ts";
import * as commitments from "#modules/commitments/api.ts";
import * as markets from "#modules/markets/api.ts";
import { errors as marketsErrors } from "#modules/markets/errors.ts";
import { kindErrors } from "#modules/markets/kind-errors.ts";
import { errors as roundsErrors } from "#modules/rounds/errors.ts";
import { OrderStatus } from "#proto/gen/iterum/markets.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import type { Person } from "#test/kit/accounts.ts";
import { purse } from "#test/kit/game/money.ts";
import { playRound, playUntil, type World } from "#test/kit/game/play.ts";
import { FEE, refuses, says } from "#test/kit/game/refuse.ts";
import { commitPredictions, openPredictions } from "#test/kit/game/say.ts";
import { stage } from "#test/kit/game/stage.ts";
import type { Quirks } from "#test/kit/game/turns.ts";
import { CHAIN_ID, GAME_ID } from "#test/kit/genesis.ts";

const ref = { chainId: CHAIN_ID, gameId: GAME_ID, roundId: 1n };
const salt = new Uint8Array(32).fill(9);

const silent = (...steps: readonly string[]): Quirks => {
  const left = new Set(steps);
  return (name, step) => (name === "olga" && left.has(step) ? "silent" : undefined);
};

const itemCount = ({ chain }: World): number =>
  chain.read((ctx) => commitments.itemList(ctx, ref)).items.length;

/** Predictions with their commitment: by default one half for every item. */
function halves(world: World, who: Person, values?: readonly number[]) {
  const list = values ?? Array.from({ length: itemCount(world) }, () => 32_768);
  const predictions = encodePredictions(list);
  return { predictions, salt, hash: predictionsHash(ref, addressBytes(who.address), predictions, salt) };
}

const first = ({ operators }: World): Person => (operators[0] as (typeof operators)[number]).who;

test("a commitment of predictions is refused twice, of a bad length, and without an order", async () => {
  const world = stage();
  await playUntil(world, 1n, Phase.PHASE_PREDICT, (name, step) => {
    if (name === "otto" && step === "placeOrder") return "silent";
    return name === "ora" && step === "openOrder" ? "silent" : undefined;
  });
  const [olga, otto, ora] = world.operators.map(({ who }) => who) as [Person, Person, Person];
  const hash = new Uint8Array(32);
  await says(world.chain, olga, commitPredictions(olga, 1n, hash));
  await refuses(
    world.chain,
    [olga, marketsErrors.WrongStatus, commitPredictions(olga, 1n, hash)],
    [olga, marketsErrors.BadHash, commitPredictions(olga, 1n, hash.subarray(1))],
    [otto, marketsErrors.NoOrder, commitPredictions(otto, 1n, hash)],
    [ora, marketsErrors.WrongStatus, commitPredictions(ora, 1n, hash)],
    [olga, roundsErrors.WrongPhase, openPredictions(olga, 1n, { predictions: new Uint8Array(24), salt })],
  );
});

test("predictions other than the committed ones, or of the wrong length, are refused", async () => {
  const world = stage();
  await playUntil(world, 1n, Phase.PHASE_PREDICT);
  const olga = first(world);
  const { predictions, hash } = halves(world, olga);
  await says(world.chain, olga, commitPredictions(olga, 1n, hash));
  await playUntil(world, 1n, Phase.PHASE_OPEN_PREDICTIONS, silent("commitPredictions"));
  const open = (change: Partial<{ predictions: Uint8Array; salt: Uint8Array }>) =>
    openPredictions(olga, 1n, { predictions, salt, ...change });
  const { WrongPredictions, BadPredictions } = marketsErrors;
  await refuses(
    world.chain,
    [olga, WrongPredictions, open({ predictions: predictions.with(0, 1) })],
    [olga, WrongPredictions, open({ salt: salt.with(0, 1) })],
    [olga, BadPredictions, open({ predictions: predictions.subarray(1) })],
    [olga, BadPredictions, open({ predictions: predictions.subarray(2) })],
    [olga, BadPredictions, open({ predictions: new Uint8Array(0) })],
  );
  await says(world.chain, olga, open({}));
  await refuses(world.chain, [olga, marketsErrors.WrongStatus, open({})]);
});

test("a copied commitment opens nothing: predictions are bound to their operator", async () => {
  const world = stage();
  await playUntil(world, 1n, Phase.PHASE_PREDICT);
  const [olga, otto] = world.operators.map(({ who }) => who) as [Person, Person];
  const { predictions, hash } = halves(world, olga);
  await says(world.chain, otto, commitPredictions(otto, 1n, hash));
  await playUntil(world, 1n, Phase.PHASE_OPEN_PREDICTIONS, (name, step) =>
    name === "otto" && step === "commitPredictions" ? "silent" : undefined,
  );
  await refuses(world.chain, [
    otto,
    marketsErrors.WrongPredictions,
    openPredictions(otto, 1n, { predictions, salt }),
  ]);
});

for (const [value, what] of [
  [655, "below"],
  [65_535, "above"],
] as const)
  test(`committed predictions ${what} the clip cannot be opened and forfeit the bound`, async () => {
    const world = stage();
    await world.chain.until(1n);
    const before = purse(world.chain, first(world));
    await playUntil(world, 1n, Phase.PHASE_PREDICT);
    const olga = first(world);
    const { predictions, hash } = halves(world, olga, [value, ...Array(itemCount(world) - 1).fill(32_768)]);
    await says(world.chain, olga, commitPredictions(olga, 1n, hash));
    await playUntil(world, 1n, Phase.PHASE_OPEN_PREDICTIONS, silent("commitPredictions"));
    const opening = openPredictions(olga, 1n, { predictions, salt });
    await refuses(world.chain, [olga, kindErrors.PredictionsRefused, opening]);
    await playRound(world, 1n, silent("openPredictions"));
    const [bound = 0n] = world.operators.map((each) => each.bound);
    assert.equal(purse(world.chain, olga), before - bound - 1_200_000n - 5n * FEE);
  });

for (const [step, reason] of [
  ["commitPredictions", "predictions not committed"],
  ["openPredictions", "predictions not opened"],
] as const)
  for (const quirk of ["silent", "late", "wrong"] as const)
    test(`an order whose ${step} is ${quirk} forfeits its bound, and the others are settled`, async () => {
      const world = stage();
      await playRound(world, 1n, (name, each) => (name === "olga" && each === step ? quirk : undefined));
      const orders = world.chain.read((ctx) => markets.ordersOf(ctx, ref));
      const mine = orders.find(({ operator }) => operator === first(world).address);
      assert.equal(mine?.status, OrderStatus.ORDER_STATUS_FORFEITED);
      // A wrong commitment is taken and cannot be opened.
      const late = step === "commitPredictions" && quirk === "wrong";
      assert.equal(mine?.reason, late ? "predictions not opened" : reason);
      const { results, forfeited } = world.chain.read((ctx) => markets.outcomeOf(ctx, ref));
      assert.deepEqual([results.length, forfeited], [2, mine?.bound]);
    });
