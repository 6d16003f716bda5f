/** A bech32 account address. */
export type Address = string;

/** What an operator locks while the round is open. */
export interface Placement {
  readonly operator: Address;
  /** 32 bytes: the commitment to the order's terms, in games with open orders the hash of them. */
  readonly orderHash: Uint8Array;
  /** Base units at stake at most; the deposit of the order may be smaller. */
  readonly bound: bigint;
  /**
   * Terms that a kind trades at once, in its own encoding; empty where orders are models (`lmsr/1` reads
   * it).
   */
  readonly terms: Uint8Array;
}

/** The terms of an order, once open. */
export interface Order {
  readonly operator: Address;
  /** 32 bytes. */
  readonly modelHash: Uint8Array;
  /** Base units, at most the bound. */
  readonly deposit: bigint;
  readonly orderHash: Uint8Array;
}

/** The hidden set as it was finally revealed, items in canonical order. */
export interface RevealedSet {
  /** Weight of each item, fixed once the item list is final. */
  readonly weights: readonly bigint[];
  /** W, at least the sum of the weights; it stays when labels are withheld. */
  readonly totalWeight: bigint;
  /**
   * The class that counts; undefined where none does (withheld, disputed, erroneous), which contributes 0.
   */
  readonly labels: readonly (number | undefined)[];
  /** Number of the member whose item it is, for the attribution of profits. */
  readonly members: readonly number[];
  /** Payout of each outcome in millionths, for kinds that trade outcomes instead of items (`lmsr/1`). */
  readonly outcomesPpm?: readonly number[];
}

/** What the model of an order came to on the revealed set. */
export interface Evaluation {
  /** 65535ths, per item in canonical order the classes 1…K−1. */
  readonly predictions: ArrayLike<number>;
  /** The reward function's score 0…10⁶, for kinds that pay by score (`wager/1`). */
  readonly scorePpm?: number;
}

/** Finds the evaluation of an operator's order; asked only for orders that are still live. */
export type Evaluations = (operator: Address) => Evaluation;

/**
 * Profit of one operator on the items of one member, in 10⁻¹⁸·W-ths of the liquidity; additive over steps.
 */
export interface Attribution {
  readonly operator: Address;
  readonly member: number;
  readonly gain: bigint;
}

/** One stretch of the settlement crank. */
export interface Step<S> {
  readonly state: S;
  readonly done: boolean;
  readonly attributions: readonly Attribution[];
}

/** What one operator gets out of the vault. */
export interface Payout {
  readonly operator: Address;
  readonly amount: bigint;
  /** Profit or loss of the trade in it, so that the part above the deposit can vest. */
  readonly gain: bigint;
}

/** Where the whole content of a vault goes; the parts sum to it. */
export interface Distribution {
  readonly payouts: readonly Payout[];
  /** Of the subsidy, what returns to the community (more than the subsidy when operators lost in sum). */
  readonly residual: bigint;
  /** Fees of orders that are not refunded. */
  readonly fees: bigint;
  /** Bounds of orders that were dropped. */
  readonly forfeits: bigint;
}

/** What a round brings to the game's parameters. */
export interface RoundTerms {
  /** Base units that the treasury can lock as subsidy. */
  readonly budget: bigint;
  /** A round with less liquidity than this is skipped. */
  readonly liquidityMin: bigint;
  /** Class frequencies of the settled rounds in millionths; absent, the prior stays. */
  readonly priorPpm?: readonly number[];
}

/**
 * A market kind: pure functions on its parameters P and the state S of one round's market, both plain values.
 * The id carries a version because all of it is consensus. One vault belongs to each market; it holds the
 * subsidy and every lock and fee until `payouts` or `void` says where all of it goes.
 *
 * Life of a state: open → (admit, apply, drop)* → close → drop* → step* → payouts; or void before close,
 * after which nothing more is possible. Mistakes of users throw a ChainError, mistakes of the caller a
 * ChainBug.
 */
export interface MarketKind<P, S> {
  readonly id: string;
  /** Canonical encodings for the store. */
  readonly params: Encoding<P>;
  readonly state: Encoding<S>;
  /** Refuses parameters outside the protocol's bounds (genesis, parameter change). */
  check(params: P): void;
  /** The parameters of one round: liquidity cut to the budget, the prior of the day; undefined = skip. */
  forRound(params: P, terms: RoundTerms): P | undefined;
  /** Class prior from which prices start, in millionths. */
  prior(params: P): readonly number[];
  /** The most the community can lose, exactly; locked when the round opens. */
  subsidy(params: P): bigint;
  /** The state of a new market whose vault holds the subsidy. */
  open(params: P): S;
  /** What the placement has to lock and pay; refuses one that is not allowed. */
  admit(state: S, placement: Placement): { readonly lock: bigint; readonly fee: bigint };
  /** Takes the placement in; those it displaces get lock and fee back from the vault. */
  apply(state: S, placement: Placement): { readonly state: S; readonly displaced: readonly Placement[] };
  /** Refuses opened terms that do not fit the placement. */
  checkOrder(state: S, order: Order): void;
  /** Refuses predictions that are incomplete or below the clip. */
  checkPredictions(state: S, items: number, predictions: ArrayLike<number>): void;
  /** Forfeits the bound and the fee of an order: unopened, without predictions, or without proof. */
  drop(state: S, operator: Address): S;
  /** Fixes the orders, which must be those of all live placements, and the beacon value that ranks them. */
  close(state: S, orders: readonly Order[], seed: Uint8Array): S;
  /** Settles at most `budget` item-moves further; the result does not depend on how they were cut. */
  step(state: S, set: RevealedSet, evaluations: Evaluations, budget: number): Step<S>;
  /** Ends a settled market. */
  payouts(state: S): { readonly state: S; readonly distribution: Distribution };
  /** Ends a market that is not closed: everything goes back but what was forfeited. */
  void(state: S): { readonly state: S; readonly distribution: Distribution };
  /** Stops the node unless the vault covers every possible payout and the books agree. */
  assertSound(state: S, vault: bigint): void;
}

/** Values to and from their one canonical encoding; decode throws on any other bytes. */
export interface Encoding<T> {
  encode(value: T): Uint8Array;
  decode(bytes: Uint8Array): T;
}
