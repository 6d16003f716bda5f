import { parseAppState } from "#chain/abci/app-state.ts";
import { startAbciServer } from "#chain/abci/server.ts";
import { accountFor } from "#chain/app/host.ts";
import { chainRegistry, nestedAny, storeSpaces } from "#chain/app/modules.ts";
import { App } from "#chain/app.ts";
import { homePaths } from "#chain/node/config.ts";
import { leaveStarter, tellStarter } from "#chain/node/host.ts";
import { memoryStore } from "#chain/store/memory.ts";
import { signatureCache } from "#chain/tx/signature-cache.ts";
import { loadVerifier } from "#chain/verify/load-verifier.ts";
import { startSignaturePool } from "#chain/verify/signature-pool.ts";
import { noProofs } from "../../kit/chain.ts";
import { CHAIN_ID } from "../../kit/genesis.ts";
import { type AccountOf, ceilingApplication } from "./ceiling.ts";

// The ceiling in a process of its own, in the place of the app's.

const say = (text: string): void => console.error(text);
const signatures = await loadVerifier(say);
const signaturePool = startSignaturePool({ warn: say });

/** The accounts that the real app makes of a genesis. */
function accountsOf(appState: Uint8Array): AccountOf {
  const app = new App({ store: memoryStore({ spaces: storeSpaces }), proofs: noProofs, signatures });
  const genesis = { chainId: CHAIN_ID, timeMs: 0n, initialHeight: 1n };
  app.initChain({ ...genesis, appState: parseAppState(appState) });
  const known = new Map<string, ReturnType<AccountOf>>();
  return (address) => {
    if (!known.has(address))
      known.set(
        address,
        app.read((ctx) => accountFor(ctx)(address)),
      );
    return known.get(address);
  };
}

const cache = signatureCache(50_000);
const machine = {
  registry: chainRegistry(),
  nestedAny,
  ...{ signatures, signaturePool, signatureCache: cache },
};
const ended = Promise.withResolvers<void>();
const server = await startAbciServer({
  application: ceilingApplication(machine, accountsOf),
  address: { path: homePaths(process.env["ITERUM_TEST_HOME"] ?? "").socket },
  onFailure: (error) => {
    console.error(error);
    process.exitCode = 1;
    ended.resolve();
  },
});
process.once("SIGTERM", () => ended.resolve()).once("disconnect", () => ended.resolve());
await tellStarter({ kind: "listening", height: "0" });
await ended.promise;
await server.close();
await signaturePool.close();
leaveStarter();
