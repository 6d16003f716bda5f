import assert from "node:assert/strict";
import { test } from "node:test";
import { ChainNode } from "#client/node.ts";
import { Pending, type Sent } from "#client/pending.ts";
import { Fee } from "#proto/gen/cosmos/tx.ts";

const plan = {
  ...{ messages: [], memo: "", fee: Fee.zero(), chainId: "", accountNumber: 0n },
  ...{ sequence: 0n, timeoutHeight: 0n },
};

const sent = (sequence: bigint): Sent => ({
  job: {
    ...{ messages: [], memo: "", gasLimit: undefined, feeGranter: "", feeMax: undefined, deadline: 0 },
    resolve: () => undefined,
    reject: () => undefined,
  },
  plan,
  ...{ bytes: new Uint8Array(), hash: `${sequence}`, hashes: [`${sequence}`], signedAt: 0n },
  ...{ sequence, timeoutHeight: 0n },
  ...{ mayBeKnown: true, offering: false, offeredMs: 0, done: false },
});

test("the place of a transaction that was given up is filled before any behind those that wait", () => {
  const pending = new Pending(new ChainNode("http://127.0.0.1:1"));
  assert.equal(pending.firstFree(5n), 5n);
  const [first, ...others] = [sent(5n), sent(7n), sent(6n), sent(9n)] as [Sent, ...Sent[]];
  for (const one of [first, ...others]) pending.add(one);
  assert.deepEqual(
    [5n, 6n, 8n, 9n].map((from) => pending.firstFree(from)),
    [8n, 8n, 8n, 10n],
  );
  pending.forget(first);
  assert.deepEqual(
    [5n, 6n].map((from) => pending.firstFree(from)),
    [5n, 8n],
  );
});
