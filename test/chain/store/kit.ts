import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compareBytes } from "#chain/bytes/compare.ts";
import { sha256 } from "#chain/bytes/hash.ts";
import { u32be } from "#chain/bytes/int.ts";
import { toKey } from "#chain/bytes/latin1.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import type { Change, CommitStore, StoreView } from "#chain/store/port.ts";

export const SPACES = ["auth", "bank", "rounds"];

/** Runs a test in a directory of its own, which goes with the test. */
export async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "iterum-store-"));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Changes in the order a store expects, the last of several to one key winning. */
export function sorted(changes: readonly Change[]): readonly Change[] {
  const last = new Map(changes.map((change) => [`${change.space}/${toKey(change.key)}`, change]));
  return [...last.values()].sort(
    (a, b) => compareBytes(utf8(a.space), utf8(b.space)) || compareBytes(a.key, b.key),
  );
}

/** The changes of one height of a chain that is the same in every process. */
export function changesAt(height: bigint, count = 40): readonly Change[] {
  const changes: Change[] = [];
  for (let i = 0; i < count; i++) {
    const dice = sha256(u32be(Number(height)), u32be(i));
    const [a, b, c, d] = dice as unknown as [number, number, number, number];
    const value = c < 80 ? undefined : dice.subarray(0, 1 + (d % 32));
    changes.push({ space: SPACES[a % 3] as string, key: Uint8Array.of(107, b), value });
  }
  return sorted(changes);
}

/** Everything a store holds, as comparable text. */
export const contents = (store: StoreView): readonly string[] =>
  SPACES.flatMap((space) =>
    [...store.range(space, new Uint8Array(), undefined)].map(([k, v]) => `${space}/${toKey(k)}=${toKey(v)}`),
  );

/** Stages and commits the changes of the next height. */
export async function advance(store: CommitStore, changes?: readonly Change[]): Promise<void> {
  const height = store.height + 1n;
  await store.commit(store.stage(height, changes ?? changesAt(height)));
}
