import { taggedHash } from "#chain/bytes/tagged.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { toAddress } from "#chain/protocol/address.ts";
import type { TypedGenesis } from "./base.ts";
import { bindMember, completeGenesis, gameIdOf } from "./complete.ts";
import { beginWith } from "./exported.ts";
import type { GenesisTemplates } from "./templates.ts";

/** Members who have what every member of the game must have, and nobody's keys. */
const PRETENDERS = 12;
const CHAIN_ID = "rehearsal-1";
const PURSE = 1_000_000_000_000n;

/**
 * Completes a game with accounts that nobody owns and begins a chain with it, so that a choice the chain
 * refuses is told before anything is written. Throws CliError.
 */
export async function rehearse(base: TypedGenesis, templates: GenesisTemplates): Promise<void> {
  const gameId = gameIdOf(base);
  const keys = Array.from({ length: PRETENDERS }, (_, i) => taggedHash("rehearsal", utf8(`member ${i}`)));
  const addresses = keys.map((key) => toAddress(key.subarray(0, 20)));
  const appState = completeGenesis(base, {
    chainId: CHAIN_ID,
    accounts: addresses.map((address) => ({ address, amount: PURSE })),
    members: addresses.map((address, i) => bindMember(CHAIN_ID, gameId, address, keys[i] as Uint8Array)),
    beaconKeys: [],
    vocabulary: Array.from({ length: 64 }, (_, i) => `token${i}`),
    templates,
  });
  await beginWith({ chainId: CHAIN_ID, timeMs: 1n, initialHeight: 1n, appState });
}
