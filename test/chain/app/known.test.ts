import assert from "node:assert/strict";
import { test } from "node:test";
import { readTx } from "#chain/app/execute.ts";
import { knownTxs } from "#chain/app/known.ts";
import { chainRegistry, nestedAny } from "#chain/app/modules.ts";
import { signatureCache } from "#chain/tx/signature-cache.ts";
import { MsgMultiSend } from "#proto/gen/cosmos/bank.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { say, signTx } from "#test/kit/chain.ts";
import { DENOM } from "#test/kit/genesis.ts";
import { signatures } from "#test/kit/verifier.ts";

const [ann, ben] = people("ann", "ben") as [Person, Person];
const machine = {
  ...{ registry: chainRegistry(), nestedAny, signatures, signaturePool: undefined },
  signatureCache: signatureCache(1),
};

/** A transaction of so many payments. */
function paying(count: number) {
  const coins = [{ denom: DENOM, amount: 1n }];
  const outputs = Array.from({ length: count }, () => ({ address: ben.address, coins }));
  const inputs = [{ address: ann.address, coins: [{ denom: DENOM, amount: BigInt(count) }] }];
  return readTx(machine, signTx(ann, { number: 0n, sequence: 0n }, say(MsgMultiSend, { inputs, outputs })));
}

test("what is remembered of transactions beside the mempool has a bound of bytes and one of entries", () => {
  const held = (tx: ReturnType<typeof paying>, count: number): number => {
    const known = knownTxs(() => undefined);
    const ids = Array.from({ length: count }, (_, i) => `${i}`);
    for (const id of ids) known.add(id, tx);
    assert.equal(known.find(`${count - 1}`), tx, "the last is remembered");
    return ids.filter((id) => known.find(id) !== undefined).length;
  };
  const [long, short] = [paying(900), paying(1)];
  assert.ok(held(long, 1_000) * long.byteLength <= 8_388_608);
  assert.equal(held(long, 100), 100, "a block's are");
  assert.equal(held(short, 8_192), 8_192);
  assert.ok(held(short, 10_000) <= 8_192);
});
