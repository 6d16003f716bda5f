import assert from "node:assert/strict";
import { test } from "node:test";
import { injectedTx } from "#chain/app/injected.ts";
import type { App } from "#chain/app.ts";
import { BLOCK_BYTES_MAX } from "#chain/limits.ts";
import { signBeacon } from "#chain/protocol/beacon.ts";
import * as auth from "#modules/auth/api.ts";
import * as elections from "#modules/elections/api.ts";
import { MsgBeacon } from "#proto/gen/iterum/elections.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { signTx } from "#test/kit/chain.ts";
import { validator } from "#test/kit/validator.ts";
import { newApp, nextBlock, pay, signedAs } from "./kit.ts";

const val = validator("val");
const [ann, ben] = people("ann", "ben") as [Person, Person];
const none = new Uint8Array(0);

const appOf = (): App =>
  newApp(
    { members: [], others: [ann, ben], beaconKeys: [val.key] },
    { beacon: (message) => signBeacon(message, val.secret) },
  );

const beaconOf = (signature: Uint8Array): Uint8Array =>
  injectedTx(MsgBeacon.typeUrl, MsgBeacon.encode({ signature }));

const goodBeacon = (app: App): Uint8Array =>
  beaconOf(app.read((ctx) => signBeacon(elections.beaconMessage(ctx), val.secret)));

const accepts = (app: App, txs: readonly Uint8Array[], proposer = val.address): Promise<boolean> =>
  app.processProposal(nextBlock(app, txs, proposer));

const number = appOf().read((ctx) => auth.account(ctx, ann.address)?.number) ?? 0n;

const payment = (sequence: bigint, gas = 100_000n): Uint8Array =>
  signTx(ann, { number, sequence, gas }, pay(ann, ben));

test("a proposal begins with the proposer's beacon, and every node accepts it", async () => {
  const [app, twin] = [appOf(), appOf()];
  const proposal = { ...nextBlock(app, [payment(0n)], val.address), bytesMax: 1 << 20 };
  const txs = await app.prepareProposal(proposal);
  assert.deepEqual(txs, [goodBeacon(app), payment(0n)]);
  assert.ok(await accepts(twin, txs));
});

test("a proposal without a beacon, with a false one or with a second one is refused", async () => {
  const app = appOf();
  const good = goodBeacon(app);
  const false_ = beaconOf(signBeacon(new Uint8Array(32), val.secret));
  const short = beaconOf(new Uint8Array(47));
  assert.ok(await accepts(app, [good]));
  assert.ok(!(await accepts(app, [])));
  assert.ok(!(await accepts(app, [payment(0n)])));
  assert.ok(!(await accepts(app, [false_])));
  assert.ok(!(await accepts(app, [short])));
  assert.ok(!(await accepts(app, [none])));
  assert.ok(!(await accepts(app, [good, good])));
  assert.ok(!(await accepts(app, [payment(0n), good])));
  assert.ok(!(await accepts(app, [good], validator("stranger").address)));
  const later = nextBlock(app, [good], val.address);
  assert.ok(!(await app.processProposal({ ...later, height: later.height + 1n })));
});

test("a beacon is no transaction that anybody may send", () => {
  const app = appOf();
  assert.notEqual(app.checkTx(goodBeacon(app)).code, 0);
});

test("a proposal beyond a block's gas is refused, and proposers leave out what does not fit", async () => {
  const app = appOf();
  const txs = Array.from({ length: 5 }, (_, i) => payment(BigInt(i), 50_000_000n));
  assert.ok(await accepts(app, [goodBeacon(app), ...txs.slice(0, 4)]));
  assert.ok(!(await accepts(app, [goodBeacon(app), ...txs])));
  const proposal = { ...nextBlock(app, txs, val.address), bytesMax: 1 << 20 };
  assert.equal((await app.prepareProposal(proposal)).length, 5);
});

test("a proposal beyond a block's bytes is refused, and proposers leave out what does not fit", async () => {
  const app = appOf();
  const long = signedAs(ann, { number, sequence: 0n }, Array(16).fill(pay(ann, ben)), {
    body: (body) => ({ ...body, memo: "x".repeat(256) }),
  });
  const count = Math.ceil(BLOCK_BYTES_MAX / long.length) + 1;
  assert.ok(!(await accepts(app, [goodBeacon(app), ...Array<Uint8Array>(count).fill(long)])));
  const proposal = { ...nextBlock(app, [payment(0n), payment(1n)], val.address), bytesMax: 600 };
  const chosen = await app.prepareProposal(proposal);
  assert.equal(chosen.length, 2);
  assert.ok(chosen.reduce((sum, { length }) => sum + length, 0) <= 600);
});

test("a proposal with bytes that do not decode is refused, and no proposer puts them in", async () => {
  const app = appOf();
  const garbled = payment(0n).subarray(0, 80);
  for (const bad of [garbled, none, new Uint8Array(300).fill(0xff)]) {
    assert.ok(!(await accepts(app, [goodBeacon(app), bad])));
    const proposal = { ...nextBlock(app, [bad], val.address), bytesMax: 1 << 20 };
    assert.equal((await app.prepareProposal(proposal)).length, 1);
  }
});

test("a node without a beacon key proposes nothing", async () => {
  const app = newApp({ members: [], others: [ann], beaconKeys: [val.key] });
  const proposal = { ...nextBlock(app, [], val.address), bytesMax: 1 << 20 };
  await assert.rejects(app.prepareProposal(proposal), /no beacon key/);
});

test("a decided block without any transaction stops a node whose beacon is signed", async () => {
  const app = appOf();
  await assert.rejects(app.finalizeBlock(nextBlock(app, [], val.address)), /beacon/);
  const next = nextBlock(app, [goodBeacon(app)], val.address);
  assert.equal((await app.finalizeBlock(next)).txResults.length, 1);
});
