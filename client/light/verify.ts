import { ed25519 } from "@noble/curves/ed25519.js";
import { equalBytes } from "#chain/bytes/compare.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { EncodeError } from "#chain/proto/error.ts";
import { consensusAddress } from "#chain/protocol/operator.ts";
import { BlockIDFlag, type CommitSig, type Header, type Validator } from "#proto/gen/tendermint/types.ts";
import { type Block, headerHash, timeNs, validatorsHash, voteBytes } from "./block.ts";
import { LightError } from "./error.ts";

/** What a light client takes for granted. */
export interface TrustRules {
  readonly chainId: string;
  /** For how long a header is trusted after its time; below the unbonding time of stakes. */
  readonly trustingPeriodMs: number;
  /** How far ahead of the own clock a header's time may be. */
  readonly clockDriftMs: number;
  /** Part of the trusted validators that must have signed a header further up: from 1/3 to 1. */
  readonly trustLevel: { readonly numerator: bigint; readonly denominator: bigint };
}

const BLOCK_PROTOCOL = 11n;
const HASH_BYTES = 32;
const ADDRESS_BYTES = 20;
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const NS_PER_MS = 1_000_000n;
/** CometBFT's own bound on the sum of powers. */
const POWER_MAX = ((1n << 63n) - 1n) / 8n;

const { BLOCK_ID_FLAG_ABSENT, BLOCK_ID_FLAG_COMMIT, BLOCK_ID_FLAG_NIL } = BlockIDFlag;

function require(holds: boolean, why: string): asserts holds {
  if (!holds) throw new LightError("badBlock", why);
}

const isHash = (bytes: Uint8Array): boolean => bytes.length === HASH_BYTES;
const isHashOrNone = (bytes: Uint8Array): boolean => bytes.length === 0 || isHash(bytes);

/** Numbers that no block can carry are faults of the block like others. */
function guarded<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof EncodeError) throw new LightError("badBlock", error.message);
    throw error;
  }
}

/** Hash of a header of which nothing need be true; throws LightError where it has none. */
export const hashOf = (header: Header): Uint8Array => guarded(() => headerHash(header));

/** Whether a header is well formed and of the chain; throws LightError. */
function checkHeader(header: Header, chainId: string): void {
  if (header.chainId !== chainId)
    throw new LightError("otherChain", `a header of chain ${header.chainId.slice(0, 50)}, not ${chainId}`);
  require(header.version?.block === BLOCK_PROTOCOL, "a header of another block protocol");
  require(header.height > 0n && header.time !== undefined, "a header without height or time");
  require(isHash(header.validatorsHash) && isHash(header.nextValidatorsHash), "a header without validators");
  const { lastCommitHash, dataHash, consensusHash, lastResultsHash, evidenceHash } = header;
  const hashes = [lastCommitHash, dataHash, consensusHash, lastResultsHash, evidenceHash];
  require(hashes.every(isHashOrNone), "a header with a hash of the wrong length");
  require(header.proposerAddress.length === ADDRESS_BYTES, "a header without its proposer");
}

/** The sum of the powers. Throws LightError on keys or powers that no validator set has. */
function checkValidators(validators: readonly Validator[]): bigint {
  require(validators.length > 0, "no validators");
  let total = 0n;
  const seen = new Set<string>();
  for (const { address, pubKey, votingPower } of validators) {
    const key = pubKey?.ed25519;
    require(key?.length === KEY_BYTES, "a validator whose key is not of ed25519");
    require(equalBytes(address, consensusAddress(key)), "a validator under another's address");
    require(votingPower > 0n, "a validator without power");
    seen.add(toHex(address));
    total += votingPower;
  }
  require(seen.size === validators.length, "a validator twice");
  require(total <= POWER_MAX, "more power than CometBFT has");
  return total;
}

function checkSignature({ blockIdFlag, validatorAddress, signature }: CommitSig): void {
  const isAbsent = blockIdFlag === BLOCK_ID_FLAG_ABSENT;
  require(isAbsent ||
    blockIdFlag === BLOCK_ID_FLAG_COMMIT ||
    blockIdFlag === BLOCK_ID_FLAG_NIL, "a signature for who knows what");
  if (isAbsent) require(validatorAddress.length + signature.length === 0, "a signature of nobody");
  else require(signature.length === SIGNATURE_BYTES, "a signature of the wrong length");
}

const isSignedBy = ({ pubKey }: Validator, message: Uint8Array, signature: Uint8Array): boolean => {
  try {
    // As CometBFT does, so that a block that it takes is never refused here.
    return ed25519.verify(signature, message, pubKey?.ed25519 as Uint8Array, { zip215: true });
  } catch {
    return false;
  }
};

/** Signatures found right already, by place in the commit. */
type Known = Set<number>;

/**
 * Adds up the power of those who signed the block until it is more than needed. Throws LightError on a wrong
 * signature. `validatorOf` gives the validator of a signature; those of nobody known are passed over.
 */
function powerSigned(
  { commit, header }: Block,
  needed: bigint,
  known: Known,
  validatorOf: (one: CommitSig, place: number) => Validator | undefined,
): bigint {
  let power = 0n;
  for (const [place, one] of commit.signatures.entries()) {
    if (one.blockIdFlag !== BLOCK_ID_FLAG_COMMIT) continue;
    const validator = validatorOf(one, place);
    if (validator === undefined) continue;
    const isRight =
      known.has(place) || isSignedBy(validator, voteBytes(header.chainId, commit, one), one.signature);
    require(isRight, `signature ${place} is wrong`);
    known.add(place);
    power += validator.votingPower;
    if (power > needed) return power;
  }
  return power;
}

