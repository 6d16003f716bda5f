import { equalBytes } from "#chain/bytes/compare.ts";
import { fromHex, toHex } from "#chain/bytes/hex.ts";
import { systemClock } from "#client/clock.ts";
import { ClientError } from "#client/errors.ts";
import type { Clock } from "#client/ports.ts";
import type { Header } from "#proto/gen/tendermint/types.ts";
import { type Block, headerMs } from "./block.ts";
import { LightError } from "./error.ts";
import { type BlockSource, HEADERS_PAGE } from "./source.ts";
import { type LightStore, loadBlocks, saveBlocks } from "./store.ts";
import { hashOf, isExpired, type TrustRules, verifyBackward, verifyBlock, verifyForward } from "./verify.ts";

export interface LightOptions {
  readonly chainId: string;
  /** The node that is asked. */
  readonly primary: BlockSource;
  /** Nodes of others, of which one at least must have the same headers; none: the primary's word counts. */
  readonly witnesses?: readonly BlockSource[];
  /** A block that is known to be the chain's: its height, and the hash of its header in hexadecimal. */
  readonly trusted?: { readonly height: bigint; readonly hash: string };
  /** Where verified blocks are kept; then `trusted` is needed once only. */
  readonly store?: LightStore;
  /** For how long a header is trusted; a week unless given, to be well below the time of unbonding. */
  readonly trustingPeriodMs?: number;
  /** A newest header that is older is refused as `stale`; ten minutes unless given. */
  readonly maxAgeMs?: number;
  readonly clock?: Clock;
}

const TRUSTING_PERIOD_MS = 7 * 24 * 3_600_000;
const MAX_AGE_MS = 600_000;
const CLOCK_DRIFT_MS = 10_000;
const THIRD = { numerator: 1n, denominator: 3n } as const;
/** Blocks that may vouch, the first one and the newest. */
const BLOCKS_MAX = 64;
/** Of those, the newest that are kept between runs, beside the first. */
const KEPT_MAX = 3;
const HEADERS_MAX = 1_000;
/** Further down a header is not looked for. */
const BACKWARD_MAX = 20_000n;
/** For so long a witness may lag behind the primary. */
const LAG_MS = 10_000;
const LAG_POLL_MS = 200;
/** After so long a witness is asked for no further block. */
const WITNESS_MS = 60_000;

/**
 * Follows a chain's headers without running a node: from one block that is trusted, later ones by the
 * signatures of their validators, earlier ones by the hashes in their followers. Whatever nodes say is
 * believed only with that proof. Throws LightError for what does not hold, other ClientErrors for outages.
 * Source: CometBFT's light client (`light` package), arXiv:2010.07031.
 */
export class LightClient {
  readonly #options: LightOptions;
  readonly #rules: TrustRules;
  readonly #clock: Clock;
  /** Verified blocks, the lowest first. */
  #blocks: readonly Block[];
  /** Headers below blocks, by height. */
  readonly #headers = new Map<bigint, Header>();
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(options: LightOptions, rules: TrustRules, blocks: readonly Block[]) {
    this.#options = options;
    this.#rules = rules;
    this.#clock = options.clock ?? systemClock;
    this.#blocks = blocks;
  }

  /** Begins with the block that is trusted, or with those that were kept. */
  static async open(options: LightOptions): Promise<LightClient> {
    const { chainId, trustingPeriodMs = TRUSTING_PERIOD_MS, maxAgeMs = MAX_AGE_MS } = options;
    if (!isSpan(trustingPeriodMs) || !isSpan(maxAgeMs))
      throw new ClientError("badInput", "times of trust are whole milliseconds above zero");
    const rules = { chainId, trustingPeriodMs, clockDriftMs: CLOCK_DRIFT_MS, trustLevel: THIRD };
    const client = new LightClient(options, rules, await firstBlocks(options));
    await client.#save();
    return client;
  }

