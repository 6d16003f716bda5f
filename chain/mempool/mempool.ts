import { ensure } from "#chain/kernel/error.ts";
import { mulDiv } from "#chain/math/mul-div.ts";
import { wrongSequence } from "#chain/tx/errors.ts";
import { errors, turnTaken } from "./errors.ts";
import { type Eviction, eviction } from "./eviction.ts";
import { type Gossip, gossip, type ReapBounds } from "./gossip.ts";
import { advance, BEHIND_GAP, effectiveAt, emptyLane, putIn, readyOf, takeOut } from "./lane.ts";
import { type Ledger, ledger } from "./ledger.ts";
import { MEMPOOL_LIMITS, type MempoolLimits } from "./limits.ts";
import { priceOf } from "./pick.ts";
import type { Entry, Lane, Moment, PoolTx, Ranked } from "./types.ts";

/** What the committed state says about an account. */
export interface AccountState {
  /** The sequence that its next transaction must have. */
  readonly sequence: bigint;
  /** Base units of the fee's denom. */
  readonly funds: bigint;
}

/** A transaction at the door. */
export interface Arrival extends Moment {
  /** The sequence that its lane's account has. */
  readonly sequence: bigint;
  /** What its payer has. */
  readonly funds: bigint;
  /** The dear checks, made once the cheap ones have passed; throws to refuse. */
  verify(): void;
}

/** A block that was committed. */
export interface CommittedBlock<T extends PoolTx> extends Moment {
  /** Ids of its transactions. */
  readonly ids: readonly string[];
  /** Everybody who signed one of them or paid for it. */
  readonly touched: ReadonlySet<string>;
  account(address: string): AccountState;
  /** Whether a transaction of several signers may still come to its turn. */
  holds(tx: T): boolean;
}

/** Count and bytes of what waits. */
interface Load {
  txs: number;
  bytes: number;
}

/**
 * Transactions that wait for a block, in memory and bounded. It checks none itself: whoever adds one says how
 * its account stands and checks what is dear. What is here has room, a price, and fees that its payer has.
 */
export class Mempool<T extends PoolTx> {
  readonly #limits: MempoolLimits;
  readonly #entries = new Map<string, Entry<T>>();
  readonly #lanes = new Map<string, Lane<T>>();
  readonly #provers = new Map<string, Entry<T>>();
  readonly #ledger: Ledger<T> = ledger();
  readonly #eviction: Eviction<T> = eviction(this.#lanes);
  readonly #gossip: Gossip<T>;
  readonly #plain: Load = { txs: 0, bytes: 0 };
  readonly #proofs: Load = { txs: 0, bytes: 0 };
  #arrivals = 0;

