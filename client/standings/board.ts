import { priorPredictions } from "#chain/protocol/predictions.ts";
import { correlationOf, equalShareOf, type Moments, momentsOf, sumOfMoments } from "./likeness.ts";
import { type Quality, qualityOf, ratio } from "./quality.ts";
import type { StandingsEntry, StandingsRound } from "./round.ts";
import { emptyTally, sumOf, type Tally, tallyOf } from "./tally.ts";

/** What one entrant's rounds have come to so far. */
interface Entrant {
  readonly operator: string;
  readonly modelId: string;
  readonly registeredHeight: bigint;
  readonly rounds: number;
  readonly forfeits: number;
  readonly profit: bigint;
  readonly tally: Tally;
  /** The baseline's on the same items. */
  readonly baseline: Tally;
}

/** Entrants by name, and what each two of them have in common. */
interface Side {
  readonly nameOf: (entry: StandingsEntry) => string;
  readonly entrants: Map<string, Entrant>;
  /** By either name and then the other. */
  readonly pairs: Map<string, Map<string, Moments>>;
}

/** Rounds added up: feed it round by round, in any order, each once. */
export interface Board {
  readonly classes: number;
  baseline: { readonly rounds: number; readonly tally: Tally };
  readonly models: Side;
  readonly operators: Side;
}

/** How like another entrant's predictions are, over the rounds in which both made some. */
export interface Likeness {
  readonly operator: string;
  readonly modelId: string;
  readonly registeredHeight: bigint;
  /** Predictions compared. */
  readonly values: number;
  readonly correlation: number;
  /** Share that is the same to the last bit. */
  readonly equalShare: number;
}

/** What a model, or all models of an operator, came to. */
export interface Standing {
  readonly operator: string;
  /** Hexadecimal; empty in the standing of an operator. */
  readonly modelId: string;
  /** Height at which the model, or the operator's first that played, was registered. */
  readonly registeredHeight: bigint;
  /** Settled rounds with an order or shares. */
  readonly rounds: number;
  /** Rounds in which the bound was lost. */
  readonly forfeits: number;
  /** Base units, fees and forfeits taken off. */
  readonly profit: bigint;
  readonly quality: Quality;
  /** 1 − Brier / Brier of the baseline on the same items; undefined without items. */
  readonly skill: number | undefined;
  /** Entrants of other operators that were registered earlier, in the order of their registration. */
  readonly earlier: readonly Likeness[];
}

/** The prior of each settled round as its prediction: plays without money. */
export interface Baseline {
  readonly rounds: number;
  readonly quality: Quality;
}

export interface Standings {
  readonly baseline: Baseline;
  /** The richest first. */
  readonly operators: readonly Standing[];
  readonly models: readonly Standing[];
}

const sideBy = (nameOf: Side["nameOf"]): Side => ({ nameOf, entrants: new Map(), pairs: new Map() });

/** A board without rounds, for a game of that many classes. */
export const emptyBoard = (classes: number): Board => ({
  classes,
  baseline: { rounds: 0, tally: emptyTally(classes) },
  models: sideBy(({ modelId }) => modelId),
  operators: sideBy(({ operator }) => operator),
});

/** An entry with what its predictions came to. */
interface Scored {
  readonly entry: StandingsEntry;
  readonly tally: Tally;
  readonly baseline: Tally;
}

/** The earlier of two heights of registration, where 0 is one that is not known. */
const earlierOf = (a: bigint, b: bigint): bigint => (a === 0n || (b !== 0n && b < a) ? b : a);

function addEntry({ nameOf, entrants }: Side, { entry, tally, baseline }: Scored): void {
  const name = nameOf(entry);
  if (name === "") return;
  const { operator, registeredHeight, profit, isForfeit } = entry;
  const before = entrants.get(name);
  entrants.set(name, {
    operator,
    modelId: name === operator ? "" : entry.modelId,
    registeredHeight: earlierOf(before?.registeredHeight ?? 0n, registeredHeight),
    rounds: (before?.rounds ?? 0) + (isForfeit ? 0 : 1),
    forfeits: (before?.forfeits ?? 0) + (isForfeit ? 1 : 0),
    profit: (before?.profit ?? 0n) + profit,
    tally: before ? sumOf(before.tally, tally) : tally,
    baseline: before ? sumOf(before.baseline, baseline) : baseline,
  });
}

