import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import { addressBytes } from "#chain/protocol/address.ts";
import { SALT_BYTES } from "#chain/protocol/item.ts";
import { orderHash as hashOf } from "#chain/protocol/order.ts";
import * as bank from "#modules/bank/api.ts";
import * as elections from "#modules/elections/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import {
  type MsgPlaceOrder,
  type MsgPlaceOrderResponse,
  Order,
  OrderStatus,
} from "#proto/gen/iterum/markets.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { MARKETS, orderBook, orderOf, pay, roundNeeds, setBook, setOrder } from "./book.ts";
import { errors } from "./errors.ts";
import { orderEnded, orderPlaced } from "./events.ts";
import type { Placement } from "./kind.ts";
import { ensureTradable } from "./tradable.ts";

const HASH_BYTES = 32;
/** An order in the clear hides nothing, so its hash has a salt that everybody knows. */
const NO_SALT = new Uint8Array(SALT_BYTES);

const { ORDER_STATUS_SEALED: SEALED, ORDER_STATUS_OPEN: OPEN } = OrderStatus;

/** Gives everything back to an operator whose slot went to a larger bound. */
function refundDisplaced(ctx: WriteCtx, key: rounds.RoundKey, operator: string, status: number): bigint {
  const order = orderOf(ctx, key, operator, status);
  const paid = order.bound + order.fee + order.bond;
  pay(ctx, key, operator, paid);
  const reason = "larger bounds took the slots";
  setOrder(ctx, key, { ...order, status: OrderStatus.ORDER_STATUS_REFUNDED, reason });
  orderEnded(ctx, { ...key, operator, status: "REFUNDED", paid, reason });
  return order.bound + order.fee;
}

/** The hash that the order is known by; refuses the form that the game does not take. */
function hashOfOrder(ctx: WriteCtx, msg: MsgPlaceOrder, isSealed: boolean): Uint8Array {
  const { operator, orderHash, modelId, bound } = msg;
  if (isSealed) {
    ensure(modelId.length === 0, errors.SealedGame);
    ensure(orderHash.length === HASH_BYTES, errors.BadHash, { length: orderHash.length });
    return orderHash;
  }
  ensure(orderHash.length === 0, errors.OpenGame);
  ensureTradable(ctx, msg, operator, modelId);
  const terms = { operator: addressBytes(operator), modelId, deposit: bound };
  return hashOf(rounds.refOf(ctx, msg), terms, NO_SALT);
}

/** Locks a bound, the fee on it and a bond behind an order; whoever trades is out of the round's election. */
export const placeOrder: Handler<MsgPlaceOrder, MsgPlaceOrderResponse> = {
  signer: (msg) => msg.operator,
  run: (ctx, msg) => {
    const { operator, gameId, roundId, modelId, bound } = msg;
    const key = { gameId, roundId };
    rounds.ensurePhase(ctx, key, Phase.PHASE_OPEN);
    const book = orderBook(ctx, key);
    const { sealed } = roundNeeds(book);
    const orderHash = hashOfOrder(ctx, msg, sealed);
    const placement: Placement = { operator, orderHash, bound };
    const { lock, fee } = book.kind.admit(book.state, placement);
    const bond = book.market.operatorBond;

    bank.send(ctx, operator, MARKETS, rounds.game(ctx, gameId).denom, lock + fee + bond);
    elections.exclude(ctx, key, operator);
    const { state, displaced } = book.kind.apply(book.state, placement);
    const status = sealed ? SEALED : OPEN;
    const returned = displaced.reduce(
      (sum, each) => sum + refundDisplaced(ctx, key, each.operator, status),
      0n,
    );
    setBook(ctx, book, state, { vault: book.market.vault + lock + fee - returned });
    setOrder(ctx, key, {
      ...Order.zero(),
      operator,
      orderHash,
      bound,
      fee,
      bond,
      status,
      modelId,
      deposit: sealed ? 0n : bound,
    });
    orderPlaced(ctx, { gameId, roundId, operator, orderHash, bound });
    return {};
  },
};
