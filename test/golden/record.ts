// Records every chapter anew, or those that are named:  npm run golden [-- NAME…]
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import type { Block, Genesis } from "#chain/app/types.ts";
import { equalBytes } from "#chain/bytes/compare.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { statementHash } from "#chain/protocol/statement.ts";
import type { ProofVerifier } from "#chain/verify/types.ts";
import { record } from "../sim/branches.ts";
import { chapters } from "./chapters/all.ts";
import type { Chapter } from "./chapters/chapter.ts";
import { folder, recordingFile } from "./files.ts";
import { compressed, decompressed, pack, type RecordedBlock, type Recording } from "./format.ts";
import { countSucceeded, exportedHashes, stage } from "./play.ts";
import { blockRequest, initRequest } from "./requests.ts";

/** Judges as a chapter does, and keeps each verdict. */
function judge(isTrue: Chapter["isTrue"], verdicts: Record<string, boolean>): ProofVerifier {
  return {
    verifyAll: async (tasks) => {
      const given = tasks.map(({ statement }) => {
        if (!isTrue) throw new Error("a chapter without proofs has one");
        return [toHex(statementHash(statement)), isTrue(statement.proof)] as const;
      });
      Object.assign(verdicts, Object.fromEntries(given));
      return new Map(given);
    },
    close: async () => undefined,
  };
}

/** The state after a height as a genesis, with the blocks that follow. */
async function exported(
  { genesis, blocks }: { readonly genesis: Genesis; readonly blocks: readonly Block[] },
  height: bigint,
  chapter: Chapter,
) {
  const { app, begin, play } = stage(chapter.rules ?? "chain", judge(chapter.isTrue, {}));
  await begin(initRequest(genesis));
  const before = blocks.filter((block) => block.height <= height);
  for (const block of before) await play(blockRequest(block));
  const timeMs = before.at(-1)?.timeMs ?? genesis.timeMs;
  return {
    genesis: { ...genesis, timeMs, initialHeight: height + 1n, appState: app.dump() },
    blocks: blocks.slice(before.length),
  };
}

function told({ blocks }: Pick<Recording, "blocks">, bytes: number): string {
  const txs = blocks.reduce((sum, { request }) => sum + request.txs.length, 0);
  return `${blocks.length} blocks, ${txs} transactions, ${(bytes / 1_000).toFixed(1)} kB`;
}

/** Plays a chapter and, in a new app, its blocks again: what each comes to is the recording. */
async function recordingOf(chapter: Chapter): Promise<Recording> {
  const { rules = "chain", isTrue, exportedAt, work } = chapter;
  const whole = await record(work);
  const { genesis, blocks } = exportedAt === undefined ? whole : await exported(whole, exportedAt, chapter);
  const verdicts: Record<string, boolean> = {};
  const { app, begin, play } = stage(rules, judge(isTrue, verdicts));
  const request = initRequest(genesis);
  const founded = await begin(request);
  const recorded: RecordedBlock[] = [];
  const succeeded: Record<string, number> = {};
  for (const block of blocks) {
    const said = blockRequest(block);
    const played = await play(said);
    const { response, events, roots } = played;
    countSucceeded(succeeded, played);
    recorded.push({ request: said, response, events, roots });
  }
  return {
    rules,
    verdicts,
    succeeded,
    exported: exportedHashes(app),
    genesis: request,
    founded,
    blocks: recorded,
  };
}

/** Writes a recording where it differs from the one there is; returns its size in bytes. */
async function keep({ name }: Chapter, recording: Recording): Promise<number> {
  const [packed, file] = [pack(recording), recordingFile(name)];
  // Another version of the compressor alone is no reason to write another file.
  const known = existsSync(file) && equalBytes(decompressed(await readFile(file)), packed);
  const bytes = known ? await readFile(file) : compressed(packed);
  if (!known) await writeFile(file, bytes);
  console.log(`${known ? "as before     " : "recorded anew "} ${name}: ${told(recording, bytes.length)}`);
  return bytes.length;
}

async function main(wanted: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const all = { blocks: [] as RecordedBlock[], bytes: 0 };
  for (const chapter of chapters) {
    if (wanted.length > 0 && !wanted.includes(chapter.name)) continue;
    const recording = await recordingOf(chapter);
    all.bytes += await keep(chapter, recording);
    all.blocks.push(...recording.blocks);
  }
  console.log(`in all ${told(all, all.bytes)}`);
}

await main(process.argv.slice(2));
