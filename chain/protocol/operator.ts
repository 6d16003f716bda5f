import { bech32 } from "@scure/base";
import { sha256 } from "#chain/bytes/hash.ts";
import { ADDRESS_BYTES, ADDRESS_PREFIX, addressBytes, toAddress } from "./address.ts";

// Wallets write the addresses of a validator's account and of its consensus key with prefixes of their own.

const OPERATOR_PREFIX = `${ADDRESS_PREFIX}valoper`;
const CONSENSUS_PREFIX = `${ADDRESS_PREFIX}valcons`;
const TEXT_CHARACTERS_MAX = 90;

/** The address of an account as that of a validator's operator. */
export const toOperator = (account: string): string =>
  bech32.encode(OPERATOR_PREFIX, bech32.toWords(addressBytes(account)));

/** First 20 bytes of SHA-256 of an Ed25519 consensus key, as CometBFT has it. */
export const consensusAddress = (publicKey: Uint8Array): Uint8Array =>
  sha256(publicKey).subarray(0, ADDRESS_BYTES);

/** The address of a consensus key (20 bytes) as text. */
export const toConsensusAddress = (address: Uint8Array): string =>
  bech32.encode(CONSENSUS_PREFIX, bech32.toWords(address));

function read(prefix: string, text: string): Uint8Array | undefined {
  // Bech32 may be written in capitals too; one address has one text here.
  if (/[^a-z0-9]/.test(text) || text.length > TEXT_CHARACTERS_MAX) return undefined;
  const decoded = bech32.decodeUnsafe(text);
  if (decoded?.prefix !== prefix) return undefined;
  const bytes = bech32.fromWordsUnsafe(decoded.words);
  return bytes?.length === ADDRESS_BYTES ? bytes : undefined;
}

/** The address of the account behind an operator's; undefined unless it is one of this chain. */
export function parseOperator(text: string): string | undefined {
  const bytes = read(OPERATOR_PREFIX, text);
  return bytes && toAddress(bytes);
}

/** The 20 bytes of a consensus address; undefined unless it is one of this chain. */
export const parseConsensusAddress = (text: string): Uint8Array | undefined => read(CONSENSUS_PREFIX, text);
