import { equalBytes } from "#chain/bytes/compare.ts";
import { type Block, headerHash } from "#client/light/block.ts";
import { LightError } from "#client/light/error.ts";
import { verifyForward } from "#client/light/verify.ts";
import type { CommitSig, Header, Validator } from "#proto/gen/tendermint/types.ts";
import { type Random, seeded } from "../../kit/game/random.ts";
import { blockOver, CHAIN, chainOf, commitTo, momentOf, type Signer, signer, validatorOf } from "./chain.ts";

export const RULES = {
  chainId: CHAIN,
  trustingPeriodMs: 1_000_000,
  clockDriftMs: 10_000,
  trustLevel: { numerator: 1n, denominator: 3n },
} as const;

const LENGTH = 40;
const NOW_MS = momentOf(LENGTH);
/** One of seven leaves every five blocks and another comes. */
const setAt = (height: number): readonly Signer[] =>
  Array.from({ length: 7 }, (_, i) => signer(`v${i + Math.floor(height / 5)}`, BigInt(10 + i)));

function flipped(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes.length === 0) return random.bytes(1 + random.int(32));
  const out = bytes.slice();
  const at = random.int(out.length);
  out[at] = (out[at] as number) ^ (1 << random.int(8));
  return random.int(8) === 0 ? out.subarray(1) : out;
}

const hashFields = [
  ...(["lastCommitHash", "dataHash", "validatorsHash", "nextValidatorsHash", "consensusHash"] as const),
  ...(["appHash", "lastResultsHash", "evidenceHash", "proposerAddress"] as const),
] as const;

const otherFields = ["height", "time", "chainId", "version", "lastBlockId"] as const;
type Changed = (typeof hashFields)[number] | (typeof otherFields)[number];

/** A header with one thing changed. */
function otherHeader(header: Header, random: Random): Header {
  const field = random.pick<Changed>([...hashFields, ...otherFields]);
  const { seconds = 0n, nanos = 0 } = header.time ?? {};
  const { hash, partSetHeader } = header.lastBlockId ?? { hash: header.appHash, partSetHeader: undefined };
  switch (field) {
    case "height":
      return { ...header, height: header.height + BigInt(random.int(9) - 4) || 1n };
    case "time":
      return { ...header, time: { seconds: seconds + BigInt(random.int(3)), nanos: nanos + 1 } };
    case "chainId":
      return { ...header, chainId: random.pick(["light-2", "light-1 ", "", "LIGHT-1"]) };
    case "version":
      return { ...header, version: { block: 11n, app: 2n } };
    case "lastBlockId":
      return { ...header, lastBlockId: { hash: flipped(hash, random), partSetHeader } };
    default:
      return { ...header, [field]: flipped(header[field], random) };
  }
}

/** Only changes that say something else: bits that no signature and no hash covers are none. */
function otherSignature(signature: CommitSig, random: Random): CommitSig {
  const { timestamp } = signature;
  switch (random.int(4)) {
    case 0:
      return { ...signature, signature: flipped(signature.signature, random) };
    case 1:
      return { ...signature, validatorAddress: flipped(signature.validatorAddress, random) };
    case 2:
      return { ...signature, timestamp: timestamp && { ...timestamp, nanos: timestamp.nanos + 1 } };
    default:
      return { ...signature, blockIdFlag: random.int(6) };
  }
}

function otherValidator(validator: Validator, random: Random): Validator {
  const { votingPower } = validator;
  return random.int(2) === 0
    ? { ...validator, votingPower: votingPower + BigInt(random.int(40) - 20) || -1n }
    : validatorOf(signer(`stranger ${random.int(99)}`, votingPower));
}

const changedAt = <T>(list: readonly T[], random: Random, change: (one: T) => T): readonly T[] => {
  const at = random.int(list.length);
  return list.map((one, i) => (i === at ? change(one) : one));
};

/** What a liar makes of a block without the keys of more than two thirds. */
function forgery(block: Block, others: readonly Block[], random: Random): Block {
  const { header, commit, validators } = block;
  const foreign = random.pick(others);
  const height = Number(header.height);
  switch (random.int(8)) {
    case 0: // a header that nobody signed
      return { ...block, header: otherHeader(header, random) };
    case 1: {
      // the same with a commit that names it
      const changed = otherHeader(header, random);
      const hash = headerHash(changed);
      const blockId = commit.blockId && { ...commit.blockId, hash };
      return { header: changed, commit: { ...commit, height: changed.height, blockId }, validators };
    }
    case 2: // a header that some signed, but no third
      return resigned({ ...header, appHash: random.bytes(32) }, setAt(height), random);
    case 3: // signatures of another block, or of another chain
      return { ...foreign, header: { ...header, evidenceHash: random.bytes(32) } };
    case 4: // an attacker's own validators, who all sign
      return blockOver(header.lastBlockId, header.height, strangers(random), strangers(random), {
        salt: "x",
      });
    case 5: // the same, and claims to be those that are due
      return {
        ...blockOver(header.lastBlockId, header.height, strangers(random), setAt(height + 1), { salt: "y" }),
        validators,
      };
    case 6: {
      const changed = { ...header, dataHash: random.bytes(32) };
      const signed = commitTo(changed, setAt(height), (_, place) => place < 3);
      const signatures = changedAt(signed.signatures, random, (one) => otherSignature(one, random));
      return { header: changed, commit: { ...signed, signatures }, validators };
    }
    default: {
      const changed = changedAt(validators, random, (one) => otherValidator(one, random));
      return { header: { ...header, evidenceHash: random.bytes(32) }, commit, validators: changed };
    }
  }
}

const strangers = (random: Random): readonly Signer[] =>
  Array.from({ length: 4 }, (_, i) => signer(`stranger ${i + random.int(9)}`, 1_000n));

/** A commit that two validators of seven gave, one of them for many. */
function resigned(header: Header, signers: readonly Signer[], random: Random): Block {
  const some = commitTo(header, signers, (_, place) => place < 2);
  const [first] = some.signatures as [CommitSig];
  const isCopied = random.int(2) === 0;
  const signatures = isCopied ? some.signatures.map(() => first) : some.signatures;
  return { header, commit: { ...some, signatures }, validators: signers.map(validatorOf) };
}

/** How many forgeries were believed; honest blocks in between must be. */
export function forgeBlocks(count: number, seed: string): { made: number; accepted: number; honest: number } {
  const random = seeded(seed);
  const chain = chainOf(LENGTH, setAt);
  const foreign = chainOf(LENGTH, setAt, { chainId: "light-2" });
  let accepted = 0;
  let honest = 0;
  for (let made = 0; made < count; made++) {
    const trusted = chain[random.int(LENGTH - 1)] as Block;
    const height = Number(trusted.header.height);
    const real = chain[Math.min(LENGTH - 1, height + random.int(12))] as Block;
    if (made % 100 === 0 && verifyForward(trusted, real, RULES, NOW_MS) === "trusted") honest++;
    if (isBelieved(trusted, real, forgery(real, [...chain, ...foreign], random))) accepted++;
  }
  return { made: count, accepted, honest };
}

function isBelieved(trusted: Block, real: Block, forged: Block): boolean {
  try {
    if (verifyForward(trusted, forged, RULES, NOW_MS) !== "trusted") return false;
  } catch (error) {
    if (error instanceof LightError) return false;
    throw error;
  }
  return !equalBytes(headerHash(forged.header), headerHash(real.header));
}
