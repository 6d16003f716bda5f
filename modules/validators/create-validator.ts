import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import type { Codec } from "#chain/proto/codec.ts";
import { DecodeError } from "#chain/proto/error.ts";
import { PubKey } from "#proto/gen/cosmos/crypto/ed25519.ts";
import type { MsgCreateValidator, MsgCreateValidatorResponse } from "#proto/gen/cosmos/staking.ts";
import type { Any } from "#proto/gen/google/protobuf.ts";
import { Status, Validator } from "#proto/gen/iterum/validators.ts";
import { operatorOf, signerOf } from "./addresses.ts";
import { errors } from "./errors.ts";
import { validatorWasCreated } from "./events.ts";
import { validatorCreated } from "./hooks.ts";
import { ensureStaked, params } from "./params.ts";
import { save, takeKey } from "./records.ts";
import { delegateCoins, stakeOf } from "./stake.ts";
import { validators } from "./state.ts";
import { checkCommission, checkDescription } from "./terms.ts";

/** Bytes of an Ed25519 key. */
export const KEY_BYTES = 32;

/** What the `Any` of a message here may hold: the key of a new validator. */
export const consensusKeyTypes: ReadonlyMap<string, Codec<unknown>> = new Map([
  [PubKey.typeUrl, PubKey as Codec<unknown>],
]);

/** The bytes of a consensus key; fails with (validators, 9) on any other. */
function keyOf(pubkey: Any | undefined): Uint8Array {
  ensure(pubkey?.typeUrl === PubKey.typeUrl, errors.BadKey, { typeUrl: pubkey?.typeUrl.slice(0, 80) ?? "" });
  try {
    const { key } = PubKey.decode(pubkey.value);
    ensure(key.length === KEY_BYTES, errors.BadKey, { bytes: key.length });
    return key;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw errors.BadKey({ why: error.message.slice(0, 200) });
  }
}

/** Fails unless the message makes sense whatever the state is. */
function check(msg: MsgCreateValidator): void {
  const operator = operatorOf(msg.validatorAddress);
  // Cosmos SDK has given the second address up: empty, or the same account.
  const { delegatorAddress } = msg;
  ensure(delegatorAddress === "" || delegatorAddress === operator, errors.BadAddress, { delegatorAddress });
  keyOf(msg.pubkey);
  checkDescription(msg.description);
  checkCommission(msg.commission);
  ensure(msg.minSelfDelegation > 0n, errors.BadSelfDelegation, { least: 1 });
}

/** Makes a validator with a first stake of its own. */
function foundValidator(ctx: WriteCtx, msg: MsgCreateValidator): void {
  ensureStaked(ctx);
  const operator = operatorOf(msg.validatorAddress);
  ensure(!validators.has(ctx, operator), errors.ValidatorExists, { operator });
  const { description, commission, minSelfDelegation } = msg;
  const stake = stakeOf(ctx, msg.value);
  ensure(stake >= minSelfDelegation, errors.BadSelfDelegation, { stake, least: minSelfDelegation });
  const { minCommissionRate } = params(ctx);
  ensure(commission && commission.rate >= minCommissionRate, errors.BadCommission, {
    least: minCommissionRate,
  });
  const publicKey = keyOf(msg.pubkey);
  const consensusAddress = takeKey(ctx, operator, publicKey);
  save(ctx, {
    ...Validator.zero(),
    ...{ operator, publicKey, description, commission, minSelfDelegation },
    status: Status.STATUS_UNBONDED,
    commissionMs: ctx.timeMs,
    createdHeight: ctx.height,
  });
  validatorWasCreated(ctx, { operator, consensusAddress });
  ctx.fire(validatorCreated, { operator });
  delegateCoins(ctx, operator, operator, stake);
}

/** Makes the sender's account a validator. */
export const createValidator: Handler<MsgCreateValidator, MsgCreateValidatorResponse> = {
  signer: ({ validatorAddress }) => signerOf(validatorAddress),
  check,
  run: (ctx, msg) => {
    foundValidator(ctx, msg);
    return {};
  },
};

/** The same for whoever founds a chain, with the same checks. */
export function found(ctx: WriteCtx, msg: MsgCreateValidator): void {
  check(msg);
  foundValidator(ctx, msg);
}
