import { chainRegistry, nestedAny } from "#chain/app/modules.ts";
import { equalBytes } from "#chain/bytes/compare.ts";
import { concat } from "#chain/bytes/concat.ts";
import type { Codec } from "#chain/proto/codec.ts";
import { anyOfKey } from "#chain/protocol/account-key.ts";
import { AuthInfo, TxBody, TxRaw } from "#proto/gen/cosmos/tx.ts";
import { type Dictionary, hostile } from "#test/chain/app/hostile.ts";
import { malleations } from "#test/chain/proto/malleations.ts";
import type { Random } from "#test/kit/game/random.ts";
import { DENOM, GAME_ID } from "#test/kit/genesis.ts";
import { ann, ben } from "../people.ts";
import { fastRandom } from "./random.ts";
import { fuzzApp, numberOf, START_MS, signers, validTx } from "./valid.ts";

/** A mempool is emptied after so many transactions, so that it never is what refuses one. */
const APP_TXS = 4_000;
const MUTATIONS_OF_ONE = 50;
const BUDGET_MS = 20;

const { messages } = chainRegistry();
const requests = [...messages.values()];

export interface Fuzzed {
  readonly mutated: number;
  readonly generated: number;
  readonly accepted: number;
  /** Bytes in hexadecimal of what was accepted though it encodes otherwise than it came. */
  readonly ambiguous: readonly string[];
  /** Thrown out of CheckTx, with the bytes. */
  readonly thrown: readonly string[];
  readonly codes: ReadonlyMap<string, number>;
  readonly slowestMs: number;
  readonly overBudget: number;
}

/** Bytes with a few of them changed, left out, doubled or put in, or one transaction grafted on another. */
function mutated(random: Random, tx: Uint8Array, other: Uint8Array): Uint8Array {
  let bytes = tx;
  for (let count = 1 + random.int(3); count > 0; count--) {
    const at = random.int(bytes.length + 1);
    const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
    switch (random.int(7)) {
      case 0:
        bytes = concat(head, random.bytes(1), tail.subarray(1));
        break;
      case 1:
        bytes = concat(head, Uint8Array.of((tail[0] ?? 0) ^ (1 << random.int(8))), tail.subarray(1));
        break;
      case 2:
        bytes = concat(head, tail.subarray(1 + random.int(4)));
        break;
      case 3:
        bytes = concat(head, tail.subarray(0, random.int(20)), tail);
        break;
      case 4:
        bytes = concat(head, random.bytes(1 + random.int(12)), tail);
        break;
      case 5:
        bytes = concat(head, other.subarray(random.int(other.length)));
        break;
      default:
        bytes = concat(head, Uint8Array.of(random.pick([0, 0x7f, 0x80, 0xff])), tail.subarray(1));
    }
  }
  return bytes;
}

/** One part of a transaction replaced by the part of another, or by another encoding of itself. */
function grafted(random: Random, tx: Uint8Array, other: Uint8Array): Uint8Array {
  const [a, b] = [TxRaw.decode(tx), TxRaw.decode(other)];
  const again = (codec: unknown, bytes: Uint8Array): Uint8Array =>
    random.pick([...malleations(codec as Codec<unknown>, bytes)]).bytes;
  switch (random.int(6)) {
    case 0:
      return TxRaw.encode({ ...a, bodyBytes: b.bodyBytes });
    case 1:
      return TxRaw.encode({ ...a, authInfoBytes: b.authInfoBytes });
    case 2:
      return TxRaw.encode({ ...a, signatures: b.signatures });
    case 3:
      return TxRaw.encode({ ...a, bodyBytes: again(TxBody, a.bodyBytes) });
    case 4:
      return TxRaw.encode({ ...a, authInfoBytes: again(AuthInfo, a.authInfoBytes) });
    default:
      return again(TxRaw, tx);
  }
}

const words: Dictionary = {
  texts: [GAME_ID, DENOM, ann.address, ben.address, ...signers.map(({ address }) => address)],
  bytes: [ann.publicKey, ...signers.map(({ key }) => key.bytes), new Uint8Array(64).fill(1)],
  numbers: [0n, 1n, 2n, 5n, 1_000n, 2_000_000n, 191n, 127n],
  packed: [...nestedAny.values()],
  named: {},
};

/** A field by chance: its right value, none, or one from `others`. */
const perhaps = <T>(random: Random, right: T, ...others: readonly T[]): T =>
  random.chance(0.85) ? right : random.pick(others);

