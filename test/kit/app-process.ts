import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fromHex } from "#chain/bytes/hex.ts";
import { MEMPOOL_LIMITS } from "#chain/mempool/limits.ts";
import { rpcUrlOf } from "#chain/node/comet.ts";
import { homePaths } from "#chain/node/config.ts";
import { haltOf } from "#chain/node/exit.ts";
import { hostApp, lastWord, leaveStarter } from "#chain/node/host.ts";
import { signBeacon } from "#chain/protocol/beacon.ts";
import { createMclBls } from "#chain/verify/bls.ts";
import { startVerifier } from "#chain/verify/verifier.ts";

// The app alone in a process, so that a test can kill it. Home and beacon key come by environment, and so
// does the URL of a module of editions where it is to know other rules than the chain's own.
const home = process.env["ITERUM_TEST_HOME"] ?? "";
const editions = process.env["ITERUM_TEST_EDITIONS"];
const beacon = fromHex(process.env["ITERUM_TEST_BEACON"] ?? "");
/** Caches that are full within minutes. */
const cacheBytes = Number(process.env["ITERUM_TEST_CACHE_BYTES"] ?? 0);
/** Places of a mempool that is soon full. */
const txsMax = Number(process.env["ITERUM_TEST_MEMPOOL_TXS"] ?? 0);
const signaturesRemembered = Number(process.env["ITERUM_TEST_SIGNATURES"] ?? 0);
const paths = homePaths(home);
const bls = await createMclBls();
const proofs = startVerifier({ threads: 1 });
const say = (fields: unknown, text: string): void => console.error(text, fields);
try {
  await hostApp({
    state: paths.state,
    address: { path: paths.socket },
    storage: {
      keepRecent: 100,
      keepEvery: 0,
      snapshotEvery: Number(process.env["ITERUM_TEST_SNAPSHOTS"] ?? 0),
    },
    version: "test",
    ...(editions !== undefined && { editions }),
    // A test that plays CometBFT itself has none.
    ...(existsSync(paths.cometConfig) && { rpcUrl: rpcUrlOf(await readFile(paths.cometConfig, "utf8")) }),
    ...(cacheBytes > 0 && { caches: { entryCacheBytes: cacheBytes, nodeCacheBytes: cacheBytes } }),
    app: {
      proofs,
      bls,
      ...(txsMax > 0 && { mempool: { ...MEMPOOL_LIMITS, txsMax } }),
      ...(signaturesRemembered > 0 && { signaturesRemembered }),
      beacon: (message) => signBeacon(message, beacon, bls),
      // Those that walk whole tables cost more than the blocks themselves on a chain of many accounts.
      invariants: process.env["ITERUM_TEST_INVARIANTS"] === "cheap" ? "cheap" : "full",
    },
    log: { info: say, warn: say },
  });
} catch (error) {
  console.error(error);
  process.exitCode = await lastWord(haltOf(error));
} finally {
  await proofs.close();
  leaveStarter();
}
