import { DecodeError } from "#chain/proto/error.ts";
import { LmsrState } from "#proto/gen/iterum/markets.ts";
import type { Encoding } from "../kind.ts";
import { phaseNumber, phaseOf } from "../order-codec.ts";
import type { Params } from "./params.ts";

/** Open for trades, closed and being redeemed, paid out, or void and being refunded. */
export type Phase = "open" | "closed" | "paid" | "void";

/** One round's market. Amounts are base units. */
export interface State {
  readonly params: Params;
  readonly phase: Phase;
  /** S = Ĉ(0). */
  readonly subsidy: bigint;
  /** q: shares of each outcome that holders have. */
  readonly shares: readonly bigint[];
  /** What sales brought and holders have not had yet. */
  readonly credits: bigint;
  readonly fees: bigint;
  /** What came out of holders' purses, and what went back to them. */
  readonly paidIn: bigint;
  readonly paidOut: bigint;
  /** Accounts that have traded and are not paid out. */
  readonly holders: number;
  /** What each outcome comes to in millionths; empty until closed. */
  readonly outcomesPpm: readonly number[];
}

const isPhase = (phase: string): phase is Phase => ["open", "closed", "paid", "void"].includes(phase);

/** States as `iterum.markets.v1.LmsrState`; decode throws a DecodeError on anything else. */
export const stateEncoding: Encoding<State> = {
  encode: (s) => LmsrState.encode({ ...s, phase: phaseNumber(s.phase) }),
  decode(bytes) {
    const { params, phase: number, ...rest } = LmsrState.decode(bytes);
    const phase = phaseOf(number);
    if (!params || !isPhase(phase)) throw new DecodeError("no state of a market of shares");
    if (rest.shares.length !== params.classes) throw new DecodeError("shares of every outcome");
    return { params, phase, ...rest };
  },
};
