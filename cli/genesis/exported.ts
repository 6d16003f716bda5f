import { chainEditions, spacesOf } from "#chain/app/modules.ts";
import { App } from "#chain/app.ts";
import type { Edition } from "#chain/kernel/edition.ts";
import type { AppState } from "#chain/kernel/genesis.ts";
import type { Json } from "#chain/proto/json.ts";
import { memoryStore } from "#chain/store/memory.ts";
import { loadVerifier } from "#chain/verify/load-verifier.ts";
import type { ProofVerifier } from "#chain/verify/types.ts";
import { CliError, ensureCli, messageOf } from "#cli/errors.ts";
import { jsonOf } from "#cli/files.ts";
import { note } from "#cli/output.ts";

/** A genesis file as CometBFT and `iterum export` write it, as far as the app is concerned. */
export interface Exported {
  readonly chainId: string;
  /** Height of the first block. */
  readonly initialHeight: bigint;
  readonly timeMs: bigint;
  readonly appState: AppState;
}

type Fields = Readonly<Record<string, Json | undefined>>;

const isFields = (value: Json | undefined): value is Json & Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Reads a genesis file with an app state. Throws CliError. */
export async function readExport(file: string): Promise<Exported> {
  const json = await jsonOf(file);
  ensureCli(isFields(json), `${file} is no genesis file`);
  const { chain_id: chainId, initial_height: height = "1", genesis_time: time, app_state: state } = json;
  ensureCli(typeof chainId === "string" && isFields(state), `${file} is no genesis file of a chain`);
  const timeMs = Date.parse(String(time));
  ensureCli(/^[1-9][0-9]{0,9}$/.test(String(height)), `${file}: initial_height is no height`);
  ensureCli(Number.isFinite(timeMs), `${file}: genesis_time is no time`);
  return {
    chainId,
    initialHeight: BigInt(String(height)),
    timeMs: BigInt(timeMs),
    appState: state as AppState,
  };
}

const noProofs: ProofVerifier = {
  verifyAll: async (tasks) => {
    ensureCli(tasks.length === 0, "a chain in memory judges no proofs");
    return new Map();
  },
  close: async () => undefined,
};

/**
 * Begins a chain in memory with a genesis, every invariant checked. Throws CliError with what the chain
 * refuses about it.
 */
export async function beginWith(
  { chainId, initialHeight, timeMs, appState }: Exported,
  editions: readonly Edition[] = chainEditions,
): Promise<App> {
  const store = memoryStore({ spaces: spacesOf(editions) });
  const signatures = await loadVerifier(note);
  const app = new App({ store, proofs: noProofs, signatures, editions, invariants: "full" });
  try {
    app.initChain({ chainId, timeMs, initialHeight, appState });
  } catch (cause) {
    throw new CliError(`the chain refuses this genesis: ${messageOf(cause)}`, { cause });
  }
  return app;
}
