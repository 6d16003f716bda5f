import type { Block } from "#chain/app/types.ts";
import type { App } from "#chain/app.ts";
import { manifestHash, SNAPSHOT_FORMAT } from "#chain/store/snapshot.ts";
import type { Timestamp } from "#proto/gen/google/protobuf.ts";
import {
  CheckTxType,
  ResponseApplySnapshotChunk_Result,
  ResponseCheckTx,
  ResponseCommit,
  ResponseFinalizeBlock,
  ResponseInfo,
  ResponseInitChain,
  ResponseOfferSnapshot_Result,
  ResponseProcessProposal_ProposalStatus,
  ResponseQuery,
  ResponseVerifyVoteExtension_VerifyStatus,
} from "#proto/gen/tendermint/abci.ts";
import { parseAppState } from "./app-state.ts";
import type { Application } from "./application.ts";
import { burst } from "./burst.ts";

/** Version of the state machine; genesis carries the same one, or CometBFT could not roll back. */
export const APP_VERSION = 1n;
/** Lets CometBFT's own mempool drop a transaction that no longer holds. */
const CODE_STALE = 1;
const NO_BYTES = new Uint8Array(0);

/** The state machine as CometBFT calls it. `version` is the node's, for people. */
export function abciApplication(app: App, version: string): Application {
  return { ...consensusHandlers(app, version), ...mempoolHandlers(app), ...snapshotHandlers(app) };
}

type Consensus = Pick<
  Application,
  | "info"
  | "initChain"
  | "prepareProposal"
  | "processProposal"
  | "extendVote"
  | "verifyVoteExtension"
  | "finalizeBlock"
  | "commit"
>;

function consensusHandlers(app: App, version: string): Consensus {
  return {
    info() {
      const { height: lastBlockHeight, appHash: lastBlockAppHash } = app.info();
      const appVersion = APP_VERSION;
      return {
        ...ResponseInfo.zero(),
        data: "iterum",
        version,
        appVersion,
        lastBlockHeight,
        lastBlockAppHash,
      };
    },
    initChain({ chainId, time, initialHeight, appStateBytes }) {
      const appState = parseAppState(appStateBytes);
      const appHash = app.initChain({ chainId, timeMs: timeMs(time), initialHeight, appState });
      return { ...ResponseInitChain.zero(), appHash };
    },
    async prepareProposal({ maxTxBytes, ...proposal }) {
      return { txs: await app.prepareProposal({ ...blockOf(proposal), bytesMax: Number(maxTxBytes) }) };
    },
    async processProposal(proposal) {
      const { ACCEPT, REJECT } = ResponseProcessProposal_ProposalStatus;
      return { status: (await app.processProposal(blockOf(proposal))) ? ACCEPT : REJECT };
    },
    extendVote: () => ({ voteExtension: NO_BYTES }),
    verifyVoteExtension({ voteExtension }) {
      const { ACCEPT, REJECT } = ResponseVerifyVoteExtension_VerifyStatus;
      return { status: voteExtension.length === 0 ? ACCEPT : REJECT };
    },
    async finalizeBlock(block) {
      const { txResults, events, appHash } = await app.finalizeBlock(blockOf(block));
      return { ...ResponseFinalizeBlock.zero(), txResults, events, appHash };
    },
    async commit() {
      await app.commit();
      return ResponseCommit.zero();
    },
  };
}

function mempoolHandlers(app: App): Pick<Application, "checkTx" | "insertTx" | "reapTxs" | "query"> {
  const readAhead = burst((txs: readonly Uint8Array[]) => app.readAhead(txs));
  return {
    async checkTx({ tx, type }) {
      if (type !== CheckTxType.RECHECK) return app.checkTx(tx, await readAhead(tx));
      return { ...ResponseCheckTx.zero(), code: app.recheckTx(tx) ? 0 : CODE_STALE };
    },
    insertTx: async ({ tx }) => ({ code: app.insertTx(tx, await readAhead(tx)) }),
    reapTxs: ({ maxBytes, maxGas }) => ({ txs: app.reapTxs(Number(maxBytes), maxGas) }),
    query: (request) => ({ ...ResponseQuery.zero(), ...app.query(request) }),
  };
}

const OFFER_RESULTS = {
  accept: ResponseOfferSnapshot_Result.ACCEPT,
  reject: ResponseOfferSnapshot_Result.REJECT,
  rejectFormat: ResponseOfferSnapshot_Result.REJECT_FORMAT,
  abort: ResponseOfferSnapshot_Result.ABORT,
} as const;
const CHUNK_RESULTS = {
  accept: ResponseApplySnapshotChunk_Result.ACCEPT,
  refetch: ResponseApplySnapshotChunk_Result.RETRY,
  reject: ResponseApplySnapshotChunk_Result.REJECT_SNAPSHOT,
  abort: ResponseApplySnapshotChunk_Result.ABORT,
} as const;

type Snapshots = Pick<
  Application,
  "listSnapshots" | "offerSnapshot" | "loadSnapshotChunk" | "applySnapshotChunk"
>;

function snapshotHandlers({ sync }: App): Snapshots {
  return {
    async listSnapshots() {
      const snapshots = (await sync.list()).map(({ manifest, manifestBytes: metadata }) => ({
        height: manifest.height,
        format: SNAPSHOT_FORMAT,
        chunks: manifest.chunkHashes.length,
        hash: manifestHash(metadata),
        metadata,
      }));
      return { snapshots };
    },
    async offerSnapshot({ snapshot, appHash }) {
      const offered = snapshot && { ...snapshot, manifest: snapshot.metadata };
      return { result: OFFER_RESULTS[await sync.offer(offered, appHash)] };
    },
    loadSnapshotChunk: async ({ height, format, chunk }) => ({
      chunk: await sync.load(height, format, chunk),
    }),
    async applySnapshotChunk({ index, chunk, sender }) {
      const verdict = await sync.apply(index, chunk);
      const isSendersFault = verdict === "refetch" && sender !== "";
      return {
        result: CHUNK_RESULTS[verdict],
        refetchChunks: verdict === "refetch" ? [index] : [],
        rejectSenders: isSendersFault ? [sender] : [],
      };
    },
  };
}

interface AbciBlock {
  readonly height: bigint;
  readonly time: Timestamp | undefined;
  readonly proposerAddress: Uint8Array;
  readonly txs: readonly Uint8Array[];
}

const blockOf = ({ height, time, proposerAddress, txs }: AbciBlock): Block => ({
  height,
  timeMs: timeMs(time),
  proposer: proposerAddress,
  txs,
});

/** Milliseconds since 1970, rounded down. */
const timeMs = (time: Timestamp | undefined): bigint =>
  time === undefined ? 0n : time.seconds * 1000n + BigInt(time.nanos) / 1_000_000n;
