import { equalBytes } from "#chain/bytes/compare.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import { addressBytes } from "#chain/protocol/address.ts";
import { decodePredictions, predictionsHash } from "#chain/protocol/predictions.ts";
import * as commitments from "#modules/commitments/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import {
  type MsgOpenPredictions,
  type MsgOpenPredictionsResponse,
  OrderStatus,
} from "#proto/gen/iterum/markets.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { orderBook, orderOf, setOrder } from "./book.ts";
import { errors } from "./errors.ts";
import { predictionsOpened } from "./events.ts";

/** Opens the committed predictions: one u16 per item and class 1…K−1, in canonical order. */
export const openPredictions: Handler<MsgOpenPredictions, MsgOpenPredictionsResponse> = {
  signer: (msg) => msg.operator,
  check: ({ predictions }) =>
    ensure(predictions.length % 2 === 0, errors.BadPredictions, { length: predictions.length }),
  run: (ctx, { operator, gameId, roundId, predictions, salt }) => {
    const key = { gameId, roundId };
    rounds.ensurePhase(ctx, key, Phase.PHASE_OPEN_PREDICTIONS);
    const order = orderOf(ctx, key, operator, OrderStatus.ORDER_STATUS_COMMITTED);
    const { items } = commitments.itemList(ctx, key);
    const { classes } = rounds.game(ctx, gameId);
    const due = items.length * (classes - 1) * 2;
    ensure(predictions.length === due, errors.BadPredictions, { length: predictions.length, due });
    const hash = predictionsHash(rounds.refOf(ctx, key), addressBytes(operator), predictions, salt);
    ensure(equalBytes(hash, order.predictionsHash), errors.WrongPredictions, { operator });
    const { kind, state } = orderBook(ctx, key);
    kind.checkPredictions(state, items.length, decodePredictions(predictions));

    setOrder(ctx, key, { ...order, status: OrderStatus.ORDER_STATUS_PREDICTED, predictions });
    predictionsOpened(ctx, { gameId, roundId, operator });
    return {};
  },
};
