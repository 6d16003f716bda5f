import assert from "node:assert/strict";
import { test } from "node:test";
import type { BlockResult } from "#chain/app/types.ts";
import type { AppState } from "#chain/kernel/genesis.ts";
import { fromJson } from "#chain/proto/json.ts";
import { DEC_END } from "#chain/proto/read.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import { toOperator } from "#chain/protocol/operator.ts";
import * as validators from "#modules/validators/api.ts";
import { errors } from "#modules/validators/errors.ts";
import { Query } from "#proto/gen/cosmos/staking.ts";
import { GenesisState as Bank } from "#proto/gen/iterum/bank.ts";
import { EventUnbondingDisplaced, GenesisState } from "#proto/gen/iterum/validators.ts";
import type { Person } from "#test/kit/accounts.ts";
import { newChain, START_MS, type TestChain } from "#test/kit/chain.ts";
import { altered } from "#test/kit/game/alter.ts";
import { ask, says } from "#test/kit/game/refuse.ts";
import { TOKEN } from "#test/kit/genesis.ts";
import { staked } from "#test/kit/staked.ts";
import { doubleSigned } from "../slashing/kit.ts";
import { crowd, DEPARTURES_MAX, type Due, LEAVERS_MAX, many } from "./crowd.ts";
import {
  ATTO,
  ann,
  ben,
  cancel,
  cat,
  dan,
  delegate,
  eve,
  fay,
  held,
  redelegate,
  refuses,
  undelegate,
} from "./kit.ts";

const POOL = moduleAddress("not_bonded_tokens_pool");
const everybody = { members: [ann, ben], others: [cat, dan, eve, fay] };

/** Ann and Ben have 100 and 50 tokens staked; Cat has 60 with Ben and 10 with Ann. */
const stake = staked([
  {
    who: ann,
    stakes: [
      [ann, 100n * TOKEN],
      [cat, 10n * TOKEN],
    ],
  },
  {
    who: ben,
    stakes: [
      [ben, 50n * TOKEN],
      [cat, 60n * TOKEN],
    ],
  },
]);

/** The same with as many entries on their way out of Ben's stake as may be: these, others of an amount. */
function crowded(others: bigint, dues: readonly Due[] = [], { twin = false } = {}): TestChain {
  const full = crowd(ben, [...dues, ...many(LEAVERS_MAX - dues.length, others)]);
  return newChain({ ...everybody, alter: (state: AppState) => full(stake(state)) }, { twin });
}

/** What somebody has staked with Ben, in base units; 0 for nothing. */
const stakedOf = (chain: TestChain, who: Person): bigint =>
  chain.read((ctx) => {
    const shares = validators.delegation(ctx, who.address, ben.address)?.shares ?? 0n;
    return shares === 0n ? 0n : validators.tokensOf(ctx, ben.address, shares);
  });

/** What somebody has on its way out of Ben's stake: base units of each entry, in the order they began. */
const leaving = (chain: TestChain, who: Person): readonly bigint[] => {
  const delegatorAddr = who.address;
  const { unbondingResponses } = ask(chain, Query.delegatorUnbondingDelegations, { delegatorAddr });
  const ofBen = unbondingResponses.find(
    ({ validatorAddress }) => validatorAddress === toOperator(ben.address),
  );
  return (ofBen?.entries ?? []).map(({ balance }) => balance);
};

/** How many entries are on their way out of Ben's stake. */
const count = (chain: TestChain): number =>
  fromJson(GenesisState, chain.app.dump()["validators"] ?? {}).unbondings.flatMap(({ entries }) => entries)
    .length;

/** Attributes of the events of a type that transactions of a block have emitted. */
const said = ({ txResults }: Pick<BlockResult, "txResults">, type: string) =>
  txResults
    .flatMap(({ events }) => events)
    .filter((each) => each.type === type)
    .map(({ attributes }) => Object.fromEntries(attributes.map(({ key, value }) => [key, value])));
const DISPLACED = EventUnbondingDisplaced.typeUrl.slice(1);

test("dust does not keep larger stake from leaving: the smallest of it is staked again", async () => {
  const chain = crowded(2n, [{ amount: 1n, who: dan, height: 1n }], { twin: true });
  const block = await chain.rawBlock([chain.sign(cat, undelegate(cat, ben, TOKEN))]);
  assert.deepEqual(said(block, DISPLACED), [
    { delegator: dan.address, operator: ben.address, amount: "1", height: "1" },
  ]);
  const [cancelled] = said(block, "cancel_unbonding_delegation");
  assert.deepEqual([cancelled?.["delegator"], cancelled?.["amount"]], [dan.address, "1uiter"]);
  assert.deepEqual([stakedOf(chain, dan), leaving(chain, dan)], [1n, []]);
  assert.deepEqual([stakedOf(chain, cat), leaving(chain, cat)], [59n * TOKEN, [TOKEN]]);
  assert.equal(count(chain), LEAVERS_MAX);
});

