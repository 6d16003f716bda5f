import { readFile } from "node:fs/promises";
import { pino } from "pino";
import { abciApplication } from "#chain/abci/handlers.ts";
import { startAbciServer } from "#chain/abci/server.ts";
import { storeSpaces } from "#chain/app/modules.ts";
import type { InvariantCheck } from "#chain/app/types.ts";
import { App } from "#chain/app.ts";
import type { Json } from "#chain/proto/json.ts";
import { signBeacon } from "#chain/protocol/beacon.ts";
import { openDiskStore } from "#chain/store/disk.ts";
import { loadVerifier } from "#chain/tx/verifier.ts";
import { templateKey } from "#chain/verify/key.ts";
import type { TemplateKey } from "#chain/verify/types.ts";
import { startVerifier } from "#chain/verify/verifier.ts";
import { typedGenesis } from "#cli/genesis/base.ts";
import { readBeaconKey } from "#cli/home/beacon.ts";
import type { HomeLayout } from "#cli/home/layout.ts";
import { version } from "#cli/version.ts";
import { timedVerifier, type VerifiedProof } from "./timed-verifier.ts";

/** What the app's process tells the one that started it. */
export type AppMessage = { readonly kind: "listening" } | ({ readonly kind: "verified" } & VerifiedProof);

export interface AppProcessOptions {
  readonly layout: HomeLayout;
  readonly invariants: InvariantCheck;
  /** Threads that judge proofs. */
  readonly proofThreads: number;
}

const tell = (message: AppMessage): void => void process.send?.(message);

/** Keys of the templates in a genesis file, for the verifier to load before the first proof. */
async function genesisKeys(file: string): Promise<TemplateKey[]> {
  const { app_state: state } = JSON.parse(await readFile(file, "utf8")) as {
    app_state: Record<string, Json>;
  };
  const { templates, verifiers } = typedGenesis(state, file).proofs;
  const [code] = verifiers.map((verifier) => verifier.code);
  return code ? templates.map((template) => templateKey(template, code)) : [];
}

/**
 * Runs the application over its socket until it is told to stop (SIGTERM, or the end of the process that
 * started it); its log goes to standard output, a JSON line each. Resolves when it has stopped.
 */
export async function runAppProcess(options: AppProcessOptions): Promise<void> {
  const { layout, invariants, proofThreads } = options;
  const log = pino({ base: null });
  const secret = await readBeaconKey(layout.beaconKey);
  const store = await openDiskStore(layout.state, { spaces: storeSpaces });
  const verifier = startVerifier({ threads: proofThreads });
  const proofs = timedVerifier(verifier, (proof) => {
    log.info(proof, "proof verified");
    tell({ kind: "verified", ...proof });
  });
  const app = new App({
    store,
    proofs,
    invariants,
    signatures: loadVerifier((text) => log.warn(text)),
    beacon: (message) => signBeacon(message, secret),
    warn: (text) => log.warn(text),
  });
  const stopped = Promise.withResolvers<void>();
  const server = await startAbciServer({
    application: abciApplication(app, version),
    address: { path: layout.socket },
    onFailure: (error) => stopped.reject(error),
    onProtocolError: (error) => log.warn(error, "a connection broke the protocol"),
  });
  const stop = (): void => stopped.resolve();
  process.once("SIGTERM", stop).once("disconnect", stop);
  // A terminal sends Ctrl-C to the whole group: the starter decides when this process ends.
  if (process.send) process.on("SIGINT", () => undefined);
  else process.once("SIGINT", stop);
  log.info({ height: String(app.info().height), address: server.address }, "listening");
  tell({ kind: "listening" });
  const warmed = genesisKeys(layout.genesis).then((keys) => verifier.warmUp(keys));
  warmed.catch((error: unknown) => log.warn(error, "the verifier could not be warmed up"));
  try {
    await stopped.promise;
    log.info({ height: String(app.info().height) }, "stopped");
  } finally {
    await server.close();
    await proofs.close();
    await store.close();
    // The channel to the starter would keep this process alive.
    if (process.connected) process.disconnect();
  }
}
