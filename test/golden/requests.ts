import type { Block, Genesis } from "#chain/app/types.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import type { Evidence, Vote } from "#chain/kernel/ctx.ts";
import type { Timestamp } from "#proto/gen/google/protobuf.ts";
import {
  CommitInfo,
  type Misbehavior,
  MisbehaviorType,
  RequestFinalizeBlock,
  RequestInitChain,
  type VoteInfo,
} from "#proto/gen/tendermint/abci.ts";
import { BlockIDFlag } from "#proto/gen/tendermint/types.ts";

// A chain of a test in the words of consensus.

const timestamp = (timeMs: bigint): Timestamp => ({
  seconds: timeMs / 1_000n,
  nanos: Number(timeMs % 1_000n) * 1_000_000,
});

const voteInfo = ({ address, power, signed }: Vote): VoteInfo => ({
  validator: { address, power },
  blockIdFlag: signed ? BlockIDFlag.BLOCK_ID_FLAG_COMMIT : BlockIDFlag.BLOCK_ID_FLAG_ABSENT,
});

const misbehavior = ({ kind, address, power, totalPower, height, timeMs }: Evidence): Misbehavior => ({
  type: kind === "duplicateVote" ? MisbehaviorType.DUPLICATE_VOTE : MisbehaviorType.LIGHT_CLIENT_ATTACK,
  validator: { address, power },
  ...{ height, time: timestamp(timeMs), totalVotingPower: totalPower },
});

/** How consensus would begin a chain. */
export const initRequest = ({ chainId, timeMs, initialHeight, appState }: Genesis): RequestInitChain => ({
  ...RequestInitChain.zero(),
  ...{ chainId, time: timestamp(timeMs), initialHeight, appStateBytes: utf8(JSON.stringify(appState)) },
});

/** How consensus would say that a block is decided. */
export const blockRequest = ({ height, timeMs, proposer, txs, votes, evidence }: Block) =>
  ({
    ...RequestFinalizeBlock.zero(),
    ...{ txs, height, time: timestamp(timeMs), proposerAddress: proposer },
    decidedLastCommit: { ...CommitInfo.zero(), votes: (votes ?? []).map(voteInfo) },
    misbehavior: (evidence ?? []).map(misbehavior),
  }) satisfies RequestFinalizeBlock;
