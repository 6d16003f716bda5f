import { fromBase64 } from "@cosmjs/encoding";
import { fromHex } from "#chain/bytes/hex.ts";
import { ClientError } from "#client/errors.ts";
import type { Timestamp } from "#proto/gen/google/protobuf.ts";
import { PublicKey } from "#proto/gen/tendermint/crypto.ts";
import {
  type BlockID,
  BlockIDFlag,
  type Commit,
  type CommitSig,
  type Header,
  type Validator,
} from "#proto/gen/tendermint/types.ts";

// Headers, commits and validators as CometBFT's RPC writes them in JSON.

type Fields = Readonly<Record<string, unknown>>;

const bad = (what: string): ClientError => new ClientError("badAnswer", `the node's answer has no ${what}`);

/** An object of JSON. */
export function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw bad(what);
  return value as Fields;
}

/** A list of JSON. */
export function listOf(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw bad(what);
  return value;
}

function text(value: unknown, what: string): string {
  if (typeof value !== "string") throw bad(what);
  return value;
}

/** A whole number in decimals, as a text or as a number of JSON. */
export function wholeOf(value: unknown, what: string): bigint {
  const digits = typeof value === "number" ? String(value) : text(value, what);
  if (!/^-?\d{1,19}$/.test(digits)) throw bad(what);
  return BigInt(digits);
}

function hex(value: unknown, what: string): Uint8Array {
  const digits = text(value ?? "", what).toLowerCase();
  if (digits.length % 2 !== 0 || !/^[0-9a-f]*$/.test(digits)) throw bad(what);
  return fromHex(digits);
}

/** Bytes in base64. */
function base64Of(value: unknown, what: string): Uint8Array {
  try {
    return fromBase64(text(value ?? "", what));
  } catch {
    throw bad(what);
  }
}

const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/;

/** A time in RFC 3339 with up to nine digits behind the point. */
function time(value: unknown, what: string): Timestamp {
  const [, seconds = "", fraction = ""] = TIME.exec(text(value, what)) ?? [];
  const ms = Date.parse(`${seconds}Z`);
  if (Number.isNaN(ms)) throw bad(what);
  return { seconds: BigInt(ms / 1000), nanos: Number(fraction.padEnd(9, "0")) };
}

function blockId(value: unknown, what: string): BlockID {
  const { hash, parts } = fieldsOf(value, what);
  const { total, hash: partsHash } = fieldsOf(parts, `${what}.parts`);
  const partSetHeader = { total: Number(wholeOf(total, what)), hash: hex(partsHash, what) };
  return { hash: hex(hash, what), partSetHeader };
}

/** A header; throws ClientError badAnswer. */
export function headerOf(value: unknown): Header {
  const fields = fieldsOf(value, "header");
  const { block, app = "0" } = fieldsOf(fields["version"], "header.version");
  const hashAt = (name: string): Uint8Array => hex(fields[name], `header.${name}`);
  return {
    version: { block: wholeOf(block, "header.version"), app: wholeOf(app, "header.version") },
    chainId: text(fields["chain_id"], "header.chain_id"),
    height: wholeOf(fields["height"], "header.height"),
    time: time(fields["time"], "header.time"),
    lastBlockId: blockId(fields["last_block_id"], "header.last_block_id"),
    lastCommitHash: hashAt("last_commit_hash"),
    dataHash: hashAt("data_hash"),
    validatorsHash: hashAt("validators_hash"),
    nextValidatorsHash: hashAt("next_validators_hash"),
    consensusHash: hashAt("consensus_hash"),
    appHash: hashAt("app_hash"),
    lastResultsHash: hashAt("last_results_hash"),
    evidenceHash: hashAt("evidence_hash"),
    proposerAddress: hashAt("proposer_address"),
  };
}

function commitSig(value: unknown): CommitSig {
  const fields = fieldsOf(value, "signature");
  const flag = Number(wholeOf(fields["block_id_flag"], "block_id_flag"));
  const isAbsent = flag === BlockIDFlag.BLOCK_ID_FLAG_ABSENT;
  return {
    blockIdFlag: flag,
    validatorAddress: hex(fields["validator_address"], "validator_address"),
    timestamp: isAbsent ? undefined : time(fields["timestamp"], "timestamp"),
    signature: base64Of(fields["signature"], "signature"),
  };
}

/** A commit; throws ClientError badAnswer. */
export function commitOf(value: unknown): Commit {
  const fields = fieldsOf(value, "commit");
  return {
    height: wholeOf(fields["height"], "commit.height"),
    round: Number(wholeOf(fields["round"], "commit.round")),
    blockId: blockId(fields["block_id"], "commit.block_id"),
    signatures: listOf(fields["signatures"], "commit.signatures").map(commitSig),
  };
}

/** A validator with a key of ed25519, the only one that chains of this kind have; throws ClientError. */
export function validatorOf(value: unknown): Validator {
  const fields = fieldsOf(value, "validator");
  const key = fieldsOf(fields["pub_key"], "pub_key");
  if (key["type"] !== "tendermint/PubKeyEd25519") throw bad("key of ed25519");
  return {
    address: hex(fields["address"], "address"),
    pubKey: { ...PublicKey.zero(), ed25519: base64Of(key["value"], "pub_key") },
    votingPower: wholeOf(fields["voting_power"], "voting_power"),
    proposerPriority: 0n,
  };
}
