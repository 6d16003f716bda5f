import { drawDistinct, drawsFrom } from "#chain/protocol/draw.ts";
import { largestBounds } from "#modules/markets/largest-bounds.ts";
import { type Adversary, soleOperator } from "./adversary.ts";
import type { Bet } from "./market.ts";
import { ownByItem, ownGain, type Round } from "./round.ts";
import { depositMax, depositMin, feeOn, type Setting } from "./setting.ts";

const SYBILS = 3;

const gainOf = (gains: readonly number[], count: number): number =>
  gains.slice(0, count).reduce((sum, gain) => sum + gain, 0);

const bet = ({ setting }: Round, predictions: ArrayLike<number>): Bet => ({
  deposit: depositMax(setting),
  predictions,
});

/** What a copy earns beside its original, rivals and all. */
const copying = (predictionsOf: (round: Round) => Float64Array) => () => (round: Round) => {
  const { gains } = round.against([bet(round, predictionsOf(round)), bet(round, round.own)]);
  return (gains[0] as number) - feeOn(round.setting, depositMax(round.setting));
};

/** Accounts that trade one model with a deposit each, against one that does. */
const splitting = (depositOf: (setting: Setting) => number) => () => (round: Round) => {
  const deposit = depositOf(round.setting);
  const bets = Array.from({ length: SYBILS }, (): Bet => ({ deposit, predictions: round.own }));
  const { gains } = round.against(bets);
  const fees = SYBILS * feeOn(round.setting, deposit) - feeOn(round.setting, depositMax(round.setting));
  return gainOf(gains, SYBILS) - ownGain(round) - fees;
};

/** All slots but the operator's go to accounts that repeat the prior, with the smallest deposit. */
const squatting = () => (round: Round) => {
  const { setting, params, frequency } = round;
  const small = depositMin(setting);
  const squats = Array.from({ length: params.ordersMax - 1 }, (_, i) => ({
    bound: BigInt(Math.round(small * 1e6)),
    orderHash: round.seed(`squat ${i}`),
  }));
  const others = ["own", "first", "second"].map((name) => ({
    bound: params.depositMax,
    orderHash: round.seed(name),
  }));
  const { stay } = largestBounds([...squats, ...others], params.ordersMax);
  const kept = stay.filter((each) => squats.includes(each)).length;
  const prior = new Float64Array(round.truth.length).fill(frequency);
  const bets = Array.from({ length: kept }, (): Bet => ({ deposit: small, predictions: prior }));
  const { gains } = round.against([bet(round, round.own), ...bets]);
  return gainOf(gains, 1 + kept) - ownGain(round) - kept * feeOn(setting, small);
};

/**
 * Every slot goes to the operator: orders of the largest bound whose hashes it has ground to be smaller than
 * any honest one. Many accounts of one model trade as one would with all their deposits.
 */
const grinding = () => (round: Round) => {
  const { setting, params } = round;
  const ground = Array.from({ length: params.ordersMax }, () => ({
    bound: params.depositMax,
    orderHash: new Uint8Array(32) as Uint8Array,
  }));
  const honest = ["first", "second"].map((name) => ({
    bound: params.depositMax,
    orderHash: round.seed(name),
  }));
  const { stay } = largestBounds([...honest, ...ground], params.ordersMax);
  const kept = stay.filter((each) => ground.includes(each)).length;
  const left = stay.length - kept;
  const deposit = kept * depositMax(setting);
  const { gains } = round.alone({ deposit, predictions: round.own }, left);
  return (gains[0] as number) - ownGain(round) - (kept - 1) * feeOn(setting, depositMax(setting));
};

/**
 * Alters the items on which it gains most, as many as pay in the mean, and hopes that none is sampled. It
 * knows all labels, and what each would bring.
 */
