import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { storeSpaces } from "#chain/app/modules.ts";
import { App } from "#chain/app.ts";
import { openDiskStore } from "#chain/store/disk.ts";
import { loadVerifier } from "#chain/tx/verifier.ts";
import { type HomeOption, homeCommand, layoutOf } from "#cli/context.ts";
import { ensureCli } from "#cli/errors.ts";
import { type HomeLayout, readSettings } from "#cli/home/layout.ts";
import { note, say } from "#cli/output.ts";

/** Opens the state of a stopped node, lets `work` read it, and closes it. Throws while the node runs. */
export async function withState<T>(layout: HomeLayout, work: (app: App) => T): Promise<T> {
  const store = await openDiskStore(layout.state, { spaces: storeSpaces });
  const proofs = {
    verifyAll: () => Promise.reject(new Error("a stopped node judges no proofs")),
    close: async () => undefined,
  };
  try {
    return work(new App({ store, proofs, signatures: loadVerifier(note) }));
  } finally {
    await store.close();
  }
}

async function exportState(options: HomeOption): Promise<void> {
  const layout = layoutOf(options);
  await readSettings(layout);
  const { height, state } = await withState(layout, (app) => {
    const { height: last } = app.info();
    ensureCli(last > 0n, "the node has no block yet");
    return { height: last, state: app.dump() };
  });
  const genesis = JSON.parse(await readFile(layout.genesis, "utf8")) as Record<string, unknown>;
  const next = { ...genesis, initial_height: String(height + 1n), app_state: state };
  say(JSON.stringify(next, null, 2));
}

/** `iterum export`: the state of a stopped node as the genesis of a chain that goes on from it. */
export const exportCommand = (): Command =>
  homeCommand("export", "print the whole state of a stopped node as a genesis file").action(exportState);
