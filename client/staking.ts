import { MsgUnjail } from "#proto/gen/cosmos/slashing.ts";
import {
  type DelegationResponse,
  MsgBeginRedelegate,
  MsgCancelUnbondingDelegation,
  MsgCreateValidator,
  MsgDelegate,
  MsgEditValidator,
  MsgUndelegate,
  type Params,
  type Pool,
  Query,
  type UnbondingDelegation,
  type Validator,
} from "#proto/gen/cosmos/staking.ts";
import { MsgRotateConsensusKey } from "#proto/gen/iterum/validators.ts";
import { codes } from "./codes.ts";
import { ClientError } from "./errors.ts";
import { allPages } from "./pages.ts";
import type { Ask } from "./ports.ts";
import { messageOf } from "./tx.ts";
import { unless } from "./unless.ts";

export { toOperator as validatorAddress } from "#chain/protocol/operator.ts";

/** Makes the sender a validator with a first stake of its own. */
export const msgCreateValidator = messageOf(MsgCreateValidator);
/** Changes what is told of a validator, and its commission. */
export const msgEditValidator = messageOf(MsgEditValidator);
/** Stakes with a validator. */
export const msgDelegate = messageOf(MsgDelegate);
/** Takes stake back; it comes after the time of unbonding. */
export const msgUndelegate = messageOf(MsgUndelegate);
/** Moves stake from one validator to another. */
export const msgBeginRedelegate = messageOf(MsgBeginRedelegate);
/** Stakes again what is on its way back. */
export const msgCancelUnbonding = messageOf(MsgCancelUnbondingDelegation);

/** Lets a validator back in whose time in jail is over. */
export const msgUnjail = messageOf(MsgUnjail);
/** Gives the sender's validator another consensus key. */
export const msgRotateConsensusKey = messageOf(MsgRotateConsensusKey);

export interface StakingQueries {
  /** All validators, or those that are bonded, in the order of their operators. */
  validators(which?: "all" | "bonded"): Promise<readonly Validator[]>;
  /** A validator by its operator's address, which `validatorAddress` gives; undefined where there is none. */
  validator(validatorAddress: string): Promise<Validator | undefined>;
  /** Base units that an account has staked with a validator. */
  staked(delegator: string, validatorAddress: string): Promise<bigint>;
  /** All that an account has staked. */
  delegations(delegator: string): Promise<readonly DelegationResponse[]>;
  /** What is on its way back to an account. */
  unbonding(delegator: string): Promise<readonly UnbondingDelegation[]>;
  /** What is staked on the whole chain. */
  pool(): Promise<Pool>;
  /** Rules of staking; refused on chains whose validators are agreed. */
  params(): Promise<Params>;
}

function there<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new ClientError("badAnswer", `the chain has no ${what}`);
  return value;
}

export const stakingQueries = (ask: Ask): StakingQueries => ({
  validators: (which = "all") =>
    allPages(async (pagination) => {
      const status = which === "bonded" ? "BOND_STATUS_BONDED" : "";
      const answer = await ask(Query.validators, { status, pagination });
      return [answer.validators, answer.pagination];
    }),
  validator: async (validatorAddr) =>
    (await unless(codes.validators.NoValidator, ask(Query.validator, { validatorAddr })))?.validator,
  staked: async (delegatorAddr, validatorAddr) => {
    const answer = await unless(
      codes.validators.NoDelegation,
      ask(Query.delegation, { delegatorAddr, validatorAddr }),
    );
    return answer?.delegationResponse?.balance?.amount ?? 0n;
  },
  delegations: (delegatorAddr) =>
    allPages(async (pagination) => {
      const answer = await ask(Query.delegatorDelegations, { delegatorAddr, pagination });
      return [answer.delegationResponses, answer.pagination];
    }),
  unbonding: (delegatorAddr) =>
    allPages(async (pagination) => {
      const answer = await ask(Query.delegatorUnbondingDelegations, { delegatorAddr, pagination });
      return [answer.unbondingResponses, answer.pagination];
    }),
  pool: async () => there((await ask(Query.pool, {})).pool, "stake"),
  params: async () => there((await ask(Query.params, {})).params, "rules of staking"),
});
