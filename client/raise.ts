import type { ClientError } from "./errors.ts";
import { raisedFee } from "./fees.ts";
import type { Verdict } from "./node.ts";
import type { Pending, Sent } from "./pending.ts";
import type { SigningAccount } from "./sign.ts";

/** With what bytes are signed anew for a higher fee. */
export interface Raising {
  readonly account: SigningAccount;
  readonly pending: Pending;
  /** The least fee that the chain takes now for so much gas, in base units, and its denom. */
  readonly leastFee: (gas: bigint) => Promise<{ readonly amount: bigint; readonly denom: string }>;
}

/** Blocks that pass a transaction by before it is taken for too cheap, or for dropped. */
const PASSED_BY = 4n;

const MICRO = 1_000_000n;

/** The fee that a mempool names as the one to beat, for so much gas; 0 where it names none. */
function feeToBeat(log: string, gas: bigint): bigint {
  const [, price] = /\bpriceMicro=(\d{1,30})\b/.exec(log) ?? [];
  const [, fee] = /\bfeeToReplace=(\d{1,30})\b/.exec(log) ?? [];
  if (fee !== undefined) return BigInt(fee);
  return price === undefined ? 0n : (gas * (BigInt(price) + 1n) + MICRO - 1n) / MICRO;
}

/**
 * Signs the same messages for a higher fee, in the same turn or with the same deadline, so that one of all
 * these transactions can execute. False where the sender allows no more or the chain wants no more.
 */
async function raise(
  sent: Sent,
  { account, pending, leastFee }: Raising,
  log: string,
  isBelowLeast = false,
): Promise<boolean> {
  const { fee } = sent.plan;
  const least = await leastFee(fee.gasLimit);
  const paid = fee.amount[0]?.amount ?? 0n;
  const { feeMax } = sent.job;
  const isLeast = isBelowLeast && least.amount > paid && (feeMax === undefined || least.amount <= feeMax);
  const amount = isLeast ? least.amount : raisedFee(paid, feeMax ?? 0n, feeToBeat(log, fee.gasLimit));
  if (amount === undefined || sent.done) return false;
  const plan = { ...sent.plan, fee: { ...fee, amount: [{ denom: least.denom, amount }] } };
  const bytes = await account.sign(plan);
  if (sent.done) return false;
  pending.renew(sent, plan, bytes);
  return true;
}

/** Raises the fee of what a node has taken and blocks pass by; throws nothing. */
export async function raiseIfPassedBy(sent: Sent, raising: Raising): Promise<void> {
  if (sent.job.feeMax === undefined || raising.pending.scanned < sent.signedAt + PASSED_BY) return;
  try {
    await raise(sent, raising, "");
  } catch {
    // The bytes that there are will do until the next time.
  }
}

/** What a verdict leads to: "again" where there are dearer bytes to offer at once, a refusal, or patience. */
export async function afterVerdict(
  sent: Sent,
  raising: Raising,
  verdict: Verdict,
): Promise<"again" | ClientError | undefined> {
  if (verdict.kind === "refused") return verdict.error;
  if (verdict.kind !== "full" && verdict.kind !== "fee") return undefined;
  const isFee = verdict.kind === "fee";
  try {
    if (await raise(sent, raising, isFee ? verdict.error.log : verdict.log, isFee)) return "again";
  } catch {
    // The chain refused no transaction yet: the node did not say what it wants, or the signer did not sign.
    return undefined;
  }
  return isFee ? verdict.error : undefined;
}
