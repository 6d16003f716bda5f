import type { Vote, WriteCtx } from "#chain/kernel/ctx.ts";
import { mulDiv } from "#chain/math/mul-div.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import * as bank from "#modules/bank/api.ts";
import * as validators from "#modules/validators/api.ts";
import { ATTO, earn } from "./accrual.ts";
import { denomsOf } from "./denoms.ts";
import { purse, pursesOf, setPurses } from "./ledgers.ts";
import { addToPool, DISTRIBUTION } from "./pool.ts";
import { params } from "./state.ts";

/** Where fees and new coins come in. */
const FEES = moduleAddress("fees");

/** What a reward of a block consists of, for all its validators together. */
interface Reward {
  readonly denom: string;
  /** Units of 10⁻¹⁸. */
  readonly shared: bigint;
}

/**
 * Shares what came in with the block before among the validators of its commit by their power, whether they
 * signed or not: who does not is slashed instead. The community has its tax, what nobody can earn any more
 * and what rounding leaves. On a chain with an agreed set, which nobody has staked, fees stay where they are.
 */
export function allocate(ctx: WriteCtx): void {
  if (ctx.votes.length === 0 || !validators.isStaked(ctx)) return;
  const { communityTax } = params.get(ctx);
  const rewards: Reward[] = [];
  for (const denom of denomsOf(ctx)) {
    const amount = bank.balance(ctx, FEES, denom);
    if (amount === 0n) continue;
    bank.send(ctx, FEES, DISTRIBUTION, denom, amount);
    rewards.push({ denom, shared: amount * (ATTO - communityTax) });
    addToPool(ctx, denom, amount * communityTax);
  }
  if (rewards.length > 0) shareOut(ctx, rewards);
}

function shareOut(ctx: WriteCtx, rewards: readonly Reward[]): void {
  const total = ctx.votes.reduce((sum, { power }) => sum + power, 0n);
  const left = new Map(rewards.map(({ denom, shared }) => [denom, shared]));
  for (const vote of ctx.votes)
    for (const [denom, given] of reward(ctx, vote, total, rewards))
      left.set(denom, (left.get(denom) ?? 0n) - given);
  for (const [denom, amount] of left) addToPool(ctx, denom, amount);
}

/** Gives one validator its part; returns what it got, by denom. */
function reward(
  ctx: WriteCtx,
  { address, power }: Vote,
  total: bigint,
  rewards: readonly Reward[],
): ReadonlyMap<string, bigint> {
  const validator = validators.byConsensusAddress(ctx, address);
  if (!validator || validator.shares === 0n || power === 0n) return new Map();
  const { operator, shares } = validator;
  const rate = validator.commission?.rate ?? 0n;
  const purses = new Map(pursesOf(ctx, operator));
  const given = new Map<string, bigint>();
  for (const { denom, shared } of rewards) {
    const part = mulDiv(shared, power, total, "down");
    purses.set(denom, earn(purse(purses, denom), part, rate, shares));
    given.set(denom, part);
  }
  setPurses(ctx, operator, purses);
  return given;
}
