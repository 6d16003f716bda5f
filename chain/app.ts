import { type Committed, committedOf } from "#chain/app/base.ts";
import { beginChain } from "#chain/app/begin.ts";
import { checkInvariants } from "#chain/app/block.ts";
import { type Candidate, lanesOfList } from "#chain/app/candidate.ts";
import { type Era, type Rules, rulesOf, type State } from "#chain/app/era.ts";
import { abciEvents, type Reading } from "#chain/app/execute.ts";
import { guarded } from "#chain/app/guard.ts";
import { type PoolView, type ReadAhead, TxPool } from "#chain/app/pool.ts";
import { queryBases, runQuery } from "#chain/app/query.ts";
import { type Ground, type Runs, runs } from "#chain/app/runs.ts";
import { type StateSync, stateSync } from "#chain/app/sync.ts";
import type {
  AppOptions,
  Block,
  BlockResult,
  Founded,
  Genesis,
  Machine,
  Pause,
  Proposal,
  QueryRequest,
  QueryResult,
} from "#chain/app/types.ts";
import { type Eve, UpgradeNeeded } from "#chain/app/upgrade.ts";
import { type BlockInfo, readCtx } from "#chain/kernel/block.ts";
import type { ReadCtx, ReadStore } from "#chain/kernel/ctx.ts";
import type { Edition } from "#chain/kernel/edition.ts";
import { assert } from "#chain/kernel/error.ts";
import { type AppState, dumpGenesis, type OnModule } from "#chain/kernel/genesis.ts";
import { type Overlay, overlay } from "#chain/kernel/overlay.ts";
import { assertLimits } from "#chain/limits.ts";
import type { Staged } from "#chain/store/port.ts";
import type { ExecTxResult } from "#proto/gen/tendermint/abci.ts";

/** A finalized block that is not committed yet. */
interface Pending {
  readonly staged: Staged;
  readonly machine: Machine;
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
  readonly #rules: Rules;
  /** State of genesis until block 1 is committed. */
  #genesis: (State & { readonly state: Overlay }) | undefined;
  #pending: Pending | undefined;
  readonly #runs: Runs;
  /** Transactions that wait, and the rules under which they were read. */
  #pool: { readonly edition: Edition; readonly txs: TxPool } | undefined;
  /** Snapshots for other nodes, and from them. */
  readonly sync: StateSync;

  constructor(options: AppOptions) {
    assertLimits();
    this.#options = options;
    this.#committed = committedOf(options.store);
    const waiting = (edition: Edition, id: string) =>
      this.#pool?.edition === edition ? this.#pool.txs.find(id) : undefined;
    this.#rules = rulesOf(options, waiting, (work) => this.#run(work));
    this.#runs = runs(options, (work) => this.#run(work));
    this.sync = stateSync(options.store, options.snapshots, () => {
      this.#genesis = undefined;
      this.#runs.forget();
      this.#updatePool([]);
    });
  }

  /** Height and app hash of the last committed block; 0 and a hash of nothing before the first. */
  info(): { readonly height: bigint; readonly appHash: Uint8Array } {
    const { height, appHash } = this.#options.store;
    return { height, appHash };
  }

  /** Version of the app whose rules the last state is under. */
  appVersion(): bigint {
    return this.#rules.appVersion(this.#state());
  }

