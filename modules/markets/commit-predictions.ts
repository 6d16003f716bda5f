import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import * as rounds from "#modules/rounds/api.ts";
import {
  type MsgCommitPredictions,
  type MsgCommitPredictionsResponse,
  OrderStatus,
} from "#proto/gen/iterum/markets.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { orderOf, setOrder } from "./book.ts";
import { errors } from "./errors.ts";
import { predictionsCommitted } from "./events.ts";

const HASH_BYTES = 32;

/** Fixes an operator's predictions before anybody can see them or any label. */
export const commitPredictions: Handler<MsgCommitPredictions, MsgCommitPredictionsResponse> = {
  signer: (msg) => msg.operator,
  check: ({ predictionsHash }) =>
    ensure(predictionsHash.length === HASH_BYTES, errors.BadHash, { length: predictionsHash.length }),
  run: (ctx, { operator, gameId, roundId, predictionsHash }) => {
    const key = { gameId, roundId };
    rounds.ensurePhase(ctx, key, Phase.PHASE_PREDICT);
    const order = orderOf(ctx, key, operator, OrderStatus.ORDER_STATUS_OPEN);

    setOrder(ctx, key, { ...order, status: OrderStatus.ORDER_STATUS_COMMITTED, predictionsHash });
    predictionsCommitted(ctx, { gameId, roundId, operator });
    return {};
  },
};
