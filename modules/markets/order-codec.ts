import { assert } from "#chain/kernel/error.ts";
import { DecodeError } from "#chain/proto/error.ts";
import { MarketPhase, type MarketPosition } from "#proto/gen/iterum/markets.ts";
import type { Phase, Position } from "./order-state.ts";

const PHASES: ReadonlyMap<Phase, MarketPhase> = new Map<Phase, MarketPhase>([
  ["open", MarketPhase.MARKET_PHASE_OPEN],
  ["closed", MarketPhase.MARKET_PHASE_CLOSED],
  ["settling", MarketPhase.MARKET_PHASE_SETTLING],
  ["settled", MarketPhase.MARKET_PHASE_SETTLED],
  ["paid", MarketPhase.MARKET_PHASE_PAID],
  ["void", MarketPhase.MARKET_PHASE_VOID],
]);

/** The number of a phase on the wire. */
export function phaseNumber(phase: Phase): MarketPhase {
  const number = PHASES.get(phase);
  assert(number !== undefined, "every phase has a number");
  return number;
}

/** The phase of a number; throws a DecodeError on another. */
export function phaseOf(value: MarketPhase): Phase {
  for (const [phase, number] of PHASES) if (number === value) return phase;
  throw new DecodeError("a market without a phase");
}

/** An order as it lies in the store. */
export function positionToProto({ isForfeited, ...position }: Position): MarketPosition {
  return { ...position, forfeited: isForfeited };
}

/** What positionToProto gave. */
export function positionFromProto({ forfeited, ...position }: MarketPosition): Position {
  return { ...position, isForfeited: forfeited };
}
