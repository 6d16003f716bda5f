import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { assert, ensure } from "#chain/kernel/error.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import * as bank from "#modules/bank/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import * as treasury from "#modules/treasury/api.ts";
import type { Market, Order } from "#proto/gen/iterum/markets.ts";
import { errors } from "./errors.ts";
import type { Needs } from "./kind.ts";
import { type AnyKind, type AnyOrderKind, type AnyShareKind, kindOf } from "./kinds.ts";
import { markets, orders } from "./state.ts";

/** Holds what every market has locked: subsidies, bounds, fees, bonds and the committees' pay. */
export const MARKETS = moduleAddress("markets");

/** The kind of a rule or a market. Its id was checked when it came into the state. */
export function kindNamed(id: string): AnyKind {
  const kind = kindOf(id);
  assert(kind, `no market kind ${id}`);
  return kind;
}

/** A round's market with its kind and the kind's state. */
export interface Book<K extends AnyKind = AnyKind> {
  readonly market: Market;
  readonly kind: K;
  readonly state: unknown;
}

/** The round's market; fails with (markets, 3). */
export function bookOf(ctx: ReadCtx, { gameId, roundId }: rounds.RoundKey): Book {
  const market = markets.get(ctx, [gameId, roundId]);
  ensure(market, errors.NoMarket, { gameId, roundId });
  const kind = kindNamed(market.kind);
  return { market, kind, state: kind.state.decode(market.state) };
}

/** The round's market, of orders by a model; fails with (markets, 3) or (markets, 18). */
export function orderBook(ctx: ReadCtx, key: rounds.RoundKey): Book<AnyOrderKind> {
  const { market, kind, state } = bookOf(ctx, key);
  ensure(kind.trades === "orders", errors.WrongKind, { kind: kind.id });
  return { market, kind, state };
}

/** The round's market, of shares; fails with (markets, 3) or (markets, 18). */
export function shareBook(ctx: ReadCtx, key: rounds.RoundKey): Book<AnyShareKind> {
  const { market, kind, state } = bookOf(ctx, key);
  ensure(kind.trades === "shares", errors.WrongKind, { kind: kind.id });
  return { market, kind, state };
}

/** What the round's market asks of its game: by the rule with which it was opened. */
export const roundNeeds = ({ kind, state }: Book): Needs => kind.needs(kind.paramsOf(state));

/** Stores a market with a new state of its kind, after the kind has checked it against the vault. */
export function setBook(
  ctx: WriteCtx,
  { market, kind }: Book,
  state: unknown,
  change: Partial<Market> = {},
): void {
  const next = { ...market, ...change, state: kind.state.encode(state) };
  kind.assertSound(state, next.vault);
  markets.set(ctx, [market.gameId, market.roundId], next);
}

/** The operator's order, which must have the status; fails with (markets, 4) or (markets, 13). */
export function orderOf(ctx: ReadCtx, key: rounds.RoundKey, operator: string, status: number): Order {
  const order = orders.get(ctx, [key.gameId, key.roundId, operator]);
  ensure(order, errors.NoOrder, { operator });
  ensure(order.status === status, errors.WrongStatus, { operator, status: order.status, needed: status });
  return order;
}

export const setOrder = (ctx: WriteCtx, { gameId, roundId }: rounds.RoundKey, order: Order): void =>
  orders.set(ctx, [gameId, roundId, order.operator], order);

/** Pays an account out of what the markets hold. */
export const pay = (ctx: WriteCtx, { gameId }: rounds.RoundKey, to: string, amount: bigint): void =>
  bank.send(ctx, MARKETS, to, rounds.game(ctx, gameId).denom, amount);

/** Gives part of what the markets hold to the game's treasury. */
export const giveBack = (ctx: WriteCtx, { gameId }: rounds.RoundKey, amount: bigint, purpose: string): void =>
  treasury.receive(ctx, gameId, MARKETS, amount, purpose);
