import { existsSync } from "node:fs";
import { storeSpaces } from "#chain/app/modules.ts";
import { HomeTaken, takeHome } from "#chain/node/pid.ts";
import { openDiskStore } from "#chain/store/disk.ts";
import type { NodeStore } from "#chain/store/port.ts";
import { CliError, ensureCli } from "#cli/errors.ts";
import { type HomeLayout, readSettings } from "#cli/home/layout.ts";

/** Holds a home while its node stands, so that nobody starts it meanwhile. Throws CliError while it runs. */
export async function whileStopped<T>(layout: HomeLayout, work: () => Promise<T>): Promise<T> {
  await readSettings(layout);
  const release = await takeHome(layout.nodePid).catch((cause: unknown) => {
    if (!(cause instanceof HomeTaken)) throw cause;
    throw new CliError(`${cause.message}: stop it first, by \`iterum stop --home ${layout.home}\``, {
      cause,
    });
  });
  try {
    return await work();
  } finally {
    release();
  }
}

/** Opens the state of a stopped node for some work, and closes it. Throws CliError where there is none. */
export async function withStore<T>(
  { state }: HomeLayout,
  work: (store: NodeStore) => Promise<T> | T,
): Promise<T> {
  ensureCli(existsSync(state), "the node has no state yet");
  const store = await openDiskStore(state, { spaces: storeSpaces });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
