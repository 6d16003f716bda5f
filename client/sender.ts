import { Query as AccountQuery } from "#proto/gen/cosmos/auth.ts";
import { ClientError, toClientError } from "./errors.ts";
import { type ChainNode, txHash, type Verdict } from "./node.ts";
import { type Job, Pending, type Sent } from "./pending.ts";
import { accountInfo, type Planner, planner } from "./plan.ts";
import type { Ask, Clock } from "./ports.ts";
import { afterVerdict, type Raising, raiseIfPassedBy } from "./raise.ts";
import { encodeMessage } from "./registry.ts";
import type { SigningAccount } from "./sign.ts";
import type { SendOptions, TxMessage, TxResult } from "./tx.ts";
import { UnorderedSender } from "./unordered.ts";

const DEADLINE_MS = 120_000;
/** Blocks after which a transaction that was not included never will be. */
const TIMEOUT_BLOCKS = 300n;
/** Transactions on their way at one time. */
const IN_FLIGHT_MAX = 64;
const PAUSE_MIN_MS = 50;
const PAUSE_MAX_MS = 2_000;
/** A transaction that stays out of blocks so long is offered again, byte for byte. */
const OFFER_AGAIN_MS = 3_000;

interface Options {
  readonly node: ChainNode;
  readonly ask: Ask;
  readonly chainId: string;
  readonly account: SigningAccount;
  readonly clock: Clock;
  readonly pollMs: number;
  /** Up to what fees are raised where a send does not say. */
  readonly feeMax: bigint | undefined;
}

/**
 * Sends for one key. Messages of one call share a transaction; calls have one each, so that a message that
 * fails takes no other down. Transactions are signed one after the other with sequences counted here and
 * offered in that order; the same bytes are offered again after every outage. New bytes are signed for the
 * same messages only once the old ones can never be included, so nothing is done twice.
 */
export class Sender {
  readonly #options: Options;
  readonly #queue: Job[] = [];
  readonly #pending: Pending;
  readonly #unordered: UnorderedSender;
  readonly #planner: Planner;
  readonly #raising: Raising;
  #next: bigint | undefined;
  #pumping = false;
  #following = false;
  #closed = false;

  constructor(options: Options) {
    this.#options = options;
    this.#pending = new Pending(options.node);
    const { ask, account, chainId } = options;
    this.#planner = planner(ask, account, chainId);
    this.#raising = { account, pending: this.#pending, leastFee: this.#planner.leastFee };
    this.#unordered = new UnorderedSender({ ...options, planner: this.#planner });
  }

  /** The account that signs. */
  get address(): string {
    return this.#options.account.address;
  }

