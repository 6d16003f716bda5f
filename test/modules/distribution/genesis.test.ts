import assert from "node:assert/strict";
import { test } from "node:test";
import { fromJson, toJson } from "#chain/proto/json.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import { errors } from "#modules/distribution/errors.ts";
import { GenesisState as Bank } from "#proto/gen/iterum/bank.ts";
import { type Earnings, GenesisState, Ledger } from "#proto/gen/iterum/distribution.ts";
import { newChain, type TestChain } from "#test/kit/chain.ts";
import { altered } from "#test/kit/game/alter.ts";
import { says } from "#test/kit/game/refuse.ts";
import { DENOM, TOKEN } from "#test/kit/genesis.ts";
import { staked } from "#test/kit/staked.ts";
import { first, refusesGenesis, twice } from "../genesis-kit.ts";
import {
  ATTO,
  ann,
  ben,
  dan,
  dora,
  due,
  fund,
  NO_TAX,
  payTo,
  stakedChain,
  val,
  vic,
  withdraw,
} from "./kit.ts";

const state = (chain: TestChain): GenesisState =>
  fromJson(GenesisState, chain.app.dump()["distribution"] ?? {});

/** A chain with rewards, some of them withdrawn, and somebody who is paid elsewhere. */
async function usedChain(): Promise<TestChain> {
  const chain = stakedChain(NO_TAX);
  await says(chain, ann, fund(ann, 7n));
  await says(chain, dan, payTo(dan, ben.address));
  await says(chain, dora, withdraw(dora, val));
  await chain.until(chain.height() + 1n);
  return chain;
}

test("a chain with rewards is exported and goes on as it would have", async () => {
  const chain = await usedChain();
  const dumped = chain.app.dump();
  const again = newChain({ members: [], others: [], alter: () => dumped });
  assert.deepEqual(again.app.dump(), dumped);
  assert.equal(due(again, dan, val), due(chain, dan, val));
  await says(again, dan, withdraw(dan, val));
  assert.ok(again.app.invariants().every(({ holds }) => holds));
});

test("rewards in genesis that contradict each other, or that nobody has earned, are refused", async () => {
  const used = state(await usedChain());
  const money = (amount: bigint) =>
    altered("bank", Bank, (bank) => ({
      ...bank,
      balances: [...bank.balances, { address: moduleAddress("distribution"), denom: DENOM, amount }],
    }));
  const stake = staked([
    {
      who: val,
      stakes: [
        [val, 100n * TOKEN],
        [dora, 150n * TOKEN],
        [dan, 50n * TOKEN],
      ],
    },
    { who: vic, stakes: [[vic, 100n * TOKEN]] },
  ]);
  const [before] = used.earnings;
  assert.ok(before);
  const owed =
    used.earnings.flatMap(({ ledgers }) => ledgers).reduce((sum, one) => sum + one.outstanding, 0n) +
    used.communityPool.reduce((sum, one) => sum + one.amount, 0n);
  assert.equal(owed % ATTO, 0n);
  const begins = (change: Partial<GenesisState>, amount = owed / ATTO) =>
    refusesGenesis(errors.BadGenesis, (given) => ({
      ...money(amount)(stake(given)),
      distribution: toJson(GenesisState, { ...used, ...change }),
    }));
  begins({}, owed / ATTO - 1n);
  begins({ earnings: twice(used.earnings) });
  begins({ earnings: first(used.earnings, { operator: ann.address }) });
  const ledger = { ...Ledger.zero(), denom: DENOM };
  const ledgers = (...all: readonly Ledger[]): Earnings => ({ ...before, ledgers: all });
  begins({ earnings: [ledgers(ledger, ledger), ...used.earnings.slice(1)] });
  begins({ earnings: [ledgers({ ...ledger, perShare: Uint8Array.of(0, 1) }), ...used.earnings.slice(1)] });
  begins({ starts: twice(used.starts) });
  begins({ starts: first(used.starts, { delegator: ann.address }) });
  begins({ starts: first(used.starts, { marks: [] }) });
  begins({ starts: first(used.starts, { marks: [{ denom: "gold", perShare: Uint8Array.of(1) }] }) });
  begins({ starts: [] });
  begins({ slashes: [{ operator: val.address, height: 1n, number: 0n, fraction: 1n }] });
  begins({ payees: twice(used.payees) });
  begins({ payees: first(used.payees, { address: "nobody" }) });
  begins({ communityPool: twice(used.communityPool) });
  refusesGenesis(errors.BadParams, (given) => ({
    ...given,
    distribution: toJson(GenesisState, { ...used, params: { ...NO_TAX, communityTax: 2n * ATTO } }),
  }));
});
