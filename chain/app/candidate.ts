import { toKey } from "#chain/bytes/latin1.ts";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import type { Message } from "#chain/kernel/module.ts";
import type { AccountState } from "#chain/mempool/mempool.ts";
import { lanesOf } from "#chain/mempool/pick.ts";
import type { PoolTx, Ranked } from "#chain/mempool/types.ts";
import type { DecodedTx } from "#chain/tx/decode.ts";
import { failureOf } from "#chain/tx/result.ts";
import * as auth from "#modules/auth/api.ts";
import * as bank from "#modules/bank/api.ts";
import { readingOf } from "./execute.ts";
import { debtOf } from "./proofs.ts";
import type { Machine } from "./types.ts";

/** A transaction that may enter a block. */
export interface Candidate extends PoolTx {
  readonly decoded: DecodedTx<Message>;
}

/** The key of a transaction by the hash of its bytes. */
export const idOf = (hash: Uint8Array): string => toKey(hash);

/** Who pays the fee: the payer, or one who allowed it to. */
export const funderOf = ({ fee, payer }: DecodedTx<Message>): string =>
  fee.granter === "" ? payer : fee.granter;

/** A decoded transaction as the mempool takes it. */
export function candidateOf(ctx: ReadCtx, bytes: Uint8Array, tx: DecodedTx<Message>): Candidate {
  const { feeDenom } = auth.params(ctx);
  const { unordered, timeoutTimestamp: deadline, timeoutHeight } = tx.body;
  const [sender] = tx.signers as [string];
  return {
    id: idOf(tx.hash),
    bytes,
    sender,
    // One without a turn has a lane of its own, which another with the same deadline would have to replace.
    lane: unordered ? `${sender}/${deadline?.seconds}.${deadline?.nanos}` : sender,
    sequence: unordered ? 0n : (tx.credentials[0]?.sequence ?? 0n),
    signers: tx.signers,
    payer: funderOf(tx),
    fee: tx.fee.amount.find(({ denom }) => denom === feeDenom)?.amount ?? 0n,
    gas: tx.fee.gasLimit,
    timeoutHeight,
    prover: debtOf(tx),
    decoded: tx,
  };
}

/** What the state says about an account. */
export const accountState = (ctx: ReadCtx, address: string): AccountState => ({
  sequence: auth.account(ctx, address)?.sequence ?? 0n,
  funds: bank.balance(ctx, address, auth.params(ctx).feeDenom),
});

/** Those of a list that can be read, in lanes. */
export function lanesOfList(
  machine: Machine,
  ctx: ReadCtx,
  txs: readonly Uint8Array[],
): readonly (readonly Ranked<Candidate>[])[] {
  const candidates = txs.flatMap((bytes) => {
    const reading = readingOf(machine, bytes);
    if (reading.tx === undefined) failureOf(reading.error);
    return reading.tx ? [candidateOf(ctx, bytes, reading.tx)] : [];
  });
  return [...lanesOf(candidates)];
}