  /** Resolves once the transaction is committed and queries see it. Throws ClientError; see its kinds. */
  send(messages: readonly TxMessage[], options: SendOptions = {}): Promise<TxResult> {
    const { deadlineMs = DEADLINE_MS, memo = "", gasLimit, feeGranter = "", unordered = false } = options;
    const { feeMax = this.#options.feeMax } = options;
    return new Promise((resolve, reject) => {
      if (this.#closed) throw new ClientError("closed", "the client is closed");
      if (messages.length === 0) throw new ClientError("badInput", "a transaction has at least one message");
      if (unordered && !this.#options.account.signsUnordered)
        throw new ClientError("badInput", "a wallet that signs in Amino JSON cannot sign out of order");
      const encoded = messages.map(encodeMessage);
      const deadline = this.#options.clock.now() + deadlineMs;
      const job = { messages: encoded, memo, gasLimit, feeGranter, feeMax, deadline, resolve, reject };
      if (unordered) {
        void this.#unordered.run(job);
        return;
      }
      this.#queue.push(job);
      void this.#pump();
    });
  }

  /** Gives up what is on its way: the promises reject as `closed`, though it may yet be included. */
  close(): void {
    this.#closed = true;
    const error = new ClientError("closed", "the client is closed");
    for (const job of this.#queue.splice(0)) job.reject(error);
    for (const sent of this.#pending.all()) this.#pending.fail(sent, error);
    this.#unordered.close(error);
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    for (let job = this.#queue.shift(); job && !this.#closed; job = this.#queue.shift()) {
      try {
        await this.#dispatch(job);
      } catch (error) {
        job.reject(toClientError(error));
      }
    }
    this.#pumping = false;
  }

  /** Signs and offers one job until the mempool has it. Throws when the chain refuses or time is up. */
  async #dispatch(job: Job): Promise<void> {
    for (let pause = PAUSE_MIN_MS; ; pause = Math.min(pause * 2, PAUSE_MAX_MS)) {
      try {
        const sent = await this.#sign(job);
        if ((await this.#offer(sent)) === "accepted") return;
        this.#pending.forget(sent);
        this.#next = undefined;
      } catch (error) {
        if (toClientError(error).kind !== "unreachable") throw error;
      }
      this.#ensureInTime(job);
      await this.#options.clock.sleep(pause);
    }
  }

  async #sign(job: Job): Promise<Sent> {
    while (this.#pending.size >= IN_FLIGHT_MAX) {
      this.#ensureInTime(job);
      await this.#options.clock.sleep(this.#options.pollMs);
    }
    const { ask, account, clock } = this.#options;
    const content = await this.#planner.planOf(job);
    const scanned = await this.#pending.begin();
    this.#next ??= (await accountInfo(ask, account.address)).sequence;
    const turn = { sequence: this.#pending.firstFree(this.#next), timeoutHeight: scanned + TIMEOUT_BLOCKS };
    const plan = { ...content, ...turn };
    const bytes = await account.sign(plan);
    const hash = txHash(bytes);
    const flags = { mayBeKnown: false, offering: true, offeredMs: clock.now(), done: false };
    return { job, plan, bytes, hash, signedAt: scanned, hashes: [hash], ...turn, ...flags };
  }

  /** Offers the bytes until the mempool has them; "resign" when other bytes must take their place. */
  async #offer(sent: Sent): Promise<"accepted" | "resign"> {
    this.#pending.add(sent);
    this.#follow();
    for (let pause = PAUSE_MIN_MS; ; pause = Math.min(pause * 2, PAUSE_MAX_MS)) {
      const verdict = await this.#broadcast(sent);
      if (sent.done || verdict.kind === "accepted") {
        this.#next = sent.sequence + 1n;
        sent.offering = false;
        return "accepted";
      }
      const refused = await afterVerdict(sent, this.#raising, verdict);
      if (refused === "again") continue;
      if (refused && !sent.mayBeKnown) {
        this.#pending.forget(sent);
        throw refused;
      }
      if (verdict.kind === "sequence" && (await this.#isDead(sent))) return "resign";
      if (this.#closed || this.#options.clock.now() >= sent.job.deadline) {
        this.#giveUp(sent);
        return "accepted";
      }
      await this.#options.clock.sleep(pause);
    }
  }

  /** Offers once; a node that does not answer may have taken the bytes. */
  async #broadcast(sent: Sent): Promise<Verdict> {
    sent.offeredMs = this.#options.clock.now();
    try {
      const verdict = await this.#options.node.broadcast(sent.bytes);
      if (verdict.kind === "accepted") sent.mayBeKnown = true;
      return verdict;
    } catch (error) {
      sent.mayBeKnown = true;
      return { kind: "busy", log: toClientError(error).message };
    }
  }

  /**
   * Whether bytes that are out of turn can be replaced: another transaction was included with their sequence,
   * or no node ever took them and nothing before them is missing. Otherwise offers what comes before. While
   * the node does not say, whatever keeps it from that, nobody knows: then they stay.
   */
  async #isDead(sent: Sent): Promise<boolean> {
    try {
      const { node, account } = this.#options;
      const request = AccountQuery.accountInfo.request.encode({ address: account.address });
      const answer = await node.query(AccountQuery.accountInfo.path, request, this.#pending.scanned);
      if (!answer) return false;
      const { value, height } = answer;
      const sequence = AccountQuery.accountInfo.response.decode(value).info?.sequence ?? 0n;
      await this.#pending.scan(height);
      if (sent.done) return false;
      if (sequence > sent.sequence) return true;
      const earlier = this.#pending.all().filter((other) => other.sequence < sent.sequence);
      if (sequence < sent.sequence && earlier.length === 0) return !sent.mayBeKnown;
      for (const other of earlier) await this.#broadcast(other);
      return false;
    } catch {
      return false;
    }
  }

  /** Watches blocks while anything is on its way. */
  #follow(): void {
    if (this.#following) return;
    this.#following = true;
    void this.#watch().finally(() => {
      this.#following = false;
      if (this.#pending.size > 0) this.#follow();
    });
  }

  async #watch(): Promise<void> {
    const { clock, pollMs } = this.#options;
    while (this.#pending.size > 0) {
      try {
        await this.#pending.scan();
        await this.#tend();
      } catch {
        // Waited out, whatever it is: what nodes took may be included yet, and has deadlines of its own.
      }
      for (const sent of this.#pending.all()) if (clock.now() >= sent.job.deadline) this.#giveUp(sent);
      await clock.sleep(pollMs);
    }
  }

  /** Offers again, in order, what has been waiting for long, and replaces what can never be included. */
  async #tend(): Promise<void> {
    const { clock } = this.#options;
    for (const sent of this.#pending.all()) {
      if (sent.offering || clock.now() - sent.offeredMs < OFFER_AGAIN_MS) continue;
      await raiseIfPassedBy(sent, this.#raising);
      const { kind } = await this.#broadcast(sent);
      if (kind !== "sequence" || !(await this.#isDead(sent)) || sent.done) continue;
      this.#pending.forget(sent);
      this.#next = undefined;
      this.#queue.unshift(sent.job);
      void this.#pump();
    }
  }

  #ensureInTime(job: Job): void {
    if (this.#closed) throw new ClientError("closed", "the client is closed");
    if (this.#options.clock.now() >= job.deadline)
      throw new ClientError("timeout", "the node did not take the transaction in time");
  }

  #giveUp(sent: Sent): void {
    const text = "the deadline passed before the outcome was known";
    this.#pending.fail(sent, new ClientError("timeout", text, sent));
    this.#next = undefined;
  }
}