test("of the smallest the one that began last makes room", async () => {
  const same = { amount: 5n, height: 1n };
  const chain = crowded(9n, [
    { ...same, who: dan },
    { ...same, who: eve },
    { amount: 6n, who: fay },
  ]);
  await says(chain, cat, undelegate(cat, ben, 10n));
  assert.deepEqual(
    [dan, eve, fay].map((who) => stakedOf(chain, who)),
    [0n, 5n, 0n],
  );
  await says(chain, cat, undelegate(cat, ben, 10n));
  await says(chain, cat, undelegate(cat, ben, 10n));
  assert.deepEqual(
    [dan, eve, fay].map((who) => stakedOf(chain, who)),
    [5n, 5n, 6n],
  );
});

test("what is no larger than the smallest is refused, unless it joins an entry of its block", async () => {
  const chain = crowded(TOKEN);
  await refuses(
    chain,
    [cat, errors.Crowded, undelegate(cat, ben, TOKEN)],
    [cat, errors.Crowded, undelegate(cat, ben, 1n)],
    [cat, errors.NotEnough, undelegate(cat, ben, 61n * TOKEN)],
    [dan, errors.NoDelegation, undelegate(dan, ben, 2n * TOKEN)],
  );
  await says(chain, cat, undelegate(cat, ben, TOKEN + 1n), undelegate(cat, ben, 1n));
  assert.deepEqual([leaving(chain, cat), count(chain)], [[TOKEN + 2n], LEAVERS_MAX]);
  await says(chain, cat, undelegate(cat, ann, 1n));
});

test("whoever made room has its stake with its rewards, and leaves again with more", async () => {
  const chain = crowded(20n, [{ amount: 5n, who: dan }]);
  await says(chain, dan, delegate(dan, ben, 40n * TOKEN));
  await chain.rawBlock([]);
  const before = held(chain, dan);
  const block = await chain.rawBlock([chain.sign(cat, undelegate(cat, ben, 50n))]);
  assert.equal(said(block, DISPLACED).length, 1);
  const [paid] = said(block, "withdraw_rewards").filter(({ delegator }) => delegator === dan.address);
  assert.equal(BigInt((paid?.["amount"] ?? "").replace("uiter", "")), held(chain, dan) - before);
  assert.ok(held(chain, dan) > before, "its rewards were paid as its shares changed");
  assert.deepEqual([stakedOf(chain, dan), leaving(chain, dan)], [40n * TOKEN + 5n, []]);
  await refuses(chain, [dan, errors.Crowded, undelegate(dan, ben, 5n)]);
  await says(chain, dan, undelegate(dan, ben, 40n * TOKEN + 5n));
  assert.deepEqual([stakedOf(chain, dan), leaving(chain, dan)], [0n, [40n * TOKEN + 5n]]);
});

test("what made room pays for deeds behind which it stood, as it would have on its way out", async () => {
  const chain = crowded(2n * TOKEN, [{ amount: TOKEN, who: dan, height: 6n }]);
  await chain.until(6n);
  await says(chain, cat, undelegate(cat, ben, 3n * TOKEN));
  assert.deepEqual([stakedOf(chain, dan), leaving(chain, dan)], [TOKEN, []]);
  await chain.rawBlock([], { evidence: [doubleSigned(ben, 6n, 110n)] });
  // A twentieth of 110 tokens: Cat's 3 on their way out pay theirs, and the 108 that are staked the rest.
  const left = 108n * TOKEN - (110n - 3n) * (TOKEN / 20n);
  assert.equal(stakedOf(chain, dan), left / 108n);
});

test("whose own entry is the smallest has that staked again, and leaves with more", async () => {
  const chain = crowded(
    20n,
    many(7, 5n).map((due) => ({ ...due, who: cat })),
  );
  await says(chain, cat, undelegate(cat, ben, 60n * TOKEN));
  assert.deepEqual([stakedOf(chain, cat), leaving(chain, cat).length], [5n, 7]);
  assert.equal(leaving(chain, cat).at(-1), 60n * TOKEN);
});

test("what has come to its end makes room by being paid out, whatever its size", async () => {
  const soon = START_MS + 30_000n;
  const chain = crowded(3n * TOKEN, [{ amount: 2n * TOKEN, who: dan, endsMs: soon }]);
  await refuses(chain, [cat, errors.Crowded, undelegate(cat, ben, TOKEN)]);
  const before = held(chain, dan);
  const tx = chain.sign(cat, undelegate(cat, ben, TOKEN));
  const block = await chain.rawBlock([tx], { lateMs: 28_000n });
  assert.equal(
    chain.read(({ timeMs }) => timeMs),
    soon,
  );
  assert.deepEqual([block.results[0]?.code, said(block, DISPLACED)], [0, []]);
  assert.equal(said(block, "complete_unbonding").length, 1);
  assert.deepEqual([stakedOf(chain, dan), held(chain, dan) - before], [0n, 2n * TOKEN]);
  assert.deepEqual([leaving(chain, cat), count(chain)], [[TOKEN], LEAVERS_MAX]);
});

