import { type Adversary, colludes, soleOperator, withMembers } from "./adversary.ts";
import { labelled, seatOf } from "./panel.ts";
import { flippedLabels, ownByItem, ownGain, type Round, seated } from "./round.ts";
import { type Manner, watched } from "./season.ts";

const SHARES = [0.04, 0.1, 0.2, 0.4] as const;
const FOR_EVER = Number.POSITIVE_INFINITY;

const flippedByItem = ({ flipped }: Round): Float64Array => flipped.byItem[0] as Float64Array;
const toldByItem = ({ told }: Round): Float64Array => told.byItem[0] as Float64Array;

/** Whether each seat is a colluding member's. */
const ownSeats = ({ seats, setting }: Round, share: number): boolean[] => seats.map(colludes(share, setting));

/** Without a panel and with profits paid at once, every sold item counts as its author says. */
const unwatched = (share: number) => () => (round: Round) => {
  const isOwn = ownSeats(round, share);
  const [sold, own] = [flippedByItem(round), ownByItem(round)];
  let gain = 0;
  for (const item of own.keys())
    if (isOwn[seatOf(round.setting, item)]) gain += (sold[item] as number) - (own[item] as number);
  return gain;
};

const underWatch = (share: number, manner: Manner) => () => watched(share, manner, flippedByItem, ownByItem);

/** What sellers do under a panel. */
interface Tactic {
  /** The label that a colluding seat gives an item, its author's or, if `isOwn`, an accomplice's. */
  label(round: Round, item: number, isOwn: boolean): number;
  /** What the operator earns on its accomplices' items, where their label counts. */
  sold(round: Round): Float64Array;
}

const truthOf = ({ truth }: Round, item: number): number => truth[item] as number;

/** Authors label against what everybody expects, accomplices on the panel agree. */
const flipping: Tactic = {
  label: (round, item, isOwn) => (isOwn ? (flippedLabels(round)[item] as number) : truthOf(round, item)),
  sold: flippedByItem,
};

/** Authors tell the operator true labels before it trains; no label is false. */
const telling: Tactic = { label: truthOf, sold: toldByItem };

/** Tells, and disagrees on others' items that the operator's model is worse on than the prior. */
const vetoing: Tactic = {
  sold: toldByItem,
  label: (round, item, isOwn) => {
    const truth = truthOf(round, item);
    const [q, prior] = [round.own[item] as number, round.frequency];
    const isBad = truth === 1 ? q < prior : q > prior;
    return !isOwn && isBad ? 1 - truth : truth;
  },
};

/** Under a panel whose labels must all agree: what the operator gains, less what accomplices lose of pay. */
const cross = (share: number, tactic: Tactic) => () => (round: Round) => {
  const { setting, panel, honestPay } = round;
  const isOwn = ownSeats(round, share);
  const { counted, pay } = labelled(setting, panel, (seat, item) =>
    isOwn[seat] ? tactic.label(round, item, isOwn[seatOf(setting, item)] as boolean) : truthOf(round, item),
  );
  const [sold, own] = [tactic.sold(round), ownByItem(round)];
  let gain = 0;
  for (const [seat, mine] of isOwn.entries())
    if (mine) gain += (pay[seat] as number) - (honestPay[seat] as number);
  for (const item of own.keys()) {
    const made = (isOwn[seatOf(setting, item)] ? sold : own)[item] as number;
    gain += (counted[item] === undefined ? 0 : made) - (own[item] as number);
  }
  return gain;
};

/**
 * A validator with the last word on the draw keeps its block back where the other committee has more
 * accomplices; each further seat is worth what telling the labels of its items is.
 */
const seating = (share: number) => () => (round: Round) => {
  const { setting, seats } = round;
  const isOwn = colludes(share, setting);
  const count = (members: readonly number[]): number => members.filter(isOwn).length;
  const other = seated(setting, round.seed("election, had the proposer kept its block back"));
  const more = Math.max(0, count(other) - count(seats));
  const worth = (round.told.gains[0] as number) - ownGain(round);
  return (more * worth) / seats.length;
};

const percent = (share: number): string => `${Math.round(100 * share)} %`;

const OPEN_EXPECTED: Readonly<Record<number, string>> = {
  0.04: "69–104 a seat",
  0.2: "343–523",
};
const PANEL_EXPECTED: Readonly<Record<number, string>> = { 0.04: ".6 a seat", 0.2: "23" };

const withoutPanel = (share: number): Adversary[] => [
  {
    name: `label sellers ${percent(share)}, no panel`,
    what:
      "Members label against what everybody expects, and their operator's model knows where. Without a " +
      "panel nothing but membership by vote stands against it.",
    expected: OPEN_EXPECTED[share] ?? "more than honest",
    accounts: withMembers(share),
    isReference: true,
    start: unwatched(share),
  },
  {
    name: `label sellers ${percent(share)}, no panel, watched`,
    what:
      "The same where profits are paid over 4 rounds and taken back once a pair of operator and member " +
      "is above the limit of suspicion; the member has to go then.",
    expected: "found after 3 rounds",
    accounts: withMembers(share),
    isReference: true,
    start: underWatch(share, { accountRounds: FOR_EVER, isCareful: false }),
  },
  {
    name: `label sellers ${percent(share)}, no panel, careful`,
    what: "The same, but they sell only where the operator's suspicion stays below two thirds of the limit.",
    expected: "–",
    accounts: withMembers(share),
    isReference: true,
    start: underWatch(share, { accountRounds: FOR_EVER, isCareful: true }),
  },
  {
    name: `label sellers ${percent(share)}, no panel, new accounts`,
    what: "The same, but the operator takes a new account before three rounds are known of the last.",
    expected: "–",
    accounts: withMembers(share),
    isReference: true,
    start: underWatch(share, { accountRounds: 2, isCareful: false }),
  },
];

const withPanel = (share: number): Adversary[] => [
  {
    name: `label sellers ${percent(share)}, panel`,
    what:
      "The same false labels under a panel of two. A label counts only where author and panel agree, " +
      "and pay is for agreement.",
    expected: PANEL_EXPECTED[share] ?? "less than honest",
    accounts: withMembers(share),
    start: cross(share, flipping),
  },
  {
    name: `label sellers ${percent(share)}, panel, telling`,
    what:
      "Members tell their operator true labels before it trains, so that no panel disagrees. Its model " +
      "knows their items for sure and only those.",
    expected: "–",
    accounts: withMembers(share),
    start: cross(share, telling),
  },
  {
    name: `label sellers ${percent(share)}, panel, telling and vetoing`,
    what:
      "They also disagree, as cross-labellers, on items that the operator's model gets wrong. Each veto " +
      "costs pay for agreement and takes an item from everybody.",
    expected: "–",
    accounts: withMembers(share),
    start: cross(share, vetoing),
  },
];

export const sellers: readonly Adversary[] = [
  {
    name: "honest operator, no panel, watched",
    what:
      "Nobody sells, and the community takes profits back on the figures alone. What it loses so is why " +
      "a vote decides and not the figures.",
    expected: "suspected at times",
    accounts: soleOperator,
    isReference: true,
    start: underWatch(0, { accountRounds: FOR_EVER, isCareful: false }),
  },
  ...SHARES.flatMap((share) => [...withoutPanel(share), ...withPanel(share)]),
  {
    name: "beacon grinder, seats",
    what:
      "A validator with 20 % of the members has the last word on the draw and keeps its block back " +
      "where the other committee has more of them. One bit of choice brings about one seat more.",
    expected: "less than one honest earning",
    accounts: withMembers(0.2),
    start: seating(0.2),
  },
];
