import assert from "node:assert/strict";
import { test } from "node:test";
import { MEMPOOL_LIMITS } from "#chain/mempool/limits.ts";
import { lanesOf, pick } from "#chain/mempool/pick.ts";
import { codeOf, poolTx, SMALL, stage } from "./kit.ts";

const ALREADY = 19;
const FULL = 20;
const SEQUENCE = 32;

test("a transaction that is here already is refused as such", () => {
  const at = stage();
  assert.equal(at.add(poolTx("ann", 0n)), 0);
  assert.equal(at.add(poolTx("ann", 0n)), ALREADY);
  assert.equal(at.pool.size, 1);
});

test("sequences that arrive in any order leave in order, and one behind a gap waits", () => {
  const at = stage();
  for (const sequence of [2n, 0n, 3n]) assert.equal(at.add(poolTx("ann", sequence)), 0);
  assert.deepEqual(at.picked(), [poolTx("ann", 0n).id]);
  assert.equal(at.add(poolTx("ann", 1n)), 0);
  assert.deepEqual(
    at.picked(),
    [0n, 1n, 2n, 3n].map((sequence) => poolTx("ann", sequence).id),
  );
});

test("a sequence that is over, or too far ahead, is refused with the words that clients know", () => {
  const at = stage();
  at.setAccount("ann", { sequence: 5n });
  assert.equal(at.add(poolTx("ann", 4n)), SEQUENCE);
  assert.equal(at.add(poolTx("ann", 5n + BigInt(SMALL.senderTxsMax))), SEQUENCE);
  const full = stage();
  for (let sequence = 0n; sequence < 4n; sequence += 1n) assert.equal(full.add(poolTx("ann", sequence)), 0);
  assert.equal(full.add(poolTx("ann", 4n)), FULL, "the sender has as much as it may");
});

test("a tenth more for a unit of gas replaces a transaction, less does not", () => {
  const at = stage();
  at.add(poolTx("ann", 0n, { fee: 100n }));
  at.add(poolTx("ann", 1n));
  assert.equal(at.add(poolTx("ann", 0n, { fee: 109n })), SEQUENCE, "as to one who has only counted wrong");
  assert.equal(at.add(poolTx("ann", 0n, { fee: 200n, gas: 200n })), SEQUENCE, "no better price");
  assert.equal(at.add(poolTx("ann", 0n, { fee: 110n })), 0);
  assert.deepEqual(at.picked(), [poolTx("ann", 0n, { fee: 110n }).id, poolTx("ann", 1n).id]);
});

test("who sends out of order replaces by its deadline", () => {
  const at = stage();
  const tx = (fee: bigint) => poolTx("ann", 0n, { lane: "ann/1700000000.5", fee });
  assert.deepEqual(
    [100n, 109n, 110n].map((fee) => at.add(tx(fee))),
    [0, 13, 0],
  );
  assert.equal(at.add(poolTx("ann", 0n)), 0, "and takes no turn");
  assert.equal(at.pool.size, 2);
});

test("a signature is checked only after everything cheap, and its failure changes nothing", () => {
  const at = stage();
  at.add(poolTx("ann", 0n));
  let checks = 0;
  const refuse = (): never => {
    checks++;
    throw new RangeError("no signature");
  };
  assert.equal(at.add(poolTx("ann", 0n), refuse), ALREADY);
  assert.equal(at.add(poolTx("ann", 9n), refuse), SEQUENCE);
  assert.equal(at.add(poolTx("bob", 0n, { fee: 2_000_000n }), refuse), 5);
  assert.equal(checks, 0);
  assert.throws(() => at.add(poolTx("ann", 0n, { fee: 200n }), refuse), RangeError);
  assert.deepEqual(at.picked(), [poolTx("ann", 0n).id]);
});

test("in a full pool the one that pays least makes room, the latest of equals, not for an equal", () => {
  const at = stage();
  const names = Array.from({ length: SMALL.txsMax }, (_, i) => `sender${i}`);
  for (const [i, name] of names.entries()) at.add(poolTx(name, 0n, { fee: i < 2 ? 50n : 100n }));
  assert.equal(at.add(poolTx("late", 0n, { fee: 50n })), FULL);
  assert.equal(at.add(poolTx("late", 0n, { fee: 51n })), 0);
  assert.ok(at.pool.has(poolTx("sender0", 0n, { fee: 50n }).id));
  assert.ok(!at.pool.has(poolTx("sender1", 0n, { fee: 50n }).id));
});

test("one dear transaction behind a cheap one is worth no more than that", () => {
  const at = stage({ ...SMALL, txsMax: 2 });
  at.add(poolTx("ann", 0n, { fee: 10n }));
  at.add(poolTx("ann", 1n, { fee: 1_000n }));
  assert.equal(at.add(poolTx("bob", 0n, { fee: 20n })), 0);
  assert.deepEqual(at.picked(), [poolTx("bob", 0n, { fee: 20n }).id, poolTx("ann", 0n, { fee: 10n }).id]);
});

test("a large transaction that finds no room pushes nobody out", () => {
  const at = stage();
  for (const name of ["ann", "bob", "cid"]) at.add(poolTx(name, 0n, { size: 100, fee: 10n }));
  at.add(poolTx("dan", 0n, { size: 100, fee: 1_000n }));
  const before = at.picked();
  assert.equal(at.add(poolTx("eve", 0n, { size: 350, fee: 500n })), FULL);
  assert.deepEqual(at.picked(), before);
});

