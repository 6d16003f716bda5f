import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { mulDiv } from "#chain/math/mul-div.ts";
import { toOperator } from "#chain/protocol/operator.ts";
import { PubKey } from "#proto/gen/cosmos/crypto/ed25519.ts";
import {
  type DelegationResponse,
  type RedelegationEntry,
  type RedelegationResponse,
  type UnbondingDelegation,
  Validator as WireValidator,
} from "#proto/gen/cosmos/staking.ts";
import type { Timestamp } from "#proto/gen/google/protobuf.ts";
import type { Delegation, Entry, Redelegation, Unbonding, Validator } from "#proto/gen/iterum/validators.ts";
import { bondDenom } from "./params.ts";
import { validatorOf } from "./records.ts";
import { tokensFor } from "./shares.ts";

// What the state has, as wallets of the Cosmos world read it.

/** A time in milliseconds since 1970. */
export function timestampOf(ms: bigint): Timestamp {
  const seconds = mulDiv(ms, 1n, 1_000n, "down");
  return { seconds, nanos: Number(ms - seconds * 1_000n) * 1_000_000 };
}

export const validatorTo = (validator: Validator): WireValidator => ({
  ...WireValidator.zero(),
  operatorAddress: toOperator(validator.operator),
  consensusPubkey: { typeUrl: PubKey.typeUrl, value: PubKey.encode({ key: validator.publicKey }) },
  jailed: validator.jailed,
  status: validator.status,
  tokens: validator.tokens,
  delegatorShares: validator.shares,
  description: validator.description,
  unbondingHeight: validator.unbondingHeight,
  unbondingTime: timestampOf(validator.unbondingMs),
  commission: {
    commissionRates: validator.commission,
    updateTime: timestampOf(validator.commissionMs),
  },
  minSelfDelegation: validator.minSelfDelegation,
});

export function delegationTo(ctx: ReadCtx, { delegator, operator, shares }: Delegation): DelegationResponse {
  const amount = tokensFor(validatorOf(ctx, operator), shares);
  return {
    delegation: { delegatorAddress: delegator, validatorAddress: toOperator(operator), shares },
    balance: { denom: bondDenom(ctx), amount },
  };
}

const entryTo = ({ height, endsMs, initial, number }: Entry) => ({
  creationHeight: height,
  completionTime: timestampOf(endsMs),
  initialBalance: initial,
  unbondingId: number,
  unbondingOnHoldRefCount: 0n,
});

export const unbondingTo = ({ delegator, operator, entries }: Unbonding): UnbondingDelegation => ({
  delegatorAddress: delegator,
  validatorAddress: toOperator(operator),
  entries: entries.map((entry) => ({ ...entryTo(entry), balance: entry.balance })),
});

/** Cosmos SDK gives the entries beside what they are worth now, and none inside. */
export function redelegationTo(
  ctx: ReadCtx,
  { delegator, source, destination, entries }: Redelegation,
): RedelegationResponse {
  const to = validatorOf(ctx, destination);
  const entry = (each: Entry): RedelegationEntry => ({ ...entryTo(each), sharesDst: each.shares });
  return {
    redelegation: {
      delegatorAddress: delegator,
      validatorSrcAddress: toOperator(source),
      validatorDstAddress: toOperator(destination),
      entries: [],
    },
    entries: entries.map((each) => ({
      redelegationEntry: entry(each),
      balance: tokensFor(to, each.shares),
    })),
  };
}
