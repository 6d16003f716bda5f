import { fromHex } from "#chain/bytes/hex.ts";
import { fromJson } from "#chain/proto/json.ts";
import { Timestamp } from "#proto/gen/google/protobuf.ts";
import type { PublicKey } from "#proto/gen/tendermint/crypto.ts";
import type {
  Block,
  BlockID,
  Commit,
  Evidence,
  Header,
  Validator,
  ValidatorSet,
  Vote,
} from "#proto/gen/tendermint/types.ts";

// CometBFT's JSON as its own messages: hashes and addresses are hexadecimal there, the rest of bytes base64.

type Hex = string;
type Base64 = string | null;

interface RpcBlockId {
  readonly hash: Hex;
  readonly parts: { readonly total: number; readonly hash: Hex };
}

/** A header as the RPC gives it. */
export interface RpcHeader {
  readonly version: { readonly block: string; readonly app?: string };
  readonly chain_id: string;
  readonly height: string;
  readonly time: string;
  readonly last_block_id: RpcBlockId;
  readonly last_commit_hash: Hex;
  readonly data_hash: Hex;
  readonly validators_hash: Hex;
  readonly next_validators_hash: Hex;
  readonly consensus_hash: Hex;
  readonly app_hash: Hex;
  readonly last_results_hash: Hex;
  readonly evidence_hash: Hex;
  readonly proposer_address: Hex;
}

interface RpcCommit {
  readonly height: string;
  readonly round: number;
  readonly block_id: RpcBlockId;
  readonly signatures: readonly {
    readonly block_id_flag: number;
    readonly validator_address: Hex;
    readonly timestamp: string;
    readonly signature: Base64;
  }[];
}

interface RpcVote {
  readonly type: number;
  readonly height: string;
  readonly round: number;
  readonly block_id: RpcBlockId;
  readonly timestamp: string;
  readonly validator_address: Hex;
  readonly validator_index: number;
  readonly signature: Base64;
}

/** A validator as the RPC gives it. */
export interface RpcValidator {
  readonly address: Hex;
  readonly pub_key: { readonly type: string; readonly value: string };
  readonly voting_power: string;
  readonly proposer_priority?: string;
}

interface RpcLightBlock {
  readonly signed_header: { readonly header: RpcHeader; readonly commit: RpcCommit };
  readonly validator_set: { readonly validators: readonly RpcValidator[]; readonly proposer?: RpcValidator };
}

type RpcEvidence =
  | {
      readonly type: "tendermint/DuplicateVoteEvidence";
      readonly value: {
        readonly vote_a: RpcVote;
        readonly vote_b: RpcVote;
        readonly TotalVotingPower: string;
        readonly ValidatorPower: string;
        readonly Timestamp: string;
      };
    }
  | {
      readonly type: "tendermint/LightClientAttackEvidence";
      readonly value: {
        readonly ConflictingBlock: RpcLightBlock;
        readonly CommonHeight: string;
        readonly ByzantineValidators: readonly RpcValidator[] | null;
        readonly TotalVotingPower: string;
        readonly Timestamp: string;
      };
    };

/** A block as the RPC gives it. */
export interface RpcBlock {
  readonly block_id: RpcBlockId;
  readonly block: {
    readonly header: RpcHeader;
    readonly data: { readonly txs?: readonly string[] | null };
    readonly evidence: { readonly evidence?: readonly RpcEvidence[] | null };
    readonly last_commit: RpcCommit;
  };
}

export const hexOf = (text: Hex): Uint8Array => fromHex(text.toLowerCase());

/** Bytes of a text in base64, or none. */
export const base64Of = (text: Base64 | undefined): Uint8Array =>
  Uint8Array.from(Buffer.from(text ?? "", "base64"));

/** A time of the RPC. */
export const timeOf = (text: string): Timestamp => fromJson(Timestamp, text);

export const blockIdOf = ({ hash, parts }: RpcBlockId): BlockID => ({
  hash: hexOf(hash),
  partSetHeader: { total: parts.total, hash: hexOf(parts.hash) },
});

