import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { splitExact } from "#chain/math/mul-div.ts";
import * as commitments from "#modules/commitments/api.ts";
import * as rewards from "#modules/rewards/api.ts";
import type * as rounds from "#modules/rounds/api.ts";
import type { Label, RevealedSet } from "./kind.ts";
import { PPM } from "./param-rules.ts";

/** What a round's items came to. */
export interface Revealed {
  /** As market kinds see it, but for the score of the prior. */
  readonly set: Omit<RevealedSet, "priorScorePpm">;
  /** As the reward function counts it. */
  readonly counted: readonly (rewards.CountedItem | undefined)[];
  /** Addresses of the members by the numbers that `set` gives them. */
  readonly members: readonly string[];
}

/**
 * As SETTLE begins: has the reward function decide how each item counts; copies of one content whose labels
 * differ count for nothing.
 */
export function countItems(ctx: WriteCtx, key: rounds.RoundKey): void {
  const authors = commitments.authorLabels(ctx, key);
  const panels = commitments.panelLabels(ctx, key);
  const names = commitments.contentNames(ctx, key);
  const seen = new Map<string, number>();
  const disputed = new Set<string>();
  for (const [i, name] of names.entries()) {
    const label = authors[i];
    if (label === undefined) continue;
    if ((seen.get(name) ?? label) !== label) disputed.add(name);
    seen.set(name, label);
  }
  const opened = authors.map((author, i) =>
    disputed.has(names[i] as string) ? undefined : { author, panel: panels[i] ?? [] },
  );
  rewards.countItems(ctx, key, opened);
}

/** The label of an item as markets see it: a number y in millionths is a share of either class. */
function labelOf(item: rewards.CountedItem | undefined, isScalar: boolean): Label | undefined {
  if (item === undefined || !isScalar) return item?.label;
  return [Number(PPM) - item.label, item.label];
}

/** The round's items with their final labels. */
export function revealed(ctx: ReadCtx, key: rounds.RoundKey): Revealed {
  const { items, totalWeight } = commitments.itemList(ctx, key);
  const counted = rewards.countedItems(ctx, key);
  const isScalar = rewards.isScalar(ctx, key);
  const numbers = new Map<string, number>();
  for (const { member } of items) if (!numbers.has(member)) numbers.set(member, numbers.size);
  const set = {
    weights: items.map(({ weight }) => weight),
    totalWeight,
    labels: counted.map((item) => labelOf(item, isScalar)),
    members: items.map(({ member }) => numbers.get(member) as number),
  };
  return { set, counted, members: [...numbers.keys()] };
}

/** Adds the shares of a label to sums by class, in millionths times the weight. */
function add(sums: bigint[], label: Label, weight: bigint): void {
  if (typeof label === "number") sums[label] = (sums[label] as bigint) + weight * PPM;
  else for (const [k, share] of label.entries()) sums[k] = (sums[k] as bigint) + weight * BigInt(share);
}

/** Sums by class as shares in millionths that sum to 10⁶ (largest remainder); empty for no sum. */
function sharesOf(sums: readonly bigint[]): number[] {
  return sums.some((sum) => sum > 0n) ? splitExact(PPM, sums).map(Number) : [];
}

const zeros = (classes: number): bigint[] => Array.from({ length: classes }, () => 0n);

/** Share of each class among the items whose label counts, in millionths; empty where none does. */
export function classShares({ set }: Revealed, classes: number): number[] {
  const sums = zeros(classes);
  for (const label of set.labels) if (label !== undefined) add(sums, label, 1n);
  return sharesOf(sums);
}

/**
 * What each outcome of a market of shares comes to in millionths: the classes' parts of the counted items, by
 * the items' weights times those that the reward function gives; `otherwise` where nothing counts.
 */
export function outcomeShares({ set, counted }: Revealed, otherwise: readonly number[]): readonly number[] {
  const sums = zeros(otherwise.length);
  for (const [i, label] of set.labels.entries())
    if (label !== undefined) add(sums, label, (set.weights[i] as bigint) * (counted[i]?.weight ?? 0n));
  const shares = sharesOf(sums);
  return shares.length > 0 ? shares : otherwise;
}
