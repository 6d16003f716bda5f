import type { Block } from "#chain/app/types.ts";
import { fromHex } from "#chain/bytes/hex.ts";
import type { Evidence, Vote } from "#chain/kernel/ctx.ts";
import { rpcResult } from "./status.ts";

/** A node whose blocks cannot be had, or whose chain this program computes another state of. */
export class ReplayError extends Error {
  override readonly name = "ReplayError";
}

/** A block of a node with the app hash that its state had before it, in hexadecimal. */
export interface StoredBlock extends Block {
  readonly appHashBefore: string;
}

interface RpcHeader {
  readonly height: string;
  readonly time: string;
  readonly app_hash: string;
  readonly validators_hash: string;
  readonly proposer_address: string;
}

interface RpcValidator {
  readonly address: string;
  readonly voting_power: string;
}

interface RpcProof {
  readonly TotalVotingPower: string;
  readonly Timestamp: string;
}

type RpcEvidence =
  | {
      readonly type: "tendermint/DuplicateVoteEvidence";
      readonly value: RpcProof & {
        readonly vote_a: { readonly height: string; readonly validator_address: string };
        readonly ValidatorPower: string;
      };
    }
  | {
      readonly type: "tendermint/LightClientAttackEvidence";
      readonly value: RpcProof & {
        readonly CommonHeight: string;
        readonly ByzantineValidators: readonly RpcValidator[] | null;
      };
    };

interface RpcBlock {
  readonly block: {
    readonly header: RpcHeader;
    readonly data: { readonly txs: readonly string[] | null };
    readonly evidence: { readonly evidence: readonly RpcEvidence[] | null };
    readonly last_commit: {
      readonly signatures: readonly { readonly block_id_flag: number }[] | null;
    } | null;
  };
}

interface RpcSet {
  readonly validators: readonly RpcValidator[];
  readonly total: string;
}

const TIMEOUT_MS = 30_000;
const PAGE = 100;
const ABSENT = 1;

/** The result of a path of a node's RPC. Throws ReplayError. */
export async function ask<T>(rpcUrl: string, path: string): Promise<T> {
  try {
    return await rpcResult<T>(rpcUrl, path, TIMEOUT_MS);
  } catch (cause) {
    throw new ReplayError(`cannot get ${path} from ${rpcUrl}`, { cause });
  }
}

/** Milliseconds of an RFC 3339 time, rounded down as the app does. */
export const timeMs = (time: string): bigint => BigInt(Date.parse(time.replace(/\.(\d{0,3})\d*Z$/, ".$1Z")));

const bytesOf = (hex: string): Uint8Array => fromHex(hex.toLowerCase());

/** Who decided a block, in the order in which the next one's commit has them. */
async function setAt(rpcUrl: string, height: bigint): Promise<readonly RpcValidator[]> {
  const found: RpcValidator[] = [];
  for (let page = 1; ; page++) {
    const path = `validators?height=${height}&page=${page}&per_page=${PAGE}`;
    const { validators, total } = await ask<RpcSet>(rpcUrl, path);
    found.push(...validators);
    if (found.length >= Number(total) || validators.length === 0) return found;
  }
}

const misdeed = (kind: Evidence["kind"], who: RpcValidator, height: string, proof: RpcProof): Evidence => ({
  kind,
  address: bytesOf(who.address),
  power: BigInt(who.voting_power),
  totalPower: BigInt(proof.TotalVotingPower),
  height: BigInt(height),
  timeMs: timeMs(proof.Timestamp),
});

/** What the app is told of a proof in a block: one entry for each who erred. */
function evidenceOf({ type, value }: RpcEvidence): readonly Evidence[] {
  if (type === "tendermint/DuplicateVoteEvidence") {
    const { validator_address: address, height } = value.vote_a;
    return [misdeed("duplicateVote", { address, voting_power: value.ValidatorPower }, height, value)];
  }
  const all = value.ByzantineValidators ?? [];
  return all.map((each) => misdeed("lightClientAttack", each, value.CommonHeight, value));
}

/** The votes that a block holds for the one before it. */
function votesOf({ last_commit }: RpcBlock["block"], set: readonly RpcValidator[]): readonly Vote[] {
  const signatures = last_commit?.signatures ?? [];
  if (signatures.length !== set.length) throw new ReplayError("a commit of others than the validators");
  return set.map(({ address, voting_power }, i) => ({
    address: bytesOf(address),
    power: BigInt(voting_power),
    signed: signatures[i]?.block_id_flag !== ABSENT,
  }));
}

function storedBlock({ block }: RpcBlock, set: readonly RpcValidator[]): StoredBlock {
  const { header, data, evidence } = block;
  return {
    height: BigInt(header.height),
    timeMs: timeMs(header.time),
    proposer: bytesOf(header.proposer_address),
    txs: (data.txs ?? []).map((tx) => new Uint8Array(Buffer.from(tx, "base64"))),
    votes: votesOf(block, set),
    evidence: (evidence.evidence ?? []).flatMap(evidenceOf),
    appHashBefore: header.app_hash.toLowerCase(),
  };
}

/** Who decided the block before; nobody before the first, which holds no votes. */
async function setBefore(rpcUrl: string, { block }: RpcBlock): Promise<readonly RpcValidator[]> {
  const { header, last_commit } = block;
  return (last_commit?.signatures ?? []).length > 0 ? setAt(rpcUrl, BigInt(header.height) - 1n) : [];
}

/** The block of a height as a node stores it, with what the app was told beside it. Throws ReplayError. */
export async function blockOf(rpcUrl: string, height: bigint): Promise<StoredBlock> {
  const found = await ask<RpcBlock>(rpcUrl, `block?height=${height}`);
  return storedBlock(found, await setBefore(rpcUrl, found));
}

/** A node's blocks from one height to another. Throws ReplayError. */
export async function* blocksOf(rpcUrl: string, from: bigint, until: bigint): AsyncGenerator<StoredBlock> {
  let last: { readonly hash: string; readonly set: readonly RpcValidator[] } | undefined;
  let lastHash: string | undefined;
  for (let height = from; height <= until; height++) {
    const found = await ask<RpcBlock>(rpcUrl, `block?height=${height}`);
    // A set stays for many blocks; its hash tells.
    const isSame = last !== undefined && last.hash === lastHash;
    const set: readonly RpcValidator[] = isSame && last ? last.set : await setBefore(rpcUrl, found);
    if (lastHash !== undefined) last = { hash: lastHash, set };
    lastHash = found.block.header.validators_hash;
    yield storedBlock(found, set);
  }
}
