import { equalBytes } from "#chain/bytes/compare.ts";
import { sha256 } from "#chain/bytes/hash.ts";
import { u32be } from "#chain/bytes/int.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { memoryStore } from "#chain/store/memory.ts";
import type { NodeStore } from "#chain/store/port.ts";
import { type StoreProofOp, verifyStoreValue } from "#client/verified.ts";
import { CommitmentProof, type ExistenceProof, type InnerOp } from "#proto/gen/cosmos/ics23.ts";

const SPACES = ["auth", "bank", "rounds"];

/** What a proof claims. */
interface Claim {
  readonly space: string;
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
  readonly ops: readonly StoreProofOp[];
}

/** Dice that a seed determines: integers from 0 up to a bound. */
export function diceOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x9e3779b9) >>> 0;
    let word = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    return ((word ^ (word >>> 15)) >>> 0) % below;
  };
}

const keyAt = (i: number): Uint8Array => sha256(u32be(i)).subarray(0, 2 + (i % 9));

/** A store of three spaces and some 500 entries over 8 versions. */
export async function provenStore(): Promise<NodeStore> {
  const store = memoryStore({ spaces: SPACES });
  for (let height = 1n; height <= 8n; height++) {
    const changes = SPACES.flatMap((space, s) =>
      Array.from({ length: 40 }, (_, i) => i + s * 60 + Number(height) * 13)
        .map((i) => ({ space, key: keyAt(i), value: sha256(u32be(i), u32be(Number(height))) }))
        .sort((a, b) => Buffer.compare(a.key, b.key)),
    );
    await store.commit(store.stage(height, changes));
  }
  return store;
}

function honestClaim(store: NodeStore, dice: (below: number) => number): Claim {
  const space = SPACES[dice(3)] as string;
  const key = keyAt(dice(400));
  return { space, key, value: store.get(space, key), ops: store.prove(space, key) };
}

function flipped(bytes: Uint8Array, dice: (below: number) => number): Uint8Array {
  const out = bytes.slice();
  const at = dice(Math.max(1, out.length));
  if (out.length > 0) out[at] = (out[at] as number) ^ (1 << dice(8));
  return out;
}

/** Bytes with one changed, left out, put in, or cut short. */
function spoilt(bytes: Uint8Array, dice: (below: number) => number): Uint8Array {
  const at = dice(bytes.length + 1);
  const ways = [
    () => flipped(bytes, dice),
    () => Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(at + 1)),
    () => Uint8Array.of(...bytes.subarray(0, at), dice(256), ...bytes.subarray(at)),
    () => bytes.slice(0, at),
  ];
  return (ways[dice(ways.length)] as () => Uint8Array)();
}

function spoiltPath(path: readonly InnerOp[], dice: (below: number) => number): readonly InnerOp[] {
  const at = dice(Math.max(1, path.length));
  const step = path[at];
  if (step === undefined) return [{ hash: 1, prefix: keyAt(dice(9)), suffix: keyAt(dice(9)) }];
  const other = path[dice(path.length)] as InnerOp;
  const put = (...steps: InnerOp[]): InnerOp[] => [...path.slice(0, at), ...steps, ...path.slice(at + 1)];
  const all = Uint8Array.of(...step.prefix, ...step.suffix);
  const cut = dice(all.length + 1);
  const ways = [
    () => put(),
    () => put(step, step),
    () => put(other),
    () => put({ ...step, hash: dice(10) }),
    () => put({ ...step, prefix: spoilt(step.prefix, dice) }),
    () => put({ ...step, suffix: spoilt(step.suffix, dice) }),
    () => put({ ...step, prefix: step.suffix, suffix: step.prefix }),
    () => put({ ...step, prefix: all.slice(0, cut), suffix: all.slice(cut) }),
    () => [...path].reverse(),
  ];
  return (ways[dice(ways.length)] as () => readonly InnerOp[])();
}

function spoiltExistence(proof: ExistenceProof, dice: (below: number) => number): ExistenceProof {
  const leaf = proof.leaf ?? { hash: 1, prehashKey: 0, prehashValue: 1, length: 1, prefix: new Uint8Array() };
  const ways = [
    () => ({ ...proof, key: spoilt(proof.key, dice) }),
    () => ({ ...proof, value: spoilt(proof.value, dice) }),
    () => ({ ...proof, leaf: { ...leaf, prefix: spoilt(leaf.prefix, dice) } }),
    () => ({ ...proof, leaf: { ...leaf, hash: dice(10), length: dice(9) } }),
    () => ({ ...proof, leaf: { ...leaf, prehashKey: dice(10), prehashValue: dice(10) } }),
    () => ({ ...proof, leaf: undefined }),
    () => ({ ...proof, path: spoiltPath(proof.path, dice) }),
    () => ({ ...proof, path: spoiltPath(proof.path, dice) }),
  ];
  return (ways[dice(ways.length)] as () => ExistenceProof)();
}