/** A transaction that follows the types and means anything: by chance well formed, signed by nobody. */
function generated(random: Random): Uint8Array {
  const by = random.pick(signers);
  const said = Array.from({ length: perhaps(random, 1, 0, 2, 16, 17) }, () => {
    const { request, typeUrl } = random.pick(requests);
    const value = hostile(request, random, words) as Record<string, unknown>;
    for (const name of [
      "fromAddress",
      "member",
      "operator",
      "owner",
      "sender",
      "granter",
      "proposer",
      "voter",
    ])
      if (name in value && random.chance(0.9)) value[name] = by.address;
    return { typeUrl: perhaps(random, typeUrl, "", "/x.Y"), value: request.encode(value) };
  });
  const time = { seconds: START_MS / 1_000n + BigInt(random.int(1_000)), nanos: random.int(2) };
  const option = { typeUrl: "/x.Option", value: random.bytes(5) };
  const body: TxBody = {
    messages: said,
    memo: perhaps(random, "", "x".repeat(257), "\u0000", "☃"),
    timeoutHeight: perhaps(random, 0n, 1n, (1n << 64n) - 1n),
    unordered: random.chance(0.2),
    timeoutTimestamp: perhaps(random, undefined, time, { seconds: -1n, nanos: -1 }),
    extensionOptions: perhaps(random, [], [option]),
    nonCriticalExtensionOptions: perhaps(random, [], [option]),
  };
  const mode = perhaps(random, 1, 0, 2, 3, 127, 191);
  const multi = {
    bitarray: { extraBitsStored: random.int(9), elems: random.bytes(random.int(3)) },
    modeInfos: [{ single: { mode: 127 }, multi: undefined }],
  };
  const modeInfo = perhaps(random, { single: { mode }, multi: undefined }, { single: undefined, multi });
  const key = anyOfKey(random.pick(signers).key);
  const info = {
    publicKey: perhaps(random, anyOfKey(by.key), undefined, key, { ...key, value: random.bytes(35) }),
    modeInfo: perhaps(random, modeInfo, undefined),
    sequence: perhaps(random, 0n, 1n, (1n << 64n) - 1n),
  };
  const amount = [{ denom: DENOM, amount: perhaps(random, 2_000n, 1n, (1n << 128n) - 1n) }];
  const fee = {
    amount: perhaps(random, amount, [], [...amount, ...amount], [{ denom: "\n", amount: 1n }]),
    gasLimit: perhaps(random, 2_000_000n, 0n, 1n, (1n << 64n) - 1n),
    payer: perhaps(random, "", ben.address, "x"),
    granter: perhaps(random, "", ann.address, "x"),
  };
  const signature = random.bytes(perhaps(random, 64, 0, 65, 130));
  return TxRaw.encode({
    bodyBytes: TxBody.encode(body),
    authInfoBytes: AuthInfo.encode({
      signerInfos: perhaps(random, [info], [], [info, info]),
      fee,
      tip: undefined,
    }),
    signatures: perhaps(random, [signature], [], [signature, signature]),
  });
}

/** Whether decoding and encoding again, part by part, gives the very bytes. */
function encodesItself(bytes: Uint8Array): boolean {
  const raw = TxRaw.decode(bytes);
  const body = TxBody.decode(raw.bodyBytes);
  const parts = body.messages.map(({ typeUrl, value }) => {
    const codec = messages.get(typeUrl)?.request as Codec<unknown>;
    return { typeUrl, value: codec.encode(codec.decode(value)) };
  });
  const bodyBytes = TxBody.encode({ ...body, messages: parts });
  const authInfoBytes = AuthInfo.encode(AuthInfo.decode(raw.authInfoBytes));
  return equalBytes(TxRaw.encode({ ...raw, bodyBytes, authInfoBytes }), bytes);
}

/** Offers so many mutated and so many generated transactions to the mempools of fresh apps. */
export function fuzz(mutatedCount: number, generatedCount: number, seed: string): Fuzzed {
  const random = fastRandom(seed);
  const codes = new Map<string, number>();
  const [ambiguous, thrown]: [string[], string[]] = [[], []];
  let [app, slowestMs, overBudget, accepted] = [fuzzApp(), 0, 0, 0];
  const offer = (bytes: Uint8Array, count: number): void => {
    if (count % APP_TXS === 0) app = fuzzApp();
    const began = process.threadCpuUsage();
    try {
      const { code, codespace } = app.checkTx(bytes);
      codes.set(`${codespace}/${code}`, (codes.get(`${codespace}/${code}`) ?? 0) + 1);
      if (code === 0) accepted += 1;
      if (code === 0 && !encodesItself(bytes)) ambiguous.push(Buffer.from(bytes).toString("hex"));
    } catch (error) {
      thrown.push(`${error}: ${Buffer.from(bytes).toString("hex")}`);
    }
    // Of this thread: other work on the machine is no fault of the transaction.
    const { user, system } = process.threadCpuUsage(began);
    const tookMs = (user + system) / 1_000;
    slowestMs = Math.max(slowestMs, tookMs);
    if (tookMs > BUDGET_MS) overBudget += 1;
  };
  const numbers = new Map(signers.map(({ address }) => [address, numberOf(app, address)]));
  const valid = (): Uint8Array => {
    const by = random.pick(signers);
    return validTx(random, by, numbers.get(by.address) ?? 0n);
  };
  for (let i = 0; i < mutatedCount; ) {
    const [tx, other] = [valid(), valid()];
    for (let k = 0; k < MUTATIONS_OF_ONE && i < mutatedCount; k++, i++)
      offer(random.chance(0.2) ? grafted(random, tx, other) : mutated(random, tx, other), i);
  }
  for (let i = 0; i < generatedCount; i++) offer(random.chance(0.02) ? valid() : generated(random), i);
  const counts = { mutated: mutatedCount, generated: generatedCount, accepted };
  return { ...counts, ambiguous, thrown, codes, slowestMs, overBudget };
}

/** What was tried and found, in one line. */
export function told(seed: string, { mutated: m, generated: g, codes, ...found }: Fuzzed): string {
  const { accepted, slowestMs, overBudget } = found;
  const list = [...codes].map(([name, count]) => `${name}×${count}`).sort();
  const time = `slowest ${slowestMs.toFixed(1)} ms of CPU, ${overBudget} over ${BUDGET_MS} ms`;
  return `seed "${seed}": ${m} mutated, ${g} generated, ${accepted} accepted; ${time}; ${list.join(" ")}`;
}
