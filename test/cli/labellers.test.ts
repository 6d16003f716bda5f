import assert from "node:assert/strict";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { utf8 } from "#chain/bytes/utf8.ts";
import {
  type Labeller,
  labelByFirst,
  modelLabeller,
  programLabeller,
  rowsLabeller,
} from "#cli/agents/labellers.ts";
import { rowsSource, trainingSetOf } from "#cli/agents/rows.ts";
import { CliError } from "#cli/errors.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import type { LabelledRow } from "#trainer/data/labelled.ts";
import { trainModel } from "#trainer/engine/train.ts";
import { exportOnnx } from "#trainer/onnx/write.ts";
import { MEMBERS, withStage } from "../client/agents/stage.ts";
import { GAME_ID, VOCABULARY } from "../kit/genesis.ts";
import { startNode } from "../kit/node.ts";
import { iterum, withFolder } from "./program.ts";

const classes = ["ham", "spam"];
const spec = { kind: "vocabulary/1", tokens: VOCABULARY } as const;

/** Rows of somebody: spam speaks of word0…word3, ham of word32…word35. */
const rowsOf = (name: string, count: number): LabelledRow[] =>
  Array.from({ length: count }, (_, i) => {
    const label = i % 2;
    const word = (label === 1 ? 0 : 32) + ((i >> 1) % 4);
    return { label, text: `word${word} from ${name} number ${i}`, author: undefined };
  });

/** What the program of these tests does: it reads the item and looks for ham's words. */
const byWords = 'read -r item; case "$item" in *word3[2-5]*) echo ham;; *) echo spam;; esac';

async function programOf(folder: string, name: string, script: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o700);
  return file;
}

const failures: string[] = [];
const told = (): string[] => failures.splice(0);
const program = (file: string, timeoutMs = 30_000): Labeller =>
  programLabeller({ file, classes, timeoutMs, onFailed: (why) => failures.push(why) });

function trainedOnnx(): Uint8Array {
  const data = trainingSetOf(spec, rowsOf("teacher", 60));
  return exportOnnx(trainModel({ architecture: "lr-64", data, seed: "1", epochs: 20 }), { batch: 8 });
}

test("rows label what they are, byte for byte, and nothing else", async () => {
  const labelOf = rowsLabeller([...rowsOf("ann", 4), { label: 0, text: "word0", author: undefined }]);
  assert.equal(await labelOf(utf8("word0 from ann number 0")), undefined);
  assert.equal(await labelOf(utf8("word0 from ann number 1")), 1);
  assert.equal(await labelOf(utf8("word0")), 0);
  assert.equal(await labelOf(utf8("word0 ")), undefined);
});

test("a model labels with its likeliest class what its featurizer takes", async () => {
  const labelOf = modelLabeller(spec, 2, trainedOnnx());
  assert.equal(await labelOf(utf8("word1 of somebody")), 1);
  assert.equal(await labelOf(utf8("word33 of somebody")), 0);
  const numeric = { kind: "numeric/1", size: 64, decimals: 0, bits: 8 } as const;
  assert.equal(await modelLabeller(numeric, 2, trainedOnnx())(utf8("no numbers")), undefined);
  assert.throws(() => modelLabeller({ kind: "hash/1", buckets: 32 }, 2, trainedOnnx()), CliError);
  assert.throws(() => modelLabeller(spec, 3, trainedOnnx()), /tells 2 classes, the game has 64 and 3/);
});

test("a program reads the item as JSON and labels by a class's name or number", () =>
  withFolder(async (folder) => {
    const echo = await programOf(folder, "echo", `cat > "${folder}/seen"; echo spam; echo more`);
    assert.equal(await program(echo)(utf8('say "word1"; $(exit)')), 1);
    const seen = JSON.parse(await readFile(join(folder, "seen"), "utf8"));
    assert.deepEqual(seen, {
      content: 'say "word1"; $(exit)',
      contentBase64: Buffer.from('say "word1"; $(exit)').toString("base64"),
      classes,
    });
    assert.equal(await program(await programOf(folder, "number", "echo 0"))(utf8("unread")), 0);
    assert.deepEqual(told(), []);
  }));

