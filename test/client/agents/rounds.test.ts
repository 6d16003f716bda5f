import assert from "node:assert/strict";
import { test } from "node:test";
import { guessingStrategy, trainedStrategy } from "#client/agents/operator/strategies.ts";
import { ClientError } from "#client/errors.ts";
import type { ModuleQueries } from "#client/modules.ts";
import type { TxMessage } from "#client/tx.ts";
import { MsgSend } from "#proto/gen/cosmos/bank.ts";
import { MsgRevealInputs } from "#proto/gen/iterum/commitments.ts";
import { SeatStatus } from "#proto/gen/iterum/elections.ts";
import { OrderStatus } from "#proto/gen/iterum/markets.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { type Person, person } from "../../kit/accounts.ts";
import { say } from "../../kit/chain.ts";
import { DENOM, GAME_ID, TOKEN } from "../../kit/genesis.ts";
import { MEMBERS, SEED_ROWS, type Stage, type Stop, withStage } from "./stage.ts";

const [ann, bob, gus] = ["ann", "bob", "gus"].map(person) as [Person, Person, Person];
const DEPOSIT_PPM = 800_000;
const STRATEGIES = [
  [ann, trainedStrategy("lr-64", DEPOSIT_PPM)],
  [bob, trainedStrategy("mlp-64-4", DEPOSIT_PPM)],
  [gus, guessingStrategy("lr-64", DEPOSIT_PPM)],
] as const;

const send = (from: Person, to: Person, amount: bigint): MsgSend => ({
  fromAddress: from.address,
  toAddress: to.address,
  amount: [{ denom: DENOM, amount }],
});

const startAll = (stage: Stage): Promise<Stop[]> =>
  Promise.all([
    ...MEMBERS.map((who) => stage.member(who)),
    ...STRATEGIES.map(([who, strategy]) => stage.operator(who, strategy)),
  ]);

async function assertSettled(stage: Stage, roundId: bigint): Promise<void> {
  assert.equal((await stage.queries.rounds.round(GAME_ID, roundId))?.phase, Phase.PHASE_DONE);
  for (const { status, operator } of await stage.queries.markets.orders(GAME_ID, roundId))
    assert.equal(status, OrderStatus.ORDER_STATUS_SETTLED, operator);
  for (const { holds, name } of stage.chain.app.invariants()) assert.ok(holds, name);
}

const seatStatuses = async (stage: Stage, roundId: bigint): Promise<number[]> =>
  (await stage.queries.elections.committee(GAME_ID, roundId)).map(({ status }) => status);

/** Gain of an operator in a round, in base units. */
async function gain({ queries }: Stage, roundId: bigint, who: Person): Promise<bigint> {
  const outcome = await queries.markets.outcome(GAME_ID, roundId);
  const result = outcome?.results.find(({ operator }) => operator === who.address);
  assert.ok(result, `${who.name} has no result`);
  return result.payout - result.deposit;
}

test("twelve members and three operators play two rounds to the end, and knowledge earns", () =>
  withStage({}, async (stage) => {
    const stops = await startAll(stage);
    await stage.until(2n, Phase.PHASE_DONE);
    await stage.rest(stops);
    assert.deepEqual(stage.of("failed"), []);
    for (const roundId of [1n, 2n]) {
      await assertSettled(stage, roundId);
      const outcome = await stage.queries.markets.outcome(GAME_ID, roundId);
      assert.equal(outcome?.items, 30);
      assert.equal(outcome.itemsCounted, 30);
      for (const who of [ann, bob]) assert.ok((await gain(stage, roundId, who)) > 0n, who.name);
      assert.ok((await gain(stage, roundId, gus)) < -10n * TOKEN);
    }
    const rows = (roundId: bigint) =>
      new Set(
        stage
          .of("trained")
          .filter((each) => each.roundId === roundId)
          .map((each) => each.rows),
      );
    assert.deepEqual(rows(1n), new Set([SEED_ROWS]));
    assert.deepEqual(rows(2n), new Set([SEED_ROWS + 30]));
  }));

