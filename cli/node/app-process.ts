import { readFile } from "node:fs/promises";
import { type Logger, pino } from "pino";
import { MEMPOOL_LIMITS } from "#chain/mempool/limits.ts";
import { type Halt, haltOf } from "#chain/node/exit.ts";
import { hostApp, lastWord, leaveStarter, tellStarter } from "#chain/node/host.ts";
import { newAppMetrics } from "#chain/node/metrics/app-metrics.ts";
import type { Json } from "#chain/proto/json.ts";
import { signBeacon } from "#chain/protocol/beacon.ts";
import { createMclBls } from "#chain/verify/bls.ts";
import { templateKey } from "#chain/verify/key.ts";
import type { TemplateKey } from "#chain/verify/types.ts";
import { startVerifier } from "#chain/verify/verifier.ts";
import { CliError, messageOf } from "#cli/errors.ts";
import { typedGenesis } from "#cli/genesis/base.ts";
import { readBeaconKey } from "#cli/home/beacon.ts";
import { nodeRpc } from "#cli/home/config/home.ts";
import type { Config } from "#cli/home/config/schema.ts";
import type { HomeLayout } from "#cli/home/layout.ts";
import { version } from "#cli/version.ts";
import { timedVerifier, type VerifiedProof } from "./timed-verifier.ts";

/** What the app's process tells the one that started it of each proof it judged. */
export type VerifiedMessage = { readonly kind: "verified" } & VerifiedProof;

/** What it tells of a snapshot that the state is restored from. */
export interface RestoringMessage {
  readonly kind: "restoring";
  readonly taken: number;
  readonly chunks: number;
}

export interface AppProcessOptions {
  readonly layout: HomeLayout;
  readonly config: Config;
}

/** The log of this process, a JSON line each unless people are to read them as they come. */
async function newLog({ log }: Config): Promise<Logger> {
  const options = { base: null, level: log.level };
  if (log.target === "files" || log.format === "json") return pino(options);
  const { default: pretty } = await import("pino-pretty");
  return pino(options, pretty({ colorize: false, sync: true, translateTime: "SYS:standard" }));
}

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
 * started it); its log goes to standard output, a JSON line each. Resolves when it has stopped; throws
 * CliError with the exit code that says why it cannot go on.
 */
export async function runAppProcess(options: AppProcessOptions): Promise<void> {
  const log = await newLog(options.config);
  try {
    await serve(options, log);
  } catch (error) {
    log.error(error, "halted");
    // What this program refuses itself is a matter of files and settings, which no restart mends.
    const setup: Halt = { cause: "setup", reason: messageOf(error) };
    const exitCode = await lastWord(error instanceof CliError ? setup : haltOf(error));
    throw new CliError(messageOf(error), { cause: error, exitCode });
  } finally {
    leaveStarter();
  }
}

async function serve(options: AppProcessOptions, log: Logger): Promise<void> {
  const { layout, config } = options;
  const { keepRecent, keepEvery, snapshotEvery, snapshotsKept, invariants } = config.state;
  const secret = await readBeaconKey(layout.beaconKey);
  const bls = await createMclBls();
  const metrics = newAppMetrics();
  const verifier = startVerifier({ threads: config.threads.proofs });
  const proofs = timedVerifier(verifier, (proof) => {
    log.info(proof, "proof verified");
    metrics.proof(proof.valid, proof.verifyMs);
    const message: VerifiedMessage = { kind: "verified", ...proof };
    void tellStarter(message);
  });
  const warmed = genesisKeys(layout.genesis).then((keys) => verifier.warmUp(keys));
  warmed.catch((error: unknown) => log.warn(error, "the verifier could not be warmed up"));
  try {
    await hostApp({
      ...{ state: layout.state, address: { path: layout.socket }, version, log, metrics },
      storage: { keepRecent, keepEvery, snapshotEvery, snapshotsKept },
      queryThreads: config.threads.queries,
      rpcUrl: nodeRpc(layout, config),
      onRestoring: (taken, chunks) => {
        log.info({ taken, chunks }, "restoring a snapshot");
        const message: RestoringMessage = { kind: "restoring", taken, chunks };
        void tellStarter(message);
      },
      app: {
        ...{ proofs, invariants, bls, beacon: (message) => signBeacon(message, secret, bls) },
        mempool: { ...MEMPOOL_LIMITS, gasPriceMinMicro: BigInt(config.mempool.gasPriceMinMicro) },
      },
    });
  } finally {
    await proofs.close();
  }
}
