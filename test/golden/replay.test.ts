import assert from "node:assert/strict";
import { readdir, readFile, stat } from "node:fs/promises";
import { test } from "node:test";
import { concat } from "#chain/bytes/concat.ts";
import { registry } from "#chain/kernel/registry.ts";
import { chapters } from "./chapters/all.ts";
import { folder, recordingFile } from "./files.ts";
import { decompressed, type RecordedBlock, type Recording, unpack } from "./format.ts";
import { editionsOf } from "./play.ts";
import { firstDifference } from "./verify.ts";

/** What recordings may take in the repository. */
const BYTES_MAX = 1_000_000;

const names = chapters.map(({ name }) => name);
const recordingOf = async (name: string): Promise<Recording> =>
  unpack(decompressed(await readFile(recordingFile(name))));

const ANEW = "Where the change is meant: npm run golden, with a line under State machine in CHANGELOG.md";

for (const name of names)
  test(`${name} comes to the hashes, results and events that were recorded`, async (t) => {
    const recording = await recordingOf(name);
    const found = await firstDifference(recording);
    assert.ok(found === undefined, `${name}, ${found}\n${ANEW}`);
    const txs = recording.blocks.reduce((sum, { request }) => sum + request.txs.length, 0);
    t.diagnostic(`${recording.blocks.length} blocks, ${txs} transactions`);
  });

test("every chapter has its recording, every recording its chapter, and all together are small", async () => {
  assert.deepEqual((await readdir(folder)).sort(), names.map((name) => `${name}.br`).sort());
  const sizes = await Promise.all(names.map(async (name) => (await stat(recordingFile(name))).size));
  const all = sizes.reduce((sum, size) => sum + size, 0);
  assert.ok(all <= BYTES_MAX, `${all} bytes`);
});

test("messages of every type have succeeded in some recording", async () => {
  const succeeded = new Set<string>();
  for (const name of names)
    for (const type of Object.keys((await recordingOf(name)).succeeded)) succeeded.add(type);
  const known = Object.values(editionsOf).flatMap((editions) =>
    editions.map(({ modules }) => registry(modules)),
  );
  const all = new Set(known.flatMap(({ messages, governed }) => [...messages.keys(), ...governed.keys()]));
  assert.deepEqual(
    [...all].filter((type) => !succeeded.has(type)),
    [],
  );
});

const flipped = (bytes: Uint8Array, at: number): Uint8Array => bytes.with(at, (bytes[at] as number) ^ 1);

/** The recording with one of its blocks, the first that something holds for, changed. */
function spoilt(
  recording: Recording,
  where: (block: RecordedBlock) => boolean,
  change: (block: RecordedBlock) => Partial<RecordedBlock>,
): Recording {
  const at = recording.blocks.findIndex(where);
  const block = recording.blocks[at];
  assert.ok(block);
  return { ...recording, blocks: recording.blocks.with(at, { ...block, ...change(block) }) };
}

test("a recording that is cut off, goes on after its end or has another format is refused", async () => {
  const bytes = decompressed(await readFile(recordingFile("snapshot")));
  assert.throws(() => unpack(bytes.subarray(0, -1)), /cut off/);
  assert.throws(() => unpack(concat(bytes, Uint8Array.of(0))), /more than it says/);
  const head = bytes.findIndex((byte, i) => byte === 0x2f && bytes[i + 1] === 0x31);
  assert.throws(() => unpack(bytes.with(head + 1, 0x39)), /in format iterum-golden\/9/);
});

test("a recording with one bit changed in a transaction, a hash, a result or events is noticed", async () => {
  const recording = await recordingOf("crowd-listed");
  const hasTx = ({ request }: RecordedBlock): boolean => request.txs.length > 0;
  const tx = ({ request }: RecordedBlock) => {
    const [first, ...rest] = request.txs as readonly [Uint8Array, ...Uint8Array[]];
    return { request: { ...request, txs: [flipped(first, first.length - 1), ...rest] } };
  };
  const hash = ({ response }: RecordedBlock) => ({
    response: { ...response, appHash: flipped(response.appHash, 31) },
  });
  const gas = ({ response }: RecordedBlock) => {
    const txResults = response.txResults.map((result) => ({ ...result, gasUsed: result.gasUsed ^ 1n }));
    return { response: { ...response, txResults } };
  };
  const events = (block: RecordedBlock) => ({ events: flipped(block.events, 0) });
  const cases = [
    [/^height \d+: transaction 0: codespace sdk, recorded \w*; events; app hash .*, by .*auth/, tx],
    [/^height \d+: app hash \w+, recorded \w+, by none of the modules$/, hash],
    [/^height \d+: transaction 0: gasUsed \d+, recorded \d+$/, gas],
    [/^height \d+: events$/, events],
  ] as const;
  for (const [pattern, change] of cases)
    assert.match((await firstDifference(spoilt(recording, hasTx, change))) ?? "nothing", pattern);
});
