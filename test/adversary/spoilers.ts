import { type Adversary, colludes, soleOperator, withMembers } from "./adversary.ts";
import { seatOf } from "./panel.ts";
import { ownByItem, ownGain, type Round, sumWhere } from "./round.ts";
import { depositMax, feeOn, type Setting } from "./setting.ts";

/** The share of the seats that operators have who also need members. */
const SHARE = 0.2;
/** Mean expected loss of an item, in nats, below which a late opener stays away. */
const BAD_NATS = -0.05;

/** Once predictions are open, its members keep back the labels of sets on which their operator loses. */
const withholding =
  (share: number, bondOf: (setting: Setting) => number, byItemOf: (round: Round) => Float64Array) =>
  () =>
  (round: Round) => {
    const { setting, seats } = round;
    const byItem = byItemOf(round);
    const isOwn = colludes(share, setting);
    let saved = 0;
    for (const [seat, member] of seats.entries()) {
      if (!isOwn(member)) continue;
      const onSet = sumWhere(byItem, (item) => seatOf(round.setting, item) === seat);
      const cost = bondOf(setting) + (round.honestPay[seat] as number);
      saved += Math.max(0, -onSet - cost);
    }
    return saved;
  };

/**
 * A guesser makes the quorum fail, where it has the members: they keep their inputs back. It saves what its
 * order would have lost, and pays their bonds; alternates, who would fill the places, are left out.
 */
const voiding = (share: number) => () => (round: Round) => {
  const { setting, seats } = round;
  const mine = seats.filter(colludes(share, setting)).length;
  const needed = seats.length - setting.quorum + 1;
  if (mine < needed) return 0;
  return (
    -(round.guessed.gains[0] as number) + feeOn(setting, depositMax(setting)) - needed * setting.memberBond
  );
};

/** Leaves its order unopened when what the others have said of the items makes a loss likely. */
const openingLate = () => (round: Round) => {
  const { rivals, own, setting } = round;
  const [first, second] = rivals;
  let expected = 0;
  for (const [item, q] of own.entries()) {
    const mean = ((first[item] as number) + (second[item] as number)) / 2;
    expected += mean * Math.log(q / mean) + (1 - mean) * Math.log((1 - q) / (1 - mean));
  }
  return expected / own.length < BAD_NATS ? -depositMax(setting) - ownGain(round) : 0;
};

/** Who knew every label in time would leave its order unopened just when it loses more than its bound. */
const openingKnowingly = () => (round: Round) => Math.max(0, -ownGain(round) - depositMax(round.setting));

/** A validator that has an order chooses between two rankings of the slices, by keeping its block back. */
const ranking = () => (round: Round) => {
  const honest = { deposit: depositMax(round.setting), predictions: round.own };
  const other = round.against([honest], "slices, had the proposer kept its block back");
  return Math.max(0, (other.gains[0] as number) - ownGain(round));
};

const percent = (share: number): string => `${100 * share} %`;

export const spoilers: readonly Adversary[] = [
  {
    name: `withholder, ${percent(SHARE)} of the seats`,
    what:
      "Has members who keep back the labels of sets on which its order loses. Each costs a member's " +
      "bond and pay, which is more than a set can lose.",
    expected: "0 with the bond",
    accounts: withMembers(SHARE),
    start: withholding(SHARE, ({ memberBond }) => memberBond, ownByItem),
  },
  {
    name: `withholder, ${percent(SHARE)}, no bond`,
    what: "The same, were there no bond. This is why genesis wants one of twice a set's share of a deposit.",
    expected: "3–10",
    accounts: withMembers(SHARE),
    isReference: true,
    start: withholding(SHARE, () => 0, ownByItem),
  },
  {
    name: `void seeker, ${percent(SHARE)}, after predictions`,
    what:
      "A guesser has members who keep back labels, so that its losses count for nothing. No round is " +
      "void after predictions are fixed, and each set costs a bond.",
    expected: "0",
    accounts: withMembers(SHARE),
    start: withholding(
      SHARE,
      ({ memberBond }) => memberBond,
      ({ guessed }) => guessed.byItem[0] as Float64Array,
    ),
  },
  {
    name: "void seeker, 40 %, before them",
    what:
      "A guesser has members who keep back inputs until the quorum fails, and gets its deposit back. It " +
      "pays a bond for each set that is missing.",
    expected: "loses; losers who void would save 310–1157",
    accounts: withMembers(0.4),
    start: voiding(0.4),
  },
  {
    name: "late opener",
    what:
      "Waits for what others predict and leaves its order unopened where a loss is likely. An unopened " +
      "order forfeits its bound.",
    expected: "loses",
    accounts: soleOperator,
    start: openingLate,
  },
  {
    name: "late opener who knows the labels",
    what: "The same with perfect foresight. No order can lose more than its bound, so it always opens.",
    expected: "0",
    accounts: soleOperator,
    start: openingKnowingly,
  },
  {
    name: "beacon grinder, slices",
    what:
      "A validator with an order has the last word on the beacon and keeps its block back where the " +
      "other ranking of the slices pays more. One bit of choice is all it has.",
    expected: "less than one honest earning",
    accounts: soleOperator,
    start: ranking,
  },
];