  /** The last state: that of genesis, or the committed one. */
  #state(): State {
    return this.#genesis ?? this.#committed();
  }

  /**
   * What the next block begins with. Throws UpgradeNeeded where this program does not know its rules: whoever
   * serves the app asks at start, so that nothing begins that cannot go on.
   */
  eve(): Eve {
    return this.#rules.eve(this.#state());
  }

  #era(): Era {
    return this.#rules.next(this.#state());
  }

  #txs(): TxPool {
    const { edition, machine } = this.#era();
    const { nowMs, mempool } = this.#options;
    // What waited under other rules may mean something else now.
    if (this.#pool?.edition !== edition) this.#pool = { edition, txs: new TxPool(machine, nowMs, mempool) };
    return this.#pool.txs;
  }

  /** The state that the next block builds on. */
  #base(): ReadStore {
    return this.eve().upgraded?.state ?? this.#state().state;
  }

  #last(): BlockInfo {
    const { block } = this.#state();
    assert(block, "the chain has no genesis yet");
    return block;
  }

  #ctx(): ReadCtx {
    return readCtx(this.#base(), this.#last());
  }

  #run<T>(work: () => T): T {
    return this.#options.guarded ? guarded(work) : work();
  }

  /** Fills the state from genesis; gives its app hash and first set. May be called again before block 1. */
  initChain(genesis: Genesis): Founded {
    const { store, invariants } = this.#options;
    assert(store.height === 0n, "genesis after the first block");
    const era = this.#rules.ofGenesis(genesis.appState);
    const { state, block, ctx, validators } = this.#run(() => beginChain(store, era, genesis));
    this.#genesis = { state, block };
    this.#runs.forget();
    checkInvariants(era.machine.registry, ctx, invariants);
    return { appHash: store.stage(genesis.initialHeight, state.changes()).appHash, validators };
  }

  /** Committed state, and the block after it as far as it is known. */
  #view(): PoolView {
    const last = this.#last();
    return { base: this.#base(), block: { ...last, height: last.height + 1n } };
  }

  /** Reads transactions that come together and verifies their signatures in threads, for the next two. */
  readAhead(txs: readonly Uint8Array[], pause?: Pause): Promise<readonly (ReadAhead | undefined)[]> {
    return this.#txs().readAhead(txs, this.#ctx(), pause);
  }

  /** Takes a transaction of a client into the mempool, or says why not. */
  checkTx(bytes: Uint8Array, ahead?: ReadAhead): ExecTxResult {
    return this.#txs().admit(bytes, this.#view(), ahead);
  }

  /** Whether a transaction that a mempool outside the app holds is still worth holding. */
  recheckTx(bytes: Uint8Array): boolean {
    return this.#txs().has(bytes) || this.checkTx(bytes).code === 0;
  }

  /** Takes a transaction of a peer into the mempool; returns 0, or a code: from 32,000 on it means later. */
  insertTx(bytes: Uint8Array, ahead?: ReadAhead): number {
    return this.#txs().insert(bytes, this.#view(), ahead);
  }

  /** Transactions for peers to hear of, within bounds of which 0 stands for none. */
  reapTxs(bytesMax: number, gasMax: bigint): readonly Uint8Array[] {
    return this.#txs().reap(bytesMax, gasMax, this.#options.store.height);
  }

  /** Count and bytes of the transactions that wait. */
  waiting(): { readonly txs: number; readonly bytes: number } {
    return { txs: this.#pool?.txs.size ?? 0, bytes: this.#pool?.txs.bytes ?? 0 };
  }

  /** What the next block is run over and with. */
  #ground(): Ground {
    const { machine, beacons } = this.#era();
    const { upgraded } = this.eve();
    return {
      ...{ machine, beacons, ctx: this.#ctx() },
      fresh: () => {
        const state = overlay(this.#committed().state);
        // Genesis and upgrades are part of what the block after them writes.
        this.#genesis?.state.applyTo(state);
        upgraded?.state.applyTo(state);
        return state;
      },
    };
  }

  /**
   * The transactions of a block that this node proposes, its beacon first: of the given, where a mempool
   * outside the app gives any, else of its own.
   */
  prepareProposal(proposal: Proposal): Promise<Uint8Array[]> {
    const ground = this.#ground();
    const { txs: given } = proposal;
    const pool = this.#txs();
    const offers =
      given.length > 0
        ? // A list from outside may hold what is over beside what is not.
          { lanes: lanesOfList(ground.machine, ground.ctx, given), refused: () => "skip" as const }
        : { lanes: pool.lanes(), refused: (each: Candidate) => pool.refused(each) };
    return this.#runs.propose(ground, proposal, offers);
  }

  /** Whether a proposal is one that a correct proposer could have made: every transaction enters its run. */
  processProposal(block: Block): Promise<boolean> {
    return this.#runs.accepts(this.#ground(), block);
  }

  /**
   * Runs a decided block over the committed state, unless it ran when it was proposed. Pure: calling it again
   * gives the same.
   */
  async finalizeBlock(block: Block): Promise<BlockResult> {
    const { store, invariants } = this.#options;
    const { edition, machine } = this.#era();
    const { upgraded } = this.eve();
    const ran = await this.#runs.decided(this.#ground(), block);
    const { state, ctx, readings, txResults, validatorUpdates } = ran;
    this.#run(() => checkInvariants(machine.registry, ctx, invariants));
    const staged = store.stage(block.height, state.changes());
    this.#pending = { staged, machine, readings };
    const events = abciEvents([...(upgraded?.events ?? []), ...ran.events]);
    const result = { appHash: staged.appHash, txResults, validatorUpdates, events };
    return upgraded ? { ...result, appVersion: edition.appVersion } : result;
  }

  /** Makes the finalized block durable, all of it or nothing. */
  async commit(): Promise<void> {
    const pending = this.#pending;
    assert(pending, "commit without a finalized block");
    const { store, snapshots } = this.#options;
    await store.commit(pending.staged);
    this.#pending = this.#genesis = undefined;
    this.#runs.forget();
    pending.machine.knownTxs?.forget();
    this.#updatePool(pending.readings);
    snapshots?.committed(pending.staged.height);
  }

  /** Lets the mempool follow a state that is durable; what its next block needs is told when that comes. */
  #updatePool(readings: readonly Reading[]): void {
    try {
      this.#txs().update(readings, this.#view());
    } catch (error) {
      if (!(error instanceof UpgradeNeeded)) throw error;
    }
  }

  /** Answers a query on the committed state. */
  query(request: QueryRequest): QueryResult {
    const base = queryBases(this.#rules, this.#options.store, this.#genesis);
    return runQuery(this.#state().block?.height ?? 0n, base, request);
  }

  /** The whole state as genesis; tells of each module before it is read. */
  dump(onModule?: OnModule): AppState {
    const { ctx, machine } = this.#rules.present(this.#state());
    return dumpGenesis(ctx, machine.registry.modules, onModule);
  }

  /** Runs a read on the last state: for tests and tools in the same process. */
  read<T>(work: (ctx: ReadCtx) => T): T {
    return work(this.#rules.present(this.#state()).ctx);
  }

  /** The names of the invariants that hold and of those that do not, over the whole state. */
  invariants(): readonly { readonly name: string; readonly holds: boolean }[] {
    const { ctx, machine } = this.#rules.present(this.#state());
    return machine.registry.invariants.map(({ name, holds }) => ({ name, holds: holds(ctx) }));
  }
}
