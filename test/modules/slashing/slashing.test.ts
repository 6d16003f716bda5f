import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChainError, ErrorFactory } from "#chain/kernel/error.ts";
import { toConsensusAddress, toOperator } from "#chain/protocol/operator.ts";
import * as bank from "#modules/bank/api.ts";
import { errors } from "#modules/slashing/errors.ts";
import * as validators from "#modules/validators/api.ts";
import { errors as stakeErrors } from "#modules/validators/errors.ts";
import { Query } from "#proto/gen/cosmos/slashing.ts";
import { Query as Staking } from "#proto/gen/cosmos/staking.ts";
import { GenesisState } from "#proto/gen/iterum/slashing.ts";
import { bareApp, initWith } from "#test/chain/app/kit.ts";
import type { Person } from "#test/kit/accounts.ts";
import type { TestChain } from "#test/kit/chain.ts";
import { ask, says } from "#test/kit/game/refuse.ts";
import { DENOM, TOKEN } from "#test/kit/genesis.ts";
import { consensusAddressOf } from "#test/kit/staked.ts";
import { changed, refusesGenesis } from "../genesis-kit.ts";
import {
  ATTO,
  ann,
  ben,
  cat,
  dan,
  delegate,
  newStaked,
  redelegate,
  refuses,
  undelegate,
} from "../validators/kit.ts";
import { doubleSigned, newSlashable, slashingParams, unjail, without } from "./kit.ts";

const of = (chain: TestChain, { address }: Person) =>
  chain.read((ctx) => validators.validatorOf(ctx, address));
const supply = (chain: TestChain): bigint => chain.read((ctx) => bank.supply(ctx, DENOM));
const leaving = (chain: TestChain, who: Person, from: Person): readonly bigint[] => {
  const asked = { delegatorAddr: who.address, validatorAddr: toOperator(from.address) };
  return ask(chain, Staking.unbondingDelegation, asked).unbond?.entries.map(({ balance }) => balance) ?? [];
};
const worth = (chain: TestChain, who: Person, to: Person): bigint =>
  chain.read((ctx) => {
    const shares = validators.delegation(ctx, who.address, to.address)?.shares ?? 0n;
    return validators.tokensOf(ctx, to.address, shares);
  });

test("who misses more than half of its window is slashed and jailed, and comes back", async () => {
  const chain = newSlashable();
  await chain.until(12n);
  const before = supply(chain);
  for (let i = 0; i < 5; i++) await chain.rawBlock([], without(ben));
  const { valSigningInfo } = ask(chain, Query.signingInfo, {
    consAddress: toConsensusAddress(consensusAddressOf(ben)),
  });
  assert.deepEqual([valSigningInfo?.missedBlocksCounter, of(chain, ben).jailed], [5n, false]);
  const { validatorUpdates } = await chain.rawBlock([], without(ben));
  assert.deepEqual([of(chain, ben).jailed, validatorUpdates.map(({ power }) => power)], [true, [0n]]);
  assert.equal(of(chain, ben).tokens, (80n * TOKEN * 99n) / 100n);
  assert.equal(supply(chain), before - (80n * TOKEN) / 100n, "what it cost is destroyed");
  await refuses(chain, [ben, errors.StillJailed, unjail(ben)], [ann, errors.NotJailed, unjail(ann)]);
  await chain.rawBlock([], { ...without(ben), lateMs: 60_000n });
  await says(chain, ben, unjail(ben));
  assert.deepEqual([of(chain, ben).jailed, validators.isInSet(of(chain, ben))], [false, true]);
  const record = ask(chain, Query.signingInfos, {}).info.find(({ missedBlocksCounter: n }) => n > 0n);
  assert.equal(record, undefined, "its window begins anew");
});

test("a missed block is forgotten once the window has passed over it", async () => {
  const chain = newSlashable();
  await chain.until(12n);
  const missed = (): bigint | undefined =>
    ask(chain, Query.signingInfo, { consAddress: toConsensusAddress(consensusAddressOf(ben)) }).valSigningInfo
      ?.missedBlocksCounter;
  for (let i = 0; i < 30; i++) await chain.rawBlock([], i % 2 === 0 ? without(ben) : {});
  assert.deepEqual([missed(), of(chain, ben).jailed], [5n, false]);
  for (let i = 0; i < 10; i++) await chain.rawBlock([]);
  assert.equal(missed(), 0n);
});

test("who signs two blocks of one height is slashed, thrown out and never comes back", async () => {
  const chain = newSlashable();
  await chain.until(5n);
  const before = supply(chain);
  const evidence = [doubleSigned(ben, 4n, 80n)];
  const { validatorUpdates } = await chain.rawBlock([], { evidence });
  assert.deepEqual(
    validatorUpdates.map(({ power }) => power),
    [0n],
  );
  assert.equal(of(chain, ben).tokens, 72n * TOKEN);
  assert.equal(before - supply(chain), 8n * TOKEN);
  // More evidence of the same key changes nothing.
  await chain.rawBlock([], { evidence, lateMs: 60_000n });
  assert.equal(before - supply(chain), 8n * TOKEN);
  await refuses(chain, [ben, errors.Tombstoned, unjail(ben)]);
});

