import { randomInt } from "node:crypto";
import { ClientError, toClientError } from "./errors.ts";
import { type ChainNode, txHash } from "./node.ts";
import { type Job, Pending, type Sent } from "./pending.ts";
import type { Planner } from "./plan.ts";
import type { Clock } from "./ports.ts";
import { afterVerdict, type Raising, raiseIfPassedBy } from "./raise.ts";
import type { SigningAccount } from "./sign.ts";

const NS_PER_MS = 1_000_000n;
/** How long after the newest block a transaction may execute; the chain allows ten minutes at most. */
const TTL_MS = 300_000;
/** Deadlines are spread over this time, so that two programs with one key do not take the same. */
const SPREAD_MS = 120_000;
const IN_FLIGHT_MAX = 1_000;
const PAUSE_MIN_MS = 50;
const PAUSE_MAX_MS = 2_000;
/** A transaction that stays out of blocks so long is offered again, byte for byte. */
const OFFER_AGAIN_MS = 3_000;

interface Options {
  readonly node: ChainNode;
  readonly account: SigningAccount;
  readonly clock: Clock;
  readonly pollMs: number;
  readonly planner: Planner;
}

/**
 * Sends for one key without turns: every transaction carries a deadline of its own in place of a sequence,
 * executes at most once before it, and waits for no other. The bytes are signed once, so nothing is done
 * twice whatever becomes of them.
 */
export class UnorderedSender {
  readonly #options: Options;
  readonly #pending: Pending;
  readonly #raising: Raising;
  #lastNs = 0n;
  #following = false;
  #closed = false;

  constructor(options: Options) {
    this.#options = options;
    this.#pending = new Pending(options.node);
    const { account, planner } = options;
    this.#raising = { account, pending: this.#pending, leastFee: planner.leastFee };
  }

  /** Signs and offers the job until its outcome is known or its deadline has passed. */
  async run(job: Job): Promise<void> {
    try {
      while (this.#pending.size >= IN_FLIGHT_MAX) {
        this.#ensureInTime(job);
        await this.#options.clock.sleep(this.#options.pollMs);
      }
      const sent = await this.#sign(job);
      this.#pending.add(sent);
      this.#follow();
      await this.#offer(sent);
    } catch (error) {
      job.reject(toClientError(error));
    }
  }

  close(error: ClientError): void {
    this.#closed = true;
    for (const sent of this.#pending.all()) this.#pending.fail(sent, error);
  }

  /** A deadline that this process has not used, by the chain's clock. */
  async #deadlineNs(): Promise<bigint> {
    const { node } = this.#options;
    const { timeMs } = await node.block(await node.height());
    const spreadNs = BigInt(randomInt(SPREAD_MS)) * NS_PER_MS + BigInt(randomInt(Number(NS_PER_MS)));
    const deadline = BigInt(Math.floor(timeMs) + TTL_MS) * NS_PER_MS + spreadNs;
    this.#lastNs = deadline === this.#lastNs ? deadline + 1n : deadline;
    return this.#lastNs;
  }

  async #sign(job: Job): Promise<Sent> {
    const { clock, account, planner } = this.#options;
    for (let pause = PAUSE_MIN_MS; ; pause = Math.min(pause * 2, PAUSE_MAX_MS)) {
      try {
        const content = await planner.planOf(job);
        const signedAt = await this.#pending.begin();
        const deadlineNs = await this.#deadlineNs();
        const turn = { sequence: 0n, timeoutHeight: 0n };
        const plan = { ...content, ...turn, deadlineNs };
        const bytes = await account.sign(plan);
        const hash = txHash(bytes);
        const flags = { mayBeKnown: false, offering: true, offeredMs: clock.now(), done: false };
        const deadlineMs = Number(deadlineNs / NS_PER_MS);
        return { job, plan, bytes, hash, signedAt, hashes: [hash], ...turn, deadlineMs, ...flags };
      } catch (error) {
        if (toClientError(error).kind !== "unreachable") throw error;
      }
      this.#ensureInTime(job);
      await clock.sleep(pause);
    }
  }

  /** Offers the bytes until the mempool has them, the chain refuses them or time is up. */
  async #offer(sent: Sent): Promise<void> {
    for (let pause = PAUSE_MIN_MS; !sent.done; pause = Math.min(pause * 2, PAUSE_MAX_MS)) {
      const refused = await this.#broadcast(sent);
      if (refused === "again") continue;
      if (refused && !sent.mayBeKnown && !sent.done) this.#pending.fail(sent, refused);
      if (!sent.offering || sent.done || this.#closed) return;
      await this.#options.clock.sleep(pause);
    }
  }

  /**
   * Offers once; a node that does not answer may have taken the bytes. Returns what the chain refuses, or
   * "again" where there are dearer bytes to offer now.
   */
  async #broadcast(sent: Sent): Promise<ClientError | "again" | undefined> {
    sent.offeredMs = this.#options.clock.now();
    try {
      const verdict = await this.#options.node.broadcast(sent.bytes);
      if (verdict.kind === "accepted") {
        sent.mayBeKnown = true;
        sent.offering = false;
      }
      return await afterVerdict(sent, this.#raising, verdict);
    } catch {
      sent.mayBeKnown = true;
      return undefined;
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
      } catch {
        // An outage is waited out; what is on its way has deadlines of its own.
      }
      for (const sent of this.#pending.all()) {
        if (clock.now() >= sent.job.deadline) this.#giveUp(sent);
        else if (!sent.offering && clock.now() - sent.offeredMs >= OFFER_AGAIN_MS)
          await this.#offerAgain(sent);
      }
      await clock.sleep(pollMs);
    }
  }

  /** Offers once more what has been waiting for long, dearer where blocks pass it by. */
  async #offerAgain(sent: Sent): Promise<void> {
    await raiseIfPassedBy(sent, this.#raising);
    await this.#broadcast(sent);
  }

  #giveUp(sent: Sent): void {
    const text = "the deadline passed before the outcome was known";
    this.#pending.fail(sent, new ClientError("timeout", text, sent));
  }

  #ensureInTime(job: Job): void {
    if (this.#closed) throw new ClientError("closed", "the client is closed");
    if (this.#options.clock.now() >= job.deadline)
      throw new ClientError("timeout", "the node did not take the transaction in time");
  }
}
