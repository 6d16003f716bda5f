import { existsSync } from "node:fs";
import { Command } from "commander";
import { storeSpaces } from "#chain/app/modules.ts";
import { equalBytes } from "#chain/bytes/compare.ts";
import { fromHex, toHex } from "#chain/bytes/hex.ts";
import { describeDifference } from "#chain/node/difference.ts";
import { openDiskStore, openLevelKv } from "#chain/store/disk.ts";
import { StoreError } from "#chain/store/error.ts";
import { readInto, readSnapshot, writeSnapshot } from "#chain/store/shelf.ts";
import { verifyStore } from "#chain/store/verify.ts";
import { type HomeOption, homeCommand, layoutOf } from "#cli/context.ts";
import { CliError, ensureCli } from "#cli/errors.ts";
import { type HomeLayout, readSettings } from "#cli/home/layout.ts";
import { compareState } from "#cli/node/difference.ts";
import { withStore } from "#cli/node/stopped.ts";
import { say, sayJson } from "#cli/output.ts";
import { newWaiting } from "#cli/waiting.ts";

/** The layout of a home that has a state. */
async function homeOf(options: HomeOption): Promise<HomeLayout> {
  const layout = layoutOf(options);
  await readSettings(layout);
  ensureCli(existsSync(layout.state), "the node has no state yet");
  return layout;
}

async function verify(options: HomeOption): Promise<void> {
  const kv = await openLevelKv((await homeOf(options)).state);
  try {
    const { height, appHash, ...counts } = await verifyStore(kv);
    sayJson({ height, appHash, ...counts });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new CliError(error.message, { cause: error });
  } finally {
    await kv.close();
  }
}

const stats = async (options: HomeOption): Promise<void> =>
  withStore(await homeOf(options), (store) => {
    const kept = [...store.kept()];
    const spaces = store.roots().map(({ name, root }) => {
      let entries = 0;
      for (const _ of store.dump(name)) entries++;
      return { name, entries, root };
    });
    sayJson({ height: store.height, appHash: store.appHash, versions: kept.length, oldest: kept[0], spaces });
  });

interface ExportOptions extends HomeOption {
  readonly height?: string;
}

const exportTo = async (folder: string, options: ExportOptions): Promise<void> =>
  withStore(await homeOf(options), async (store) => {
    ensureCli(!existsSync(folder), `there is something at ${folder} already`);
    const { height: text } = options;
    ensureCli(text === undefined || /^[1-9][0-9]{0,9}$/.test(text), "--height is a whole number");
    const height = text === undefined ? store.height : BigInt(text);
    ensureCli([...store.kept()].includes(height), `the state of height ${height} is not kept`);
    const { appHash, chunkHashes } = await newWaiting(process.stderr).during("snapshot", (onStep) =>
      writeSnapshot(store, height, folder, { onChunk: (written) => onStep(`${written} chunks`) }),
    );
    say(`height ${height}, app hash ${toHex(appHash)}, ${chunkHashes.length} chunks`);
  });

interface ImportOptions extends HomeOption {
  readonly appHash: string;
}

async function importFrom(folder: string, options: ImportOptions): Promise<void> {
  const layout = layoutOf(options);
  await readSettings(layout);
  const { manifest } = await readSnapshot(folder);
  ensureCli(/^[0-9a-fA-F]{64}$/.test(options.appHash), "--app-hash is 64 hexadecimal digits");
  const trusted = equalBytes(manifest.appHash, fromHex(options.appHash.toLowerCase()));
  ensureCli(trusted, `the snapshot is of the app hash ${toHex(manifest.appHash)}`);
  const store = await openDiskStore(layout.state, { spaces: storeSpaces });
  try {
    ensureCli(store.height === 0n, `the home has a state already, of height ${store.height}`);
    const { height } = await newWaiting(process.stderr).during("restoring", (onStep) =>
      readInto(store, folder, (taken, chunks) => onStep(`${taken} of ${chunks} chunks`, taken, chunks)),
    );
    say(`restored height ${height}, app hash ${toHex(manifest.appHash)}`);
  } finally {
    await store.close();
  }
}

interface DiffOptions extends HomeOption {
  readonly replay?: string;
}

async function diff(snapshot: string | undefined, options: DiffOptions): Promise<void> {
  const { replay } = options;
  ensureCli(
    (snapshot === undefined) !== (replay === undefined),
    "name a snapshot's folder or --replay a node",
  );
  const reference = snapshot === undefined ? { rpc: replay ?? "" } : { snapshot };
  await withStore(await homeOf(options), async (store) => {
    const { height, difference } = await compareState(store, reference);
    ensureCli(!difference, `height ${height}: ${difference && describeDifference(difference)}`);
    say(`height ${height}: every entry is the same`);
  });
}

/** `iterum store`: looks after the state of a stopped node. */
export const storeCommand = (): Command =>
  new Command("store")
    .description("look after the state of a stopped node")
    .addCommand(
      homeCommand("verify", "read all of it and check every hash; names the first key that differs").action(
        verify,
      ),
    )
    .addCommand(homeCommand("stats", "show its height, kept versions and entries").action(stats))
    .addCommand(
      homeCommand("export", "write a snapshot of it into a new folder")
        .argument("<folder>", "folder to write, which must not exist")
        .option("--height <number>", "a kept height other than the last one")
        .action(exportTo),
    )
    .addCommand(
      homeCommand("diff", "name the first key that differs from another state; exit code 1 where one does")
        .argument("[folder]", "snapshot that `store export` wrote on another node")
        .option("--replay <url>", "RPC of a node whose blocks are played from genesis on instead")
        .action(diff),
    )
    .addCommand(
      homeCommand("import", "restore a snapshot into a home without a state")
        .argument("<folder>", "folder that `store export` wrote")
        .requiredOption("--app-hash <hex>", "the app hash it must have, from a source that you trust")
        .action(importFrom),
    );