/** Whether header, commit and validators fit together; gives the power of all. Throws LightError. */
function checkBlock({ header, commit, validators }: Block, chainId: string): bigint {
  checkHeader(header, chainId);
  const { blockId, signatures } = commit;
  require(commit.height === header.height && commit.round >= 0, "a commit of another height");
  require(!!blockId && equalBytes(blockId.hash, headerHash(header)), "a commit of another block");
  const parts = blockId.partSetHeader;
  require(!!parts && parts.total > 0 && isHash(parts.hash), "a commit without the parts of its block");
  const total = checkValidators(validators);
  require(equalBytes(header.validatorsHash, validatorsHash(validators)), "validators of another block");
  require(signatures.length === validators.length, "more or fewer signatures than validators");
  for (const one of signatures) checkSignature(one);
  return total;
}

function checkCommit(block: Block, total: bigint, known: Known): void {
  const needed = (total * 2n) / 3n;
  const power = powerSigned(block, needed, known, ({ validatorAddress }, place) => {
    const validator = block.validators[place] as Validator;
    require(equalBytes(validatorAddress, validator.address), `signature ${place} is another's`);
    return validator;
  });
  if (power <= needed) throw new LightError("tooFewSigned", `${power} of ${total} signed, not two thirds`);
}

/**
 * Whether header, commit and validators fit together and more than two thirds of these validators signed.
 * Says nothing of whose validators they are. Throws LightError. Source: CometBFT `VerifyCommitLight`.
 */
export const verifyBlock = (block: Block, chainId: string): void =>
  guarded(() => checkCommit(block, checkBlock(block, chainId), new Set()));

/** Whether enough of the trusted validators signed a later block (CometBFT `VerifyCommitLightTrusting`). */
function isSignedByTrusted(trusted: Block, next: Block, { trustLevel }: TrustRules, known: Known): boolean {
  const byAddress = new Map(trusted.validators.map((each) => [toHex(each.address), each]));
  const total = trusted.validators.reduce((sum, { votingPower }) => sum + votingPower, 0n);
  const needed = (total * trustLevel.numerator) / trustLevel.denominator;
  const voted = new Set<string>();
  const power = powerSigned(next, needed, known, ({ validatorAddress }) => {
    const address = toHex(validatorAddress);
    const validator = byAddress.get(address);
    if (validator === undefined) return undefined;
    require(!voted.has(address), "a validator that signed twice");
    voted.add(address);
    return validator;
  });
  return power > needed;
}

/** Whether a header is too old to vouch for others. */
export const isExpired = ({ time }: Header, { trustingPeriodMs }: TrustRules, nowMs: number): boolean =>
  timeNs(time) + BigInt(trustingPeriodMs) * NS_PER_MS <= BigInt(Math.ceil(nowMs)) * NS_PER_MS;

/**
 * Whether a trusted block vouches for a later one: "tooFar" where not enough of its validators signed that,
 * so that one between is needed. Throws LightError where the later one cannot be the chain's. Source:
 * CometBFT `light.Verify`, ADR-046.
 */
export const verifyForward = (
  trusted: Block,
  next: Block,
  rules: TrustRules,
  nowMs: number,
): "trusted" | "tooFar" => guarded(() => forward(trusted, next, rules, nowMs));

function forward(trusted: Block, next: Block, rules: TrustRules, nowMs: number): "trusted" | "tooFar" {
  if (isExpired(trusted.header, rules, nowMs))
    throw new LightError("expired", `the header of height ${trusted.header.height} is too old to vouch`);
  const total = checkBlock(next, rules.chainId);
  require(next.header.height > trusted.header.height, "a header that is not above the trusted one");
  require(timeNs(next.header.time) > timeNs(trusted.header.time), "a header older than one below it");
  if (timeNs(next.header.time) >= BigInt(Math.floor(nowMs) + rules.clockDriftMs) * NS_PER_MS)
    throw new LightError("future", `the header of height ${next.header.height} is from the future`);
  // A signature that is checked with a trusted key need not be again: addresses are hashes of keys.
  const known: Known = new Set();
  if (next.header.height === trusted.header.height + 1n) {
    const { nextValidatorsHash } = trusted.header;
    require(equalBytes(next.header.validatorsHash, nextValidatorsHash), "validators that were not announced");
  } else if (!isSignedByTrusted(trusted, next, rules, known)) return "tooFar";
  checkCommit(next, total, known);
  return "trusted";
}

/** Whether an older header is the one that a trusted header stands on; throws LightError. */
export function verifyBackward(trusted: Header, older: Header, chainId: string): void {
  checkHeader(older, chainId);
  require(older.height === trusted.height - 1n, "a header that is not right below the trusted one");
  require(timeNs(older.time) < timeNs(trusted.time), "a header newer than one above it");
  const named = trusted.lastBlockId?.hash ?? new Uint8Array(0);
  const hash = hashOf(older);
  require(equalBytes(named, hash), "a header that the trusted one does not stand on");
}
