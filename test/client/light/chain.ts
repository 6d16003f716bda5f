import { sha256 } from "#chain/bytes/hash.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { consensusAddress } from "#chain/protocol/operator.ts";
import { type SigningKey, signingKey } from "#client/ceramic/ed25519.ts";
import { type Block, headerHash, validatorsHash, voteBytes } from "#client/light/block.ts";
import type { BlockSource } from "#client/light/source.ts";
import type { Clock } from "#client/ports.ts";
import { PublicKey } from "#proto/gen/tendermint/crypto.ts";
import {
  type BlockID,
  BlockIDFlag,
  type Commit,
  type CommitSig,
  type Header,
  type Validator,
} from "#proto/gen/tendermint/types.ts";

export const CHAIN = "light-1";
const BLOCK_S = 10n;
/** Time of the first block, seconds since 1970. */
const START_S = 1_800_000_000n;
const NO_BYTES = new Uint8Array(0);

/** A validator that can sign. */
export interface Signer {
  readonly key: SigningKey;
  readonly power: bigint;
}

export const signer = (name: string, power = 10n): Signer => ({ key: signingKey(sha256(utf8(name))), power });

export const validatorOf = ({ key, power }: Signer): Validator => ({
  address: consensusAddress(key.publicKey),
  pubKey: { ...PublicKey.zero(), ed25519: key.publicKey },
  votingPower: power,
  proposerPriority: 0n,
});

/** Who signs a block. */
export type Votes = (signer: Signer, place: number) => boolean;

export function commitTo(header: Header, signers: readonly Signer[], votes: Votes = () => true): Commit {
  const blockId = { hash: headerHash(header), partSetHeader: { total: 1, hash: sha256(utf8("parts")) } };
  const commit: Commit = { height: header.height, round: 0, blockId, signatures: [] };
  const signatures = signers.map((each, place): CommitSig => {
    if (!votes(each, place)) {
      const blockIdFlag = BlockIDFlag.BLOCK_ID_FLAG_ABSENT;
      return { blockIdFlag, validatorAddress: NO_BYTES, timestamp: undefined, signature: NO_BYTES };
    }
    const { address } = validatorOf(each);
    const timestamp = { seconds: header.time?.seconds ?? 0n, nanos: place };
    const flag = BlockIDFlag.BLOCK_ID_FLAG_COMMIT;
    const vote = { blockIdFlag: flag, validatorAddress: address, timestamp, signature: NO_BYTES };
    return { ...vote, signature: each.key.sign(voteBytes(header.chainId, commit, vote)) };
  });
  return { ...commit, signatures };
}

interface Choice {
  readonly chainId?: string;
  /** What makes this chain's blocks its own. */
  readonly salt?: string;
  readonly votes?: Votes;
}

/** The block of a height over the one below it. */
export function blockOver(
  lastBlockId: BlockID | undefined,
  height: bigint,
  signers: readonly Signer[],
  next: readonly Signer[],
  { chainId = CHAIN, salt = "", votes }: Choice = {},
): Block {
  const validators = signers.map(validatorOf);
  const header: Header = {
    version: { block: 11n, app: 1n },
    chainId,
    height,
    time: { seconds: START_S + height * BLOCK_S, nanos: 5 },
    lastBlockId: lastBlockId ?? { hash: NO_BYTES, partSetHeader: { total: 0, hash: NO_BYTES } },
    lastCommitHash: sha256(utf8(`commit ${height}`)),
    dataHash: sha256(),
    validatorsHash: validatorsHash(validators),
    nextValidatorsHash: validatorsHash(next.map(validatorOf)),
    consensusHash: sha256(utf8("params")),
    appHash: sha256(utf8(`app ${salt} ${height}`)),
    lastResultsHash: sha256(),
    evidenceHash: sha256(),
    proposerAddress: (validators[0] as Validator).address,
  };
  return { header, commit: commitTo(header, signers, votes), validators };
}

/** Blocks 1…count; `set` gives the validators of a height; before `below` the blocks of another chain. */
export function chainOf(
  count: number,
  set: (height: number) => readonly Signer[],
  choice: Choice & { readonly below?: readonly Block[] } = {},
): readonly Block[] {
  const blocks: Block[] = [...(choice.below ?? [])];
  for (let height = blocks.length + 1; height <= count; height++) {
    const last = blocks.at(-1)?.commit.blockId;
    blocks.push(blockOver(last, BigInt(height), set(height), set(height + 1), choice));
  }
  return blocks;
}

/** A node that serves these blocks. */
export const sourceOf = (blocks: readonly Block[], asked: bigint[] = []): BlockSource => ({
  name: "a list",
  block: async (height = BigInt(blocks.length)) => {
    asked.push(height);
    return blocks.find(({ header }) => header.height === height);
  },
  headers: async (from, to) =>
    blocks
      .map(({ header }) => header)
      .filter(({ height }) => height >= from && height <= to)
      .reverse(),
});

/** Milliseconds since 1970 at which a block has just been made. */
export const momentOf = (height: number): number => Number((START_S + BigInt(height) * BLOCK_S) * 1000n) + 1;

/** A clock that stands still until somebody waits by it. */
export function clockAt(ms: number): Clock {
  let now = ms;
  return {
    now: () => now,
    sleep: async (pause) => {
      now += pause;
    },
  };
}
