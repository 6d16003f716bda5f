import type { OrderKind } from "../kind.ts";
import { emptyBook } from "../order-book.ts";
import { orderSteps } from "../order-steps.ts";
import { paramsEncoding, stateEncoding } from "./codec.ts";
import { step } from "./crank.ts";
import { checkParams, forRound, needs, type Params, subsidy } from "./params.ts";
import { assertSound } from "./sound.ts";
import type { State } from "./state.ts";

function open(params: Params): State {
  checkParams(params);
  return { ...emptyBook(params, subsidy(params)), crank: undefined };
}

/**
 * Hanson's logarithmic market scoring rule on every hidden item, in which the orders are models: the default
 * market. An order spends its deposit moving the prices of all items to its model's predictions.
 */
export const modelLmsr: OrderKind<Params, State> = {
  ...orderSteps,
  id: "model-lmsr/1",
  params: paramsEncoding,
  state: stateEncoding,
  check: checkParams,
  needs,
  paramsOf: ({ params }) => params,
  forRound,
  prior: ({ priorPpm }) => priorPpm,
  subsidy,
  open,
  step,
  assertSound,
};
