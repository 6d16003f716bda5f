import assert from "node:assert/strict";
import { test } from "node:test";
import type { App } from "#chain/app.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { signBeacon } from "#chain/protocol/beacon.ts";
import * as auth from "#modules/auth/api.ts";
import { MsgRegisterBeaconKey } from "#proto/gen/iterum/elections.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { say, signTx } from "#test/kit/chain.ts";
import { genesis, TOKEN } from "#test/kit/genesis.ts";
import { consensusAddressOf, staked } from "#test/kit/staked.ts";
import { validator } from "#test/kit/validator.ts";
import { bls } from "#test/kit/verifier.ts";
import { bareApp, initWith, nextBlock, pay } from "./kit.ts";

const [ann, ben, cat] = people("ann", "ben", "cat") as [Person, Person, Person];
const bytesMax = 1 << 20;

/** A chain whose one validator is Ann. */
function signedApp(): App {
  const app = bareApp({ bls, beacon: (message) => signBeacon(message, validator("ann").secret, bls) });
  const alter = staked([{ who: ann, stakes: [[ann, 100n * TOKEN]] }]);
  const beaconKeys = [{ ...validator("ann").key, validator: consensusAddressOf(ann) }];
  initWith(app, genesis({ members: [], others: [ann, ben, cat], beaconKeys, alter }));
  return app;
}

test("gas that is counted beyond a limit takes nothing from a block, proposed or decided", async () => {
  const app = signedApp();
  const number = (who: Person): bigint => app.read((ctx) => auth.account(ctx, who.address)?.number) ?? 0n;
  // Each fails where it has used no more than its limit, and counts ten million.
  const dear = say(MsgRegisterBeaconKey, { operator: ann.address, ...validator("new").key });
  const txs = Array.from({ length: 17 }, (_, i) =>
    signTx(ann, { number: number(ann), sequence: BigInt(i), gas: 120_000n }, dear),
  );
  txs.push(signTx(ben, { number: number(ben), sequence: 0n, gas: 50_000_000n }, pay(ben, cat)));
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
