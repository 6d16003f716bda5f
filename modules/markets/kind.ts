/** A bech32 account address. */
export type Address = string;

/** What an operator locks while the round is open. */
export interface Placement {
  readonly operator: Address;
  /** 32 bytes: the commitment to the order's terms, in games with open orders the hash of them. */
  readonly orderHash: Uint8Array;
  /** Base units at stake at most; the deposit of the order may be smaller. */
  readonly bound: bigint;
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

/**
 * What counts for an item: its class, or shares of all classes in millionths that sum to 10⁶. A number y in
 * [0, 1] is the shares (10⁶ − y, y) of two classes.
 */
export type Label = number | readonly number[];

/** The hidden set as it was finally revealed, items in canonical order. */
export interface RevealedSet {
  /** Weight of each item, fixed once the item list is final. */
  readonly weights: readonly bigint[];
  /** W, at least the sum of the weights; it stays when labels are withheld. */
  readonly totalWeight: bigint;
  /** Undefined where no label counts (withheld, disputed, erroneous): such an item contributes 0. */
  readonly labels: readonly (Label | undefined)[];
  /** Number of the member whose item it is, for the attribution of profits. */
  readonly members: readonly number[];
  /** The reward function's score 0…10⁶ of the prior given as prediction of every item: a wager's house. */
  readonly priorScorePpm: number;
}

/** What the model of an order came to on the revealed set. */
export interface Evaluation {
  /** 65535ths, per item in canonical order the classes 1…K−1. */
  readonly predictions: ArrayLike<number>;
  /** The reward function's score, 0…10⁶. */
  readonly scorePpm: number;
}

/** Finds the evaluation of an operator's order; asked only for orders that are still live. */
export type Evaluations = (operator: Address) => Evaluation;

/**
 * Profit of one operator on the items of one member, in 10⁻²⁴·W-ths of the liquidity; additive over steps.
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

/** What a market asks of the other rules of its game. */
export interface Needs {
  /** K of the game. */
  readonly classes: number;
  /** Orders that are scored and settled at most. */
  readonly ordersMax: number;
  /** How often each order moves each item as it is settled. */
  readonly movesPerItem: number;
  /** Holders that are paid at most. */
  readonly holdersMax: number;
  /** The most that one operator can stake, base units: what a bribe of a member can be worth. */
  readonly stakeMax: bigint;
  /** Least probability that a prediction gives a class, in millionths. */
  readonly clipPpm: number;
  /** Orders are committed first and opened after the close. */
  readonly sealed: boolean;
}

/** What all kinds have in common. */
interface Kind<P, S> {
  readonly id: string;
  /** Canonical encodings for the store. */
  readonly params: Encoding<P>;
  readonly state: Encoding<S>;
  /** Refuses parameters outside the protocol's bounds (genesis, parameter change). */
  check(params: P): void;
  needs(params: P): Needs;
  /** The parameters with which a market was opened. */
  paramsOf(state: S): P;
  /** The parameters of one round: liquidity cut to the budget, the prior of the day; undefined = skip. */
  forRound(params: P, terms: RoundTerms): P | undefined;
  /** Class prior from which prices start, in millionths. */
  prior(params: P): readonly number[];
  /** The most the community can lose, exactly; locked when the round opens. */
  subsidy(params: P): bigint;
  /** The state of a new market whose vault holds the subsidy. */
  open(params: P): S;
  /** Stops the node unless the vault covers every possible payout and the books agree. */
  assertSound(state: S, vault: bigint): void;
}

/**
 * A kind in which operators order by a model: they take every step of a round, from the order over
 * predictions to their proofs. One vault belongs to each market; it holds the subsidy and every lock and fee
 * until `payouts` or `void` says where all of it goes.
 *
 * Life of a state: open → (admit, apply, drop)* → close → drop* → step* → payouts; or void before close,
 * after which nothing more is possible. Mistakes of users throw a ChainError, mistakes of the caller a
 * ChainBug.
 */
export interface OrderKind<P, S> extends Kind<P, S> {
  readonly trades: "orders";
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
}

/** A purchase or a sale of shares of one outcome. */
export interface Trade {
  readonly outcome: number;
  /** Shares, base units: each pays one base unit times what its outcome comes to. */
  readonly shares: bigint;
  readonly isSale: boolean;
  /** Trades only as far as the price stays on this side, in millionths; 0 for any price. */
  readonly limitPpm: number;
}

/** What a trade comes to. */
export interface Quote {
  /** Shares that trade before the price reaches the limit. */
  readonly shares: bigint;
  /** Base units that the shares cost or bring, without the fee. */
  readonly cost: bigint;
  readonly fee: bigint;
  /** Prices after the trade, in millionths. */
  readonly pricesPpm: readonly number[];
}

/** What somebody holds in a market of shares. */
export interface Holding {
  /** Shares of each outcome. */
  readonly shares: readonly bigint[];
  /** What sales brought, kept in the vault until the market is settled. */
  readonly credit: bigint;
  /** What came out of the holder's purse, fees included. */
  readonly paidIn: bigint;
  /** Fees of all its trades. */
  readonly fees: bigint;
}

/**
 * A kind in which anybody with a model buys and sells shares of K outcomes while the round is open, at a live
 * price. There is nothing to open, to predict or to prove: those phases pass. Holdings are kept by the caller
 * so that the state does not grow with them.
 *
 * Life of a state: open → trade* → close → redeem* → finish; or void before close, then refund*.
 */
export interface ShareKind<P, S> extends Kind<P, S> {
  readonly trades: "shares";
  /** Prices of all outcomes in millionths, each rounded down. */
  prices(state: S): number[];
  quote(state: S, holding: Holding | undefined, trade: Trade): Quote;
  /** Trades; `paid` comes out of the purse into the vault. */
  trade(
    state: S,
    holding: Holding | undefined,
    trade: Trade,
  ): { readonly state: S; readonly holding: Holding; readonly quote: Quote; readonly paid: bigint };
  /** Fixes what each outcome comes to, in millionths that sum to 10⁶. */
  close(state: S, outcomesPpm: readonly number[]): S;
  /** What a holding is worth after the close. */
  redeem(state: S, holding: Holding): { readonly state: S; readonly amount: bigint };
  /** What all holders that are not paid out have together. */
  outstanding(state: S): {
    readonly holders: number;
    readonly shares: readonly bigint[];
    readonly credits: bigint;
  };
  /** Ends a closed market of which everything is redeemed. */
  finish(state: S): { readonly state: S; readonly distribution: Distribution };
  /** Ends a market that is not closed; the subsidy returns at once. */
  void(state: S): { readonly state: S; readonly residual: bigint };
  /** What a holding gets back from a void market: all that was paid in. */
  refund(state: S, holding: Holding): { readonly state: S; readonly amount: bigint };
}

/**
 * A market kind: pure functions on its parameters P and the state S of one round's market, both plain values.
 * The id carries a version because all of it is consensus.
 */
export type MarketKind<P, S> = OrderKind<P, S> | ShareKind<P, S>;

/** Values to and from their one canonical encoding; decode throws on any other bytes. */
export interface Encoding<T> {
  encode(value: T): Uint8Array;
  decode(bytes: Uint8Array): T;
}
