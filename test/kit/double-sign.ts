import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ed25519 } from "@noble/curves/ed25519.js";
import { toHex } from "#chain/bytes/hex.ts";
import { homePaths } from "#chain/node/config.ts";
import { voteBytes } from "#client/light/block.ts";
import { BlockIDFlag, Commit, type CommitSig } from "#proto/gen/tendermint/types.ts";
import { CHAIN_ID } from "./genesis.ts";
import { ask } from "./netns/rpc.ts";

interface KeyFile {
  readonly address: string;
  readonly priv_key: { readonly value: string };
}

interface Sets {
  readonly validators: readonly { readonly address: string; readonly voting_power: string }[];
}

const PRECOMMIT = 2;
const HASH_BYTES = 32;
/** Any time: nobody compares it with the block's. */
const VOTED = { seconds: 1_780_000_000n, nanos: 0 };

/** A vote for a block that does not exist, as CometBFT's RPC reads it. */
function voteFor(filler: number, height: bigint, key: KeyFile): object {
  const hash = new Uint8Array(HASH_BYTES).fill(filler);
  const blockId = { hash, partSetHeader: { total: 1, hash } };
  const commit: Commit = { ...Commit.zero(), height, round: 0, blockId };
  const signed: CommitSig = {
    blockIdFlag: BlockIDFlag.BLOCK_ID_FLAG_COMMIT,
    ...{ validatorAddress: hash, timestamp: VOTED, signature: hash },
  };
  const secret = Buffer.from(key.priv_key.value, "base64").subarray(0, 32);
  const signature = ed25519.sign(voteBytes(CHAIN_ID, commit, signed), secret);
  const hex = toHex(hash).toUpperCase();
  return {
    ...{ type: PRECOMMIT, height: `${height}`, round: 0, validator_address: key.address, validator_index: 0 },
    block_id: { hash: hex, parts: { total: 1, hash: hex } },
    timestamp: new Date(Number(VOTED.seconds) * 1_000).toISOString(),
    signature: Buffer.from(signature).toString("base64"),
  };
}

/**
 * Signs two blocks of one height with the key of a validator's home, and shows both votes to a node, which
 * brings them before everybody as evidence. The validator must have been in the set of that height.
 */
export async function doubleSign(home: string, rpcUrl: string, height: bigint): Promise<void> {
  const file = await readFile(join(homePaths(home).comet, "config/priv_validator_key.json"), "utf8");
  const key = JSON.parse(file) as KeyFile;
  const { block } = await ask<{ block: { header: { time: string } } }>(rpcUrl, `block?height=${height}`);
  const { validators } = await ask<Sets>(rpcUrl, `validators?height=${height}&per_page=100`);
  const power = validators.find(({ address }) => address === key.address)?.voting_power;
  if (power === undefined) throw new Error(`${key.address} was no validator at ${height}`);
  const total = validators.reduce((sum, { voting_power }) => sum + BigInt(voting_power), 0n);
  const evidence = {
    type: "tendermint/DuplicateVoteEvidence",
    value: {
      ...{ vote_a: voteFor(1, height, key), vote_b: voteFor(2, height, key) },
      ...{ TotalVotingPower: `${total}`, ValidatorPower: power, Timestamp: block.header.time },
    },
  };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "broadcast_evidence", params: { evidence } });
  const headers = { "content-type": "application/json" };
  const response = await fetch(rpcUrl, { method: "POST", body, headers });
  const { error } = (await response.json()) as { error?: { data?: string } };
  if (error) throw new Error(`the evidence was refused: ${error.data}`);
}
