import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Argument, Command, InvalidArgumentError } from "commander";
import { storeSpaces } from "#chain/app/modules.ts";
import { equalBytes } from "#chain/bytes/compare.ts";
import { fromHex, toHex } from "#chain/bytes/hex.ts";
import { haltOf } from "#chain/node/exit.ts";
import { openDiskStore } from "#chain/store/disk.ts";
import { StoreError } from "#chain/store/error.ts";
import { readInto, readSnapshot, shelvedHeights, writeSnapshot } from "#chain/store/shelf.ts";
import { type HomeOption, homeCommand, layoutOf, wholeNumber } from "#cli/context.ts";
import { ensureCli } from "#cli/errors.ts";
import { type HomeLayout, readSettings } from "#cli/home/layout.ts";
import { folderBytes, shownBytes } from "#cli/node/folder-size.ts";
import { whileStopped, withStore } from "#cli/node/stopped.ts";
import { say, sayJson } from "#cli/output.ts";
import { tableOf } from "#cli/table.ts";
import { newWaiting } from "#cli/waiting.ts";

const shelfOf = ({ home }: HomeLayout): string => join(home, "snapshots");
const folderOf = (layout: HomeLayout, height: bigint): string => join(shelfOf(layout), String(height));

function heightOf(text: string): bigint {
  if (!/^[1-9][0-9]{0,9}$/.test(text)) throw new InvalidArgumentError("a height of the chain.");
  return BigInt(text);
}

async function list(options: HomeOption & { readonly json?: boolean }): Promise<void> {
  const layout = layoutOf(options);
  await readSettings(layout);
  const found = [];
  for (const height of await shelvedHeights(shelfOf(layout))) {
    const { manifest } = await readSnapshot(folderOf(layout, height));
    const bytes = await folderBytes(folderOf(layout, height));
    found.push({ height, chunks: manifest.chunkHashes.length, bytes, appHash: toHex(manifest.appHash) });
  }
  if (options.json) return sayJson(found);
  ensureCli(found.length > 0, `${shelfOf(layout)} has no snapshot`);
  const columns = [{ head: "height", right: true }, { head: "chunks", right: true }, { head: "size" }];
  const rows = found.map(({ height, chunks, bytes, appHash }) => [
    ...[String(height), String(chunks), shownBytes(bytes), appHash],
  ]);
  say(tableOf([...columns, { head: "app hash" }], rows));
}

async function make(options: HomeOption & { readonly height?: bigint }): Promise<void> {
  const layout = layoutOf(options);
  await whileStopped(layout, () =>
    withStore(layout, async (store) => {
      const height = options.height ?? store.height;
      ensureCli([...store.kept()].includes(height), `the state of height ${height} is not kept`);
      const folder = folderOf(layout, height);
      ensureCli(!existsSync(folder), `there is a snapshot of height ${height} already`);
      await mkdir(shelfOf(layout), { recursive: true });
      const { chunkHashes, appHash } = await newWaiting(process.stderr).during("snapshot", (onStep) =>
        writeSnapshot(store, height, folder, { onChunk: (written) => onStep(`${written} chunks`) }),
      );
      say(`snapshot of height ${height}: ${chunkHashes.length} chunks, app hash ${toHex(appHash)}`);
    }),
  );
}

async function prune(options: HomeOption & { readonly keep: number }): Promise<void> {
  const layout = layoutOf(options);
  await readSettings(layout);
  const old = (await shelvedHeights(shelfOf(layout))).slice(options.keep);
  for (const height of old) await rm(folderOf(layout, height), { recursive: true, force: true });
  say(old.length === 0 ? "nothing to remove" : `removed the snapshots of ${old.join(", ")}`);
}

/** The app hash that a home's state has at a height; undefined where it cannot be read or is not kept. */
async function hashAt(layout: HomeLayout, height: bigint): Promise<Uint8Array | undefined> {
  if (!existsSync(layout.state)) return undefined;
  try {
    return await withStore(layout, (store) => store.at(height)?.appHash);
  } catch (error) {
    // A damaged state is what a snapshot is restored for; one that another process has open is not.
    if (!(error instanceof StoreError) || haltOf(error)?.cause === "taken") throw error;
    return undefined;
  }
}

async function restore(height: bigint, options: HomeOption & { readonly appHash?: string }): Promise<void> {
  const layout = layoutOf(options);
  await whileStopped(layout, async () => {
    const folder = folderOf(layout, height);
    const { manifest } = await readSnapshot(folder);
    const known = options.appHash ? fromHex(options.appHash) : await hashAt(layout, height);
    const other = `the snapshot is of the app hash ${toHex(manifest.appHash)}`;
    ensureCli(known === undefined || equalBytes(known, manifest.appHash), other);
    const fresh = `${layout.state}.restoring`;
    await rm(fresh, { recursive: true, force: true });
    const store = await openDiskStore(fresh, { spaces: storeSpaces });
    try {
      await newWaiting(process.stderr).during("restoring", (onStep) =>
        readInto(store, folder, (taken, chunks) => onStep(`${taken} of ${chunks} chunks`, taken, chunks)),
      );
    } finally {
      await store.close();
    }
    const before = `${layout.state}.before-${height}`;
    await rm(before, { recursive: true, force: true });
    if (existsSync(layout.state)) await rename(layout.state, before);
    await rename(fresh, layout.state);
    await rm(before, { recursive: true, force: true });
    say(`restored height ${height}, app hash ${toHex(manifest.appHash)}`);
    say("the next start plays the blocks after it that CometBFT has");
  });
}

const hash = (given: string): string => {
  if (!/^[0-9a-fA-F]{64}$/.test(given)) throw new InvalidArgumentError("64 hexadecimal digits.");
  return given.toLowerCase();
};

/** `iterum snapshot`: the snapshots of a home, which peers may fetch and the node can return to. */
export const snapshotCommand = (): Command =>
  new Command("snapshot")
    .description("list, make, remove and restore snapshots of a node's state")
    .addCommand(
      homeCommand("list", "show the snapshots that peers may fetch").option("--json", "as JSON").action(list),
    )
    .addCommand(
      homeCommand("make", "make a snapshot of a stopped node's state")
        .option("--height <number>", "a kept height other than the last one", heightOf)
        .action(make),
    )
    .addCommand(
      homeCommand("prune", "remove old snapshots")
        .requiredOption("--keep <number>", "how many of the newest stay", wholeNumber(0, 100))
        .action(prune),
    )
    .addCommand(
      homeCommand("restore", "put a snapshot in the place of a stopped node's state, damaged or not")
        .addArgument(new Argument("<height>", "height of the snapshot").argParser(heightOf))
        .option("--app-hash <hex>", "the app hash it must have, from a source that you trust", hash)
        .action(restore),
    );
