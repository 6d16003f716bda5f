import assert from "node:assert/strict";
import { test } from "node:test";
import { fromJson } from "#chain/proto/json.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import { toOperator } from "#chain/protocol/operator.ts";
import type { ChainFork } from "#cli/fork/fork-chain.ts";
import { MsgUndelegate } from "#proto/gen/cosmos/staking.ts";
import { GenesisState as Bank } from "#proto/gen/iterum/bank.ts";
import { Phase, GenesisState as Rounds } from "#proto/gen/iterum/rounds.ts";
import { GenesisState as Treasury } from "#proto/gen/iterum/treasury.ts";
import { say } from "#test/kit/chain.ts";
import { playUntil } from "#test/kit/game/play.ts";
import { FEE, says } from "#test/kit/game/refuse.ts";
import { DENOM, GAME_ID, TOKEN } from "#test/kit/genesis.ts";

import { dora, forked, runs, stakedStage, val } from "./kit.ts";

const PURSE = 10_000n * TOKEN;
const BUDGET = 100_000n * TOKEN;

const holdings = ({ exported }: ChainFork): ReadonlyMap<string, bigint> =>
  new Map(
    fromJson(Bank, exported.appState["bank"] ?? {})
      .balances.filter(({ denom }) => denom === DENOM)
      .map(({ address, amount }) => [address, amount]),
  );

const { PHASE_OPEN_ORDERS, PHASE_REVEAL_INPUTS, PHASE_PREDICT, PHASE_PROVE } = Phase;
const { PHASE_OPEN_PREDICTIONS, PHASE_REVEAL_LABELS } = Phase;

for (const [name, phase] of Object.entries({
  PHASE_OPEN_ORDERS,
  PHASE_REVEAL_INPUTS,
  PHASE_PREDICT,
  PHASE_OPEN_PREDICTIONS,
  PHASE_REVEAL_LABELS,
  PHASE_PROVE,
}))
  test(`a fork in ${name.slice(6)} gives everybody back what the round had locked, exactly`, async () => {
    const world = stakedStage();
    const { chain, members, operators } = world;
    await playUntil(world, 1n, phase);
    const fork = await forked(chain);
    const held = holdings(fork);
    const of = (address: string): bigint => held.get(address) ?? 0n;
    // What was paid for transactions is on its way to the validators, or has been paid out to their stakers.
    const [own, theirs] = [of(val.address) - PURSE - 100n * TOKEN, of(dora.address) - PURSE - 50n * TOKEN];
    assert.ok(own >= theirs && theirs >= 0n);
    const fees = own + theirs + of(moduleAddress("fees")) + of(moduleAddress("distribution"));
    const players = [...members, ...operators].map(({ who }) => of(who.address));
    assert.equal(
      players.reduce((sum, each) => sum + PURSE - each, 0n),
      fees,
      "players have paid fees and nothing else",
    );
    assert.equal(fromJson(Treasury, fork.exported.appState["treasury"] ?? {}).budgets[0]?.available, BUDGET);
    for (const module of ["elections", "markets", "vesting", "gov", "bonded_tokens_pool"])
      assert.equal(held.get(moduleAddress(module)), undefined, module);
    for (const { before, after } of fork.supply) assert.equal(after, before);
    const app = await runs(fork, 5);
    const [round] = fromJson(Rounds, app.dump()["rounds"] ?? {}).rounds;
    assert.deepEqual([round?.gameId, round?.roundId, round?.phase], [GAME_ID, 1n, Phase.PHASE_OPEN]);
  });

test("what is on its way out of a stake goes back in full", async () => {
  const { chain } = stakedStage();
  await chain.until(1n);
  await says(
    chain,
    dora,
    say(MsgUndelegate, {
      delegatorAddress: dora.address,
      validatorAddress: toOperator(val.address),
      amount: { denom: DENOM, amount: 20n * TOKEN },
    }),
  );
  const held = holdings(await forked(chain));
  const paid = PURSE + 50n * TOKEN - (held.get(dora.address) ?? 0n);
  assert.equal(paid, FEE);
  assert.equal(held.get(moduleAddress("not_bonded_tokens_pool")), undefined);
});
