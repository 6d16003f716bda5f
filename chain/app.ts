import { blockOf, type Committed, chainIdItem, committedOf, timeItem } from "#chain/app/base.ts";
import { type BeaconJudge, beaconJudge } from "#chain/app/beacon.ts";
import { placeTxs, runBlock } from "#chain/app/block.ts";
import { lanesOfList } from "#chain/app/candidate.ts";
import { abciEvents, deliverInjected, type Reading } from "#chain/app/execute.ts";
import { guarded } from "#chain/app/guard.ts";
import { beaconTx, readInjected } from "#chain/app/injected.ts";
import { knownTxs } from "#chain/app/known.ts";
import { chainRegistry } from "#chain/app/modules.ts";
import { TxPool } from "#chain/app/pool.ts";
import { acceptsTxs, type Judge, sameBlock, selectTxs } from "#chain/app/propose.ts";
import { type QueryBase, runQuery } from "#chain/app/query.ts";
import { type StateSync, stateSync } from "#chain/app/sync.ts";
import type {
  AppOptions,
  Block,
  BlockResult,
  Founded,
  Genesis,
  Machine,
  Proposal,
  QueryRequest,
  QueryResult,
} from "#chain/app/types.ts";
import { type BlockInfo, readCtx, writeCtx } from "#chain/kernel/block.ts";
import type { ReadCtx, ReadStore } from "#chain/kernel/ctx.ts";
import { assert } from "#chain/kernel/error.ts";
import { type AppState, dumpGenesis, initGenesis } from "#chain/kernel/genesis.ts";
import { type Overlay, overlay } from "#chain/kernel/overlay.ts";
import { assertLimits, BLOCK_BYTES_MAX } from "#chain/limits.ts";
import { nobleBls } from "#chain/protocol/bls.ts";
import type { Staged } from "#chain/store/port.ts";
import { signatureCache } from "#chain/tx/signature-cache.ts";
import { beaconIsSigned } from "#modules/elections/api.ts";
import * as validators from "#modules/validators/api.ts";
import type { ExecTxResult } from "#proto/gen/tendermint/abci.ts";

const SIGNATURES_REMEMBERED = 50_000;
const NOBODY = new Uint8Array(0);

/** A finalized block that is not committed yet. */
interface Pending {
  readonly staged: Staged;
  readonly readings: readonly Reading[];
}

/**
 * The state machine behind consensus: a pure function of state and request, but for the one synced write in
 * `commit`. Calls of one connection come one after the other; those of others may come between its awaits and
 * see the committed state only.
 */
export class App {
  readonly #options: AppOptions;
  readonly #committed: () => Committed;
  readonly #machine: Machine;
  readonly #beaconVerdicts: BeaconJudge;
  /** State of genesis until block 1 is committed. */
  #genesis: { readonly info: BlockInfo; readonly state: Overlay } | undefined;
  #pending: Pending | undefined;
  /** The block that this node proposed last. */
  #proposed: Block | undefined;
  readonly #pool: TxPool;
  /** Snapshots for other nodes, and from them. */
  readonly sync: StateSync;

  constructor(options: AppOptions) {
    assertLimits();
    this.#options = options;
    this.#committed = committedOf(options.store);
    const { signatures, signaturePool, bls = nobleBls } = options;
    const cache = signatureCache(options.signaturesRemembered ?? SIGNATURES_REMEMBERED);
    const parts = { registry: chainRegistry(), signatures, signaturePool, signatureCache: cache };
    this.#machine = { ...parts, knownTxs: knownTxs((id) => this.#pool.find(id)) };
    this.#beaconVerdicts = beaconJudge(this.#machine.registry, bls);
    this.#pool = new TxPool(this.#machine, options.nowMs, options.mempool);
    this.sync = stateSync(options.store, options.snapshots, () => {
      this.#genesis = undefined;
      this.#pool.update([], this.#view());
    });
  }

  /** Height and app hash of the last committed block; 0 and a hash of nothing before the first. */
  info(): { readonly height: bigint; readonly appHash: Uint8Array } {
    const { height, appHash } = this.#options.store;
    return { height, appHash };
  }