  constructor(limits: MempoolLimits = MEMPOOL_LIMITS) {
    this.#limits = limits;
    this.#gossip = gossip(limits.announceAgainBlocks);
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#plain.bytes + this.#proofs.bytes;
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  /** The transaction with that id, if it waits. */
  find(id: string): T | undefined {
    return this.#entries.get(id)?.tx;
  }

  /**
   * Takes a transaction in. One of the same sequence must pay a tenth more to take its place; in a full pool
   * those that pay less make room. Throws ChainError, and then takes nothing's place.
   */
  add(tx: T, arrival: Arrival): void {
    ensure(!this.has(tx.id), errors.TxInMempool);
    const lane = this.#lanes.get(tx.lane) ?? emptyLane<T>(tx.lane, arrival.sequence);
    if (arrival.sequence > lane.next) this.#advance(lane, arrival.sequence);
    const rival = lane.entries.get(tx.sequence);
    this.#ensureTurn(tx, lane, rival);
    this.#ensureOwnLimits(tx, rival, arrival.funds);
    const price = priceOf(tx);
    const effective = effectiveAt(lane, tx.sequence, price);
    if (tx.prover === undefined && this.#isShort(tx, rival)) this.#ensureBeatsWorst(effective);
    arrival.verify();
    if (rival) this.#remove(rival);
    const { height: arrivedHeight, nowMs: arrivedMs } = arrival;
    const entry = { tx, price, order: this.#arrivals++, lane, arrivedHeight, arrivedMs, effective };
    this.#link(entry);
    if (this.#makeRoom(effective)) return;
    this.#remove(entry);
    if (rival) this.#link(rival);
    throw errors.MempoolFull({ waiting: this.#plain.txs, bytes: this.#plain.bytes });
  }

  /** Notes that the account of a lane has come to a later turn. */
  #advance(lane: Lane<T>, next: bigint): void {
    for (const stale of advance(lane, next)) this.#forget(stale);
    this.#eviction.note(lane);
  }

  #ensureTurn(tx: T, lane: Lane<T>, rival: Entry<T> | undefined): void {
    const { senderTxsMax, replacePercent } = this.#limits;
    if (tx.sequence < lane.next) throw wrongSequence(lane.next, tx.sequence);
    if (tx.sequence - lane.next >= BigInt(senderTxsMax)) {
      ensure(lane.gapAt !== tx.sequence, errors.MempoolFull, { ofSender: lane.entries.size });
      throw wrongSequence(lane.gapAt, tx.sequence);
    }
    if (rival === undefined) return;
    const { fee, gas } = rival.tx;
    const least = mulDiv(fee * tx.gas, 100n + replacePercent, 100n * gas, "up");
    const feeToReplace = least > 0n ? least : 1n;
    if (tx.fee >= feeToReplace) return;
    if (tx.lane === tx.sender) throw turnTaken(lane.gapAt, tx.sequence, feeToReplace);
    throw errors.UnderpricedReplacement({ feeToReplace });
  }

  #ensureOwnLimits(tx: T, rival: Entry<T> | undefined, funds: bigint): void {
    const { senderTxsMax, senderBytesMax } = this.#limits;
    const sent = this.#ledger.sent(tx.sender);
    const ofSender = sent.txs - (rival ? 1 : 0);
    ensure(ofSender < senderTxsMax, errors.MempoolFull, { ofSender });
    const bytesOfSender = sent.bytes - (rival?.tx.bytes.length ?? 0) + tx.bytes.length;
    ensure(bytesOfSender <= senderBytesMax, errors.MempoolFull, { ofSender, bytesOfSender });
    const freedFee = rival?.tx.payer === tx.payer ? rival.tx.fee : 0n;
    const owed = this.#ledger.owed(tx.payer) - freedFee + tx.fee;
    ensure(owed <= funds, errors.InsufficientFunds, { owed, funds });
    if (tx.prover === undefined) return;
    const other = this.#provers.get(tx.prover);
    ensure(other === undefined || other === rival, errors.MempoolFull, { ofProver: 1 });
    ensure(!this.#isShort(tx, rival), errors.MempoolFull, { proofs: this.#proofs.txs });
  }

  /** Whether there is no room for a transaction among those of its kind, once its rival is gone. */
  #isShort(tx: T, rival?: Entry<T>): boolean {
    const isPlain = tx.prover === undefined;
    const { txs, bytes } = isPlain ? this.#plain : this.#proofs;
    const { txsMax, bytesMax, proofTxsMax, proofBytesMax } = this.#limits;
    const freed = rival && (rival.tx.prover === undefined) === isPlain ? rival.tx.bytes.length : 0;
    const txsLeft = (isPlain ? txsMax : proofTxsMax) - txs + (freed > 0 ? 1 : 0);
    const bytesLeft = (isPlain ? bytesMax : proofBytesMax) - bytes + freed;
    return txsLeft < 1 || bytesLeft < tx.bytes.length;
  }

  #ensureBeatsWorst(effective: bigint): void {
    const worst = this.#eviction.worst();
    const paid = worst?.effective ?? 0n;
    ensure(worst !== undefined && effective > paid, errors.MempoolFull, { priceMicro: paid });
  }

  /** Removes what pays less than that until the pool is within its limits; nothing when that does not do. */
  #makeRoom(effective: bigint): boolean {
    const { txsMax, bytesMax } = this.#limits;
    const victims: Entry<T>[] = [];
    while (this.#plain.txs > txsMax || this.#plain.bytes > bytesMax) {
      const worst = this.#eviction.worst();
      if (worst === undefined || worst.effective >= effective) {
        for (const victim of victims.reverse()) this.#link(victim);
        return false;
      }
      this.#remove(worst);
      victims.push(worst);
    }
    return true;
  }

  #link(entry: Entry<T>): void {
    const { lane, tx } = entry;
    // A lane that was emptied meanwhile is no longer here.
    this.#lanes.set(lane.key, lane);
    putIn(lane, entry);
    this.#eviction.note(lane);
    this.#entries.set(tx.id, entry);
    this.#ledger.add(entry);
    this.#gossip.add(entry);
    this.#count(entry, 1);
    if (tx.prover !== undefined) this.#provers.set(tx.prover, entry);
  }

