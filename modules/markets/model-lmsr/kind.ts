import type { MarketKind } from "../kind.ts";
import { paramsEncoding, stateEncoding } from "./codec.ts";
import { step } from "./crank.ts";
import { admit, apply, checkOrder, checkPredictions, close, drop, open } from "./orders.ts";
import { checkParams, forRound, type Params, subsidy } from "./params.ts";
import { assertSound, payouts, voidMarket } from "./payouts.ts";
import type { State } from "./state.ts";

/**
 * Hanson's logarithmic market scoring rule on every hidden item, in which the orders are models: the default
 * market. An order spends its deposit moving the prices of all items to its model's predictions.
 */
export const modelLmsr: MarketKind<Params, State> = {
  id: "model-lmsr/1",
  params: paramsEncoding,
  state: stateEncoding,
  check: checkParams,
  forRound,
  prior: ({ priorPpm }) => priorPpm,
  subsidy,
  open,
  admit,
  apply,
  checkOrder,
  checkPredictions,
  drop,
  close,
  step,
  payouts,
  void: voidMarket,
  assertSound,
};
