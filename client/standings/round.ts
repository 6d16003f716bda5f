import { decodePredictions } from "#chain/protocol/predictions.ts";
import { type Order, OrderStatus } from "#proto/gen/iterum/markets.ts";

/** An item of a round's final list. */
export interface StandingsItem {
  /**
   * What counts by the game's reward function: a class, or in a scalar round the share of class 1 in
   * millionths; undefined where nothing does.
   */
  readonly label: number | undefined;
  /** Its share of the round's weight, not negative; 0 for content that an earlier round opened. */
  readonly weight: bigint;
}

/** What an operator's order in a round came to. */
export interface StandingsEntry {
  readonly operator: string;
  /** Hexadecimal; empty for an order that was never opened, whose model nobody knows. */
  readonly modelId: string;
  /** Height at which the model was registered; 0 where it is not known. */
  readonly registeredHeight: bigint;
  /** Base units, fees taken off; below zero for a loss. */
  readonly profit: bigint;
  readonly isForfeit: boolean;
  /**
   * 65535ths, per item the classes 1…K−1; undefined in a market of shares, and of a forfeit, whose
   * predictions nobody has proven to be the model's.
   */
  readonly predictions: Uint16Array | undefined;
}

/** A round that has ended, as standings see it. */
export interface StandingsRound {
  readonly roundId: bigint;
  readonly classes: number;
  readonly scalar: boolean;
  /** Class prior from which the round's prices started, in millionths. */
  readonly priorPpm: readonly number[];
  /** In canonical order; none of a void round. */
  readonly items: readonly StandingsItem[];
  readonly entries: readonly StandingsEntry[];
}

/** What is known of an order besides the order. */
export interface OrderFacts {
  readonly modelId: string;
  readonly registeredHeight: bigint;
  /** What the game locks with every order, in base units. */
  readonly operatorBond: bigint;
}

/**
 * What an order of an ended round came to; undefined for one that was given back, as of a void round. A
 * settled order has made payout − bound − fee, a holder of shares payout − what came out of its purse, fees
 * included. A forfeit costs bound and fee, and the bond where predictions were open
 * (modules/markets/README.md). Profit that vests counts at once.
 */
export function entryOf(order: Order, { operatorBond, ...model }: OrderFacts): StandingsEntry | undefined {
  const { operator, status, bound, fee, payout, predictions, shares } = order;
  if (status === OrderStatus.ORDER_STATUS_FORFEITED) {
    const bond = predictions.length > 0 ? operatorBond : 0n;
    const profit = -(bound + fee + bond);
    return { operator, ...model, profit, isForfeit: true, predictions: undefined };
  }
  if (status !== OrderStatus.ORDER_STATUS_SETTLED) return undefined;
  const isShares = shares.length > 0;
  return {
    operator,
    ...model,
    profit: payout - bound - (isShares ? 0n : fee),
    isForfeit: false,
    predictions: isShares ? undefined : decodePredictions(predictions),
  };
}
