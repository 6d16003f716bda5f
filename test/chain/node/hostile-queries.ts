import { chainRegistry, storeSpaces } from "#chain/app/modules.ts";
import type { QueryRequest } from "#chain/app/types.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { people } from "#test/kit/accounts.ts";
import { DENOM, GAME_ID } from "#test/kit/genesis.ts";
import { randomOf } from "#trainer/random.ts";

type Random = ReturnType<typeof randomOf>;

const KNOWN = [
  ...people("ann").map(({ address }) => address),
  DENOM,
  GAME_ID,
  "iterum1",
  "",
  "x".repeat(3_000),
];

const HEIGHTS = [...Array.from({ length: 9 }, () => 0n), 1n, 2n, -1n, 1n << 40n, (1n << 63n) - 1n];

const pick = <T>(random: Random, from: readonly T[]): T => from[random.below(from.length)] as T;

const bytesOf = (random: Random, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => random.below(256));

/** Values of the kinds that requests have: ids, addresses, names, page keys, limits that are too large. */
function fieldOf(random: Random, no: number): Uint8Array {
  const kinds: readonly (() => Uint8Array)[] = [
    () => {
      const text = utf8(pick(random, KNOWN));
      return Uint8Array.of((no << 3) | 2, ...lengthOf(text.length), ...text);
    },
    () => Uint8Array.of((no << 3) | 0, ...pick(random, [[1], [0x7f], [0xff, 0xff, 0xff, 0xff, 0x0f]])),
    () => Uint8Array.of((no << 3) | 2, ...lengthOf(6), 0x0a, 0x00, 0x18, 0xff, 0xff, 0x03),
    () => bytesOf(random, random.below(12)),
  ];
  return pick(random, kinds)();
}

const lengthOf = (length: number): readonly number[] =>
  length < 128 ? [length] : [(length & 0x7f) | 0x80, length >> 7];

function dataOf(random: Random): Uint8Array {
  if (random.below(20) === 0) return bytesOf(random, random.below(20_000));
  const fields = Array.from({ length: random.below(4) }, (_, i) => fieldOf(random, i + 1));
  return Uint8Array.from(fields.flatMap((field) => [...field]));
}

/** Queries from a seed: known paths with likely and unlikely requests, store keys, wild paths and heights. */
export function* hostileQueries(seed: string, count: number): Generator<QueryRequest> {
  const random = randomOf(seed);
  const paths = [...chainRegistry().queries.keys(), "/cosmos.tx.v1beta1.Service/Simulate"];
  const pathOf: readonly (() => string)[] = [
    ...Array.from({ length: 5 }, () => () => pick(random, paths)),
    () => `/store/${pick(random, [...storeSpaces, "none", "../auth"])}/key`,
    () => `${pick(random, paths)}${pick(random, ["", "/", "\u0000", "x".repeat(5_000)])}`,
  ];
  for (let i = 0; i < count; i++)
    yield {
      path: pick(random, pathOf)(),
      data: dataOf(random),
      height: pick(random, HEIGHTS),
      prove: random.below(2) === 0,
    };
}
