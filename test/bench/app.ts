import { join } from "node:path";
import { storeSpaces } from "#chain/app/modules.ts";
import { App } from "#chain/app.ts";
import { signBeacon } from "#chain/protocol/beacon.ts";
import { openDiskStore } from "#chain/store/disk.ts";
import { createMclBls } from "#chain/verify/bls.ts";
import { loadVerifier } from "#chain/verify/load-verifier.ts";
import { noProofs } from "../kit/chain.ts";
import { CHAIN_ID, type GenesisChoice, genesis } from "../kit/genesis.ts";
import { validator } from "../kit/validator.ts";
import { withFolder } from "./measure.ts";

const START_MS = 1_780_000_000_000n;
const BLOCK_MS = 1_000n;
const BYTES_MAX = 1 << 21;

/** A chain in this process over a store on disk, as a node runs it but for sockets and consensus. */
export interface BenchApp {
  readonly app: App;
  /** The next block, at one block a second, with the given transactions. */
  next(txs: readonly Uint8Array[]): Parameters<App["prepareProposal"]>[0];
}

/** Runs with the app of a new chain, whose proposer signs the beacon or not; nothing stays behind. */
export function withApp<T>(
  choice: GenesisChoice,
  beacon: "signed" | "unsigned",
  run: (bench: BenchApp) => Promise<T>,
): Promise<T> {
  const proposer = validator("bench");
  const isSigned = beacon === "signed";
  return withFolder(async (folder) => {
    const store = await openDiskStore(join(folder, "state"), { spaces: storeSpaces });
    const bls = await createMclBls();
    const app = new App({
      store,
      proofs: noProofs,
      signatures: await loadVerifier((text) => console.error(text)),
      bls,
      ...(isSigned && { beacon: (message: Uint8Array) => signBeacon(message, proposer.secret, bls) }),
    });
    try {
      const appState = genesis(isSigned ? { ...choice, beaconKeys: [proposer.key] } : choice);
      app.initChain({ chainId: CHAIN_ID, timeMs: START_MS, initialHeight: 1n, appState });
      return await run({
        app,
        next: (txs) => {
          const height = app.info().height + 1n;
          const timeMs = START_MS + height * BLOCK_MS;
          return { height, timeMs, proposer: proposer.address, txs, bytesMax: BYTES_MAX };
        },
      });
    } finally {
      await store.close();
    }
  });
}
