import type { Block } from "#chain/app/types.ts";
import type { App } from "#chain/app.ts";
import type { Evidence, ValidatorUpdate, Vote } from "#chain/kernel/ctx.ts";
import { manifestHash, SNAPSHOT_FORMAT } from "#chain/store/snapshot.ts";
import type { Timestamp } from "#proto/gen/google/protobuf.ts";
import {
  type ValidatorUpdate as AbciUpdate,
  CheckTxType,
  type CommitInfo,
  type Misbehavior,
  MisbehaviorType,
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
  type VoteInfo,
} from "#proto/gen/tendermint/abci.ts";
import { PublicKey } from "#proto/gen/tendermint/crypto.ts";
import { BlockIDFlag, ConsensusParams } from "#proto/gen/tendermint/types.ts";
import { parseAppState } from "./app-state.ts";
import type { Application } from "./application.ts";
import { burst } from "./burst.ts";

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

/** Parameters of consensus in which only the app's version is given. */
const appVersionIs = (app: bigint): ConsensusParams => ({ ...ConsensusParams.zero(), version: { app } });

function consensusHandlers(app: App, version: string): Consensus {
  return {
    info() {
      const { height: lastBlockHeight, appHash: lastBlockAppHash } = app.info();
      const appVersion = app.appVersion();
      return {
        ...ResponseInfo.zero(),
        data: "iterum",
        version,
        appVersion,
        lastBlockHeight,
        lastBlockAppHash,
      };
    },
    initChain({ chainId, time, initialHeight, appStateBytes, validators: given }) {
      const at = { chainId, timeMs: timeMs(time), initialHeight, validators: given.map(updateOf) };
      const { appHash, validators } = app.initChain({ ...at, appState: parseAppState(appStateBytes) });
      // The version that Info tells and that of the parameters must agree, or CometBFT could not roll back.
      const consensusParams = appVersionIs(app.appVersion());
      return { ...ResponseInitChain.zero(), appHash, validators: validators.map(updateTo), consensusParams };
    },
    async prepareProposal({ maxTxBytes, localLastCommit, misbehavior, ...proposal }) {
      const block = { ...blockOf(proposal), ...sayingsOf(localLastCommit, misbehavior) };
      return { txs: await app.prepareProposal({ ...block, bytesMax: Number(maxTxBytes) }) };
    },
    async processProposal({ proposedLastCommit, misbehavior, ...proposal }) {
      const { ACCEPT, REJECT } = ResponseProcessProposal_ProposalStatus;
      const block = { ...blockOf(proposal), ...sayingsOf(proposedLastCommit, misbehavior) };
      return { status: (await app.processProposal(block)) ? ACCEPT : REJECT };
    },
    extendVote: () => ({ voteExtension: NO_BYTES }),
    verifyVoteExtension({ voteExtension }) {
      const { ACCEPT, REJECT } = ResponseVerifyVoteExtension_VerifyStatus;
      return { status: voteExtension.length === 0 ? ACCEPT : REJECT };
    },
    async finalizeBlock({ decidedLastCommit, misbehavior, ...block }) {
      const decided = { ...blockOf(block), ...sayingsOf(decidedLastCommit, misbehavior) };
      const { appVersion, validatorUpdates: updates, ...result } = await app.finalizeBlock(decided);
      const validatorUpdates = updates.map(updateTo);
      const consensusParamUpdates = appVersion === undefined ? undefined : appVersionIs(appVersion);
      return { ...ResponseFinalizeBlock.zero(), ...result, validatorUpdates, consensusParamUpdates };
    },
    async commit() {
      await app.commit();
      return ResponseCommit.zero();
    },
  };
}

function mempoolHandlers(app: App): Pick<Application, "checkTx" | "insertTx" | "reapTxs" | "query"> {
  const readAhead = burst((txs: readonly Uint8Array[], pause) => app.readAhead(txs, pause));
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

/** What a block says of those who decided the one before, and of those who erred. */
const sayingsOf = (commit: Pick<CommitInfo, "votes"> | undefined, misbehavior: readonly Misbehavior[]) => ({
  votes: (commit?.votes ?? []).map(voteOf),
  evidence: misbehavior.flatMap(evidenceOf),
});

const voteOf = ({ validator, blockIdFlag }: VoteInfo): Vote => ({
  address: validator?.address ?? NO_BYTES,
  power: validator?.power ?? 0n,
  signed: blockIdFlag !== BlockIDFlag.BLOCK_ID_FLAG_ABSENT,
});

const EVIDENCE_KINDS: ReadonlyMap<MisbehaviorType, Evidence["kind"]> = new Map([
  [MisbehaviorType.DUPLICATE_VOTE, "duplicateVote"],
  [MisbehaviorType.LIGHT_CLIENT_ATTACK, "lightClientAttack"],
]);

/** Nothing for a kind that is not known here. */
function evidenceOf({ type, validator, height, time, totalVotingPower }: Misbehavior): readonly Evidence[] {
  const kind = EVIDENCE_KINDS.get(type);
  if (!kind || !validator) return [];
  return [{ kind, ...validator, totalPower: totalVotingPower, height, timeMs: timeMs(time) }];
}

const updateOf = ({ pubKey, power }: AbciUpdate): ValidatorUpdate => ({
  publicKey: pubKey?.ed25519 ?? NO_BYTES,
  power,
});

const updateTo = ({ publicKey, power }: ValidatorUpdate): AbciUpdate => ({
  pubKey: { ...PublicKey.zero(), ed25519: publicKey },
  power,
});

/** Milliseconds since 1970, rounded down. */
const timeMs = (time: Timestamp | undefined): bigint =>
  time === undefined ? 0n : time.seconds * 1000n + BigInt(time.nanos) / 1_000_000n;