test("proofs have room of their own, one for whoever owes them, and go first", () => {
  const at = stage();
  for (let i = 0; i < SMALL.txsMax; i++) at.add(poolTx(`sender${i}`, 0n, { fee: 1_000n }));
  const [plain, proof] = [poolTx("op", 0n, { fee: 2_000n }), poolTx("op", 1n, { fee: 1n, prover: "op" })];
  assert.equal(at.add(plain), 0);
  assert.equal(at.add(proof), 0);
  assert.equal(at.add(poolTx("op", 2n, { fee: 1n, prover: "op" })), FULL);
  assert.deepEqual(at.picked().slice(0, 2), [plain.id, proof.id]);
  assert.equal(at.pool.size, SMALL.txsMax + 1);
});

test("a block drops what it holds, what it overtook, and what its payer can no longer pay", () => {
  const at = stage();
  at.setAccount("ann", { funds: 350n });
  const [first, second, third] = [0n, 1n, 2n].map((sequence) => poolTx("ann", sequence)) as [
    ReturnType<typeof poolTx>,
    ReturnType<typeof poolTx>,
    ReturnType<typeof poolTx>,
  ];
  for (const tx of [first, second, third]) at.add(tx);
  assert.equal(at.add(poolTx("ann", 3n)), 5, "fees of all that waits");
  at.setAccount("ann", { funds: 150n });
  // Another transaction with the first one's sequence came by another node.
  at.commit(poolTx("ann", 0n, { fee: 300n }));
  assert.deepEqual(at.picked(), [second.id]);
  assert.ok(!at.pool.has(third.id));
});

test("age in blocks or time drops a transaction, sooner behind a gap, and so does its last height", () => {
  const at = stage();
  at.add(poolTx("ann", 0n));
  at.add(poolTx("bob", 1n));
  at.add(poolTx("cid", 0n, { timeoutHeight: 2n }));
  at.commit();
  assert.ok(!at.pool.has(poolTx("cid", 0n).id));
  assert.equal(at.pool.size, 2);
  for (let i = 0; i < 2; i++) at.commit();
  assert.deepEqual([at.picked(), at.pool.size], [[poolTx("ann", 0n).id], 1]);
  at.now.ms += SMALL.ttlMs;
  at.commit();
  assert.equal(at.pool.size, 0);
  assert.equal(at.pool.bytes, 0);
});

test("a transaction of two signers goes when one of them has moved on", () => {
  const at = stage();
  at.add(poolTx("ann", 0n, { signers: ["ann", "bob"] }));
  at.commit(poolTx("bob", 0n));
  assert.equal(at.pool.size, 0);
});

test("peers hear of each transaction once, again after some blocks, and within the bounds", () => {
  const at = stage();
  const reap = (more: { bytesMax?: number; gasMax?: bigint } = {}): string[] =>
    at.pool.reap({ bytesMax: 0, gasMax: 0n, height: at.now.height, ...more }).map(({ sender }) => sender);
  for (const name of ["ann", "bob", "cid", "dan", "eve", "fay"]) at.add(poolTx(name, 0n));
  assert.deepEqual(reap({ bytesMax: 80 }), ["ann", "bob"]);
  assert.deepEqual(reap({ gasMax: 100n }), ["cid"]);
  assert.deepEqual(reap({ bytesMax: 1 }), ["dan"], "a bound below every size does not stop all");
  assert.deepEqual(reap(), ["eve", "fay"]);
  assert.deepEqual(reap(), []);
  at.commit(poolTx("bob", 0n));
  for (let i = 1; i < 4; i++) at.commit();
  assert.deepEqual(reap(), ["ann", "cid", "dan", "eve", "fay"]);
  assert.deepEqual(reap(), []);
});

test("a list is taken in the order of its prices and of each lane's sequences", () => {
  const txs = [
    poolTx("ann", 1n, { fee: 500n }),
    poolTx("bob", 0n, { fee: 50n }),
    poolTx("ann", 0n, { fee: 100n }),
  ];
  const taken: string[] = [];
  pick(lanesOf(txs), ({ sender, sequence }) => {
    taken.push(`${sender}/${sequence}`);
    return "take";
  });
  assert.deepEqual(taken, ["ann/0", "ann/1", "bob/0"]);
});

test("what is left out may close its lane for the block or not", () => {
  const taken: string[] = [];
  const txs = ["ann", "bob"].flatMap((name) => [poolTx(name, 0n), poolTx(name, 1n)]);
  pick(lanesOf(txs), ({ sender, sequence }) => {
    if (sequence === 0n) return sender === "ann" ? "close" : "skip";
    taken.push(`${sender}/${sequence}`);
    return "take";
  });
  assert.deepEqual(taken, ["bob/1"]);
});

test("a pool of its full size takes, orders and gives back without walking everything for each", () => {
  const at = stage(MEMPOOL_LIMITS);
  const senders = MEMPOOL_LIMITS.txsMax / 4;
  for (let i = 0; i < MEMPOOL_LIMITS.txsMax; i++) {
    const tx = poolTx(`s${i % senders}`, BigInt(3 - Math.floor(i / senders)), { fee: BigInt(100 + (i % 7)) });
    assert.equal(
      codeOf(() => at.add(tx)),
      0,
    );
  }
  for (let i = 0; i < 2_000; i++) assert.equal(at.add(poolTx(`rich${i}`, 0n, { fee: 200n })), 0);
  assert.equal(at.pool.size, MEMPOOL_LIMITS.txsMax);
  assert.equal(
    at
      .picked()
      .slice(0, 2_000)
      .filter((id) => id.startsWith("rich")).length,
    2_000,
  );
});
