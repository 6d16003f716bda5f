import { ensureCli } from "#cli/errors.ts";
import type { DealtRows } from "#cli/home/rows.ts";
import { CRANK_MOVES_PER_BLOCK } from "#modules/markets/moves.ts";
import { SCORE_MOVES } from "#modules/markets/score.ts";
import type { Election } from "#proto/gen/iterum/elections.ts";
import type { Schedule } from "#proto/gen/iterum/rounds.ts";

/** What the demo was asked for. */
export interface DemoOptions {
  readonly rounds: number;
  readonly items: number;
  readonly seed: string;
  readonly data?: string;
  readonly genesis?: string;
  readonly json?: string;
  readonly keep?: true;
}

/** How large the rounds of a demo are. */
export interface Size {
  /** Hidden items of a round, at least. */
  readonly items: number;
  /** Seats of the committee. */
  readonly committee: number;
}

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
const itemsPerSet = ({ items, committee }: Size): number => Math.ceil(items / committee);

/** Rows that a member offers in a round. */
export const itemsOffered = (size: Size): number => Math.min(SET_ITEMS_MAX, itemsPerSet(size) + SPARE_ITEMS);

/** Most hidden items of a round that the options allow: what six sets hold. */
export const itemsMost = SET_ITEMS_MAX * 6;

/** The election of a round of that size. */
export function electionFor(size: Size): Partial<Election> {
  const itemsMax = itemsPerSet(size) * size.committee;
  return { itemsMax, itemsMin: Math.floor(itemsMax / 2) };
}

const ORDERS_MAX = 8;
const SLICES = 4;

/** Blocks of PROVE: at least four times what one proof of each template takes, one after the other. */
const proveBlocks = (proofsMs: readonly number[]): number =>
  Math.max(8, Math.ceil((4 * proofsMs.reduce((sum, each) => sum + each, 0)) / BLOCK_MS));

/** A game's own phases, with PROVE, and OPEN with it, longer where this machine's proofs need it. */
export function fittedSchedule(own: Schedule, proofsMs: readonly number[]): Schedule {
  const more = Math.max(0, proveBlocks(proofsMs) - own.prove);
  return { ...own, prove: own.prove + more, open: own.open + more };
}

/** Phases in blocks for rounds of that size. */
export function scheduleFor(size: Size, proofsMs: readonly number[]): Schedule {
  const items = itemsPerSet(size) * size.committee;
  const movesPerItem = (ORDERS_MAX + 1) * Number(SCORE_MOVES) + ORDERS_MAX * SLICES;
  const cranks = Math.ceil((movesPerItem * items) / Number(CRANK_MOVES_PER_BLOCK));
  const phases = {
    ...{ openOrders: 3, elect: 5, revealInputs: 5, revealInputs2: 3, label: 5 },
    ...{ predict: 5, openPredictions: 3, revealLabels: 4 },
    prove: proveBlocks(proofsMs),
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
export function ensureRows(rows: DealtRows, rounds: number, size: Size): void {
  const hands = [...rows.members.values()].map(({ length }) => length).sort((a, b) => b - a);
  const held = hands[size.committee] ?? 0;
  const needed = (rounds - 1) * itemsOffered(size) + itemsPerSet(size);
  const most = Math.floor(held / itemsOffered(size));
  ensureCli(
    held >= needed,
    `too few rows for ${rounds} rounds of ${size.items} items: there are enough for ${most}`,
  );
}
