import type {
  RequestApplySnapshotChunk,
  RequestCheckTx,
  RequestCommit,
  RequestExtendVote,
  RequestFinalizeBlock,
  RequestInfo,
  RequestInitChain,
  RequestInsertTx,
  RequestListSnapshots,
  RequestLoadSnapshotChunk,
  RequestOfferSnapshot,
  RequestPrepareProposal,
  RequestProcessProposal,
  RequestQuery,
  RequestReapTxs,
  RequestVerifyVoteExtension,
  ResponseApplySnapshotChunk,
  ResponseCheckTx,
  ResponseCommit,
  ResponseExtendVote,
  ResponseFinalizeBlock,
  ResponseInfo,
  ResponseInitChain,
  ResponseInsertTx,
  ResponseListSnapshots,
  ResponseLoadSnapshotChunk,
  ResponseOfferSnapshot,
  ResponsePrepareProposal,
  ResponseProcessProposal,
  ResponseQuery,
  ResponseReapTxs,
  ResponseVerifyVoteExtension,
} from "#proto/gen/tendermint/abci.ts";

/** A value now or later. */
export type Awaitable<T> = T | Promise<T>;

/**
 * What a replicated application offers CometBFT: ABCI 2.0 without Echo and Flush, which the server answers.
 * A method that throws stops the node, so refusals are codes in the answers.
 */
export interface Application {
  info(request: RequestInfo): Awaitable<ResponseInfo>;
  initChain(request: RequestInitChain): Awaitable<ResponseInitChain>;
  prepareProposal(request: RequestPrepareProposal): Awaitable<ResponsePrepareProposal>;
  processProposal(request: RequestProcessProposal): Awaitable<ResponseProcessProposal>;
  extendVote(request: RequestExtendVote): Awaitable<ResponseExtendVote>;
  verifyVoteExtension(request: RequestVerifyVoteExtension): Awaitable<ResponseVerifyVoteExtension>;
  finalizeBlock(request: RequestFinalizeBlock): Awaitable<ResponseFinalizeBlock>;
  commit(request: RequestCommit): Awaitable<ResponseCommit>;
  checkTx(request: RequestCheckTx): Awaitable<ResponseCheckTx>;
  insertTx(request: RequestInsertTx): Awaitable<ResponseInsertTx>;
  reapTxs(request: RequestReapTxs): Awaitable<ResponseReapTxs>;
  query(request: RequestQuery): Awaitable<ResponseQuery>;
  listSnapshots(request: RequestListSnapshots): Awaitable<ResponseListSnapshots>;
  offerSnapshot(request: RequestOfferSnapshot): Awaitable<ResponseOfferSnapshot>;
  loadSnapshotChunk(request: RequestLoadSnapshotChunk): Awaitable<ResponseLoadSnapshotChunk>;
  applySnapshotChunk(request: RequestApplySnapshotChunk): Awaitable<ResponseApplySnapshotChunk>;
}
