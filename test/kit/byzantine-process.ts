import { abciApplication } from "#chain/abci/handlers.ts";
import { startAbciServer } from "#chain/abci/server.ts";
import { storeSpaces } from "#chain/app/modules.ts";
import { App } from "#chain/app.ts";
import { fromHex, toHex } from "#chain/bytes/hex.ts";
import { homePaths } from "#chain/node/config.ts";
import { leaveStarter, tellStarter } from "#chain/node/host.ts";
import { signBeacon } from "#chain/protocol/beacon.ts";
import { openDiskStore } from "#chain/store/disk.ts";
import { randomOf } from "#trainer/random.ts";
import { noProofs } from "./chain.ts";
import { type MutationTold, mutatedStore } from "./mutated-store.ts";
import { signatures } from "./verifier.ts";

// An app alone in a process whose store writes one bit wrong at a height. What it is to do comes by
// environment; it tells its starter which entry that was.
const { ITERUM_TEST_HOME: home = "", ITERUM_TEST_BEACON: beacon = "" } = process.env;
const { ITERUM_TEST_SEED: seed = "", ITERUM_TEST_MUTATE: at = "0" } = process.env;
const paths = homePaths(home);
const stop = new Promise<void>((resolve) => {
  process.once("SIGTERM", () => resolve()).once("disconnect", () => resolve());
});
const disk = await openDiskStore(paths.state, { spaces: storeSpaces });
const store = mutatedStore(disk, randomOf(seed), BigInt(at), ({ changed: { space, key } }) => {
  const told: MutationTold = { kind: "mutated", space, key: toHex(key) };
  void tellStarter(told);
});
const secret = fromHex(beacon);
const app = new App({
  ...{ store, proofs: noProofs, signatures },
  // The wrong entry may be one that an invariant watches; this app does not look.
  invariants: "none",
  beacon: (message) => signBeacon(message, secret),
});
const server = await startAbciServer({
  application: abciApplication(app, "byzantine"),
  address: { path: paths.socket },
  onFailure: (error) => {
    console.error(error);
    process.exitCode = 1;
  },
  onProtocolError: (error) => console.error(error),
});
await tellStarter({ kind: "listening", height: String(app.info().height) });
await stop;
await server.close();
await store.close();
leaveStarter();
