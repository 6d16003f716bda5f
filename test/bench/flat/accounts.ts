import { chainRegistry, storeSpaces } from "#chain/app/modules.ts";
import { App } from "#chain/app.ts";
import { sha256 } from "#chain/bytes/hash.ts";
import { u32be } from "#chain/bytes/int.ts";
import { fromKey, toKey } from "#chain/bytes/latin1.ts";
import { writeCtx } from "#chain/kernel/block.ts";
import { overlay } from "#chain/kernel/overlay.ts";
import { toAddress } from "#chain/protocol/address.ts";
import { openDiskStore } from "#chain/store/disk.ts";
import type { NodeStore } from "#chain/store/port.ts";
import { createMclBls } from "#chain/verify/bls.ts";
import { loadVerifier } from "#chain/verify/load-verifier.ts";
import * as bank from "#modules/bank/api.ts";
import { noProofs, START_MS } from "../../kit/chain.ts";
import { CHAIN_ID, DENOM, genesis } from "../../kit/genesis.ts";
import { validator } from "../../kit/validator.ts";
import { sendersGenesis } from "../signed-sends.ts";

const PROPOSER = validator("bench");
const BLOCK_MS = 1_000n;
const BYTES_MAX = 1 << 21;
const MADE_AT_ONCE = 10_000;
/** Fewer than nodes keep, so that the pages which blocks replace leave the disk while these are measured. */
const KEEP_RECENT = 4;

/** An app over the store of a folder, as a node has it but for sockets, consensus and the beacon. */
export async function openApp(folder: string): Promise<{ readonly app: App; readonly store: NodeStore }> {
  const store = await openDiskStore(folder, { spaces: storeSpaces, keepRecent: KEEP_RECENT });
  const signatures = await loadVerifier((text) => console.error(text));
  return { store, app: new App({ store, proofs: noProofs, signatures, bls: await createMclBls() }) };
}

/** The next block with the given transactions, at one block a second. */
export const nextBlock = (app: App, txs: readonly Uint8Array[]): Parameters<App["prepareProposal"]>[0] => {
  const height = app.info().height + 1n;
  const timeMs = START_MS + height * BLOCK_MS;
  return { height, timeMs, proposer: PROPOSER.address, txs, bytesMax: BYTES_MAX };
};

const addressAt = (index: number): string => toKey(sha256(u32be(index)).subarray(0, 20));

/** The address of one of the accounts that only receive. */
export const receiver = (index: number): string => toAddress(fromKey(addressAt(index)));

/**
 * Makes a chain of so many accounts, each with coins: some that send come with genesis, all others are
 * written by the modules' own code, 10,000 a version.
 */
export async function makeChain(folder: string, accounts: number, senders: number): Promise<void> {
  const { app, store } = await openApp(folder);
  try {
    const appState = genesis(sendersGenesis(senders));
    app.initChain({ chainId: CHAIN_ID, timeMs: START_MS, initialHeight: 1n, appState });
    await app.finalizeBlock(nextBlock(app, []));
    await app.commit();
    const registry = chainRegistry();
    const addresses = Array.from({ length: accounts - senders }, (_, i) => addressAt(i)).sort();
    for (let at = 0; at < addresses.length; at += MADE_AT_ONCE) {
      const { height, timeMs, proposer } = nextBlock(app, []);
      const state = overlay(store);
      const block = { chainId: CHAIN_ID, height, timeMs, proposer, verdicts: new Map() };
      const ctx = writeCtx(registry, state, block, []);
      for (const address of addresses.slice(at, at + MADE_AT_ONCE))
        bank.mint(ctx, toAddress(fromKey(address)), DENOM, 1n);
      await store.commit(store.stage(height, state.changes()));
    }
  } finally {
    await store.close();
  }
}