  /** The state that the next block builds on. */
  #base(): ReadStore {
    return this.#genesis?.state ?? this.#committed().state;
  }

  /** What is known of the last block; undefined before genesis. */
  #last(): BlockInfo | undefined {
    return this.#genesis ? this.#genesis.info : this.#committed().block;
  }

  #ctx(): ReadCtx {
    const last = this.#last();
    assert(last, "the chain has no genesis yet");
    return readCtx(this.#base(), last);
  }

  #blockInfo({ txs: _, ...block }: Block, verdicts: BlockInfo["verdicts"] = new Map()): BlockInfo {
    return { ...block, chainId: this.#ctx().chainId, verdicts };
  }

  #run<T>(work: () => T): T {
    return this.#options.guarded ? guarded(work) : work();
  }

  /**
   * Fills the state from genesis; gives its app hash and the set to begin with. May be called again before
   * block 1 is committed.
   */
  initChain({ chainId, timeMs, initialHeight, appState, validators: given }: Genesis): Founded {
    const { store } = this.#options;
    assert(store.height === 0n, "genesis after the first block");
    const height = initialHeight - 1n;
    const info = { chainId, height, timeMs, proposer: NOBODY, verdicts: new Map() };
    const state = overlay(store);
    const ctx = writeCtx(this.#machine.registry, state, info, []);
    const founded = this.#run(() => {
      chainIdItem.set(ctx, chainId);
      timeItem.set(ctx, timeMs);
      initGenesis(ctx, this.#machine.registry.modules, appState);
      return validators.launch(ctx, given);
    });
    this.#genesis = { info, state };
    this.#checkInvariants(ctx);
    return { appHash: store.stage(initialHeight, state.changes()).appHash, validators: founded };
  }

  /** Committed state, and the block after it as far as it is known. */
  #view(): { readonly base: ReadStore; readonly block: BlockInfo } {
    const last = this.#last();
    assert(last, "the chain has no genesis yet");
    return { base: this.#base(), block: { ...last, height: last.height + 1n } };
  }

  /** Reads transactions that come together and verifies their signatures in threads, for the next two. */
  readAhead(txs: readonly Uint8Array[]): Promise<readonly (Reading | undefined)[]> {
    return this.#pool.readAhead(txs, this.#ctx());
  }

  /** Takes a transaction of a client into the mempool, or says why not. */
  checkTx(bytes: Uint8Array, reading?: Reading): ExecTxResult {
    return this.#pool.admit(bytes, this.#view(), reading);
  }

  /** Whether a transaction that a mempool outside the app holds is still worth holding. */
  recheckTx(bytes: Uint8Array): boolean {
    return this.#pool.has(bytes) || this.checkTx(bytes).code === 0;
  }

  /** Takes a transaction of a peer into the mempool; returns 0, or a code: from 32,000 on it means later. */
  insertTx(bytes: Uint8Array, reading?: Reading): number {
    return this.#pool.insert(bytes, this.#view(), reading);
  }

  /** Transactions for peers to hear of, within bounds of which 0 stands for none. */
  reapTxs(bytesMax: number, gasMax: bigint): readonly Uint8Array[] {
    return this.#pool.reap(bytesMax, gasMax, this.#options.store.height);
  }

  /** Count and bytes of the transactions that wait. */
  waiting(): { readonly txs: number; readonly bytes: number } {
    return { txs: this.#pool.size, bytes: this.#pool.bytes };
  }

  #judge(block: Block): Judge {
    const { proofs } = this.#options;
    return {
      ...{ machine: this.#machine, proofs, base: this.#base(), ctx: this.#ctx() },
      block: this.#blockInfo(block),
    };
  }

  /**
   * The transactions of a block that this node proposes, its beacon first: of the given, where a mempool
   * outside the app gives any, else of its own.
   */
  async prepareProposal(proposal: Proposal): Promise<Uint8Array[]> {
    const ctx = this.#ctx();
    const { txs: given, bytesMax, ...at } = proposal;
    const beacon = beaconTx(ctx, this.#options.beacon);
    const most = Math.min(bytesMax, BLOCK_BYTES_MAX) - (beacon ? beacon.length + 4 : 0);
    const judge = this.#judge(proposal);
    const chosen =
      given.length > 0
        ? // A list from outside may hold what is over beside what is not.
          await selectTxs(judge, lanesOfList(this.#machine, ctx, given), most, () => "skip")
        : await selectTxs(judge, this.#pool.lanes(), most, (each) => this.#pool.refused(each));
    const txs = beacon ? [beacon, ...chosen] : chosen;
    this.#proposed = { ...at, txs };
    return txs;
  }

  /** Whether a proposal is one that a correct proposer could have made. */
  async processProposal(block: Block): Promise<boolean> {
    // What this node has just proposed itself holds.
    if (this.#proposed && sameBlock(this.#proposed, block)) return true;
    const ctx = this.#ctx();
    const signed = beaconIsSigned(ctx);
    if (signed) {
      const verdicts = this.#beaconVerdicts(ctx, block);
      try {
        const [first = NOBODY] = block.txs;
        const message = readInjected(this.#machine.registry, first);
        deliverInjected(this.#machine, overlay(this.#base()), this.#blockInfo(block, verdicts), message);
      } catch {
        return false;
      }
    }
    return acceptsTxs(this.#judge(block), block.txs.slice(signed ? 1 : 0));
  }

  /** Runs a decided block over the committed state. Pure: calling it again gives the same. */
  async finalizeBlock(block: Block): Promise<BlockResult> {
    const { store, proofs } = this.#options;
    const placed = await placeTxs(this.#machine, this.#ctx(), block.txs);
    const verdicts = await proofs.verifyAll(placed.flatMap(({ task }) => task ?? []));
    const beacons = this.#beaconVerdicts(this.#ctx(), block);
    const info = this.#blockInfo(block, new Map([...verdicts, ...beacons]));
    const state = overlay(this.#committed().state);
    // Before block 1 the state of genesis is part of what the block writes.
    this.#genesis?.state.applyTo(state);
    const { txResults, events, validatorUpdates } = this.#run(() => {
      const run = runBlock(this.#machine, state, info, placed);
      this.#checkInvariants(run.ctx);
      return run;
    });
    const staged = store.stage(block.height, state.changes());
    this.#pending = { staged, readings: placed.map(({ reading }) => reading) };
    return { appHash: staged.appHash, validatorUpdates, txResults, events: abciEvents(events) };
  }

  #checkInvariants(ctx: ReadCtx): void {
    const { invariants = "cheap" } = this.#options;
    if (invariants === "none") return;
    for (const { name, cost, holds } of this.#machine.registry.invariants)
      if (cost === "cheap" || invariants === "full")
        assert(holds(ctx), `height ${ctx.height}: broken: ${name}`);
  }

  /** Makes the finalized block durable, all of it or nothing. */
  async commit(): Promise<void> {
    const pending = this.#pending;
    assert(pending, "commit without a finalized block");
    await this.#options.store.commit(pending.staged);
    this.#pending = undefined;
    this.#genesis = undefined;
    this.#proposed = undefined;
    this.#machine.knownTxs?.forget();
    this.#pool.update(pending.readings, this.#view());
    this.#options.snapshots?.committed(pending.staged.height);
  }

  /** Answers a query on the committed state. */
  query(request: QueryRequest): QueryResult {
    const latest = this.#last();
    return runQuery(this.#machine, latest?.height ?? 0n, (height) => this.#queryBase(height), request);
  }

  #queryBase(height: bigint): QueryBase | undefined {
    const last = this.#last();
    const isLast = height === 0n || height === last?.height;
    if (this.#genesis) return isLast && last ? { store: this.#genesis.state, block: last } : undefined;
    const { store } = this.#options;
    const view = isLast ? store : store.at(height);
    const block = view && blockOf(view);
    return view && block && { store: view, block, prove: (space, key) => view.prove(space, key) };
  }

  /** The whole state as genesis. */
  dump(): AppState {
    return dumpGenesis(this.#ctx(), this.#machine.registry.modules);
  }

  /** Runs a read on the state that the next block builds on: for tests and tools in the same process. */
  read<T>(work: (ctx: ReadCtx) => T): T {
    return work(this.#ctx());
  }

  /** The names of the invariants that hold and of those that do not, over the whole state. */
  invariants(): readonly { readonly name: string; readonly holds: boolean }[] {
    const ctx = this.#ctx();
    return this.#machine.registry.invariants.map(({ name, holds }) => ({ name, holds: holds(ctx) }));
  }
}
