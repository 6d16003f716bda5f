import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "#chain/bytes/hash.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { consensusAddress, toOperator } from "#chain/protocol/operator.ts";
import * as validators from "#modules/validators/api.ts";
import { errors } from "#modules/validators/errors.ts";
import { PubKey } from "#proto/gen/cosmos/crypto/ed25519.ts";
import { Query } from "#proto/gen/cosmos/staking.ts";
import { MsgRotateConsensusKey, Status } from "#proto/gen/iterum/validators.ts";
import { say } from "#test/kit/chain.ts";
import { ask, says } from "#test/kit/game/refuse.ts";
import { TOKEN } from "#test/kit/genesis.ts";
import { consensusKey } from "#test/kit/staked.ts";
import {
  ATTO,
  ann,
  ben,
  cat,
  coin,
  create,
  dan,
  delegate,
  description,
  edit,
  eve,
  fay,
  held,
  newStaked,
  rates,
  refuses,
  undelegate,
} from "./kit.ts";

type Chain = ReturnType<typeof newStaked>;
const of = (chain: Chain, { address }: typeof ann) => chain.read((ctx) => validators.validator(ctx, address));

test("an account becomes a validator, joins the set and leaves it with its stake", async () => {
  const chain = newStaked();
  const { validatorUpdates, results } = await chain.rawBlock([chain.sign(cat, create(cat))]);
  assert.equal(results[0]?.code, 0, results[0]?.log);
  const power = (value: bigint) => [{ publicKey: consensusKey(cat), power: value }];
  assert.deepEqual(validatorUpdates, power(10n));
  const { validator } = ask(chain, Query.validator, { validatorAddr: toOperator(cat.address) });
  assert.deepEqual([validator?.status, validator?.description?.moniker], [Status.STATUS_BONDED, "cat"]);
  const out = await chain.rawBlock([chain.sign(cat, undelegate(cat, cat, 10n * TOKEN))]);
  assert.deepEqual(out.validatorUpdates, power(0n));
  assert.equal(of(chain, cat)?.status, Status.STATUS_UNBONDING);
  await chain.rawBlock([], { lateMs: 100_000n });
  assert.equal(of(chain, cat), undefined, "without stake it is gone after its time");
  await refuses(chain, [cat, errors.KeyTaken, create(cat)]);
});

test("the set has only so many seats: more stake takes the last one's place", async () => {
  const five = [ann, ben, dan, cat, eve];
  const chain = newStaked(five.map((who, i) => ({ who, stakes: [[who, BigInt(5 - i) * TOKEN]] })));
  const first = await chain.rawBlock([chain.sign(fay, create(fay, { value: coin(TOKEN) }))]);
  const isFirst = fay.address < eve.address;
  assert.equal(first.validatorUpdates.length, isFirst ? 2 : 0, "of equals the first address sits");
  const { validatorUpdates } = await chain.rawBlock([chain.sign(ann, delegate(ann, fay, TOKEN))]);
  const told = new Map(validatorUpdates.map((each) => [`${each.publicKey}`, each.power]));
  assert.equal(told.get(`${consensusKey(fay)}`), 2n);
  assert.equal(of(chain, fay)?.status, Status.STATUS_BONDED);
  assert.notEqual(of(chain, eve)?.status, Status.STATUS_BONDED);
});

test("a validator that cannot be is refused", async () => {
  const chain = newStaked();
  const key = (bytes: Uint8Array, typeUrl: string = PubKey.typeUrl) => ({
    pubkey: { typeUrl, value: PubKey.encode({ key: bytes }) },
  });
  const more = { ...rates, rate: ATTO };
  await refuses(
    chain,
    [ann, errors.ValidatorExists, create(ann, key(consensusKey(dan)))],
    [cat, errors.KeyTaken, create(cat, key(consensusKey(ann)))],
    [cat, errors.BadKey, create(cat, key(consensusKey(cat).subarray(1)))],
    [cat, errors.BadDescription, create(cat, { description: description("") })],
    [cat, errors.BadDescription, create(cat, { description: description("c".repeat(71)) })],
    [cat, errors.BadCommission, create(cat, { commission: more })],
    [cat, errors.BadAddress, create(cat, { delegatorAddress: dan.address })],
    [cat, errors.BadAmount, create(cat, { value: coin(TOKEN, "uother") })],
    [cat, errors.BadSelfDelegation, create(cat, { minSelfDelegation: 0n })],
    [cat, errors.BadSelfDelegation, create(cat, { minSelfDelegation: 10n * TOKEN + 1n })],
  );
});