  /** The newest header of the primary, verified. */
  newest(): Promise<Header> {
    return this.#inTurn(async () => {
      const block = await this.#options.primary.block();
      if (!block) throw new ClientError("badAnswer", "the node has no block");
      const { header } = await this.#reach(block);
      const ageMs = this.#clock.now() - headerMs(header);
      if (ageMs > (this.#options.maxAgeMs ?? MAX_AGE_MS))
        throw new LightError("stale", `block ${header.height}, the newest, is ${ageMs} ms old`);
      return header;
    });
  }

  /** The verified header of a height; waits until the chain has it, for some seconds. */
  header(height: bigint): Promise<Header> {
    return this.#inTurn(async () => {
      if (height <= 0n) throw new ClientError("badInput", `no header of height ${height}`);
      const known = this.#headers.get(height) ?? this.#blocks.find(at(height))?.header;
      if (known) return known;
      const nowMs = this.#clock.now();
      const below = this.#blocks.findLast(({ header }) => header.height < height);
      const above = this.#blocks.find(({ header }) => header.height > height);
      if (above && (!below || isExpired(below.header, this.#rules, nowMs)))
        return this.#down(above.header, height);
      return (await this.#reach(await this.#blockOf(this.#options.primary, height))).header;
    });
  }

  /** One call after the other: what one verified, the next builds on. */
  #inTurn<T>(call: () => Promise<T>): Promise<T> {
    const next = this.#turn.then(call);
    this.#turn = next.catch(() => undefined);
    return next;
  }

  /** Verifies a block of the primary and compares it with what witnesses have. */
  async #reach(target: Block): Promise<Block> {
    const { height } = target.header;
    const known = this.#blocks.find(at(height));
    if (known) {
      if (isSame(known.header, target.header)) return known;
      throw new LightError("wrongHash", `the node shows another block of height ${height} than before`);
    }
    const newest = this.#blocks.findLast(({ header }) => header.height < height);
    if (!newest) throw new LightError("wrongHash", `height ${height} is below all that is trusted`);
    const path = await this.#verified(newest, target, this.#options.primary);
    await this.#compare(newest, target);
    await this.#keep(path);
    return target;
  }