test("agents that are killed in every phase, with transactions on their way, go on where they were", () =>
  withStage({}, async (stage) => {
    let stops: Stop[] = [];
    const atRest: Promise<void>[] = [];
    for (let phase: number = Phase.PHASE_OPEN; phase < Phase.PHASE_DONE; phase++) {
      await stage.until(1n, phase);
      await stage.meter.quiet();
      // The old ones begin nothing any more; what they have sent is still on its way.
      atRest.push(...stops.map((stop) => stop()));
      stops = await startAll(stage);
    }
    await stage.until(1n, Phase.PHASE_DONE);
    await stage.rest(stops);
    await Promise.all(atRest);
    await assertSettled(stage, 1n);
    // What two lives of an agent both sent was refused the second time; nothing else went wrong.
    for (const { error } of stage.of("failed"))
      assert.ok(error instanceof ClientError && error.kind === "refused", error.message);
    assert.ok(!(await seatStatuses(stage, 1n)).includes(SeatStatus.SEAT_STATUS_SLASHED));
  }));

test("an alternate is called in for members that the network keeps from revealing", () => {
  const isLost = async (who: Person, messages: readonly TxMessage[], queries: ModuleQueries) => {
    if (messages[0]?.typeUrl !== MsgRevealInputs.typeUrl) return false;
    const { roundId } = messages[0].value as MsgRevealInputs;
    const seats = await queries.elections.committee(GAME_ID, roundId);
    return seats.some(({ member, rank }) => member === who.address && rank < 2);
  };
  return withStage({ isLost }, async (stage) => {
    const stops = await startAll(stage);
    await stage.until(1n, Phase.PHASE_DONE);
    await stage.rest(stops);
    await assertSettled(stage, 1n);
    const { SEAT_STATUS_SLASHED: slashed, SEAT_STATUS_OPENED: opened } = SeatStatus;
    const { SEAT_STATUS_RELEASED: released } = SeatStatus;
    const statuses = [slashed, slashed, opened, opened, opened, opened, opened, released];
    assert.deepEqual(await seatStatuses(stage, 1n), statuses);
    assert.equal(stage.of("revealed").filter((each) => "asAlternate" in each && each.asAlternate).length, 2);
  });
});

test("members label each other's items where a game has a panel, and all of it is opened and paid", () =>
  withStage({ choice: { panel: 2 } }, async (stage) => {
    const stops = await startAll(stage);
    await stage.until(1n, Phase.PHASE_DONE);
    await stage.rest(stops);
    assert.deepEqual(stage.of("failed"), []);
    await assertSettled(stage, 1n);
    const sheets = await stage.queries.commitments.panel(GAME_ID, 1n);
    assert.equal(
      sheets.reduce((sum, { places }) => sum + places.length, 0),
      60,
    );
    for (const { labels, places } of sheets) assert.equal(labels.length, places.length);
    assert.ok(!(await seatStatuses(stage, 1n)).includes(SeatStatus.SEAT_STATUS_SLASHED));
    const outcome = await stage.queries.markets.outcome(GAME_ID, 1n);
    assert.ok((outcome?.itemsCounted ?? 0) > 15, "most items count");
    assert.ok((outcome?.committeePaid ?? 0n) > 0n);
  }));

test("an operator whose purse is too small sits the round out", () =>
  withStage({}, async (stage) => {
    const poor = person("poor");
    await stage.chain.block([ann, say(MsgSend, send(ann, poor, 100n * TOKEN))]);
    const stop = await stage.operator(poor, trainedStrategy("lr-64", DEPOSIT_PPM));
    await stage.until(1n, Phase.PHASE_OPEN_ORDERS);
    await stage.rest([stop]);
    assert.deepEqual(
      stage.of("satOut").map(({ why }) => why),
      ["the purse does not hold the least deposit"],
    );
    assert.deepEqual(await stage.queries.markets.orders(GAME_ID, 1n), []);
  }));
