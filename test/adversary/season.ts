import { robustMilli } from "#modules/vesting/suspicion.ts";
import { colludes } from "./adversary.ts";
import { seatOf } from "./panel.ts";
import { ownGain, type Round, sumWhere } from "./round.ts";
import type { Setting } from "./setting.ts";

/** Rounds after which everything begins anew: other models, no profits noted. */
const SEASON_ROUNDS = 12;
/** Figures are noted in billionths of the liquidity. */
const NOTED_ONE = 1e9;
const TOKEN = 1e6;

/** How a seller lives with a community that watches profits by pairs of operator and member. */
export interface Manner {
  /** Rounds after which the operator takes a new account. */
  readonly accountRounds: number;
  /** Sells only while its suspicion would stay below the limit. */
  readonly isCareful: boolean;
}

interface Vest {
  left: number;
  parts: number;
}

/** What the chain knows of one account of the operator. */
interface Account {
  readonly pairs: Map<number, { rounds: number; earned: bigint }>;
  readonly vests: Vest[];
  age: number;
}

interface Season {
  round: number;
  account: Account;
  /** Members that the community has sent away. */
  readonly expelled: Set<number>;
}

const newAccount = (): Account => ({ pairs: new Map(), vests: [], age: 0 });
const newSeason = (): Season => ({ round: 0, account: newAccount(), expelled: new Set() });

const noted = ({ params }: Setting, gain: number): bigint =>
  BigInt(Math.floor((gain / (Number(params.liquidity) / TOKEN)) * NOTED_ONE));

/** The suspicion of each member in thousandths, of those with enough common rounds. */
function suspicions({ vesting }: Setting, pairs: Account["pairs"]): ReadonlyMap<number, bigint> {
  const found = [...pairs].filter(([, { rounds }]) => rounds >= vesting.commonRoundsMin);
  const milli = robustMilli(found.map(([, { rounds, earned }]) => earned / BigInt(rounds)));
  return new Map(found.map(([member], i) => [member, milli[i] as bigint]));
}

const withEarned = (pairs: Account["pairs"], member: number, earned: bigint): Account["pairs"] => {
  const held = pairs.get(member) ?? { rounds: 0, earned: 0n };
  return new Map(pairs).set(member, { rounds: held.rounds + 1, earned: held.earned + earned });
};

/** Decides which seats sell in a round. */
function sellingSeats(season: Season, round: Round, sold: Float64Array, share: number, manner: Manner) {
  const { setting, seats } = round;
  const isOwn = colludes(share, setting);
  const limit = setting.vesting.milli;
  return seats.map((member, seat) => {
    if (!isOwn(member) || season.expelled.has(member)) return false;
    if (!manner.isCareful) return true;
    const worth = noted(
      setting,
      sumWhere(sold, (item) => seatOf(round.setting, item) === seat),
    );
    const after = withEarned(season.account.pairs, member, worth);
    const pair = after.get(member) as { rounds: number; earned: bigint };
    // Before there are figures of enough rounds it sells as if there were: they will count later.
    const rounds = Math.max(pair.rounds, setting.vesting.commonRoundsMin);
    const means = [...season.account.pairs].map(([, each]) => each.earned / BigInt(Math.max(1, each.rounds)));
    const [milli] = robustMilli([pair.earned / BigInt(rounds), ...means]);
    return means.length >= setting.seats / 2 && (milli as bigint) < (limit * 2n) / 3n;
  });
}

/** Takes what is not paid yet where the figures speak against a pair; its member has to go. */
function clawBack({ account, expelled }: Season, setting: Setting): number {
  const guilty = [...suspicions(setting, account.pairs)].filter(([, milli]) => milli > setting.vesting.milli);
  if (guilty.length === 0) return 0;
  for (const [member] of guilty) expelled.add(member);
  const taken = account.vests.reduce((sum, { left }) => sum + left, 0);
  account.vests.length = 0;
  return taken;
}

/** Pays a part of every profit of earlier rounds. */
function release(vests: Vest[]): void {
  for (const vest of vests) {
    vest.left -= vest.left / vest.parts;
    vest.parts -= 1;
  }
  vests.splice(0, vests.length, ...vests.filter(({ parts }) => parts > 0));
}

/**
 * A seller through seasons of a community that holds profits back, notes them by pairs of operator and
 * member, takes what is unpaid of whoever is above the limit, and sends the member away. What is taken counts
 * in the round in which it is.
 */
export function watched(
  share: number,
  manner: Manner,
  soldOf: (round: Round) => Float64Array,
  ownOf: (round: Round) => Float64Array,
): (round: Round) => number {
  let season = newSeason();
  return (round) => {
    if (season.round === SEASON_ROUNDS) season = newSeason();
    const { setting, seats } = round;
    const [sold, own] = [soldOf(round), ownOf(round)];
    if (season.account.age === manner.accountRounds) season.account = newAccount();
    const { account } = season;
    const sells = sellingSeats(season, round, sold, share, manner);
    let total = 0;
    for (const [seat, member] of seats.entries()) {
      const earned = sumWhere(sells[seat] ? sold : own, (item) => seatOf(round.setting, item) === seat);
      total += earned;
      const noting = withEarned(account.pairs, member, noted(setting, earned)).get(member);
      if (noting) account.pairs.set(member, noting);
    }
    release(account.vests);
    if (total > 0) account.vests.push({ left: total, parts: setting.vesting.rounds });
    const taken = clawBack(season, setting);
    if (taken > 0) season.account = newAccount();
    account.age += 1;
    season.round += 1;
    return total - taken - ownGain(round);
  };
}
