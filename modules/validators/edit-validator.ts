import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import { larger, smaller } from "#chain/math/bounds.ts";
import type { MsgEditValidator, MsgEditValidatorResponse } from "#proto/gen/cosmos/staking.ts";
import type { Validator } from "#proto/gen/iterum/validators.ts";
import { operatorOf, signerOf } from "./addresses.ts";
import { errors } from "./errors.ts";
import { validatorWasEdited } from "./events.ts";
import { params } from "./params.ts";
import { save, validatorOf } from "./records.ts";
import { checkCommission, checkDescription, edited } from "./terms.ts";

/** A commission changes once in so long at most. */
const COMMISSION_MS = 86_400_000n;

/** Commission at another rate; fails with (validators, 7 and 13) outside what the validator has promised. */
function withRate(ctx: ReadCtx, validator: Validator, rate: bigint): Partial<Validator> {
  const { commission, commissionMs } = validator;
  ensure(ctx.timeMs - commissionMs >= COMMISSION_MS, errors.TooSoon, { everyMs: COMMISSION_MS });
  const rates = commission && { ...commission, rate };
  checkCommission(rates);
  const before = commission?.rate ?? 0n;
  const change = larger(rate, before) - smaller(rate, before);
  ensure(change <= rates.maxChangeRate, errors.BadCommission, { change, most: rates.maxChangeRate });
  const { minCommissionRate } = params(ctx);
  ensure(rate >= minCommissionRate, errors.BadCommission, { least: minCommissionRate });
  return { commission: rates, commissionMs: ctx.timeMs };
}

/** Changes how a validator presents itself, its commission, and its own least stake, which only grows. */
export const editValidator: Handler<MsgEditValidator, MsgEditValidatorResponse> = {
  signer: ({ validatorAddress }) => signerOf(validatorAddress),
  check: ({ validatorAddress, description }) => {
    operatorOf(validatorAddress);
    checkDescription(description);
  },
  run: (ctx, msg) => {
    const operator = operatorOf(msg.validatorAddress);
    const before = validatorOf(ctx, operator);
    const description = before.description && msg.description && edited(before.description, msg.description);
    checkDescription(description);
    const { commissionRate: rate, minSelfDelegation: least } = msg;
    if (least !== undefined) {
      const { minSelfDelegation, tokens } = before;
      ensure(least > minSelfDelegation && least <= tokens, errors.BadSelfDelegation, {
        minSelfDelegation,
        tokens,
      });
    }
    save(ctx, {
      ...before,
      description,
      ...(rate === undefined ? {} : withRate(ctx, before, rate)),
      ...(least === undefined ? {} : { minSelfDelegation: least }),
    });
    validatorWasEdited(ctx, { operator });
    return {};
  },
};
