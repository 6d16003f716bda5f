import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import { parseOperator } from "#chain/protocol/operator.ts";
import * as validators from "#modules/validators/api.ts";
import type { MsgUnjail, MsgUnjailResponse } from "#proto/gen/cosmos/slashing.ts";
import { errors } from "./errors.ts";
import { unjailed } from "./events.ts";
import { recordOf } from "./window.ts";

/** Lets the sender's validator stand for election again, once its time in jail is over. */
export const unjail: Handler<MsgUnjail, MsgUnjailResponse> = {
  signer: ({ validatorAddr }) => parseOperator(validatorAddr) ?? "",
  check: ({ validatorAddr }) =>
    ensure(parseOperator(validatorAddr), errors.BadAddress, { address: validatorAddr.slice(0, 80) }),
  run: (ctx, { validatorAddr }) => {
    const operator = parseOperator(validatorAddr) ?? "";
    const { jailed, minSelfDelegation } = validators.validatorOf(ctx, operator);
    ensure(jailed, errors.NotJailed, { operator });
    const { tombstoned, jailedUntilMs } = recordOf(ctx, operator);
    ensure(!tombstoned, errors.Tombstoned, { operator });
    ensure(ctx.timeMs >= jailedUntilMs, errors.StillJailed, { untilMs: jailedUntilMs });
    const own = validators.delegation(ctx, operator, operator);
    const worth = own ? validators.tokensOf(ctx, operator, own.shares) : 0n;
    ensure(worth >= minSelfDelegation, errors.BelowPromise, { worth, promised: minSelfDelegation });
    validators.unjail(ctx, operator);
    unjailed(ctx, { operator });
    return {};
  },
};
