import type { MempoolLimits } from "#chain/mempool/limits.ts";
import type { PoolTx } from "#chain/mempool/types.ts";

interface Waiting {
  readonly tx: PoolTx;
  readonly order: number;
  readonly height: bigint;
}

const price = ({ fee, gas }: PoolTx): bigint => (fee * 1_000_000n) / gas;
const bytesOf = (some: readonly Waiting[]): number =>
  some.reduce((bytes, { tx }) => bytes + tx.bytes.length, 0);
const feesOf = (some: readonly Waiting[], payer: string): bigint =>
  some.filter(({ tx }) => tx.payer === payer).reduce((sum, { tx }) => sum + tx.fee, 0n);
const isProof = ({ tx }: Waiting): boolean => tx.prover !== undefined;
const pays = (tx: PoolTx, rival: PoolTx): boolean =>
  tx.fee > 0n && tx.fee * rival.gas * 10n >= rival.fee * tx.gas * 11n;

/** The pool's rules in the plainest words, over one array that is walked for everything. */
export class Reference {
  readonly #limits: MempoolLimits;
  #all: Waiting[] = [];
  #order = 0;
  readonly #turns = new Map<string, bigint>();

  constructor(limits: MempoolLimits) {
    this.#limits = limits;
  }

  ids(): readonly string[] {
    return this.#all.map(({ tx }) => tx.id);
  }

  #next(lane: string): bigint {
    return this.#turns.get(lane) ?? 0n;
  }

  #of(lane: string): Waiting[] {
    return this.#all
      .filter(({ tx }) => tx.lane === lane)
      .sort((a, b) => (a.tx.sequence < b.tx.sequence ? -1 : 1));
  }

  /** The lowest price up to it; below 0 behind a gap. */
  #effective({ tx }: Waiting): bigint {
    const before = this.#of(tx.lane).filter((other) => other.tx.sequence < tx.sequence);
    if (BigInt(before.length) !== tx.sequence - this.#next(tx.lane)) return -1n;
    const prices = [...before.map((other) => price(other.tx)), price(tx)];
    return prices.sort((a, b) => (a < b ? -1 : 1))[0] as bigint;
  }

  /** The code of the refusal, or 0. */
  add(tx: PoolTx, height: bigint, funds: bigint): number {
    const { senderTxsMax, senderBytesMax } = this.#limits;
    if (this.#all.some((each) => each.tx.id === tx.id)) return 19;
    const [turn, lane] = [this.#next(tx.lane), this.#of(tx.lane)];
    const end = turn + BigInt(senderTxsMax);
    if (tx.sequence < turn) return 32;
    if (tx.sequence >= end) return lane.length === senderTxsMax && tx.sequence === end ? 20 : 32;
    const rival = lane.find((each) => each.tx.sequence === tx.sequence);
    if (rival && !pays(tx, rival.tx)) return 32;
    const others = this.#all.filter((each) => each !== rival);
    const own = others.filter((each) => each.tx.sender === tx.sender);
    if (bytesOf(own) + tx.bytes.length > senderBytesMax) return 20;
    if (feesOf(others, tx.payer) + tx.fee > funds) return 5;
    if (tx.prover !== undefined && others.some((each) => each.tx.prover === tx.prover)) return 20;
    const before = this.#all;
    const arrived = { tx, order: this.#order, height };
    this.#all = [...others, arrived];
    if (!this.#shrink(arrived)) {
      this.#all = before;
      return 20;
    }
    this.#order++;
    return 0;
  }

  /** The last of each lane go, those that effectively pay least first, the latest of equals. */
  #shrink(arrived: Waiting): boolean {
    const { txsMax, bytesMax, proofTxsMax, proofBytesMax } = this.#limits;
    const [txs, bytes] = isProof(arrived) ? [proofTxsMax, proofBytesMax] : [txsMax, bytesMax];
    const given = this.#effective(arrived);
    for (;;) {
      const kind = this.#all.filter((each) => isProof(each) === isProof(arrived));
      if (kind.length <= txs && bytesOf(kind) <= bytes) return true;
      const worst = kind
        .filter((each) => this.#of(each.tx.lane).at(-1) === each)
        .map((each) => ({ each, paid: this.#effective(each) }))
        .sort((a, b) => (a.paid === b.paid ? b.each.order - a.each.order : a.paid < b.paid ? -1 : 1))[0];
      if (isProof(arrived) || !worst || worst.paid >= given) return false;
      this.#all = this.#all.filter((each) => each !== worst.each);
    }
  }

  commit(txs: readonly PoolTx[], height: bigint, funds: (payer: string) => bigint): void {
    const { ttlBlocks, gapTtlBlocks } = this.#limits;
    for (const { lane } of txs) this.#turns.set(lane, this.#next(lane) + 1n);
    this.#all = this.#all.filter(({ tx }) => tx.sequence >= this.#next(tx.lane) && !txs.includes(tx));
    for (const payer of new Set(txs.flatMap((tx) => [tx.payer, tx.sender])))
      for (const each of [...this.#all].sort((a, b) => b.order - a.order))
        if (each.tx.payer === payer && feesOf(this.#all, payer) > funds(payer))
          this.#all = this.#all.filter((other) => other !== each);
    const age = (each: Waiting): bigint => height - each.height;
    this.#all = this.#all.filter((each) => age(each) < ttlBlocks);
    this.#all = this.#all.filter(({ tx: { timeoutHeight: last } }) => last === 0n || last > height);
    const stuck = this.#all.filter((each) => age(each) >= gapTtlBlocks && this.#effective(each) < 0n);
    this.#all = this.#all.filter((each) => !stuck.includes(each));
  }

  /** Ids in the order in which blocks take them. */
  picked(): string[] {
    const out: string[] = [];
    const lanes = [...new Set(this.#all.map(({ tx }) => tx.lane))].map((lane) =>
      this.#of(lane).filter((each) => this.#effective(each) >= 0n),
    );
    for (;;) {
      const best = lanes
        .filter((lane) => lane.length > 0)
        .sort((a, b) => {
          if (a.some(isProof) !== b.some(isProof)) return a.some(isProof) ? -1 : 1;
          const [x, y] = [a[0] as Waiting, b[0] as Waiting];
          return price(x.tx) === price(y.tx) ? x.order - y.order : price(x.tx) > price(y.tx) ? -1 : 1;
        })[0];
      if (!best) return out;
      out.push((best.shift() as Waiting).tx.id);
    }
  }
}
