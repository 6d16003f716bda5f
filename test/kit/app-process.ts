import { abciApplication } from "#chain/abci/handlers.ts";
import { startAbciServer } from "#chain/abci/server.ts";
import { storeSpaces } from "#chain/app/modules.ts";
import { App } from "#chain/app.ts";
import { fromHex } from "#chain/bytes/hex.ts";
import { homePaths } from "#chain/node/config.ts";
import { signBeacon } from "#chain/protocol/beacon.ts";
import { openDiskStore } from "#chain/store/disk.ts";
import { loadVerifier } from "#chain/tx/verifier.ts";
import { startVerifier } from "#chain/verify/verifier.ts";

// The app alone in a process, so that a test can kill it. Home and beacon key come by environment.
const home = process.env["ITERUM_TEST_HOME"] ?? "";
const beacon = fromHex(process.env["ITERUM_TEST_BEACON"] ?? "");
const paths = homePaths(home);
const store = await openDiskStore(paths.state, { spaces: storeSpaces });
const proofs = startVerifier({ threads: 1 });
const app = new App({
  store,
  proofs,
  signatures: loadVerifier((text) => console.error(text)),
  beacon: (message) => signBeacon(message, beacon),
  // Those that walk whole tables cost more than the blocks themselves on a chain of many accounts.
  invariants: process.env["ITERUM_TEST_INVARIANTS"] === "cheap" ? "cheap" : "full",
});
const fail = (error: unknown): void => {
  console.error(error);
  process.exit(1);
};
const server = await startAbciServer({
  application: abciApplication(app, "test"),
  address: { path: paths.socket },
  onFailure: fail,
});
process.once("SIGTERM", () => {
  server
    .close()
    .then(() => proofs.close())
    .then(() => store.close())
    .then(() => process.exit(0), fail);
});
console.log(server.address);