test("stake that left or moved after the deed is slashed with it, what left before is not", async () => {
  const chain = newSlashable();
  await says(chain, cat, undelegate(cat, ben, 10n * TOKEN));
  await chain.until(5n);
  await says(chain, cat, undelegate(cat, ben, 5n * TOKEN));
  await says(chain, cat, redelegate(cat, ben, ann, 5n * TOKEN));
  await says(chain, cat, undelegate(cat, ann, 1n * TOKEN));
  const before = supply(chain);
  // At height 5 Ben had 70: those 10 had left at height 1.
  const { events } = await chain.rawBlock([], { evidence: [doubleSigned(ben, 5n, 70n)] });
  assert.equal(events.filter(({ type }) => type === "burn").length, 2, "one for each account of stake");
  assert.deepEqual(leaving(chain, cat, ben), [10n * TOKEN, (5n * TOKEN * 9n) / 10n]);
  assert.deepEqual(leaving(chain, cat, ann), [TOKEN / 2n], "the half that it owes comes out of what leaves");
  assert.equal(worth(chain, cat, ann), 4n * TOKEN);
  assert.equal(of(chain, ben).tokens, (60n * TOKEN * 9n) / 10n);
  assert.equal(before - supply(chain), 7n * TOKEN, "a tenth of what stood behind the deed, and no more");
});

test("moved stake is slashed where it went", async () => {
  const chain = newSlashable();
  await chain.until(4n);
  await says(chain, cat, redelegate(cat, ben, ann, 20n * TOKEN));
  await chain.rawBlock([], { evidence: [doubleSigned(ben, 4n, 80n)] });
  assert.deepEqual([worth(chain, cat, ann), worth(chain, ann, ann)], [18n * TOKEN, 100n * TOKEN]);
  assert.equal(of(chain, ben).tokens, 54n * TOKEN);
});

test("moved stake that was partly taken out pays what it owes once", async () => {
  const chain = newSlashable();
  await chain.until(4n);
  await says(chain, cat, redelegate(cat, ben, ann, 20n * TOKEN));
  await says(chain, cat, undelegate(cat, ann, TOKEN));
  const before = supply(chain);
  await chain.rawBlock([], { evidence: [doubleSigned(ben, 4n, 80n)] });
  assert.deepEqual(leaving(chain, cat, ann), [0n], "one of the two that it owes");
  assert.equal(worth(chain, cat, ann), 18n * TOKEN, "the other one of the nineteen that stayed");
  assert.equal(of(chain, ben).tokens, 54n * TOKEN);
  assert.equal(before - supply(chain), 8n * TOKEN);
});

test("a slash of everything leaves shares that nobody can add to", async () => {
  const chain = newSlashable({ ...slashingParams, slashFractionDoubleSign: ATTO });
  await chain.until(5n);
  await chain.rawBlock([], { evidence: [doubleSigned(ben, 4n, 80n)] });
  assert.equal(of(chain, ben).tokens, 0n);
  await refuses(
    chain,
    [dan, stakeErrors.Worthless, delegate(dan, ben, TOKEN)],
    [cat, stakeErrors.NotEnough, undelegate(cat, ben, TOKEN)],
  );
});

test("old evidence, and evidence of a key that is nobody's, costs nothing", async () => {
  const chain = newSlashable();
  await chain.until(5n);
  const before = supply(chain);
  await chain.rawBlock([], { evidence: [doubleSigned(dan, 4n, 80n)] });
  await chain.rawBlock([], { evidence: [doubleSigned(ben, 4n, 80n)], lateMs: 100_000n });
  assert.deepEqual([supply(chain), of(chain, ben).jailed], [before, false]);
});

test("the only validator is slashed and jailed, and keeps the chain going", async () => {
  const chain = newStaked([{ who: ann, stakes: [[ann, 100n * TOKEN]] }]);
  await chain.until(3n);
  const { validatorUpdates } = await chain.rawBlock([], { evidence: [doubleSigned(ann, 2n, 100n)] });
  assert.deepEqual([validatorUpdates, of(chain, ann).jailed], [[], true]);
  await chain.rawBlock([], without(ann));
  assert.ok(validators.isInSet(of(chain, ann)));
});

test("a jailed validator with less of its own than it promised stays in jail", async () => {
  const chain = newSlashable();
  await says(chain, ben, undelegate(ben, ben, 50n * TOKEN));
  assert.equal(of(chain, ben).jailed, true);
  await refuses(chain, [ben, errors.BelowPromise, unjail(ben)], [dan, stakeErrors.NoValidator, unjail(dan)]);
  await says(chain, ben, delegate(ben, ben, TOKEN));
  await says(chain, ben, unjail(ben));
});

const isError =
  ({ codespace, code }: ErrorFactory) =>
  (error: ChainError): boolean =>
    error.codespace === codespace && error.code === code;

test("parameters out of bounds, records of nobody and asking for nobody are refused", () => {
  const alter = changed("slashing", GenesisState);
  const record = { ...{ operator: dan.address, startHeight: 0n, missed: 1, window: 10 } };
  const records = [{ ...record, jailedUntilMs: 0n, tombstoned: false }];
  refusesGenesis(
    errors.BadGenesis,
    alter(() => ({ params: slashingParams })),
  );
  const begun = (change: Partial<GenesisState>) => () =>
    initWith(bareApp(), alter(() => change)(newSlashable().app.dump()));
  assert.throws(begun({ params: { ...slashingParams, signedBlocksWindow: 9n } }), isError(errors.BadParams));
  assert.throws(begun({ records }), isError(errors.BadGenesis));
  const chain = newSlashable();
  const refusal = (consAddress: string) => {
    const data = Query.signingInfo.request.encode({ consAddress });
    return chain.app.query({ path: Query.signingInfo.path, data, height: 0n });
  };
  assert.equal(refusal(toConsensusAddress(consensusAddressOf(dan))).code, errors.NoSigningInfo.code);
  assert.equal(refusal(toOperator(ben.address)).code, errors.BadAddress.code);
  assert.equal(ask(chain, Query.params, {}).params?.signedBlocksWindow, 10n);
});
