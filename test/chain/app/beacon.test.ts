import assert from "node:assert/strict";
import { test } from "node:test";
import { injectedTx } from "#chain/app/injected.ts";
import type { Block } from "#chain/app/types.ts";
import type { App } from "#chain/app.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { signBeacon } from "#chain/protocol/beacon.ts";
import { type Bls, nobleBls } from "#chain/protocol/bls.ts";
import * as elections from "#modules/elections/api.ts";
import { MsgBeacon } from "#proto/gen/iterum/elections.ts";
import { validator } from "#test/kit/validator.ts";
import { bls } from "#test/kit/verifier.ts";
import { newApp, nextBlock } from "./kit.ts";

const [val, other] = [validator("val"), validator("other")];

/** An app with the number of signatures that it has verified itself. */
function counted(inner: Bls): { readonly app: App; readonly verified: () => number } {
  let count = 0;
  const counting: Bls = {
    ...inner,
    verify: (...given) => {
      count++;
      return inner.verify(...given);
    },
  };
  const choice = { members: [], others: [], beaconKeys: [val.key, other.key] };
  return { app: newApp(choice, { bls: counting }), verified: () => count };
}

/** The next block with a signature of its beacon. */
function signedBlock(app: App, secret: Uint8Array, proposer = val.address): Block {
  const signature = app.read((ctx) => signBeacon(elections.beaconMessage(ctx), secret, bls));
  return nextBlock(app, [injectedTx(MsgBeacon.typeUrl, MsgBeacon.encode({ signature }))], proposer);
}

test("the beacon of a block is verified once by a node that judged its proposal", async () => {
  const { app, verified } = counted(bls);
  for (let height = 1; height <= 3; height++) {
    const block = signedBlock(app, val.secret);
    assert.ok(await app.processProposal(block));
    await app.finalizeBlock(block);
    await app.finalizeBlock(block);
    await app.commit();
    assert.equal(verified(), height);
  }
});

test("nodes agree whether or not they judged the proposal, and whatever verifies its beacon", async () => {
  const nodes = [counted(bls), counted(bls), counted(nobleBls), counted(nobleBls)];
  for (let height = 0; height < 2; height++) {
    const block = signedBlock((nodes[0] as (typeof nodes)[0]).app, val.secret);
    const hashes = new Set<string>();
    for (const [i, { app }] of nodes.entries()) {
      if (i % 2 === 0) assert.ok(await app.processProposal(block));
      hashes.add(toHex((await app.finalizeBlock(block)).appHash));
      await app.commit();
    }
    assert.equal(hashes.size, 1);
  }
  for (const { verified } of nodes) assert.equal(verified(), 2);
});

test("a verdict is for one signature under one key: another's is judged anew", async () => {
  const { app, verified } = counted(bls);
  const good = signedBlock(app, val.secret);
  assert.ok(await app.processProposal(good));
  assert.ok(!(await app.processProposal({ ...good, proposer: other.address })));
  assert.ok(!(await app.processProposal(signedBlock(app, other.secret))));
  assert.ok(await app.processProposal(signedBlock(app, other.secret, other.address)));
  assert.equal(verified(), 4);
  assert.ok(await app.processProposal(good));
  assert.equal(verified(), 4);
});

test("a decided block with a false beacon stops a node that judged it and one that did not", async () => {
  const [judged, fresh] = [counted(bls), counted(bls)];
  const wrong = signedBlock(judged.app, other.secret);
  assert.ok(!(await judged.app.processProposal(wrong)));
  for (const { app, verified } of [judged, fresh]) {
    await assert.rejects(app.finalizeBlock(wrong), /beacon/);
    assert.equal(verified(), 1);
  }
});
