import { baseOf, chainIdItem, timeItem } from "#chain/app/base.ts";
import { abciEvents, checkTx, deliverInjected, deliverTx } from "#chain/app/execute.ts";
import { guarded } from "#chain/app/guard.ts";
import { beaconTx, readInjected } from "#chain/app/injected.ts";
import { chainRegistry } from "#chain/app/modules.ts";
import { proofTask, proofTasks } from "#chain/app/proofs.ts";
import { keepsBounds, selectTxs } from "#chain/app/propose.ts";
import { type QueryBase, runQuery } from "#chain/app/query.ts";
import type {
  AppOptions,
  Block,
  BlockResult,
  Genesis,
  Machine,
  Proposal,
  QueryRequest,
  QueryResult,
} from "#chain/app/types.ts";
import { type BlockInfo, type Event, readCtx, writeCtx } from "#chain/kernel/block.ts";
import type { ReadCtx, ReadStore } from "#chain/kernel/ctx.ts";
import { assert } from "#chain/kernel/error.ts";
import { type AppState, dumpGenesis, initGenesis } from "#chain/kernel/genesis.ts";
import { type Overlay, overlay } from "#chain/kernel/overlay.ts";
import { assertLimits, BLOCK_BYTES_MAX } from "#chain/limits.ts";
import type { Staged } from "#chain/store/port.ts";
import { signatureCache } from "#chain/tx/signature-cache.ts";
import { beaconIsSigned } from "#modules/elections/api.ts";
import type { ExecTxResult } from "#proto/gen/tendermint/abci.ts";

const SIGNATURES_REMEMBERED = 50_000;
const NOBODY = new Uint8Array(0);

/** A finalized block that is not committed yet. */
interface Pending {
  readonly staged: Staged;
}

/**
 * The state machine behind consensus: a pure function of state and request, but for the one synced write in
 * `commit`. Calls of one connection come one after the other; those of others may come between its awaits and
 * see the committed state only.
 */
export class App {
  readonly #options: AppOptions;
  readonly #machine: Machine;
  /** State of genesis until block 1 is committed. */
  #genesis: { readonly info: BlockInfo; readonly state: Overlay } | undefined;
  #pending: Pending | undefined;
  /** What the mempool's check has let in since the last commit. */
  #checked: Overlay | undefined;