const headerOf = (header: RpcHeader): Header => ({
  version: { block: BigInt(header.version.block), app: BigInt(header.version.app ?? "0") },
  chainId: header.chain_id,
  height: BigInt(header.height),
  time: timeOf(header.time),
  lastBlockId: blockIdOf(header.last_block_id),
  lastCommitHash: hexOf(header.last_commit_hash),
  dataHash: hexOf(header.data_hash),
  validatorsHash: hexOf(header.validators_hash),
  nextValidatorsHash: hexOf(header.next_validators_hash),
  consensusHash: hexOf(header.consensus_hash),
  appHash: hexOf(header.app_hash),
  lastResultsHash: hexOf(header.last_results_hash),
  evidenceHash: hexOf(header.evidence_hash),
  proposerAddress: hexOf(header.proposer_address),
});

const commitOf = ({ height, round, block_id, signatures }: RpcCommit): Commit => ({
  height: BigInt(height),
  round,
  blockId: blockIdOf(block_id),
  signatures: signatures.map((each) => ({
    blockIdFlag: each.block_id_flag,
    validatorAddress: hexOf(each.validator_address),
    timestamp: timeOf(each.timestamp),
    signature: base64Of(each.signature),
  })),
});

const voteOf = (vote: RpcVote): Vote => ({
  type: vote.type,
  height: BigInt(vote.height),
  round: vote.round,
  blockId: blockIdOf(vote.block_id),
  timestamp: timeOf(vote.timestamp),
  validatorAddress: hexOf(vote.validator_address),
  validatorIndex: vote.validator_index,
  signature: base64Of(vote.signature),
  extension: new Uint8Array(0),
  extensionSignature: new Uint8Array(0),
});

function keyOf({ type, value }: RpcValidator["pub_key"]): PublicKey {
  const key: PublicKey = {
    ...{ ed25519: undefined, secp256k1: undefined, bls12381: undefined },
    ...{ mldsa65: undefined, secp256k1eth: undefined },
  };
  return type === "tendermint/PubKeyEd25519" ? { ...key, ed25519: base64Of(value) } : key;
}

const validatorOf = (validator: RpcValidator): Validator => ({
  address: hexOf(validator.address),
  pubKey: keyOf(validator.pub_key),
  votingPower: BigInt(validator.voting_power),
  proposerPriority: BigInt(validator.proposer_priority ?? "0"),
});

const validatorSetOf = ({ validators, proposer }: RpcLightBlock["validator_set"]): ValidatorSet => ({
  validators: validators.map(validatorOf),
  proposer: proposer && validatorOf(proposer),
  totalVotingPower: validators.reduce((sum, { voting_power }) => sum + BigInt(voting_power), 0n),
});

function evidenceOf({ type, value }: RpcEvidence): Evidence {
  const common = { totalVotingPower: BigInt(value.TotalVotingPower), timestamp: timeOf(value.Timestamp) };
  if (type === "tendermint/DuplicateVoteEvidence") {
    const { vote_a, vote_b, ValidatorPower } = value;
    const votes = { voteA: voteOf(vote_a), voteB: voteOf(vote_b), validatorPower: BigInt(ValidatorPower) };
    return { duplicateVoteEvidence: { ...common, ...votes }, lightClientAttackEvidence: undefined };
  }
  const { signed_header, validator_set } = value.ConflictingBlock;
  const signedHeader = { header: headerOf(signed_header.header), commit: commitOf(signed_header.commit) };
  return {
    duplicateVoteEvidence: undefined,
    lightClientAttackEvidence: {
      ...common,
      conflictingBlock: { signedHeader, validatorSet: validatorSetOf(validator_set) },
      commonHeight: BigInt(value.CommonHeight),
      byzantineValidators: (value.ByzantineValidators ?? []).map(validatorOf),
    },
  };
}

export const blockOf = ({ header, data, evidence, last_commit }: RpcBlock["block"]): Block => ({
  header: headerOf(header),
  data: { txs: (data.txs ?? []).map(base64Of) },
  evidence: { evidence: (evidence.evidence ?? []).map(evidenceOf) },
  lastCommit: commitOf(last_commit),
});
