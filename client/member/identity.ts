import { randomBytes } from "node:crypto";
import { decode, encode } from "@ipld/dag-cbor";
import { toHex } from "#chain/bytes/hex.ts";
import type { RoundRef } from "#chain/protocol/round-key.ts";
import { epochId, SEAL_KEY_BYTES } from "#chain/protocol/seal.ts";
import { delegate } from "#client/ceramic/capability.ts";
import { signingKey } from "#client/ceramic/ed25519.ts";
import { ethereumAddress } from "#client/ceramic/eip191.ts";
import { openSession, type Session } from "#client/ceramic/event.ts";
import { didKey, didPkh } from "#client/ceramic/ids.ts";
import type { SecretStore } from "./secrets.ts";

/** A member that publishes: its account and the session key to which the account delegated. */
export interface MemberIdentity {
  /** did:pkh of the Ethereum account, the owner of the member's streams. */
  readonly did: string;
  /** Lower-case 0x address of the account. */
  readonly address: string;
  readonly session: Session;
}

/** The two keys of one member and round, 32 bytes each. Whoever has them reads everything of the round. */
export interface EpochKeys {
  readonly contents: Uint8Array;
  readonly labels: Uint8Array;
}

export interface MemberOptions {
  /** secp256k1 private key of the Ethereum account, 32 bytes; used to sign a delegation, never stored. */
  readonly ethereumKey: Uint8Array;
  readonly secrets: SecretStore;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Random bytes; the operating system's unless given. */
  readonly entropy?: (length: number) => Uint8Array;
  /** Host name shown in the text that the account signs. */
  readonly domain: string;
  /** What the session key may write; every stream of the account unless given. */
  readonly resources?: readonly string[];
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** How long a delegation lasts, and how much of it must be left for a new start to use it again. */
const DELEGATION_MS = 30 * DAY_MS;
const DELEGATION_LEFT_MS = 7 * DAY_MS;

/** The member of an account: the stored session while it lasts, else one with a new session key. */
export async function loadMember(options: MemberOptions): Promise<MemberIdentity> {
  const address = ethereumAddress(options.ethereumKey);
  const name = `session-${address}`;
  const stored = await options.secrets.get(name);
  if (stored) {
    const { seed, capability } = decode<{ seed: Uint8Array; capability: Uint8Array }>(stored);
    const session = openSession(seed, capability);
    const usable = session.capability.expiresAtMs - options.clock() >= DELEGATION_LEFT_MS;
    if (usable && session.controller === didPkh(address))
      return { did: session.controller, address, session };
  }
  const { seed, capability } = newDelegation(options);
  await options.secrets.put(name, encode({ seed, capability }));
  const session = openSession(seed, capability);
  return { did: session.controller, address, session };
}

function newDelegation(options: MemberOptions): {
  readonly seed: Uint8Array;
  readonly capability: Uint8Array;
} {
  const entropy = options.entropy ?? systemEntropy;
  const seed = entropy(32);
  const issuedAtMs = options.clock();
  const grant = {
    domain: options.domain,
    audience: didKey(signingKey(seed).publicKey),
    nonce: toHex(entropy(8)),
    issuedAtMs,
    expiresAtMs: issuedAtMs + DELEGATION_MS,
    statement: "Let this session key publish my sealed data.",
    resources: options.resources ?? ["ceramic://*"],
  };
  return { seed, capability: delegate(grant, options.ethereumKey) };
}

/** The member's keys for a round, made and stored on first use: the same at every later start. */
export async function loadEpochKeys(
  secrets: SecretStore,
  member: MemberIdentity,
  round: RoundRef,
  entropy: (length: number) => Uint8Array = systemEntropy,
): Promise<EpochKeys> {
  const name = `epoch-${toHex(epochId(round))}-${member.address}`;
  const stored = await secrets.get(name);
  return decode<EpochKeys>(stored ?? (await secrets.add(name, encode(newEpochKeys(entropy)))));
}

/** Two fresh keys. */
export const newEpochKeys = (entropy: (length: number) => Uint8Array = systemEntropy): EpochKeys => ({
  contents: entropy(SEAL_KEY_BYTES),
  labels: entropy(SEAL_KEY_BYTES),
});

const systemEntropy = (length: number): Uint8Array => Uint8Array.from(randomBytes(length));
