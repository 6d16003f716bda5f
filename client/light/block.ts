import { concat } from "#chain/bytes/concat.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { merkleRoot } from "#chain/merkle/rfc6962.ts";
import { uvarint } from "#chain/merkle/varint.ts";
import { Timestamp } from "#proto/gen/google/protobuf.ts";
import {
  BlockID,
  CanonicalVote,
  type Commit,
  type CommitSig,
  type Header,
  SignedMsgType,
  SimpleValidator,
  type Validator,
} from "#proto/gen/tendermint/types.ts";
import { Consensus } from "#proto/gen/tendermint/version.ts";

/** A header that is signed by validators who are named; nothing of it need be true. */
export interface Block {
  readonly header: Header;
  readonly commit: Commit;
  /** In CometBFT's order, the one in which the commit has their signatures. */
  readonly validators: readonly Validator[];
}

const NS_PER_S = 1_000_000_000n;
const NS_PER_MS = 1_000_000n;
const NO_TIME = Timestamp.zero();
const NO_BYTES = new Uint8Array(0);

/** Nanoseconds since 1970. */
export const timeNs = ({ seconds, nanos }: Timestamp = NO_TIME): bigint => seconds * NS_PER_S + BigInt(nanos);

/** A header's time in milliseconds since 1970. */
export const headerMs = ({ time }: Pick<Header, "time">): number => Number(timeNs(time) / NS_PER_MS);

/** A number in the wrapper message that CometBFT hashes in its place; nothing for zero. */
function wrappedNumber(value: bigint): Uint8Array {
  if (value === 0n) return NO_BYTES;
  const bytes = [0x08];
  let rest = value;
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.of(...bytes, Number(rest));
}

/** Bytes or a text in the wrapper message that CometBFT hashes in their place; nothing for none. */
const wrapped = (bytes: Uint8Array): Uint8Array =>
  bytes.length === 0 ? NO_BYTES : concat(Uint8Array.of(0x0a), uvarint(bytes.length), bytes);

/** Hash of a header, 32 bytes: CometBFT's simple tree over its encoded fields (`Header.Hash`). */
export const headerHash = (header: Header): Uint8Array =>
  merkleRoot([
    Consensus.encode(header.version ?? Consensus.zero()),
    wrapped(utf8(header.chainId)),
    wrappedNumber(header.height),
    Timestamp.encode(header.time ?? NO_TIME),
    BlockID.encode(header.lastBlockId ?? BlockID.zero()),
    ...[header.lastCommitHash, header.dataHash, header.validatorsHash].map(wrapped),
    ...[header.nextValidatorsHash, header.consensusHash, header.appHash].map(wrapped),
    ...[header.lastResultsHash, header.evidenceHash, header.proposerAddress].map(wrapped),
  ]);

/** Hash of a validator set, 32 bytes: over keys and powers in their order (`ValidatorSet.Hash`). */
export const validatorsHash = (validators: readonly Validator[]): Uint8Array =>
  merkleRoot(validators.map(({ pubKey, votingPower }) => SimpleValidator.encode({ pubKey, votingPower })));

/** What a validator has signed that voted for the block of a commit (`VoteSignBytes`). */
export function voteBytes(chainId: string, commit: Commit, { timestamp }: CommitSig): Uint8Array {
  const vote = CanonicalVote.encode({
    type: SignedMsgType.SIGNED_MSG_TYPE_PRECOMMIT,
    height: commit.height,
    round: BigInt(commit.round),
    blockId: commit.blockId,
    timestamp: timestamp ?? NO_TIME,
    chainId,
  });
  return concat(uvarint(vote.length), vote);
}