function addMoments({ pairs }: Side, name: string, other: string, moments: Moments): void {
  const row = pairs.get(name) ?? new Map<string, Moments>();
  const known = row.get(other);
  pairs.set(name, row.set(other, known ? sumOfMoments(known, moments) : moments));
}

function addPair(side: Side, a: StandingsEntry, b: StandingsEntry, moments: Moments): void {
  const { x, y, xx, yy } = moments;
  addMoments(side, side.nameOf(a), side.nameOf(b), moments);
  addMoments(side, side.nameOf(b), side.nameOf(a), { ...moments, x: y, y: x, xx: yy, yy: xx });
}

/** Adds an ended round. Throws RangeError where predictions are not of its items. */
export function addRound(board: Board, round: StandingsRound): void {
  const none = emptyTally(board.classes);
  const isScored = round.items.length > 0;
  const prior = isScored ? tallyOf(round, priorPredictions(round.priorPpm, round.items.length)) : none;
  if (isScored)
    board.baseline = { rounds: board.baseline.rounds + 1, tally: sumOf(board.baseline.tally, prior) };
  for (const entry of round.entries) {
    const { predictions } = entry;
    const scored = predictions
      ? { entry, tally: tallyOf(round, predictions), baseline: prior }
      : { entry, tally: none, baseline: none };
    for (const side of [board.models, board.operators]) addEntry(side, scored);
  }
  for (const [i, a] of round.entries.entries())
    for (const b of round.entries.slice(i + 1)) {
      if (!a.predictions || !b.predictions || a.operator === b.operator) continue;
      const moments = momentsOf(a.predictions, b.predictions);
      for (const side of [board.models, board.operators]) addPair(side, a, b, moments);
    }
}

const before = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byNumber = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/** How like the entrant is to each registered earlier; at one height the smaller name comes first. */
function earlierThan(name: string, { entrants, pairs }: Side): Likeness[] {
  const { registeredHeight: own } = entrants.get(name) as Entrant;
  const found: (readonly [string, Likeness])[] = [];
  for (const [other, moments] of pairs.get(name) ?? []) {
    const { operator, modelId, registeredHeight } = entrants.get(other) as Entrant;
    if ((byNumber(registeredHeight, own) || before(other, name)) >= 0) continue;
    const correlation = correlationOf(moments);
    if (correlation === undefined) continue;
    const { values } = moments;
    const equalShare = equalShareOf(moments);
    found.push([other, { operator, modelId, registeredHeight, values, correlation, equalShare }]);
  }
  return found
    .sort(([a, x], [b, y]) => byNumber(x.registeredHeight, y.registeredHeight) || before(a, b))
    .map(([, likeness]) => likeness);
}

function sideStandings(side: Side): Standing[] {
  const standings = [...side.entrants].map(([name, { tally, baseline, ...entrant }]) => {
    const quality = qualityOf(tally);
    const relative = ratio(tally.brier, baseline.brier);
    const skill = relative === undefined ? undefined : 1 - relative;
    return [name, { ...entrant, quality, skill, earlier: earlierThan(name, side) }] as const;
  });
  return standings
    .sort(([a, x], [b, y]) => byNumber(y.profit, x.profit) || before(a, b))
    .map(([, standing]) => standing);
}

/** Where everybody stands after the rounds that were added. */
export const standingsOf = ({ baseline, models, operators }: Board): Standings => ({
  baseline: { rounds: baseline.rounds, quality: qualityOf(baseline.tally) },
  operators: sideStandings(operators),
  models: sideStandings(models),
});

/** Correlation from which on predictions are called alike. */
export const ALIKE = 0.999;
/** Fewer common predictions say nothing. */
const VALUES_MIN = 20;

/** The earliest registered entrant that is alike: what a copy is of. Undefined for an original. */
export const originalOf = ({ earlier }: Standing): Likeness | undefined =>
  earlier.find(({ values, correlation }) => values >= VALUES_MIN && correlation >= ALIKE);