test("a validator edits what it says; its commission changes once a day and by little", async () => {
  const chain = newStaked([{ who: ann, stakes: [[ann, 100n * TOKEN]] }]);
  await says(chain, cat, create(cat));
  await refuses(
    chain,
    [cat, errors.TooSoon, edit(cat, { commissionRate: rates.rate })],
    [cat, errors.BadSelfDelegation, edit(cat, { minSelfDelegation: 1n })],
    [cat, errors.BadSelfDelegation, edit(cat, { minSelfDelegation: 11n * TOKEN })],
    [dan, errors.NoValidator, edit(dan)],
  );
  const changes = { description: { ...description("[do-not-modify]"), website: "https://cat.example" } };
  await says(chain, cat, edit(cat, { ...changes, minSelfDelegation: TOKEN }));
  assert.deepEqual(of(chain, cat)?.description, { ...description("cat"), website: "https://cat.example" });
  await chain.rawBlock([], { lateMs: 86_400_000n });
  const { rate, maxChangeRate } = rates;
  await refuses(chain, [cat, errors.BadCommission, edit(cat, { commissionRate: rate + maxChangeRate + 1n })]);
  await says(chain, cat, edit(cat, { commissionRate: rate - maxChangeRate }));
  assert.equal(of(chain, cat)?.commission?.rate, rate - maxChangeRate);
});

test("who breaks its promise of own stake is jailed, and leaves the set", async () => {
  const chain = newStaked();
  await says(chain, cat, create(cat, { minSelfDelegation: 5n * TOKEN }));
  await says(chain, cat, undelegate(cat, cat, 5n * TOKEN));
  assert.equal(of(chain, cat)?.jailed, false);
  await says(chain, cat, undelegate(cat, cat, TOKEN));
  assert.deepEqual([of(chain, cat)?.jailed, of(chain, cat)?.status], [true, Status.STATUS_UNBONDING]);
});

test("where nobody can be elected the set stays as it was until somebody can", async () => {
  const chain = newStaked([{ who: ann, stakes: [[ann, 5n * TOKEN]] }]);
  const { validatorUpdates } = await chain.rawBlock([chain.sign(ann, undelegate(ann, ann, 5n * TOKEN))]);
  assert.deepEqual(validatorUpdates, []);
  assert.equal(of(chain, ann)?.status, Status.STATUS_BONDED);
  await chain.rawBlock([], { lateMs: 100_000n });
  assert.equal(of(chain, ann)?.status, Status.STATUS_BONDED);
  const next = await chain.rawBlock([chain.sign(cat, create(cat))]);
  assert.deepEqual(
    next.validatorUpdates.map(({ power }) => power),
    [0n, 10n],
  );
});

test("a key is changed once in an unbonding time, for a fee, and never to one that was used", async () => {
  const chain = newStaked();
  const rotate = (who: typeof ann, publicKey: Uint8Array) =>
    say(MsgRotateConsensusKey, { operator: who.address, publicKey });
  const another = sha256(utf8("another key"));
  const before = held(chain, ann);
  const { validatorUpdates } = await chain.rawBlock([chain.sign(ann, rotate(ann, another))]);
  assert.deepEqual(validatorUpdates, [
    { publicKey: consensusKey(ann), power: 0n },
    { publicKey: another, power: 100n },
  ]);
  assert.ok(before - held(chain, ann) >= TOKEN);
  for (const key of [consensusKey(ann), another]) {
    const address = consensusAddress(key);
    assert.equal(chain.read((ctx) => validators.byConsensusAddress(ctx, address))?.operator, ann.address);
  }
  await refuses(
    chain,
    [ann, errors.TooSoon, rotate(ann, sha256(utf8("a third")))],
    [cat, errors.NoValidator, rotate(cat, another)],
    [ann, errors.BadKey, rotate(ann, another.subarray(1))],
  );
  await chain.rawBlock([], { lateMs: 100_000n });
  await refuses(chain, [ann, errors.KeyTaken, rotate(ann, consensusKey(ann))]);
});
