import { assert } from "#chain/kernel/error.ts";
import { DecodeError } from "#chain/proto/error.ts";
import { WagerParams, WagerState } from "#proto/gen/iterum/markets.ts";
import type { Encoding, Evaluations, OrderKind, RevealedSet, Step } from "../kind.ts";
import { emptyBook } from "../order-book.ts";
import { phaseNumber, phaseOf, positionFromProto, positionToProto } from "../order-codec.ts";
import { assertLosses, assertVault, live, sumOf } from "../order-payouts.ts";
import type { Book } from "../order-state.ts";
import { orderSteps } from "../order-steps.ts";
import { PPM } from "../param-rules.ts";
import { gains } from "./gains.ts";
import { checkParams, forRound, needs, type Params, subsidy } from "./params.ts";

/** One round's market. */
export type State = Book<Params>;

const stateEncoding: Encoding<State> = {
  encode: (s) =>
    WagerState.encode({
      ...s,
      phase: phaseNumber(s.phase),
      positions: s.positions.map(positionToProto),
    }),
  decode(bytes) {
    const { params, phase, positions, ...rest } = WagerState.decode(bytes);
    if (!params) throw new DecodeError("a market without parameters");
    return { ...rest, params, phase: phaseOf(phase), positions: positions.map(positionFromProto) };
  },
};

function open(params: Params): State {
  checkParams(params);
  return emptyBook(params, subsidy(params));
}

const isScore = (score: number): boolean => Number.isInteger(score) && score >= 0 && score <= Number(PPM);

/** Settles all orders at once: there are few, and nothing depends on the budget or on the order of orders. */
function step(s: State, set: RevealedSet, evaluations: Evaluations): Step<State> {
  if (s.phase === "settled") return { state: s, done: true, attributions: [] };
  assert(s.phase === "closed", "only a closed market settles");
  const orders = live(s);
  const scores = orders.map(({ operator }) => evaluations(operator).scorePpm);
  assert([set.priorScorePpm, ...scores].every(isScore), "scores are 0…10⁶");
  const stakes = orders.map(({ deposit }, i) => ({ deposit, score: scores[i] as number }));
  const won = gains({ deposit: s.params.houseStake, score: set.priorScorePpm }, stakes);
  const byOperator = new Map(orders.map(({ operator }, i) => [operator, won[i] as bigint]));
  const positions = s.positions.map((held) => ({ ...held, gain: byOperator.get(held.operator) ?? 0n }));
  return { state: { ...s, phase: "settled", positions }, done: true, attributions: [] };
}

/**
 * Stops the node unless the vault holds exactly what the books say, no order has lost more than its deposit,
 * and all gains together are at most the house's stake.
 */
function assertSound(s: State, vault: bigint): void {
  assertVault(s, vault);
  assertLosses(s);
  assert(sumOf(s.positions, ({ gain }) => gain) <= s.subsidy, "the house covers every gain");
}

/**
 * Weighted-score wagering (Lambert et al.): an order stakes its deposit on its model's score, and what those
 * below the mean lose those above it win. For rewards that do not decompose over items (F1, MCC). The house
 * stakes the subsidy on the prior.
 */
export const wager: OrderKind<Params, State> = {
  ...orderSteps,
  id: "wager/1",
  params: WagerParams,
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
