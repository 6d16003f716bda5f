import { injectedTx } from "#chain/app/injected.ts";
import { BLOCK_BYTES_MAX, TX_BYTES_MAX } from "#chain/limits.ts";
import { MsgBeacon } from "#proto/gen/iterum/elections.ts";
import type { Random } from "#test/kit/game/random.ts";

/** What a byzantine proposer has to work with. */
export interface Makings {
  readonly random: Random;
  /** What a correct proposer would propose, without its beacon. */
  readonly txs: readonly Uint8Array[];
  readonly beacon: Uint8Array | undefined;
  /** A transaction of somebody at the turn after those in `txs`; the change spoils it. */
  next(change?: {
    readonly gas?: bigint;
    readonly fee?: bigint;
    readonly chainId?: string;
    readonly ahead?: bigint;
    readonly timeoutHeight?: bigint;
    readonly proves?: boolean;
    /** So many payments in one. */
    readonly payments?: number;
  }): Uint8Array;
  /** One of somebody without an account. */
  stranger(): Uint8Array;
}

const inserted = ({ random, txs }: Makings, ...more: readonly Uint8Array[]): Uint8Array[] => {
  const at = random.int(txs.length + 1);
  return [...txs.slice(0, at), ...more, ...txs.slice(at)];
};

function flipped(random: Random, bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  const at = random.int(copy.length);
  copy[at] = (copy[at] as number) ^ (1 << random.int(8));
  return copy;
}

function shuffled(random: Random, txs: readonly Uint8Array[]): Uint8Array[] {
  const out = [...txs];
  for (let i = out.length - 1; i > 0; i--) {
    const j = random.int(i + 1);
    [out[i], out[j]] = [out[j] as Uint8Array, out[i] as Uint8Array];
  }
  return out;
}

const falseBeacon = ({ random }: Makings): Uint8Array =>
  injectedTx(MsgBeacon.typeUrl, MsgBeacon.encode({ signature: random.bytes(random.pick([0, 47, 48, 96])) }));

type Trick = (given: Makings) => readonly Uint8Array[];

/** What it may do with the transactions; the beacon, where there is one, comes before the result. */
export const tricks: Readonly<Record<string, Trick>> = {
  honest: ({ txs }) => txs,
  fewer: ({ random, txs }) => txs.slice(0, random.int(txs.length + 1)),
  without: ({ random, txs }) => txs.filter(() => random.chance(0.7)),
  reordered: ({ random, txs }) => shuffled(random, txs),
  duplicate: (given) => {
    const tx = given.random.pick([...given.txs, given.next()]);
    return inserted(given, tx, tx);
  },
  spoilt: ({ random, txs }) => txs.map((tx) => (random.chance(0.3) ? flipped(random, tx) : tx)),
  garbage: (given) => inserted(given, given.random.bytes(given.random.pick([0, 1, 40, 400]))),
  truncated: (given) => inserted(given, given.next().subarray(0, 1 + given.random.int(200))),
  oversizedTx: (given) => inserted(given, given.random.bytes(TX_BYTES_MAX + 1)),
  oversizedBlock: (given) => {
    const tx = given.next({ payments: 16, gas: 1_000_000n });
    return inserted(given, ...Array<Uint8Array>(Math.ceil(BLOCK_BYTES_MAX / tx.length)).fill(tx));
  },
  gasOverflow: (given) => [
    ...given.txs,
    ...[0n, 1n, 2n, 3n, 4n].map((ahead) => given.next({ gas: 50_000_000n, ahead })),
  ],
  gasBeyondTx: (given) => inserted(given, given.next({ gas: 50_000_001n })),
  outOfGas: (given) => [...given.txs, given.next({ gas: 1_000n })],
  cheap: (given) => [...given.txs, given.next({ fee: 0n })],
  otherChain: (given) => [...given.txs, given.next({ chainId: "another-chain" })],
  early: (given) => [...given.txs, given.next({ ahead: 1n })],
  late: (given) => [...given.txs, given.next({ timeoutHeight: 1n })],
  undueProof: (given) => [...given.txs, given.next({ proves: true })],
  stranger: (given) => inserted(given, given.stranger()),
  falseBeacon: (given) => [falseBeacon(given), ...given.txs],
  secondBeacon: (given) => inserted(given, given.beacon ?? falseBeacon(given)),
};