function spoiltProof(data: Uint8Array, other: Uint8Array, dice: (below: number) => number): Uint8Array {
  if (dice(3) === 0) return spoilt(data, dice);
  const { exist, nonexist } = CommitmentProof.decode(data);
  const foreign = CommitmentProof.decode(other);
  if (exist !== undefined)
    return CommitmentProof.encode({ exist: spoiltExistence(exist, dice), nonexist: undefined });
  if (nonexist === undefined) return data;
  const { left, right } = nonexist;
  const neighbour = foreign.exist ?? foreign.nonexist?.left ?? foreign.nonexist?.right;
  const ways = [
    { ...nonexist, left: right, right: left },
    { ...nonexist, left: undefined },
    { ...nonexist, right: undefined },
    { ...nonexist, left: neighbour },
    { ...nonexist, right: neighbour },
    { ...nonexist, left: left && spoiltExistence(left, dice) },
    { ...nonexist, right: right && spoiltExistence(right, dice) },
    { ...nonexist, key: spoilt(nonexist.key, dice) },
  ];
  return CommitmentProof.encode({ exist: undefined, nonexist: ways[dice(ways.length)] });
}

/** An honest claim with its proof spoilt, or with the proof of another claim, or claiming something else. */
function forgedClaim(store: NodeStore, dice: (below: number) => number): Claim {
  const claim = honestClaim(store, dice);
  const other = honestClaim(store, dice);
  const [op, outer] = claim.ops as [StoreProofOp, StoreProofOp];
  const ways = [
    () => ({
      ...claim,
      ops: [{ ...op, data: spoiltProof(op.data, other.ops[0]?.data ?? op.data, dice) }, outer],
    }),
    () => ({
      ...claim,
      ops: [{ ...op, data: spoiltProof(op.data, other.ops[0]?.data ?? op.data, dice) }, outer],
    }),
    () => ({
      ...claim,
      ops: [{ ...op, data: spoiltProof(op.data, other.ops[0]?.data ?? op.data, dice) }, outer],
    }),
    () => ({ ...claim, ops: [op, { ...outer, data: spoiltProof(outer.data, op.data, dice) }] }),
    () => ({ ...claim, ops: [outer, op] }),
    () => ({ ...claim, ops: [op] }),
    () => ({ ...claim, ops: [outer] }),
    () => ({ ...claim, ops: [op, op, outer] }),
    () => ({ ...claim, ops: [{ ...op, key: spoilt(op.key, dice) }, outer] }),
    () => ({ ...claim, ops: [op, { ...outer, key: utf8(SPACES[dice(3)] as string) }] }),
    () => ({
      ...claim,
      ops: [
        { ...op, type: outer.type },
        { ...outer, type: op.type },
      ],
    }),
    () => ({ ...claim, value: claim.value === undefined ? keyAt(dice(9)) : undefined }),
    () => ({ ...claim, value: claim.value && spoilt(claim.value, dice) }),
    () => ({ ...other, ops: claim.ops }),
    () => ({ ...claim, space: SPACES[dice(3)] as string }),
  ];
  return (ways[dice(ways.length)] as () => Claim)();
}

const sameBytes = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a === undefined || b === undefined ? a === b : equalBytes(a, b);

/** Whether a claim is true and its proof the very one that the store gives. */
function isHonest(store: NodeStore, { space, key, value, ops }: Claim): boolean {
  const honest = store.prove(space, key);
  const fits = (op: StoreProofOp, i: number): boolean => {
    const own = honest[i];
    return (
      own !== undefined &&
      op.type === own.type &&
      equalBytes(op.key, own.key) &&
      equalBytes(op.data, own.data)
    );
  };
  return sameBytes(store.get(space, key), value) && ops.length === honest.length && ops.every(fits);
}

/** What became of forged claims: how many were made and how many were taken for true. */
export async function forge(
  count: number,
  seed: number,
): Promise<{ readonly made: number; accepted: number }> {
  const store = await provenStore();
  const dice = diceOf(seed);
  const root = store.appHash;
  let [made, accepted] = [0, 0];
  while (made < count) {
    const claim = forgedClaim(store, dice);
    if (isHonest(store, claim)) continue;
    made++;
    if (verifyStoreValue(root, claim.space, claim.key, claim.value, claim.ops)) accepted++;
  }
  return { made, accepted };
}
