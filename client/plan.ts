import { Query as AccountQuery } from "#proto/gen/cosmos/auth.ts";
import type { Fee } from "#proto/gen/cosmos/tx.ts";
import { Query as AuthQuery, type Params } from "#proto/gen/iterum/auth.ts";
import { ClientError } from "./errors.ts";
import { feeFor, gasFor, ownGas } from "./fees.ts";
import type { Job } from "./pending.ts";
import type { Ask } from "./ports.ts";
import type { Raising } from "./raise.ts";
import type { SigningAccount, TxPlan } from "./sign.ts";

/** What a transaction is signed with, but for its turn. */
export type PlanOf = (job: Job) => Promise<Omit<TxPlan, "sequence" | "timeoutHeight">>;

/** What plans are made of; asked once, the parameters again when a fee is not enough. */
export interface Planner {
  readonly planOf: PlanOf;
  readonly leastFee: Raising["leastFee"];
}

/** What the chain knows of an account; throws ClientError. */
export async function accountInfo(
  ask: Ask,
  address: string,
): Promise<{ accountNumber: bigint; sequence: bigint }> {
  const { info } = await ask(AccountQuery.accountInfo, { address });
  if (!info) throw new ClientError("badAnswer", "an account without content");
  return info;
}

/** What the chain demands of transactions; throws ClientError. */
export async function txParams(ask: Ask): Promise<Params> {
  const { params } = await ask(AuthQuery.params, {});
  if (!params) throw new ClientError("badAnswer", "the chain has no transaction parameters");
  return params;
}

/** Makes plans for one account of one chain. */
export function planner(ask: Ask, account: SigningAccount, chainId: string): Planner {
  let known: Params | undefined;
  let accountNumber: bigint | undefined;
  const paramsNow = async (): Promise<Params> => {
    known = await txParams(ask);
    return known;
  };
  /** The least fee, also of newer parameters where that of those known is above the sender's limit. */
  const feeOf = async (gas: bigint, feeMax: bigint | undefined): Promise<Fee> => {
    const isWithin = ({ amount }: Fee) => feeMax === undefined || (amount[0]?.amount ?? 0n) <= feeMax;
    let fee = feeFor(gas, known ?? (await paramsNow()));
    if (!isWithin(fee)) fee = feeFor(gas, await paramsNow());
    if (isWithin(fee)) return fee;
    throw new ClientError("badInput", `the least fee, ${fee.amount[0]?.amount}, is above ${feeMax}`);
  };
  return {
    planOf: async ({ messages, memo, gasLimit = gasFor(messages), feeGranter: granter, feeMax }) => {
      const fee = await feeOf(ownGas(gasLimit), feeMax);
      accountNumber ??= (await accountInfo(ask, account.address)).accountNumber;
      return {
        messages,
        memo,
        fee: { ...fee, granter },
        chainId,
        accountNumber,
      };
    },
    leastFee: async (gas) => {
      const params = await paramsNow();
      return { amount: feeFor(gas, params).amount[0]?.amount ?? 0n, denom: params.feeDenom };
    },
  };
}
