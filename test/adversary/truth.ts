import type { Adversary } from "./adversary.ts";
import { soleOperator } from "./adversary.ts";
import { type Bet, play } from "./market.ts";
import { ownGain, type Round } from "./round.ts";
import { depositMax } from "./setting.ts";

const CLIP = 0.01;
const logit = (q: number): number => {
  const clipped = Math.min(1 - CLIP, Math.max(CLIP, q));
  return Math.log(clipped / (1 - clipped));
};
const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** What an operator may say instead of what its model says. */
type Variant = (q: number, noise: () => number) => number;

const tempered =
  (by: number): Variant =>
  (q) =>
    sigmoid(by * logit(q));

/** The reports that are compared with the true one, by name. */
const VARIANTS: readonly (readonly [name: string, report: Variant])[] = [
  ["sharpened by 1.25", tempered(1.25)],
  ["flattened by 0.8", tempered(0.8)],
  ["hard labels", (q) => (q < 0.5 ? CLIP : 1 - CLIP)],
  ["noised", (q, noise) => sigmoid(logit(q) + noise())],
];

const reported = (round: Round, variant: Variant): Float64Array => {
  const noise = (): number => {
    const radius = Math.sqrt(-2 * Math.log(1 - round.random.unit()));
    return radius * Math.cos(2 * Math.PI * round.random.unit());
  };
  return round.own.map((q) => variant(q, noise));
};

/** Reports other than the true one, at the largest deposit that the default rules allow. */
export const reports: readonly Adversary[] = VARIANTS.map(([name, variant]) => ({
  name: `report ${name}`,
  what: "",
  expected: "loses",
  accounts: soleOperator,
  start: () => (round) => {
    const bet: Bet = { deposit: depositMax(round.setting), predictions: reported(round, variant) };
    return (round.against([bet]).gains[0] as number) - ownGain(round);
  },
}));

/** Multiples of the liquidity at which truthfulness is looked for. */
export const DEPOSITS = [0.05, 0.25, 0.5, 1, 2, 3] as const;
const SHARP = tempered(1.25);

/**
 * What a report sharpened by 1.25 gains over the true one for each of DEPOSITS, with so many rivals who stake
 * as much; beyond the liquidity no rules allow it.
 */
export function sharpening(round: Round, rivals: number): number[] {
  const liquidity = Number(round.params.liquidity) / 1e6;
  return DEPOSITS.map((times) => {
    const deposit = times * liquidity;
    const gain = (predictions: Float64Array): number => {
      const others = round.rivals.slice(0, rivals).map((each): Bet => ({ deposit, predictions: each }));
      const bets = [{ deposit, predictions }, ...others];
      const options = { isBounded: false };
      return play(round.params, bets, round.truth, round.seed("slices"), options).gains[0] as number;
    };
    return gain(reported(round, SHARP)) - gain(round.own);
  });
}