const cheating = (sampleSize: (setting: Setting) => number, isForced: boolean) => () => (round: Round) => {
  const { setting, truth } = round;
  const own = ownByItem(round);
  const known = round.told.byItem[0] as Float64Array;
  const better = (item: number): number => (known[item] as number) - (own[item] as number);
  const ranked = [...own.keys()].sort((a, b) => better(b) - better(a));
  const size = sampleSize(setting);
  const atStake = ownGain(round) + depositMax(setting) + setting.operatorBond;
  let [best, altered, sum, unseen] = [0, 0, 0, 1];
  for (let count = 1; count + size <= truth.length && count <= 40; count++) {
    unseen *= (truth.length - size - count + 1) / (truth.length - count + 1);
    sum += better(ranked[count - 1] as number);
    const expected = unseen * sum - (1 - unseen) * atStake;
    if (expected > best || (isForced && count === 1)) [best, altered] = [expected, count];
  }
  const sampled = drawDistinct(drawsFrom("iterum/audit/v1", round.seed("audit")), truth.length, size);
  const lies = ranked.slice(0, altered);
  return lies.some((item) => sampled.includes(item))
    ? -atStake
    : lies.reduce((gain, item) => gain + better(item), 0);
};

export const traders: readonly Adversary[] = [
  {
    name: "copier, sealed orders",
    what:
      "Trades what could be learnt of another's model from earlier rounds, beside the original. Sealed " +
      "orders, ids that bind the owner and predictions that are committed before they open keep the " +
      "newest from it.",
    expected: "no more than an honest participant",
    accounts: soleOperator,
    start: copying(({ stale }) => stale),
  },
  {
    name: "copier, orders in the clear",
    what:
      "Trades exactly the model that another trades, with an id of its own. Slices in an order that " +
      "nobody foresees split between the two what one would earn.",
    expected: "no more than an honest participant; the owner loses",
    accounts: soleOperator,
    isReference: true,
    start: copying(({ own }) => own),
  },
  {
    name: `sybil splitter, ${SYBILS} fresh deposits`,
    what:
      "Trades one model from several accounts, each with the largest deposit. Whoever brings more money " +
      "moves prices further, but less with each account.",
    expected: "64 → 94 with 16 accounts: 2 an account",
    accounts: () => ({ operators: SYBILS - 1, seats: 0 }),
    start: splitting(depositMax),
  },
  {
    name: `sybil splitter, one deposit in ${SYBILS}`,
    what:
      "Trades one model from several accounts, with the deposit of one between them. Deposits are cut " +
      "into slices anyway, so that splitting them further brings next to nothing.",
    expected: "0",
    accounts: () => ({ operators: SYBILS - 1, seats: 0 }),
    start: splitting((setting) => depositMax(setting) / SYBILS),
  },
  {
    name: "slot squatter, smallest bounds",
    what:
      "Fills all slots with orders of the smallest bound that repeat the class prior. The largest " +
      "bounds stay, so honest orders push them out.",
    expected: "0 or less",
    accounts: ({ params }) => ({ operators: params.ordersMax - 1, seats: 0 }),
    start: squatting,
  },
  {
    name: "slot squatter, largest bounds",
    what:
      "Takes all slots with orders of the largest bound and of ground hashes, which win ties, and " +
      "trades alone. It stakes as many deposits and bonds as there are slots, and pays their fees.",
    expected: "less than so many honest participants",
    accounts: ({ params }) => ({ operators: params.ordersMax - 1, seats: 0 }),
    start: grinding,
  },
  {
    name: "cheating predictor",
    what:
      "Knows all labels and falsifies as many predictions as pay in the mean. The sample of proofs is " +
      "drawn after predictions are fixed, and a false one costs bound and bond.",
    expected: "nothing at a sample of 8 of 100",
    accounts: soleOperator,
    start: cheating(({ sampleSize }) => sampleSize, false),
  },
  {
    name: "cheating predictor, at least one item",
    what: "The same, but it falsifies its best item in every round. It is caught too often.",
    expected: "loses",
    accounts: soleOperator,
    start: cheating(({ sampleSize }) => sampleSize, true),
  },
  {
    name: "cheating predictor, sample of 1",
    what: "The same, were only one item proven. This is why genesis refuses samples below 8.",
    expected: "up to 28 at 1 or 2",
    accounts: soleOperator,
    isReference: true,
    start: cheating(() => 1, false),
  },
];