test("what slashes have left nothing of makes room, and stakes nothing", async () => {
  const chain = crowded(2n, [{ amount: 0n, who: dan }]);
  const block = await chain.rawBlock([chain.sign(cat, undelegate(cat, ben, 1n))]);
  assert.deepEqual(said(block, DISPLACED)[0]?.["amount"], "0");
  assert.deepEqual(said(block, "cancel_unbonding_delegation"), []);
  assert.deepEqual([leaving(chain, dan), stakedOf(chain, dan), leaving(chain, cat)], [[], 0n, [1n]]);
});

/** A chain on which Ben was jailed long ago and has only what Cat has staked: so much, for so many shares. */
function jailed(tokens: bigint, shares: bigint): TestChain {
  const idle = altered("validators", GenesisState, (all) => ({
    ...all,
    validators: all.validators.map((each) =>
      each.operator === ben.address ? { ...each, jailed: true, tokens, shares } : each,
    ),
    delegations: all.delegations
      .filter(({ delegator }) => delegator !== ben.address)
      .map((each) => (each.operator === ben.address ? { ...each, shares } : each)),
  }));
  const full = crowd(ben, [{ amount: 1n, who: dan }, ...many(LEAVERS_MAX - 1, 2n)]);
  const money = altered("bank", Bank, (bank) => ({
    ...bank,
    balances: bank.balances.map((each) =>
      each.address === POOL ? { ...each, amount: each.amount - 110n * TOKEN + tokens } : each,
    ),
  }));
  const alter = (state: AppState): AppState => full(money(idle(stake(state))));
  return newChain({ ...everybody, alter }, { twin: false });
}

test("who leaves last leaves a validator to those who made room", async () => {
  const chain = jailed(60n * TOKEN, 60n * TOKEN * ATTO);
  await says(chain, cat, undelegate(cat, ben, 60n * TOKEN));
  assert.deepEqual([leaving(chain, cat), stakedOf(chain, dan)], [[60n * TOKEN], 1n]);
  const validator = chain.read((ctx) => validators.validator(ctx, ben.address));
  assert.deepEqual([validator?.tokens, validator?.shares], [1n, ATTO]);
});

test("where shares are worth next to nothing none are bought, and nothing makes room", async () => {
  const chain = jailed(2n, DEC_END - 1n);
  await refuses(chain, [cat, errors.Crowded, undelegate(cat, ben, 2n)]);
});

test("a crowd that has moved away keeps others from moving, and not from leaving", async () => {
  const full = crowd(ben, [], { count: DEPARTURES_MAX - 1, to: ann });
  const chain = newChain({ ...everybody, alter: (state: AppState) => full(stake(state)) });
  await says(chain, cat, redelegate(cat, ben, ann, TOKEN), redelegate(cat, ben, ann, TOKEN));
  await refuses(chain, [cat, errors.Crowded, redelegate(cat, ben, ann, TOKEN)]);
  await says(chain, cat, undelegate(cat, ben, 1n));
  const height = chain.height();
  await says(chain, cat, cancel(cat, ben, 1n, height));
  await refuses(chain, [cat, errors.Crowded, redelegate(cat, ben, ann, TOKEN)]);
  await chain.rawBlock([], { lateMs: 99_000n });
  await says(chain, ben, redelegate(ben, ben, ann, TOKEN));
});

test("a slash in between changes the order, and an export keeps it", async () => {
  // Behind the deed stood what began at its height or later.
  const first = { amount: 100n, who: dan, height: 1n };
  const second = { amount: 102n, who: eve, height: 5n };
  const chain = crowded(200n, [first, second, { ...second, amount: 104n, who: fay }], { twin: true });
  await chain.until(6n);
  await chain.rawBlock([], { evidence: [doubleSigned(ben, 5n, 110n)] });
  assert.deepEqual([leaving(chain, dan), leaving(chain, eve), leaving(chain, fay)], [[100n], [97n], [99n]]);
  const state = chain.app.dump();
  const again = newChain({ members: [], others: [], alter: () => state });
  assert.deepEqual(again.app.dump()["validators"], state["validators"]);
  for (const each of [chain, again]) {
    await says(each, cat, undelegate(cat, ben, 98n));
    await refuses(each, [cat, errors.Crowded, undelegate(cat, ben, 98n)]);
    await says(each, cat, undelegate(cat, ben, 100n));
    assert.deepEqual([leaving(each, dan), leaving(each, eve), leaving(each, fay)], [[100n], [], [99n]]);
    assert.deepEqual(leaving(each, cat), [100n], "its own 98 were the smallest");
  }
});