  constructor(options: AppOptions) {
    assertLimits();
    this.#options = options;
    const { signatures } = options;
    this.#machine = {
      registry: chainRegistry(),
      signatures,
      signatureCache: signatureCache(SIGNATURES_REMEMBERED),
    };
  }

  /** Height and app hash of the last committed block; 0 and a hash of nothing before the first. */
  info(): { readonly height: bigint; readonly appHash: Uint8Array } {
    const { height, appHash } = this.#options.store;
    return { height, appHash };
  }

  /** The state that the next block builds on. */
  #base(): ReadStore {
    return this.#genesis?.state ?? this.#options.store;
  }

  /** What is known of the last block; undefined before genesis. */
  #last(): BlockInfo | undefined {
    if (this.#genesis) return this.#genesis.info;
    const { store } = this.#options;
    const at = { chainId: "", height: store.height, timeMs: 0n, proposer: NOBODY, verdicts: new Map() };
    const found = baseOf(readCtx(store, at));
    return found && { ...at, ...found };
  }

  #ctx(): ReadCtx {
    const last = this.#last();
    assert(last, "the chain has no genesis yet");
    return readCtx(this.#base(), last);
  }

  #blockInfo({ height, timeMs, proposer }: Block, verdicts: BlockInfo["verdicts"] = new Map()): BlockInfo {
    return { chainId: this.#ctx().chainId, height, timeMs, proposer, verdicts };
  }

  #run<T>(work: () => T): T {
    return this.#options.guarded ? guarded(work) : work();
  }

  /**
   * Fills the state from genesis and returns its app hash. May be called again before block 1 is committed.
   */
  initChain({ chainId, timeMs, initialHeight, appState }: Genesis): Uint8Array {
    const { store } = this.#options;
    assert(store.height === 0n, "genesis after the first block");
    const height = initialHeight - 1n;
    const info = { chainId, height, timeMs, proposer: NOBODY, verdicts: new Map() };
    const state = overlay(store);
    const ctx = writeCtx(this.#machine.registry, state, info, []);
    this.#run(() => {
      chainIdItem.set(ctx, chainId);
      timeItem.set(ctx, timeMs);
      initGenesis(ctx, this.#machine.registry.modules, appState);
    });
    this.#genesis = { info, state };
    this.#checked = undefined;
    this.#checkInvariants(ctx);
    return store.stage(initialHeight, state.changes()).appHash;
  }

  /** Whether a transaction may enter the mempool; later ones of the same sender count on it. */
  checkTx(bytes: Uint8Array): ExecTxResult {
    this.#checked ??= overlay(this.#base());
    const ctx = this.#ctx();
    const next = { ...ctx, proposer: NOBODY, verdicts: new Map(), height: ctx.height + 1n };
    return checkTx(this.#machine, this.#checked, next, bytes, (tx) => void proofTask(ctx, tx));
  }

  /** The transactions of a block that this node proposes, its beacon first. */
  async prepareProposal({ txs, bytesMax }: Proposal): Promise<Uint8Array[]> {
    const ctx = this.#ctx();
    const beacon = beaconTx(ctx, this.#options.beacon);
    const most = Math.min(bytesMax, BLOCK_BYTES_MAX) - (beacon ? beacon.length + 4 : 0);
    const chosen = await selectTxs(this.#machine, this.#options.proofs, ctx, txs, most);
    return beacon ? [beacon, ...chosen] : chosen;
  }

  /** Whether a proposal is one that a correct proposer could have made. */
  processProposal(block: Block): boolean {
    const ctx = this.#ctx();
    const signed = beaconIsSigned(ctx);
    if (signed) {
      try {
        const [first = NOBODY] = block.txs;
        const message = readInjected(this.#machine.registry, first);
        deliverInjected(this.#machine, overlay(this.#base()), this.#blockInfo(block), message);
      } catch {
        return false;
      }
    }
    return keepsBounds(this.#machine, block.txs.slice(signed ? 1 : 0), BLOCK_BYTES_MAX);
  }

  /** Runs a decided block over the committed state. Pure: calling it again gives the same. */
  async finalizeBlock(block: Block): Promise<BlockResult> {
    const { store, proofs } = this.#options;
    const tasks = proofTasks(this.#machine, this.#ctx(), block.txs);
    const verdicts = await proofs.verifyAll(tasks);
    const info = this.#blockInfo(block, verdicts);
    const state = overlay(store);
    // Before block 1 the state of genesis is part of what the block writes.
    this.#genesis?.state.applyTo(state);
    const { txResults, events } = this.#run(() => this.#runBlock(state, info, block.txs));
    const staged = store.stage(block.height, state.changes());
    this.#pending = { staged };
    return { appHash: staged.appHash, txResults, events: abciEvents(events) };
  }

  #runBlock(
    state: Overlay,
    info: BlockInfo,
    txs: readonly Uint8Array[],
  ): { txResults: ExecTxResult[]; events: Event[] } {
    const { registry } = this.#machine;
    const events: Event[] = [];
    const ctx = writeCtx(registry, state, info, events);
    timeItem.set(ctx, info.timeMs);
    for (const module of registry.modules) module.beginBlock?.(ctx);
    const isSigned = beaconIsSigned(ctx);
    const txResults = txs.map((bytes, i) => {
      if (i > 0 || !isSigned) return deliverTx(this.#machine, state, info, bytes);
      return deliverInjected(this.#machine, state, info, readInjected(registry, bytes));
    });
    for (const module of registry.modules) module.endBlock?.(ctx);
    this.#checkInvariants(ctx);
    return { txResults, events };
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
    this.#checked = undefined;
  }

  /** Answers a query on the committed state. */
  query(request: QueryRequest): QueryResult {
    const latest = this.#last();
    return runQuery(this.#machine, latest?.height ?? 0n, (height) => this.#queryBase(height), request);
  }

  #queryBase(height: bigint): QueryBase | undefined {
    const block = this.#last();
    if (block === undefined || (height !== 0n && height !== block.height)) return undefined;
    if (this.#genesis) return { store: this.#genesis.state, block };
    const { store } = this.#options;
    return { store, block, prove: (space, key) => store.prove(space, key) };
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
