import { ensure } from "#chain/kernel/error.ts";
import { UNORDERED_TTL_MS } from "#chain/limits.ts";
import type { TxBody } from "#proto/gen/cosmos/tx.ts";
import { errors } from "./errors.ts";

const NS_PER_S = 1_000_000_000n;
const NS_PER_MS = 1_000_000n;
/** The year 2200, far below what 64 bits of nanoseconds hold. */
const SECONDS_MAX = 7_258_118_400n;

/** The last time at which a transaction may execute, in nanoseconds since 1970; undefined without one. */
export function deadlineNs({ timeoutTimestamp }: TxBody): bigint | undefined {
  if (timeoutTimestamp === undefined) return undefined;
  const { seconds, nanos } = timeoutTimestamp;
  const isTime = seconds >= 0n && seconds <= SECONDS_MAX && nanos >= 0 && BigInt(nanos) < NS_PER_S;
  ensure(isTime, errors.BadDeadline, { seconds, nanos });
  return seconds * NS_PER_S + BigInt(nanos);
}

/** Fails once the last height or time at which the transaction may execute has passed. */
export function ensureInTime(
  { body }: { readonly body: TxBody },
  now: { readonly height: bigint; readonly timeMs: bigint },
): void {
  const { timeoutHeight, unordered } = body;
  const { height, timeMs } = now;
  ensure(timeoutHeight === 0n || height <= timeoutHeight, errors.TimeoutHeight, { height, timeoutHeight });
  const deadline = deadlineNs(body);
  if (deadline === undefined) return;
  ensure(timeMs * NS_PER_MS <= deadline, errors.Timeout, { timeMs, deadlineNs: deadline });
  const latest = (timeMs + UNORDERED_TTL_MS) * NS_PER_MS;
  ensure(!unordered || deadline <= latest, errors.BadDeadline, { deadlineNs: deadline, latestNs: latest });
}
