import { type Random, randomOf } from "#trainer/random.ts";
import type { Adversary } from "./adversary.ts";
import { attackers } from "./protocol.ts";
import { newRound, type Round } from "./round.ts";
import { sellers } from "./sellers.ts";
import { depositMax, feeOn, type Setting } from "./setting.ts";
import type { Source } from "./sources.ts";
import { spoilers } from "./spoilers.ts";
import { traders } from "./traders.ts";
import { DEPOSITS, reports, sharpening } from "./truth.ts";

/** A mean with its standard error. */
export interface Mean {
  readonly mean: number;
  readonly error: number;
}

/** Sums from which a mean follows. */
interface Tally {
  add(value: number): void;
  mean(): Mean;
}

function tally(): Tally {
  let [count, mean, squares] = [0, 0, 0];
  return {
    // Welford's way: no two large sums are subtracted.
    add: (value) => {
      count += 1;
      const before = value - mean;
      mean += before / count;
      squares += before * (value - mean);
    },
    mean: () => ({ mean, error: count > 1 ? Math.sqrt(squares / (count - 1) / count) : Number.NaN }),
  };
}

/** What an adversary gained a round over honest play. */
export interface Measured {
  readonly name: string;
  /** Tokens. */
  readonly gain: Mean;
  /** What its accounts would earn honestly besides, tokens. */
  readonly honest: number;
}

/** All that was measured on one source. */
export interface Findings {
  readonly source: string;
  readonly rounds: number;
  /** What an honest operator and an honest member of the committee earn a round, tokens. */
  readonly operator: Mean;
  readonly member: Mean;
  readonly adversaries: readonly Measured[];
}

/** Everybody who is measured. */
export const adversaries: readonly Adversary[] = [
  ...sellers,
  ...traders,
  ...spoilers,
  ...attackers,
  ...reports,
];

/** How many rivals sharper reports are tried against. */
export const RIVALS = [1, 2] as const;

/** What is asked for. */
export interface Wanted {
  readonly seed: string;
  readonly rounds: number;
  /** Names contain it; all by default. */
  readonly only?: string;
  /** Called after every round; tells what is known so far. */
  readonly onRound?: (done: number, known: () => Findings) => void;
}

/** Plays so many rounds of a source with every adversary, each on the same data and beacons. */
export async function measure(
  setting: Setting,
  source: Source,
  { seed, rounds, only = "", onRound }: Wanted,
): Promise<Findings> {
  const random: Random = randomOf(`adversaries/${source.name}/${seed}`);
  const players = adversaries
    .filter(({ name }) => name.includes(only))
    .map((adversary) => ({ adversary, play: adversary.start(), gains: tally() }));
  const [operator, member] = [tally(), tally()];
  const fee = feeOn(setting, depositMax(setting));
  const known = (done: number): Findings => {
    const [ofOperator, ofMember] = [operator.mean(), member.mean()];
    return {
      source: source.name,
      rounds: done,
      operator: ofOperator,
      member: ofMember,
      adversaries: players.map(({ adversary, gains }) => {
        const { operators, seats } = adversary.accounts(setting);
        const honest = operators * ofOperator.mean + seats * ofMember.mean;
        return { name: adversary.name, gain: gains.mean(), honest };
      }),
    };
  };
  for (let i = 0; i < rounds; i++) {
    const round: Round = newRound(setting, source, random, `${seed}/${i}`);
    // Of all three: the adversary's model may be better than others'.
    operator.add(round.honest.gains.reduce((sum, gain) => sum + gain, 0) / round.honest.gains.length - fee);
    for (const pay of round.honestPay) member.add(pay);
    for (const { play, gains } of players) gains.add(await play(round));
    onRound?.(i + 1, () => known(i + 1));
  }
  return known(rounds);
}

/** What a sharper report than the true one gains on one source, by rivals and then by DEPOSITS. */
export interface Sharpening {
  readonly source: string;
  readonly gains: readonly (readonly Mean[])[];
}

/** Plays so many rounds with larger and larger deposits, also with such as no rules allow. */
export function measureSharpening(setting: Setting, source: Source, { seed, rounds }: Wanted): Sharpening {
  const random = randomOf(`sharpening/${source.name}/${seed}`);
  const found = RIVALS.map(() => DEPOSITS.map(tally));
  for (let i = 0; i < rounds; i++) {
    const round = newRound(setting, source, random, `${seed}/${i}`);
    for (const [k, rivals] of RIVALS.entries())
      for (const [d, gain] of sharpening(round, rivals).entries()) found[k]?.[d]?.add(gain);
  }
  return { source: source.name, gains: found.map((row) => row.map((each) => each.mean())) };
}
