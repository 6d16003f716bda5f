import { equalBytes } from "#chain/bytes/compare.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import { addressBytes } from "#chain/protocol/address.ts";
import { orderHash } from "#chain/protocol/order.ts";
import * as rounds from "#modules/rounds/api.ts";
import { type MsgOpenOrder, type MsgOpenOrderResponse, OrderStatus } from "#proto/gen/iterum/markets.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { orderBook, orderOf, setOrder } from "./book.ts";
import { errors } from "./errors.ts";
import { orderOpened } from "./events.ts";
import { ensureTradable } from "./tradable.ts";

/** Opens a sealed order. One of an unregistered or foreign model is refused and stays unopened. */
export const openOrder: Handler<MsgOpenOrder, MsgOpenOrderResponse> = {
  signer: (msg) => msg.operator,
  run: (ctx, { operator, gameId, roundId, modelId, deposit, salt }) => {
    const key = { gameId, roundId };
    rounds.ensurePhase(ctx, key, Phase.PHASE_OPEN_ORDERS);
    const order = orderOf(ctx, key, operator, OrderStatus.ORDER_STATUS_SEALED);
    const terms = { operator: addressBytes(operator), modelId, deposit };
    const hash = orderHash(rounds.refOf(ctx, key), terms, salt);
    ensure(equalBytes(hash, order.orderHash), errors.WrongOrder, { operator });
    ensureTradable(ctx, key, operator, modelId);
    const { kind, state } = orderBook(ctx, key);
    kind.checkOrder(state, { operator, modelHash: modelId, deposit, orderHash: hash });

    setOrder(ctx, key, { ...order, status: OrderStatus.ORDER_STATUS_OPEN, modelId, deposit });
    orderOpened(ctx, { gameId, roundId, operator, modelId, deposit });
    return {};
  },
};
