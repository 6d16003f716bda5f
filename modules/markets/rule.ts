import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { larger } from "#chain/math/bounds.ts";
import { mulDiv } from "#chain/math/mul-div.ts";
import { featuresOf } from "#chain/protocol/featurizers/spec.ts";
import * as commitments from "#modules/commitments/api.ts";
import * as elections from "#modules/elections/api.ts";
import * as proofs from "#modules/proofs/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import * as treasury from "#modules/treasury/api.ts";
import * as vesting from "#modules/vesting/api.ts";
import type { MarketRule } from "#proto/gen/iterum/markets.ts";
import { errors } from "./errors.ts";
import { holdersFor } from "./holders.ts";
import type { Needs } from "./kind.ts";
import { kindOf, needsOf, paramsOf } from "./kinds.ts";
import { movesPerBlock } from "./moves.ts";
import { ruleOf } from "./rule-of.ts";
import { SCORE_MOVES } from "./score.ts";
import { rules } from "./state.ts";

/**
 * Blocks of SETTLE in which nothing is settled: the one that closes the market and the one that ends the
 * round.
 */
const SETTLE_BLOCKS_IDLE = 2n;

/** Blocks that the crank takes for the largest round: scores of the prior and all orders, moves, holders. */
function settleBlocks(needs: Needs, itemsMax: number, perBlock: number): bigint {
  const { ordersMax, movesPerItem, holdersMax } = needs;
  const scores = BigInt(ordersMax + 1) * SCORE_MOVES;
  const moves = (scores + BigInt(ordersMax) * BigInt(movesPerItem)) * BigInt(itemsMax);
  const holders = mulDiv(BigInt(holdersMax), 1n, BigInt(holdersFor(perBlock)), "up");
  return holders > 0n ? holders : mulDiv(moves, 1n, BigInt(perBlock), "up");
}

/**
 * Fails unless SETTLE is long enough for the largest round, even when all other games settle too: the more
 * games there are, the less of a block each has.
 */
function ensureSettleLength(ctx: ReadCtx, key: rounds.RoundKey, needs: Needs): void {
  const { itemsMax } = elections.electionOf(ctx, key);
  const settle = BigInt(rounds.scheduleOf(ctx, key).settle);
  const least = SETTLE_BLOCKS_IDLE + settleBlocks(needs, itemsMax, movesPerBlock(ctx));
  ensure(settle >= least, errors.BadRule, { gameId: key.gameId, settle, least });
}

/**
 * Fails unless every step of an order has its phase. Orders in the clear are not opened, and where shares are
 * traded all steps after the close pass: those phases may have no length.
 */
function ensureStepLengths(ctx: ReadCtx, key: rounds.RoundKey, { ordersMax, sealed }: Needs): void {
  if (ordersMax === 0) return;
  const { openOrders, predict, openPredictions, prove } = rounds.scheduleOf(ctx, key);
  const areThere = predict > 0 && openPredictions > 0 && prove > 0 && (openOrders > 0 || !sealed);
  ensure(areThere, errors.BadRule, { gameId: key.gameId, openOrders, predict, openPredictions, prove });
}

/** Fails unless PROVE has room for every proof twice: PROVE ≥ 2·⌈orders·⌈k/batch⌉/proofsPerBlock⌉. */
function ensureProveLength(ctx: ReadCtx, key: rounds.RoundKey, needs: Needs): void {
  const { policy, sampleSize, proofsPerBlock, templateIds } = proofs.audit(ctx, key);
  if (policy === "none") return;
  const { itemsMax } = elections.electionOf(ctx, key);
  const sampled = BigInt(policy === "all" ? itemsMax : sampleSize);
  const batches = templateIds.map((id) => mulDiv(sampled, 1n, BigInt(proofs.template(ctx, id).batch), "up"));
  const most = batches.reduce(larger, 0n);
  const least = 2n * mulDiv(BigInt(needs.ordersMax) * most, 1n, BigInt(proofsPerBlock), "up");
  const prove = BigInt(rounds.scheduleOf(ctx, key).prove);
  ensure(prove >= least, errors.BadRule, { gameId: key.gameId, prove, least });
}

/** Fails unless OPEN, in which one round ends, is long enough to pay what is due of earlier profits. */
function ensureOpenLength(ctx: ReadCtx, key: rounds.RoundKey, { ordersMax, holdersMax }: Needs): void {
  const profitsMax = larger(BigInt(ordersMax), BigInt(holdersMax));
  const open = BigInt(rounds.scheduleOf(ctx, key).open);
  const least = vesting.releaseBlocks(ctx, key.gameId, profitsMax);
  ensure(open >= least, errors.BadRule, { gameId: key.gameId, open, least });
}

/** Fails unless an elected member risks at least twice its share of the largest deposit. */
function ensureMemberBond(ctx: ReadCtx, key: rounds.RoundKey, needs: Needs): void {
  const { memberBond, committee } = elections.electionOf(ctx, key);
  const least = 2n * mulDiv(needs.stakeMax, 1n, BigInt(committee), "up");
  ensure(memberBond >= least, errors.BadRule, { gameId: key.gameId, memberBond, least });
}

/** Fails unless the game's treasury holds the denom in which the game is played. */
function ensureBudgetDenom(ctx: ReadCtx, gameId: string): void {
  const denom = treasury.budgetDenom(ctx, gameId);
  const played = rounds.game(ctx, gameId).denom;
  ensure(denom === undefined || denom === played, errors.BadRule, { gameId, budget: denom ?? "", played });
}

/** Fails unless models of every template take what the game's featurizer gives: nobody could prove others. */
function ensureInputSizes(ctx: ReadCtx, key: rounds.RoundKey): void {
  const features = featuresOf(commitments.featurizer(ctx, key));
  for (const id of proofs.audit(ctx, key).templateIds) {
    const { name, inputSize } = proofs.template(ctx, id);
    ensure(inputSize === features, errors.BadRule, {
      gameId: key.gameId,
      template: name,
      inputSize,
      features,
    });
  }
}

/** Gives a game a market rule from a round on; fails when it is out of its kind's bounds. */
export function putRule(ctx: WriteCtx, rule: MarketRule): void {
  const { gameId, fromRound } = rule;
  const kind = kindOf(rule.kind);
  ensure(kind, errors.BadRule, { gameId, kind: rule.kind.slice(0, 40) });
  const params = paramsOf(rule);
  ensure(params !== undefined, errors.BadRule, { gameId, missing: "parameters of the market kind alone" });
  kind.check(params);
  const { classes } = kind.needs(params);
  ensure(classes === rounds.game(ctx, gameId).classes, errors.BadRule, { gameId, classes });
  rules.set(ctx, gameId, fromRound, rule);
}

/** Fails unless all that the market of a round promises fits the round's other rules. */
export function checkMarket(ctx: ReadCtx, key: rounds.RoundKey): void {
  const needs = needsOf(ruleOf(ctx, key));
  ensureBudgetDenom(ctx, key.gameId);
  ensureInputSizes(ctx, key);
  ensureMemberBond(ctx, key, needs);
  ensureStepLengths(ctx, key, needs);
  ensureProveLength(ctx, key, needs);
  ensureSettleLength(ctx, key, needs);
  ensureOpenLength(ctx, key, needs);
}
