import { storeSpaces } from "#chain/app/modules.ts";
import { App } from "#chain/app.ts";
import { openDiskStore } from "#chain/store/disk.ts";
import { loadVerifier } from "#chain/verify/load-verifier.ts";
import type { HomeLayout } from "#cli/home/layout.ts";
import { note } from "#cli/output.ts";

/** Opens the state of a stopped node, lets `work` read it, and closes it. Throws while the node runs. */
export async function withState<T>(layout: HomeLayout, work: (app: App) => T): Promise<T> {
  const store = await openDiskStore(layout.state, { spaces: storeSpaces });
  const proofs = {
    verifyAll: () => Promise.reject(new Error("a stopped node judges no proofs")),
    close: async () => undefined,
  };
  try {
    return work(new App({ store, proofs, signatures: await loadVerifier(note) }));
  } finally {
    await store.close();
  }
}
