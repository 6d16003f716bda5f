import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "#chain/bytes/hash.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import type { ErrorFactory } from "#chain/kernel/error.ts";
import { signBeacon } from "#chain/protocol/beacon.ts";
import { consensusAddress } from "#chain/protocol/operator.ts";
import * as auth from "#modules/auth/api.ts";
import { errors } from "#modules/elections/errors.ts";
import * as validators from "#modules/validators/api.ts";
import { errors as stakeErrors } from "#modules/validators/errors.ts";
import { MsgRegisterBeaconKey, Query } from "#proto/gen/iterum/elections.ts";
import { MsgRotateConsensusKey } from "#proto/gen/iterum/validators.ts";
import { bareApp, initWith, START_MS } from "#test/chain/app/kit.ts";
import type { Person } from "#test/kit/accounts.ts";
import { type Said, say, signTx } from "#test/kit/chain.ts";
import { genesis, TOKEN } from "#test/kit/genesis.ts";
import { consensusAddressOf, consensusKey, staked } from "#test/kit/staked.ts";
import { validator } from "#test/kit/validator.ts";
import { ann, ben, cat, dan, newStaked, refuses, undelegate } from "../validators/kit.ts";

const GAS = 20_000_000n;
/** Blocks before a key holds. */
const DELAY = 20;

interface At {
  /** Who proposes, with its beacon key. */
  readonly who: Person;
  /** Its consensus address, where it is not its first. */
  readonly address?: Uint8Array;
  /** Milliseconds since the chain began. */
  readonly afterMs?: bigint;
}

/** A chain of stake whose beacon is signed; of Ann and Ben only Ann has a key in genesis. */
function signedChain() {
  let proposer: Person = ann;
  const beacon = (message: Uint8Array) => signBeacon(message, validator(proposer.name).secret);
  const app = bareApp({ beacon });
  const beaconKeys = [{ ...validator(ann.name).key, validator: consensusAddressOf(ann) }];
  const alter = staked([
    { who: ann, stakes: [[ann, 100n * TOKEN]] },
    { who: ben, stakes: [[ben, 50n * TOKEN]] },
  ]);
  initWith(app, genesis({ members: [ann, ben], others: [cat, dan], beaconKeys, alter }));
  const block = async (at: At, ...txs: readonly (readonly [Person, ...Said[]])[]) => {
    proposer = at.who;
    const height = app.info().height + 1n;
    const timeMs = START_MS + height * 1_000n + (at.afterMs ?? 0n);
    const info = { height, timeMs, proposer: at.address ?? consensusAddressOf(at.who) };
    const signed = txs.map(([who, ...said]) => {
      const { number = 0n, sequence = 0n } = app.read((ctx) => auth.account(ctx, who.address)) ?? {};
      return signTx(who, { number, sequence, gas: GAS }, ...said);
    });
    const given = await app.prepareProposal({ ...info, txs: signed, bytesMax: 1 << 20 });
    const { txResults, validatorUpdates } = await app.finalizeBlock({ ...info, txs: given });
    await app.commit();
    return { results: txResults.slice(1), updates: validatorUpdates };
  };
  return { app, block };
}

const register = (who: Person, change: Partial<MsgRegisterBeaconKey> = {}): Said =>
  say(MsgRegisterBeaconKey, { operator: who.address, ...validator(who.name).key, ...change });

test("a validator enters the set once its beacon key holds, and proposes with it", async () => {
  const { app, block } = signedChain();
  const { results } = await block({ who: ann }, [ben, register(ben)]);
  assert.equal(results[0]?.code, 0, results[0]?.log);
  const data = Query.beaconKey.request.encode({ operator: ben.address });
  const { key, coming } = Query.beaconKey.response.decode(
    app.query({ path: Query.beaconKey.path, data, height: 0n }).value,
  );
  assert.deepEqual([key, coming?.height], [undefined, 1n + BigInt(DELAY)]);
  for (let i = 1; i < DELAY; i++) assert.deepEqual((await block({ who: ann })).updates, []);
  await assert.rejects(block({ who: ben }), /no beacon key/);
  const { updates } = await block({ who: ann });
  assert.deepEqual(updates, [{ publicKey: consensusKey(ben), power: 50n }]);
  await block({ who: ben });
});

test("a beacon key follows its validator to another consensus key, and the old one goes", async () => {
  const { app, block } = signedChain();
  const publicKey = sha256(utf8("another key"));
  const address = consensusAddress(publicKey);
  const rotate = say(MsgRotateConsensusKey, { operator: ann.address, publicKey });
  const { updates } = await block({ who: ann }, [ann, rotate]);
  assert.deepEqual(
    updates.map(({ power }) => power),
    [0n, 100n],
  );
  await block({ who: ann });
  for (let i = 0; i < 2; i++) await block({ who: ann, address });
  await assert.rejects(block({ who: ann }), /no beacon key/);
  await block({ who: ann, address });
  const keys = (app.dump()["elections"] as { beaconKeys: { validator: string }[] }).beaconKeys;
  assert.deepEqual(
    keys.map(({ validator: held }) => toHex(Buffer.from(held, "base64"))),
    [toHex(address)],
  );
});

test("the beacon key of a validator that is gone is gone too", async () => {
  const { app, block } = signedChain();
  await block({ who: ann }, [ben, register(ben)]);
  for (let i = 0; i < DELAY; i++) await block({ who: ann });
  await block({ who: ben }, [ben, undelegate(ben, ben, 50n * TOKEN)]);
  const afterMs = 100_000n;
  for (let i = 0; i < 2; i++) await block({ who: ann, afterMs });
  assert.equal(
    app.read((ctx) => validators.validator(ctx, ben.address)),
    undefined,
  );
  for (let i = 0; i < 3; i++) await block({ who: ann, afterMs });
  await assert.rejects(block({ who: ben, afterMs }), /no beacon key/);
});

test("keys under way are exported with the rest", async () => {
  const { app, block } = signedChain();
  await block({ who: ann }, [ben, register(ben)]);
  const rotate = { operator: ann.address, publicKey: sha256(utf8("another key")) };
  await block({ who: ann }, [ann, say(MsgRotateConsensusKey, rotate)]);
  const again = bareApp();
  initWith(again, app.dump());
  assert.deepEqual(again.dump()["elections"], app.dump()["elections"]);
});

test("keys of nobody, without proof, and twice under way are refused", async () => {
  const { block } = signedChain();
  const refused = async ({ codespace, code }: ErrorFactory, who: Person, said: Said) => {
    const [result] = (await block({ who: ann }, [who, said])).results;
    assert.deepEqual([result?.codespace, result?.code], [codespace, code], result?.log);
  };
  await refused(stakeErrors.NoValidator, cat, register(cat));
  const { possession } = validator(cat.name).key;
  await refused(errors.BadBeaconKey, ben, register(ben, { possession }));
  await block({ who: ann }, [ben, register(ben)]);
  await refused(errors.KeyIsComing, ben, register(ben));
  const unsigned = newStaked();
  await refuses(unsigned, [ben, errors.BeaconUnsigned, register(ben)]);
});
