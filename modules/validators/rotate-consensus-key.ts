import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import { consensusAddress } from "#chain/protocol/operator.ts";
import * as auth from "#modules/auth/api.ts";
import * as bank from "#modules/bank/api.ts";
import type { MsgRotateConsensusKey, MsgRotateConsensusKeyResponse } from "#proto/gen/iterum/validators.ts";
import { ensureAddress } from "./addresses.ts";
import { KEY_BYTES } from "./create-validator.ts";
import { errors } from "./errors.ts";
import { keyWasRotated } from "./events.ts";
import { consensusKeyRotated } from "./hooks.ts";
import { bondDenom, ensureStaked, unbondingMs } from "./params.ts";
import { POWER_UNITS, save, takeKey, validatorOf } from "./records.ts";

/** Gives the sender's validator another key, once in an unbonding time; the fee is the stake of one power. */
export const rotateConsensusKey: Handler<MsgRotateConsensusKey, MsgRotateConsensusKeyResponse> = {
  signer: ({ operator }) => operator,
  check: ({ operator, publicKey }) => {
    ensureAddress(operator);
    ensure(publicKey.length === KEY_BYTES, errors.BadKey, { bytes: publicKey.length });
  },
  run: (ctx, { operator, publicKey }) => {
    ensureStaked(ctx);
    const validator = validatorOf(ctx, operator);
    const { rotatedMs } = validator;
    // Until then the old key may still be convicted.
    const isDue = rotatedMs === 0n || ctx.timeMs - rotatedMs >= unbondingMs(ctx);
    ensure(isDue, errors.TooSoon, { everyMs: unbondingMs(ctx) });
    bank.send(ctx, operator, auth.params(ctx).feeCollector, bondDenom(ctx), POWER_UNITS);
    const old = consensusAddress(validator.publicKey);
    const address = takeKey(ctx, operator, publicKey);
    save(ctx, { ...validator, publicKey, rotatedMs: ctx.timeMs });
    keyWasRotated(ctx, { operator, old, new: address });
    ctx.fire(consensusKeyRotated, { operator, old, new: address });
    return {};
  },
};