test("a program that fails, is too slow or names no class gives no label and is told of", () =>
  withFolder(async (folder) => {
    const [wrong, failing, slow] = await Promise.all([
      programOf(folder, "wrong", "echo 2"),
      programOf(folder, "failing", "echo spam; exit 3"),
      programOf(folder, "slow", "exec sleep 600"),
    ]);
    assert.equal(await program(wrong)(utf8("x")), undefined);
    assert.match(told().join(), /answered "2", which is no class/);
    assert.equal(await program(failing)(utf8("x")), undefined);
    assert.match(told().join(), /failing/);
    assert.equal(await program(slow, 200)(utf8("x")), undefined);
    assert.match(told().join(), /no answer within 200 ms/);
    assert.equal(await program(join(folder, "missing"))(utf8("x")), undefined);
    assert.match(told().join(), /ENOENT/);
  }));

test("the first labeller that can tell labels, and what none knows gets the commonest class", async () => {
  const unknown: number[] = [];
  const rows = [...rowsOf("ann", 2), { label: 1, text: "third", author: undefined }];
  const labellers = [rowsLabeller(rows), modelLabeller(spec, 2, trainedOnnx()), async () => undefined];
  const game = { classes: 2, onUnknown: (label: number) => void unknown.push(label) };
  assert.equal(await labelByFirst(labellers, rows, game)(utf8("third")), 1);
  assert.equal(await labelByFirst(labellers, rows, game)(utf8("word32")), 0);
  assert.deepEqual(unknown, []);
  assert.equal(await labelByFirst([rowsLabeller(rows)], rows, game)(utf8("fourth")), 1);
  assert.equal(await labelByFirst([rowsLabeller([])], [], game)(utf8("fourth")), 0);
  assert.deepEqual(unknown, [1, 0]);
});

test("members drawn for the panel label by rows, by a model or by a program, and every item counts", () =>
  withFolder(async (folder) => {
    const file = await programOf(folder, "label", byWords);
    const all = MEMBERS.flatMap(({ name }) => rowsOf(name, 8));
    const ways = [rowsLabeller(all), modelLabeller(spec, 2, trainedOnnx()), program(file)];
    const sourceOf = ({ name }: { readonly name: string }) => {
      const way = ways[MEMBERS.findIndex((who) => who.name === name) % ways.length] as Labeller;
      const rows = rowsOf(name, 8);
      const onUnknown = (): never => assert.fail(`${name} does not know an item`);
      return rowsSource(rows, 8, labelByFirst([way], rows, { classes: 2, onUnknown }));
    };
    await withStage({ choice: { panel: 2 }, sourceOf }, async (stage) => {
      const stops = await Promise.all(MEMBERS.map((who) => stage.member(who)));
      await stage.until(1n, Phase.PHASE_DONE);
      await stage.rest(stops);
      assert.deepEqual(stage.of("failed"), []);
      assert.deepEqual(told(), []);
      const labelled = stage.of("labelledOthers").map(({ items }) => items);
      assert.equal(
        labelled.reduce((sum, items) => sum + items, 0),
        60,
      );
      const outcome = await stage.queries.markets.outcome(GAME_ID, 1n);
      assert.equal(outcome?.itemsCounted, 30);
      assert.ok(outcome.committeePaid > 0n);
    });
  }));

test("a member with a model of another game is told so before it takes part", () =>
  withFolder(async (folder) => {
    const home = ["--home", join(folder, "h")];
    assert.equal((await iterum(["keys", "add", "ann", "--dev", ...home])).code, 0);
    const [rows, model] = [join(folder, "rows.tsv"), join(folder, "model.onnx")];
    await writeFile(rows, "ham\tword32\nspam\tword0\n");
    const architecture = { inputs: 32, hidden: [], classes: 2 };
    const weights = [Float32Array.from({ length: 32 }, () => 1), Float32Array.of(1)];
    await writeFile(model, exportOnnx({ architecture, weights }, { batch: 8 }));
    const node = await startNode({ members: [], others: [] }, 100);
    try {
      const options = ["--key", "ann", "--rows", rows, "--label-model", model, "--node", node.rpcUrl];
      const { code, stderr } = await iterum(["member", ...options, ...home]);
      assert.equal(code, 1);
      assert.match(stderr, /the model takes 32 features and tells 2 classes, the game has 64 and 2/);
    } finally {
      await node.remove();
    }
  }));