  /** Blocks from the trusted one to the target, each of which vouches for the next; halves too long ways. */
  async #verified(
    trusted: Block,
    target: Block,
    source: BlockSource,
    endMs = Number.POSITIVE_INFINITY,
  ): Promise<readonly Block[]> {
    const path: Block[] = [];
    const ahead = [target];
    let last = trusted;
    for (let next = ahead.at(-1); next; next = ahead.at(-1)) {
      if (verifyForward(last, next, this.#rules, this.#clock.now()) === "trusted") {
        path.push(next);
        last = next;
        ahead.pop();
        continue;
      }
      if (this.#clock.now() >= endMs) throw new ClientError("unreachable", `${source.name} takes too long`);
      const middle = last.header.height + (next.header.height - last.header.height) / 2n;
      ahead.push(await this.#blockOf(source, middle));
    }
    return path;
  }

  /** Asks the witnesses. A header that differs and is signed as well is an attack, whoever made it. */
  async #compare(trusted: Block, target: Block): Promise<void> {
    const { witnesses = [] } = this.#options;
    if (witnesses.length === 0) return;
    const verdicts = await Promise.all(witnesses.map((witness) => this.#ask(witness, trusted, target)));
    const other = verdicts.find((verdict) => typeof verdict === "object");
    if (other)
      throw new LightError("divergence", `two blocks of height ${target.header.height} are signed`, [
        { header: target.header, commit: target.commit },
        { header: other.header, commit: other.commit },
      ]);
    if (!verdicts.includes("same"))
      throw new LightError("unconfirmed", `no witness has the block of height ${target.header.height}`);
  }

  /** What a witness has: the same header, another one that is signed too, or nothing that can be believed. */
  async #ask(witness: BlockSource, trusted: Block, target: Block): Promise<"same" | "none" | Block> {
    const endMs = this.#clock.now() + WITNESS_MS;
    try {
      const block = await this.#blockOf(witness, target.header.height);
      if (isSame(block.header, target.header)) return "same";
      await this.#verified(trusted, block, witness, endMs);
      return block;
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      return "none";
    }
  }

  async #blockOf(source: BlockSource, height: bigint): Promise<Block> {
    const endMs = this.#clock.now() + LAG_MS;
    for (;;) {
      const block = await source.block(height);
      if (block?.header.height === height) return block;
      if (block) throw new ClientError("badAnswer", `${source.name} told of another height than ${height}`);
      if (this.#clock.now() >= endMs)
        throw new ClientError("unreachable", `${source.name} does not have height ${height} yet`);
      await this.#clock.sleep(LAG_POLL_MS);
    }
  }

  /** Goes down header by header: each names the hash of the one below. */
  async #down(from: Header, height: bigint): Promise<Header> {
    if (from.height - height > BACKWARD_MAX)
      throw new ClientError("badInput", `height ${height} is too far below ${from.height}`);
    let last = from;
    while (last.height > height) {
      const lowest = last.height - HEADERS_PAGE;
      const to = last.height - 1n;
      const page = await this.#options.primary.headers(lowest > height ? lowest : height, to);
      if (page.length === 0) throw new ClientError("unreachable", `the node has no header of height ${to}`);
      for (const header of page) {
        verifyBackward(last, header, this.#rules.chainId);
        last = header;
        this.#remember(header);
        if (header.height === height) break;
      }
    }
    return last;
  }

  #remember(header: Header): void {
    this.#headers.set(header.height, header);
    const [oldest] = this.#headers.keys();
    if (this.#headers.size > HEADERS_MAX && oldest !== undefined) this.#headers.delete(oldest);
  }

  async #keep(blocks: readonly Block[]): Promise<void> {
    const [first, ...others] = [...this.#blocks, ...blocks].sort(byHeight) as [Block, ...Block[]];
    this.#blocks = [first, ...others.slice(-(BLOCKS_MAX - 1))];
    await this.#save();
  }

  async #save(): Promise<void> {
    const { store, chainId } = this.#options;
    const [first, ...others] = this.#blocks;
    if (store && first) await saveBlocks(store, chainId, [first, ...others.slice(-KEPT_MAX)]);
  }
}

const isSpan = (ms: number): boolean => Number.isSafeInteger(ms) && ms > 0;

const at =
  (height: bigint) =>
  ({ header }: Block): boolean =>
    header.height === height;

const byHeight = (a: Block, b: Block): number => (a.header.height < b.header.height ? -1 : 1);

const isSame = (a: Header, b: Header): boolean => equalBytes(hashOf(a), hashOf(b));

async function firstBlocks({ chainId, primary, trusted, store }: LightOptions): Promise<readonly Block[]> {
  const kept = [...(store ? await loadBlocks(store, chainId) : [])].sort(byHeight);
  if (!trusted) {
    if (kept.length === 0) throw new ClientError("badInput", "a block to trust is missing");
    for (const block of kept) verifyBlock(block, chainId);
    return kept;
  }
  const { height } = trusted;
  const hash = trusted.hash.toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(hash)) throw new ClientError("badInput", "a header's hash is 64 hex digits");
  const before = kept.find(at(height));
  if (before && toHex(hashOf(before.header)) === hash) return kept;
  const block = await primary.block(height);
  if (!block) throw new ClientError("unreachable", `${primary.name} has no block of height ${height}`);
  if (block.header.height !== height || !equalBytes(hashOf(block.header), fromHex(hash)))
    throw new LightError("wrongHash", `the block of height ${height} is not the one that is trusted`);
  verifyBlock(block, chainId);
  return [block];
}
