import type { Coin } from "#proto/gen/cosmos/base.ts";
import {
  BasicAllowance,
  type Grant,
  MsgGrantAllowance,
  MsgRevokeAllowance,
  Query,
} from "#proto/gen/cosmos/feegrant.ts";
import type { Ask } from "./ports.ts";
import { messageOf, type TxMessage } from "./tx.ts";

/** What somebody may spend on fees. */
export interface AllowanceLimits {
  /** At most so much in all, sorted by denom; without it there is no limit. */
  readonly spendLimit?: readonly Coin[];
  /** Until then, in milliseconds since 1970; without it for ever. */
  readonly untilMs?: bigint;
}

/** Lets the grantee spend the granter's coins on fees: `send(messages, { feeGranter })`. */
export function msgGrantAllowance(
  granter: string,
  grantee: string,
  { spendLimit = [], untilMs }: AllowanceLimits = {},
): TxMessage<MsgGrantAllowance> {
  const expiration = untilMs === undefined ? undefined : timeOf(untilMs);
  const value = BasicAllowance.encode({ spendLimit, expiration });
  return messageOf(MsgGrantAllowance)({
    granter,
    grantee,
    allowance: { typeUrl: BasicAllowance.typeUrl, value },
  });
}

const timeOf = (ms: bigint) => ({ seconds: ms / 1000n, nanos: Number(ms % 1000n) * 1_000_000 });

/** Takes an allowance back. */
export const msgRevokeAllowance = messageOf(MsgRevokeAllowance);

/** Questions about allowances for fees. */
export interface FeegrantQueries {
  /** What the granter lets the grantee spend; throws `refused` (feegrant, 12) when nothing. */
  allowance(granter: string, grantee: string): Promise<Grant | undefined>;
  /** What anybody lets the grantee spend, a hundred at most. */
  allowances(grantee: string): Promise<readonly Grant[]>;
}

export const feegrantQueries = (ask: Ask): FeegrantQueries => ({
  allowance: async (granter, grantee) => (await ask(Query.allowance, { granter, grantee })).allowance,
  allowances: async (grantee) => (await ask(Query.allowances, { grantee, pagination: undefined })).allowances,
});
