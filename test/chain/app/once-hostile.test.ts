import assert from "node:assert/strict";
import { test } from "node:test";
import { spacesOf } from "#chain/app/modules.ts";
import type { AppOptions } from "#chain/app/types.ts";
import type { App } from "#chain/app.ts";
import { toHex } from "#chain/bytes/hex.ts";
import type { Edition } from "#chain/kernel/edition.ts";
import { signBeacon } from "#chain/protocol/beacon.ts";
import { memoryStore } from "#chain/store/memory.ts";
import * as auth from "#modules/auth/api.ts";
import { MsgRegisterBeaconKey } from "#proto/gen/iterum/elections.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { say, signTx } from "#test/kit/chain.ts";
import { editions, plannedFor } from "#test/kit/editions.ts";
import { genesis, TOKEN } from "#test/kit/genesis.ts";
import { consensusAddressOf, staked } from "#test/kit/staked.ts";
import { validator } from "#test/kit/validator.ts";
import { bls } from "#test/kit/verifier.ts";
import { bareApp, initWith, nextBlock, pay } from "./kit.ts";

const [ann, ben, cat] = people("ann", "ben", "cat") as [Person, Person, Person];
const bytesMax = 1 << 20;

/** A chain whose one validator is Ann. */
function signedApp(options: Partial<AppOptions> = {}): App {
  const beacon = (message: Uint8Array) => signBeacon(message, validator("ann").secret, bls);
  const app = bareApp({ bls, beacon, ...options });
  const alter = staked([{ who: ann, stakes: [[ann, 100n * TOKEN]] }]);
  const beaconKeys = [{ ...validator("ann").key, validator: consensusAddressOf(ann) }];
  initWith(app, genesis({ members: [], others: [ann, ben, cat], beaconKeys, alter }));
  return app;
}

const number = (app: App, who: Person): bigint =>
  app.read((ctx) => auth.account(ctx, who.address)?.number) ?? 0n;

test("gas that is counted beyond a limit takes nothing from a block, proposed or decided", async () => {
  const app = signedApp();
  // Each fails where it has used no more than its limit, and counts ten million.
  const dear = say(MsgRegisterBeaconKey, { operator: ann.address, ...validator("new").key });
  const txs = Array.from({ length: 17 }, (_, i) =>
    signTx(ann, { number: number(app, ann), sequence: BigInt(i), gas: 120_000n }, dear),
  );
  txs.push(signTx(ben, { number: number(app, ben), sequence: 0n, gas: 50_000_000n }, pay(ben, cat)));
  const block = nextBlock(app, txs, consensusAddressOf(ann));
  const decided = { ...block, txs: await app.prepareProposal({ ...block, bytesMax }) };
  const [judge, late] = [signedApp(), signedApp()];
  assert.ok(await judge.processProposal(decided));
  for (const each of [app, judge, late]) {
    const { appHash, txResults } = await each.finalizeBlock(decided);
    assert.equal(toHex(appHash), toHex((await app.finalizeBlock(decided)).appHash));
    assert.deepEqual([txResults.at(1)?.code, txResults.at(-1)?.code], [11, 0]);
  }
});

test("a node whose beacon key is another than the chain knows proposes in vain and goes on", async () => {
  const heard: string[] = [];
  const beacon = (message: Uint8Array) => signBeacon(message, validator("former").secret, bls);
  const app = signedApp({ beacon, warn: (text) => heard.push(text) });
  const tx = signTx(ben, { number: number(app, ben), sequence: 0n, gas: 100_000n }, pay(ben, cat));
  assert.equal(app.checkTx(tx).code, 0);
  const block = nextBlock(app, [], consensusAddressOf(ann));
  const txs = await app.prepareProposal({ ...block, bytesMax });
  assert.equal(txs.length, 1);
  for (const each of [app, signedApp()]) assert.ok(!(await each.processProposal({ ...block, txs })));
  assert.match(heard.join(), /beacon key/);
  assert.equal(app.waiting().txs, 1);
});

test("what ran over a genesis is forgotten with it", async () => {
  const choice = { members: [], others: [ann, ben] };
  const app = bareApp();
  const block = { height: 1n, timeMs: 1_780_000_001_000n, proposer: new Uint8Array(20), txs: [] };
  initWith(app, genesis({ ...choice, treasury: TOKEN }));
  assert.ok(await app.processProposal(block));
  const other = genesis(choice);
  initWith(app, other);
  const fresh = bareApp();
  initWith(fresh, other);
  const [{ appHash }, again] = [await app.finalizeBlock(block), await fresh.finalizeBlock(block)];
  assert.equal(toHex(appHash), toHex(again.appHash));
});

/** Rules under which nobody is paid. */
const unpaying = (edition: Edition): Edition => ({
  ...edition,
  modules: edition.modules.map((module) => {
    if (module.name !== "bank") return module;
    const messages = module.messages.map((each) => ({
      ...each,
      handler: { ...each.handler, run: () => ({}) },
    }));
    return { ...module, messages };
  }),
});

test("a transaction that was read under the rules before an upgrade is read anew after it", async () => {
  const [first, second] = editions as readonly [Edition, Edition];
  const known = [first, unpaying(second)];
  const app = () => {
    const store = memoryStore({ spaces: spacesOf(known) });
    const made = bareApp({ editions: known, store });
    initWith(made, genesis({ members: [], others: [ann, ben], alter: plannedFor(2n) }));
    return made;
  };
  const [early, late] = [app(), app()];
  const tx = signTx(ann, { number: number(early, ann), sequence: 0n, gas: 400_000n }, pay(ann, ben));
  const reading = early.readAhead([tx]);
  for (const each of [early, late]) {
    await each.finalizeBlock(nextBlock(each, []));
    await each.commit();
  }
  assert.equal(early.checkTx(tx, (await reading)[0]).code, 0);
  const block = nextBlock(early, []);
  const decided = { ...block, txs: await early.prepareProposal({ ...block, bytesMax }) };
  assert.equal(decided.txs.length, 1);
  const hashes = [await early.finalizeBlock(decided), await late.finalizeBlock(decided)];
  assert.equal(...(hashes.map(({ appHash }) => toHex(appHash)) as [string, string]));
});
