import { ensureCli } from "#cli/errors.ts";
import type { DealtRows } from "#cli/home/rows.ts";
import type { Election } from "#proto/gen/iterum/elections.ts";
import type { Schedule } from "#proto/gen/iterum/rounds.ts";

/** What the demo was asked for. */
export interface DemoOptions {
  readonly rounds: number;
  readonly items: number;
  readonly seed: string;
  readonly data?: string;
  readonly json?: string;
  readonly keep?: true;
}

/** Seats of the committee: the default game's. */
export const COMMITTEE = 6;
/** Members of the community. */
export const MEMBERS = 12;
/** Rows known to everybody: vocabulary, prior and first models come from them. */
export const PUBLIC_ROWS = 120;
/** Most rows on which models are measured. */
export const HELD_OUT_MAX = 1_000;
/** Items that a member offers beyond those it may have to open. */
const SPARE_ITEMS = 2;
/** Most items of a member's set. */
const SET_ITEMS_MAX = 64;
/** Length of a block, and what of it is the pause after the block before. */
export const BLOCK_MS = 1_000;
export const TIMEOUT_COMMIT_MS = 940;

/** Items of a set that an elected member opens. */
const itemsPerSet = (items: number): number => Math.ceil(items / COMMITTEE);

/** Rows that a member offers in a round. */
export const itemsOffered = (items: number): number =>
  Math.min(SET_ITEMS_MAX, itemsPerSet(items) + SPARE_ITEMS);

/** Most hidden items of a round that the options allow. */
export const itemsMost = SET_ITEMS_MAX * COMMITTEE;

/** The election of a round of at least so many items. */
export function electionFor(items: number): Partial<Election> {
  const itemsMax = itemsPerSet(items) * COMMITTEE;
  return { itemsMax, itemsMin: Math.floor(itemsMax / 2) };
}

const ITEM_MOVES_PER_BLOCK = 8_000;
const ORDERS_MAX = 8;
const SLICES = 4;

/**
 * Phases in blocks. PROVE is at least four times what one proof of each template takes, one after the other.
 */
export function scheduleFor(items: number, proofsMs: readonly number[]): Schedule {
  const proveMs = 4 * proofsMs.reduce((sum, each) => sum + each, 0);
  const cranks = Math.ceil((ORDERS_MAX * SLICES * itemsPerSet(items) * COMMITTEE) / ITEM_MOVES_PER_BLOCK);
  const phases = {
    ...{ openOrders: 3, elect: 5, revealInputs: 5, revealInputs2: 3, label: 0 },
    ...{ predict: 5, openPredictions: 3, revealLabels: 4 },
    prove: Math.max(8, Math.ceil(proveMs / BLOCK_MS)),
    settle: 3 + cranks,
  };
  return { ...phases, firstOpen: 10, open: tailOf(phases) + 2 };
}

/** Blocks from the close of a round to its last. */
const tailOf = ({ firstOpen: _first, open: _open, ...phases }: Partial<Schedule>): number =>
  Object.values(phases).reduce((sum, blocks) => sum + blocks, 0);

/** Blocks until the last of so many rounds has ended. */
export const blocksFor = (schedule: Schedule, rounds: number): number =>
  2 + schedule.firstOpen + (rounds - 1) * schedule.open + tailOf(schedule);

/** Throws a CliError unless the members that a committee needs have rows for every round. */
export function ensureRows(rows: DealtRows, { rounds, items }: DemoOptions): void {
  const hands = [...rows.members.values()].map(({ length }) => length).sort((a, b) => b - a);
  const held = hands[COMMITTEE] ?? 0;
  const needed = (rounds - 1) * itemsOffered(items) + itemsPerSet(items);
  const most = Math.floor(held / itemsOffered(items));
  ensureCli(
    held >= needed,
    `too few rows for ${rounds} rounds of ${items} items: there are enough for ${most}`,
  );
}
