import { assert } from "#chain/kernel/error.ts";
import { lmsrCost } from "#chain/math/lmsr.ts";
import { floorDiv } from "#chain/math/mul-div.ts";
import { LmsrParams } from "#proto/gen/iterum/markets.ts";
import type { Distribution, Holding, ShareKind } from "../kind.ts";
import { PPM } from "../param-rules.ts";
import { checkParams, forRound, needs, noShares, type Params, subsidy, uniform } from "./params.ts";
import { type State, stateEncoding } from "./state.ts";
import { pricesPpm, quote, trade } from "./trade.ts";

function open(params: Params): State {
  checkParams(params);
  return {
    params,
    phase: "open",
    subsidy: subsidy(params),
    shares: noShares(params),
    credits: 0n,
    fees: 0n,
    paidIn: 0n,
    paidOut: 0n,
    holders: 0,
    outcomesPpm: [],
  };
}

function close(s: State, outcomesPpm: readonly number[]): State {
  assert(s.phase === "open", "the market is closed already");
  const isVector = outcomesPpm.length === s.params.classes && outcomesPpm.every((part) => part >= 0);
  assert(
    isVector && outcomesPpm.reduce((sum, part) => sum + part, 0) === Number(PPM),
    "the outcomes sum to one",
  );
  return { ...s, phase: "closed", outcomesPpm };
}

/** Σ_k q_k·π_k in millionths of a base unit. */
const worth = (shares: readonly bigint[], outcomesPpm: readonly number[]): bigint =>
  shares.reduce((sum, held, k) => sum + held * BigInt(outcomesPpm[k] ?? 0), 0n);

/** The state once a holding has left with an amount. */
const without = (s: State, { shares, credit }: Holding, amount: bigint): State => ({
  ...s,
  shares: s.shares.map((all, k) => all - (shares[k] ?? 0n)),
  credits: s.credits - credit,
  paidOut: s.paidOut + amount,
  holders: s.holders - 1,
});

/** Credit and ⌊Σ_k q_k·π_k⌋: rounded down, what is left is the community's. */
function redeem(s: State, holding: Holding): { readonly state: State; readonly amount: bigint } {
  assert(s.phase === "closed" && s.holders > 0, "only a closed market redeems");
  const amount = holding.credit + floorDiv(worth(holding.shares, s.outcomesPpm), PPM);
  return { state: without(s, holding, amount), amount };
}

function finish(s: State): { readonly state: State; readonly distribution: Distribution } {
  assert(s.phase === "closed" && s.holders === 0, "only a redeemed market ends");
  assert(s.credits === 0n && s.shares.every((held) => held === 0n), "every share was redeemed");
  const residual = s.subsidy + s.paidIn - s.paidOut - s.fees;
  return {
    state: { ...s, phase: "paid" },
    distribution: { payouts: [], residual, fees: s.fees, forfeits: 0n },
  };
}

function voidMarket(s: State): { readonly state: State; readonly residual: bigint } {
  assert(s.phase === "open", "only an open market can be void");
  return { state: { ...s, phase: "void" }, residual: s.subsidy };
}

function refund(s: State, holding: Holding): { readonly state: State; readonly amount: bigint } {
  assert(s.phase === "void" && s.holders > 0, "only a void market refunds");
  return { state: without(s, holding, holding.paidIn), amount: holding.paidIn };
}

/**
 * Stops the node unless the books agree with the vault. While trade goes on it holds exactly Ĉ(q), credits
 * and fees, and Ĉ(q) ≥ max q; later it covers what every share, credit and fee comes to.
 */
function assertSound(s: State, vault: bigint): void {
  const held = s.phase === "paid" ? 0n : s.paidIn - s.paidOut + (s.phase === "void" ? 0n : s.subsidy);
  assert(vault === held, "the vault holds what the market's books say");
  if (s.phase === "open")
    assert(vault === lmsrCost(s.shares, s.params.liquidity) + s.credits + s.fees, "the vault holds Ĉ(q)");
  if (s.phase === "closed")
    assert(
      (vault - s.credits - s.fees) * PPM >= worth(s.shares, s.outcomesPpm),
      "the vault covers every share",
    );
  assert(s.phase !== "void" || s.holders > 0 || vault === 0n, "a void market gives all of it back");
}

/**
 * Hanson's logarithmic market scoring rule on K outcomes, of which each comes to a part of one: the classes'
 * shares of the round's hidden set. For public questions with a live price.
 */
export const lmsr: ShareKind<Params, State> = {
  id: "lmsr/1",
  trades: "shares",
  params: LmsrParams,
  state: stateEncoding,
  check: checkParams,
  needs,
  paramsOf: ({ params }) => params,
  forRound,
  prior: uniform,
  subsidy,
  open,
  prices: (s) => pricesPpm(s.shares, s.params.liquidity),
  quote,
  trade,
  close,
  redeem,
  finish,
  void: voidMarket,
  refund,
  outstanding: ({ holders, shares, credits }) => ({ holders, shares, credits }),
  assertSound,
};
