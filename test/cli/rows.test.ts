import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { rowsSource } from "#cli/agents/rows.ts";
import { classCounts, dealRows, readLabelled, writeRows } from "#cli/home/rows.ts";
import type { LabelledRow, LabelledSet } from "#trainer/data/labelled.ts";
import { withFolder } from "./program.ts";

const row = (i: number, author?: string): LabelledRow => ({ label: i % 2, text: `text ${i}`, author });
const setOf = (rows: readonly LabelledRow[]): LabelledSet => ({ classes: ["ham", "spam"], rows });
const dealing = { seed: "1", members: 12, membersMin: 7, publicRows: 120, heldOutMax: 500 };

test("every row goes to exactly one place", () => {
  fc.assert(
    fc.property(fc.integer({ min: 160, max: 800 }), fc.string(), (count, seed) => {
      const rows = dealRows(setOf(Array.from({ length: count }, (_, i) => row(i))), "", { ...dealing, seed });
      const places = [...rows.publicRows, ...rows.heldOut, ...[...rows.members.values()].flat()];
      assert.equal(places.length, count);
      assert.equal(new Set(places.map(({ text }) => text)).size, count);
      assert.equal(rows.publicRows.length, 120);
      assert.equal(
        classCounts(rows).reduce((a, b) => a + b, 0),
        120,
      );
    }),
    { numRuns: 30 },
  );
});

test("the same seed deals the same rows, another seed others", () => {
  const set = setOf(Array.from({ length: 300 }, (_, i) => row(i)));
  assert.deepEqual(dealRows(set, "", dealing), dealRows(set, "", dealing));
  assert.notDeepEqual(
    dealRows(set, "", { ...dealing, seed: "2" }).publicRows,
    dealRows(set, "", dealing).publicRows,
  );
});

test("authors become members, the busiest first, with their own rows alone", () => {
  const rows = Array.from({ length: 2_000 }, (_, i) => row(i, `author ${Math.floor(Math.sqrt(i / 5))}`));
  const { members, notes } = dealRows(setOf(rows), "", dealing);
  assert.equal(members.size, 12);
  const hands = [...members.values()];
  for (const hand of hands) assert.equal(new Set(hand.map(({ author }) => author)).size, 1);
  const sizes = hands.map(({ length }) => length);
  assert.deepEqual(
    sizes,
    [...sizes].sort((a, b) => b - a),
  );
  assert.match(notes[1] ?? "", /12 busiest authors/);
});

test("with fewer authors than a committee needs, rows are dealt in turn", () => {
  const rows = Array.from({ length: 400 }, (_, i) => row(i, `author ${i % 3}`));
  const { members } = dealRows(setOf(rows), "", dealing);
  const sizes = [...members.values()].map(({ length }) => length);
  assert.equal(members.size, 12);
  assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
});

test("too few rows are refused", () => {
  const set = setOf(Array.from({ length: 125 }, (_, i) => row(i)));
  assert.throws(() => dealRows(set, "", dealing), /125 rows are too few/);
});

test("rows of too few words are refused before anything is made of them", () => {
  const set = setOf(Array.from({ length: 400 }, (_, i) => ({ ...row(i), text: `word ${i % 9}` })));
  assert.throws(
    () => dealRows(set, "", dealing),
    /the 120 public rows have too few words: 10 tokens, not 64/,
  );
});

test("written rows read back as they were", () =>
  withFolder(async (folder) => {
    const rows = dealRows(setOf(Array.from({ length: 200 }, (_, i) => row(i))), "", dealing);
    await writeRows(folder, rows);
    const read = await readLabelled(join(folder, "public.tsv"), rows.classes);
    assert.deepEqual(read.rows, rows.publicRows);
    assert.match(await readFile(join(folder, "member-12.tsv"), "utf8"), /^(?:ham|spam)\ttext [0-9]+\n/);
  }));

test("a member offers each of its rows in one round only, whenever it starts", async () => {
  const rows = Array.from({ length: 30 }, (_, i) => row(i));
  const texts = async (roundId: bigint, most = 64) =>
    (await rowsSource(rows, 12).itemsFor(roundId, most)).map(({ content }) =>
      Buffer.from(content).toString(),
    );
  const offered = [...(await texts(1n)), ...(await texts(2n)), ...(await texts(3n))];
  assert.deepEqual(
    offered,
    rows.map(({ text }) => text),
  );
  assert.deepEqual(await texts(4n), []);
  assert.equal((await texts(1n, 5)).length, 5);
  assert.deepEqual(await texts(2n), await texts(2n));
});