  #count({ tx }: Entry<T>, sign: 1 | -1): void {
    const load = tx.prover === undefined ? this.#plain : this.#proofs;
    load.txs += sign;
    load.bytes += sign * tx.bytes.length;
  }

  #remove(entry: Entry<T>): void {
    takeOut(entry.lane, entry);
    this.#forget(entry);
    this.#eviction.note(entry.lane);
  }

  /** Forgets an entry that its lane no longer has. */
  #forget(entry: Entry<T>): void {
    this.#entries.delete(entry.tx.id);
    this.#ledger.remove(entry);
    this.#gossip.remove(entry);
    this.#count(entry, -1);
    if (entry.tx.prover !== undefined) this.#provers.delete(entry.tx.prover);
    if (entry.lane.entries.size === 0) this.#lanes.delete(entry.lane.key);
  }

  /** Drops a transaction, if it waits. */
  drop(id: string): void {
    const entry = this.#entries.get(id);
    if (entry) this.#remove(entry);
  }

  /**
   * Drops what a block has committed, what the new state of the accounts it touched leaves without turn or
   * fee, and what waits too long.
   */
  update(block: CommittedBlock<T>): void {
    for (const id of block.ids) this.drop(id);
    for (const address of block.touched) this.#recheck(address, block);
    this.#removeWhere((entry) => this.#isOld(entry, block));
    // Only now, since those that were too old leave gaps.
    this.#removeWhere((entry) => this.#isStuck(entry, block));
  }

  #recheck(address: string, block: CommittedBlock<T>): void {
    const waiting = this.#ledger.entries(address);
    if (waiting.length === 0) return;
    const { sequence, funds } = block.account(address);
    const lane = this.#lanes.get(address);
    if (lane) this.#advance(lane, sequence);
    for (const { tx } of waiting)
      if (tx.signers.length > 1 && this.has(tx.id) && !block.holds(tx)) this.drop(tx.id);
    // The latest go first: what they wait for stays.
    for (const { tx } of waiting.sort((a, b) => b.order - a.order)) {
      if (this.#ledger.owed(address) <= funds) break;
      if (tx.payer === address) this.drop(tx.id);
    }
  }

  #removeWhere(mustGo: (entry: Entry<T>) => boolean): void {
    for (const entry of [...this.#entries.values()].filter(mustGo)) this.#remove(entry);
  }

  #isOld({ tx, arrivedHeight, arrivedMs }: Entry<T>, { height, nowMs }: Moment): boolean {
    const { ttlBlocks, ttlMs } = this.#limits;
    if (tx.timeoutHeight !== 0n && tx.timeoutHeight <= height) return true;
    return height - arrivedHeight >= ttlBlocks || nowMs - arrivedMs >= ttlMs;
  }

  #isStuck({ arrivedHeight, arrivedMs, effective }: Entry<T>, { height, nowMs }: Moment): boolean {
    if (effective !== BEHIND_GAP) return false;
    const { gapTtlBlocks, gapTtlMs } = this.#limits;
    return height - arrivedHeight >= gapTtlBlocks || nowMs - arrivedMs >= gapTtlMs;
  }

  /** What may enter a block now, lane by lane. */
  *ready(): Iterable<readonly Ranked<T>[]> {
    for (const lane of this.#lanes.values()) yield readyOf(lane);
  }

  /** Transactions for peers, each once and again after some blocks. A bound of 0 stands for none. */
  reap({ bytesMax, gasMax, height }: ReapBounds): readonly T[] {
    const most = this.#limits.reapBytesMax;
    return this.#gossip.reap({
      bytesMax: bytesMax > 0 && bytesMax < most ? bytesMax : most,
      gasMax: gasMax > 0n ? gasMax : BigInt(Number.MAX_SAFE_INTEGER),
      height,
    });
  }
}
