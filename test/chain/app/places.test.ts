import assert from "node:assert/strict";
import { test } from "node:test";
import { proofPlaces } from "#chain/app/places.ts";
import type { DueProof } from "#chain/kernel/proof.ts";

const none = new Uint8Array(0);
const key = { templateId: none, vka: none, proofLength: 0, instanceCount: 0, verifierCode: none };
const due = (game: string, debtor: string, perBlock: number): DueProof => ({
  key,
  statement: { templateId: none, instances: [], proof: none },
  place: { game, debtor, perBlock },
});

test("a game that floods a block with proofs takes no other game's places", () => {
  const places = proofPlaces();
  const flood = Array.from({ length: 100 }, (_, i) => places.take(due("flood", `operator${i}`, 10)));
  assert.equal(flood.filter((taken) => taken).length, 10);
  const quiet = Array.from({ length: 8 }, (_, i) => places.take(due("quiet", `operator${i}`, 6)));
  assert.deepEqual(quiet, [true, true, true, true, true, true, false, false]);
});

test("whoever owes a game proofs has one place of a block, in each game one", () => {
  const places = proofPlaces();
  assert.ok(places.take(due("spam", "olga", 4)));
  assert.ok(!places.fits(due("spam", "olga", 4)));
  assert.ok(!places.take(due("spam", "olga", 4)));
  assert.ok(places.take(due("chess", "olga", 4)));
  assert.ok(places.take(due("spam", "otto", 4)));
});

test("a block has sixteen places in all, whatever games say", () => {
  const places = proofPlaces();
  const taken = Array.from({ length: 30 }, (_, i) => places.take(due(`game${i % 3}`, `operator${i}`, 9)));
  assert.equal(taken.filter((each) => each).length, 16);
});
