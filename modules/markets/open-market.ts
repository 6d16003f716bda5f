import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { mulDiv, splitExact } from "#chain/math/mul-div.ts";
import * as elections from "#modules/elections/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import * as treasury from "#modules/treasury/api.ts";
import { kindNamed, MARKETS } from "./book.ts";
import { marketOpened } from "./events.ts";
import { paramsOf } from "./kinds.ts";
import { ruleOf } from "./rule-of.ts";
import { histories, markets } from "./state.ts";

const PPM = 1_000_000n;
/** A budget that no market needs. */
const UNBOUNDED = 1n << 127n;

/** Average class frequencies of the last settled rounds in millionths; undefined before the first. */
function priorOf(ctx: ReadCtx, gameId: string): number[] | undefined {
  const history = histories.get(ctx, gameId);
  if (!history || history.classPpm.length === 0) return undefined;
  const { classes } = rounds.game(ctx, gameId);
  const sums = Array.from({ length: classes }, () => 0n);
  for (const [i, ppm] of history.classPpm.entries()) {
    const classId = i % classes;
    sums[classId] = (sums[classId] as bigint) + BigInt(ppm);
  }
  const total = sums.reduce((sum, each) => sum + each, 0n);
  return total === 0n
    ? undefined
    : splitExact(
        PPM,
        sums.map((sum) => mulDiv(sum, PPM, total, "down")),
      ).map(Number);
}

/**
 * Locks what a round can cost the community before anybody may trade in it. A short budget makes the market
 * smaller; one that does not reach the least liquidity leaves the round out.
 */
export function openMarket(ctx: WriteCtx, key: rounds.RoundKey): void {
  const { gameId, roundId } = key;
  const rule = ruleOf(ctx, key);
  const kind = kindNamed(rule.kind);
  const { itemsMax, rewardPerItem } = elections.electionOf(ctx, key);
  const committeePay = rewardPerItem * BigInt(itemsMax);
  const budget = treasury.available(ctx, gameId) - committeePay;
  const prior = priorOf(ctx, gameId);
  const terms = { budget, liquidityMin: rule.liquidityMin, ...(prior && { priorPpm: prior }) };
  const params = budget > 0n ? kind.forRound(paramsOf(rule), terms) : undefined;
  const locked = params === undefined ? 0n : kind.subsidy(params) + committeePay;
  const full = kind.forRound(paramsOf(rule), { ...terms, budget: UNBOUNDED });
  const wanted = full === undefined ? 0n : kind.subsidy(full) + committeePay;
  if (locked < wanted) treasury.tellShort(ctx, key, wanted, locked);
  if (params === undefined) {
    rounds.skipRound(ctx, key, `the treasury is short: ${budget} left for the subsidy`);
    return;
  }
  const subsidy = kind.subsidy(params);
  treasury.spend(ctx, gameId, MARKETS, subsidy, "subsidy");
  treasury.spend(ctx, gameId, MARKETS, committeePay, "committee pay");
  const state = kind.state.encode(kind.open(params));
  markets.set(ctx, [gameId, roundId], {
    gameId,
    roundId,
    kind: kind.id,
    subsidy,
    committeePay,
    state,
    vault: subsidy,
    settled: false,
    priorPpm: kind.prior(params),
    scoring: undefined,
    operatorBond: rule.operatorBond,
  });
  marketOpened(ctx, { gameId, roundId, kind: kind.id, subsidy });
}
