import assert from "node:assert/strict";
import { test } from "node:test";
import { errors as treasuryErrors } from "#modules/treasury/errors.ts";
import { Query as Markets } from "#proto/gen/iterum/markets.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { EventRoundShort, Query } from "#proto/gen/iterum/treasury.ts";
import { newChain, type TestChain } from "#test/kit/chain.ts";
import { playRound, roundOf } from "#test/kit/game/play.ts";
import { ask, refusesQuery } from "#test/kit/game/refuse.ts";
import { stage } from "#test/kit/game/stage.ts";
import { GAME_ID, TOKEN } from "#test/kit/genesis.ts";

const gameId = GAME_ID;
const runway = (chain: TestChain) => ask(chain, Query.runway, { gameId });

test("the run-way says how many rounds the budget pays for, at worst and on average", async () => {
  const world = stage();
  const { chain } = world;
  assert.deepEqual([runway(chain).roundsAtWorst, runway(chain).lockedPerRound], [0n, 0n]);
  await chain.until(1n);
  const { subsidy, committeePay } = ask(chain, Markets.market, { gameId, roundId: 1n }).market ?? {};
  assert.ok(subsidy !== undefined && committeePay !== undefined);
  const opened = runway(chain);
  assert.equal(opened.lockedPerRound, subsidy + committeePay);
  assert.equal(opened.available, 100_000n * TOKEN - subsidy - committeePay);
  assert.equal(opened.roundsAtWorst, opened.available / (subsidy + committeePay));
  await playRound(world, 1n);
  assert.equal(roundOf(world, 1n)?.phase, Phase.PHASE_DONE);
  const { ledger, costPerRound, roundsAtAverage, available } = runway(chain);
  assert.ok(ledger);
  assert.equal(available, 100_000n * TOKEN - ledger.locked + ledger.returned);
  assert.equal(ledger.rounds, 2n);
  assert.equal(costPerRound, (ledger.locked - ledger.returned + 1n) / 2n);
  assert.equal(roundsAtAverage, available / costPerRound);
  refusesQuery(chain, Query.runway, { gameId: "chess" }, treasuryErrors.NoBudget);
});

/** The events of a kind that the first block has. */
async function shortOf(treasury: bigint) {
  const chain = newChain({ members: [], others: [], treasury });
  const { events } = await chain.rawBlock([]);
  const name = EventRoundShort.name;
  return events
    .filter(({ type }) => type === name)
    .map(({ attributes }) => new Map(attributes.map(({ key, value }) => [key, value])));
}

test("a round that the budget cannot pay in full says how short it is", async () => {
  assert.deepEqual(await shortOf(100_000n * TOKEN), []);
  const [smaller] = await shortOf(500n * TOKEN);
  const [none] = await shortOf(5n * TOKEN);
  const figure = (event: Map<string, string> | undefined, name: string) => BigInt(event?.get(name) ?? -1n);
  assert.equal(figure(smaller, "available"), 500n * TOKEN);
  assert.ok(figure(smaller, "locked") > 0n && figure(smaller, "locked") <= 500n * TOKEN);
  assert.ok(figure(smaller, "wanted") > 500n * TOKEN);
  assert.deepEqual([figure(none, "locked"), figure(none, "wanted")], [0n, figure(smaller, "wanted")]);
});
