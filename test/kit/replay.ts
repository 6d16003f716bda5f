import { storeSpaces } from "#chain/app/modules.ts";
import { App } from "#chain/app.ts";
import { startFromGenesis } from "#chain/node/replay.ts";
import { memoryStore } from "#chain/store/memory.ts";
import type { ProofVerifier } from "#chain/verify/types.ts";
import { signatures as verifier } from "./verifier.ts";

/** A new app over memory, at the genesis of a node. */
export async function replica(rpcUrl: string, proofs: ProofVerifier): Promise<App> {
  const app = new App({
    store: memoryStore({ spaces: storeSpaces }),
    proofs,
    signatures: verifier,
    invariants: "full",
    guarded: true,
  });
  await startFromGenesis(app, rpcUrl);
  return app;
}
