import type { ValidatorUpdate, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { authenticate } from "#chain/tx/sign.ts";
import * as auth from "#modules/auth/api.ts";
import * as validators from "#modules/validators/api.ts";
import { MsgCreateValidator } from "#proto/gen/cosmos/staking.ts";
import { readTx } from "./execute.ts";
import { txHost } from "./host.ts";
import { errors } from "./injected.ts";
import type { Machine } from "./types.ts";

/**
 * Makes the validator of a founder who has signed for it: with account number and sequence 0, whatever its
 * account has, since parties sign before anybody numbers accounts. It pays no fee and keeps its turn.
 */
function runFounding(machine: Machine, ctx: WriteCtx, bytes: Uint8Array): void {
  const tx = readTx(machine, bytes);
  const [message, ...more] = tx.messages;
  const isFounding = message?.type.typeUrl === MsgCreateValidator.typeUrl && more.length === 0;
  ensure(isFounding, errors.NotFounding, { messages: tx.messages.length });
  const host = {
    ...txHost(ctx),
    account: (address: string) => auth.account(ctx, address) && { number: 0n, sequence: 0n, key: undefined },
  };
  const { signatures: verifier, signatureCache: cache } = machine;
  authenticate(tx, { chainId: ctx.chainId, host, verifier, cache });
  message.type.handler.run(ctx, message.value);
}

/** Founds the set of validators of a new chain; gives it, or nothing where consensus keeps its own. */
export function foundSet(
  machine: Machine,
  ctx: WriteCtx,
  given: readonly ValidatorUpdate[] | undefined,
): readonly ValidatorUpdate[] {
  for (const bytes of validators.foundingTxs(ctx)) runFounding(machine, ctx, bytes);
  return validators.launch(ctx, given);
}
