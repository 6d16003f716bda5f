import { chainEditions, spacesOf } from "#chain/app/modules.ts";
import { App } from "#chain/app.ts";
import { openDiskStore } from "#chain/store/disk.ts";
import { loadVerifier } from "#chain/verify/load-verifier.ts";
import type { HomeLayout } from "#cli/home/layout.ts";
import { note } from "#cli/output.ts";

/**
 * Opens the state of a stopped node, lets `work` read it under the rules that it is of, and closes it. Throws
 * while the node runs.
 */
export async function withState<T>(
  layout: Pick<HomeLayout, "state">,
  work: (app: App) => T,
  editions = chainEditions,
): Promise<T> {
  const store = await openDiskStore(layout.state, { spaces: spacesOf(editions) });
  const proofs = {
    verifyAll: () => Promise.reject(new Error("a stopped node judges no proofs")),
    close: async () => undefined,
  };
  try {
    return work(new App({ store, proofs, signatures: await loadVerifier(note), editions }));
  } finally {
    await store.close();
  }
}
