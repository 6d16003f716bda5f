import assert from "node:assert/strict";
import { test } from "node:test";
import { injectedTx } from "#chain/app/injected.ts";
import type { App } from "#chain/app.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { ChainError, type ErrorFactory } from "#chain/kernel/error.ts";
import { signBeacon } from "#chain/protocol/beacon.ts";
import * as elections from "#modules/elections/api.ts";
import { errors as electionsErrors } from "#modules/elections/errors.ts";
import { MsgBeacon, Query } from "#proto/gen/iterum/elections.ts";
import { newChain } from "#test/kit/chain.ts";
import { ask } from "#test/kit/game/refuse.ts";
import { validator } from "#test/kit/validator.ts";

const val = validator("val");

const chainOf = () => newChain({ members: [], others: [] }, { validator: "val" });

const beaconOf = (signature: Uint8Array): Uint8Array =>
  injectedTx(MsgBeacon.typeUrl, MsgBeacon.encode({ signature }));

const block = (app: App, tx: Uint8Array, proposer = val.address, ahead = 1n) => ({
  height: app.info().height + ahead,
  timeMs: 1_780_000_100_000n,
  proposer,
  txs: [tx],
});

const isError =
  ({ codespace, code }: ErrorFactory) =>
  (error: unknown): boolean =>
    error instanceof ChainError && error.codespace === codespace && error.code === code;

const goodSignature = (app: App): Uint8Array =>
  app.read((ctx) => signBeacon(elections.beaconMessage(ctx), val.secret));

test("every block moves the beacon to a value that only its proposer could know", async () => {
  const chain = chainOf();
  const values = new Set<string>();
  for (let i = 0; i < 3; i++) {
    await chain.rawBlock([]);
    const { beacon } = ask(chain, Query.beacon, {});
    assert.equal(beacon?.height, chain.height());
    values.add(toHex(beacon?.value ?? new Uint8Array(0)));
  }
  assert.equal(values.size, 3);
});

test("without keys the beacon moves by hashing alone, once a block", async () => {
  const chain = newChain({ members: [], others: [] });
  await chain.until(3n);
  assert.equal(ask(chain, Query.beacon, {}).beacon?.height, 3n);
});

test("a beacon without a key or of another signature ends the block's execution", async () => {
  const { app } = chainOf();
  const signature = goodSignature(app);
  const run = (tx: Uint8Array, proposer = val.address) => app.finalizeBlock(block(app, tx, proposer));
  await assert.rejects(run(beaconOf(signature), new Uint8Array(20)), isError(electionsErrors.NoBeaconKey));
  const other = signBeacon(new Uint8Array(32), val.secret);
  await assert.rejects(run(beaconOf(other)), isError(electionsErrors.BadBeacon));
  const later = app.finalizeBlock(block(app, beaconOf(signature), val.address, 2n));
  await assert.rejects(later, isError(electionsErrors.BadBeacon));
  assert.ok(await run(beaconOf(signature)));
});
