import type { Any } from "#proto/gen/google/protobuf.ts";
import { ClientError, refusal, toClientError } from "./errors.ts";
import { type BlockTx, type ChainNode, txHash } from "./node.ts";
import type { TxPlan } from "./sign.ts";
import { responsesOf, type TxResult } from "./tx.ts";

/** What a committed transaction came to; throws its refusal. */
export function resultOf(tx: BlockTx, height: bigint): TxResult {
  const { hash, code, codespace, log, data, gasUsed, events } = tx;
  if (code !== 0) throw refusal({ hash, code, codespace, log, height });
  return { height, hash, code, gasUsed, events, responses: responsesOf(data) };
}

/** Messages that somebody wants in one transaction. */
export interface Job {
  readonly messages: readonly Any[];
  readonly memo: string;
  readonly gasLimit: bigint | undefined;
  /** Who pays the fee instead; empty for nobody else. */
  readonly feeGranter: string;
  /** Base units of the fee's denom up to which the fee may be raised; undefined for never. */
  readonly feeMax: bigint | undefined;
  /** Milliseconds since 1970. */
  readonly deadline: number;
  readonly resolve: (result: TxResult) => void;
  readonly reject: (error: ClientError) => void;
}

/** A job on its way: signed bytes and, where the fee was raised, cheaper ones before them. */
export interface Sent {
  readonly job: Job;
  /** What was signed last, its bytes and their hash. */
  plan: TxPlan;
  bytes: Uint8Array;
  hash: string;
  /** Height up to which blocks were known when it was signed. */
  signedAt: bigint;
  /** Hashes of all bytes that were signed in this turn: one of them at most is ever included. */
  readonly hashes: string[];
  readonly sequence: bigint;
  /** Last height at which it may execute; 0 for any. */
  readonly timeoutHeight: bigint;
  /** Last block time at which it may, in milliseconds since 1970; undefined for any. */
  readonly deadlineMs?: number;
  /** Whether any node may hold the bytes: from then on they must not be replaced lightly. */
  mayBeKnown: boolean;
  /** Whether the mempool has yet to take them for the first time. */
  offering: boolean;
  offeredMs: number;
  /** Whether the job has its answer. */
  done: boolean;
}

/** The transactions of one key on their way, and the blocks in which they are looked for, each block once. */
export class Pending {
  readonly #node: ChainNode;
  readonly #sent = new Set<Sent>();
  readonly #byHash = new Map<string, Sent>();
  #scanned = 0n;
  /** Time of the last block looked at. */
  #scannedMs = 0;
  #scanning: Promise<void> = Promise.resolve();

  constructor(node: ChainNode) {
    this.#node = node;
  }

  get size(): number {
    return this.#sent.size;
  }

  /** In order of their sequences. */
  all(): readonly Sent[] {
    return [...this.#sent].sort((a, b) => (a.sequence < b.sequence ? -1 : 1));
  }

  /**
   * The first sequence, from this one on, that nothing on its way has. What was given up leaves a place that
   * must be filled: all behind it wait for that.
   */
  firstFree(sequence: bigint): bigint {
    let free = sequence;
    for (const sent of this.all()) if (sent.sequence === free) free += 1n;
    return free;
  }

  /** Height up to which blocks have been looked at. */
  get scanned(): bigint {
    return this.#scanned;
  }

  /** The same, brought up to now where nothing is on its way; nothing signed from now on can be below. */
  async begin(): Promise<bigint> {
    if (this.#sent.size === 0) this.#scanned = await this.#node.height();
    return this.#scanned;
  }

  add(sent: Sent): void {
    this.#sent.add(sent);
    for (const hash of sent.hashes) this.#byHash.set(hash, sent);
  }

  /** Puts other bytes of the same turn beside those that may be included yet. */
  renew(sent: Sent, plan: TxPlan, bytes: Uint8Array): void {
    const hash = txHash(bytes);
    sent.hashes.push(hash);
    Object.assign(sent, { plan, bytes, hash, signedAt: this.#scanned });
    if (this.#sent.has(sent)) this.#byHash.set(hash, sent);
  }

  /** Takes it out without an answer, because other bytes take its place. */
  forget(sent: Sent): void {
    this.#sent.delete(sent);
    for (const hash of sent.hashes) this.#byHash.delete(hash);
  }

  fail(sent: Sent, error: ClientError): void {
    this.forget(sent);
    sent.done = true;
    sent.job.reject(error);
  }

  /**
   * Looks at every block up to the newest, at least to `height`, and answers what is found or expired. Throws
   * `unreachable` where the node is not so far yet: what waits may be in a block that it does not have.
   */
  scan(height = 0n): Promise<void> {
    const next = this.#scanning.then(() => this.#scan(height));
    this.#scanning = next.catch(() => undefined);
    return next;
  }

  async #scan(height: bigint): Promise<void> {
    if (height > 0n && this.#scanned >= height) return;
    const newest = await this.#node.height();
    while (this.#scanned < newest && this.#sent.size > 0) {
      const block = await this.#node.block(this.#scanned + 1n);
      for (const tx of block.txs) {
        const sent = this.#byHash.get(tx.hash);
        if (sent) this.#settle(sent, tx, block.height);
      }
      this.#scanned = block.height;
      this.#scannedMs = block.timeMs;
    }
    for (const sent of this.all())
      if (this.#isOver(sent)) this.fail(sent, new ClientError("expired", "not included in time", sent));
    if (this.#sent.size > 0 && this.#scanned < height)
      throw new ClientError("unreachable", `the node does not have height ${height} yet`);
  }

  /** Whether no later block can include it. */
  #isOver({ timeoutHeight, deadlineMs }: Sent): boolean {
    const isPast = timeoutHeight > 0n && timeoutHeight < this.#scanned;
    return isPast || (deadlineMs !== undefined && deadlineMs < this.#scannedMs);
  }

  #settle(sent: Sent, tx: BlockTx, height: bigint): void {
    try {
      const result = resultOf(tx, height);
      this.forget(sent);
      sent.done = true;
      sent.job.resolve(result);
    } catch (error) {
      this.fail(sent, toClientError(error));
    }
  }
}
