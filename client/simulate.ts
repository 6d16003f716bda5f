import type { Coin } from "#proto/gen/cosmos/base.ts";
import { SignMode } from "#proto/gen/cosmos/tx/signing.ts";
import { AuthInfo, Service, TxBody, TxRaw } from "#proto/gen/cosmos/tx.ts";
import type { Any } from "#proto/gen/google/protobuf.ts";
import { ClientError } from "./errors.ts";
import { feeMostFor, gasFor } from "./fees.ts";
import { accountInfo, txParams } from "./plan.ts";
import type { Ask } from "./ports.ts";
import { encodeMessage } from "./registry.ts";
import { type ChainEvent, responsesOf, type TxMessage } from "./tx.ts";

/** What a transaction would come to now. */
export interface Simulation {
  /** Gas that it would use; a signature and a key are reckoned with, not given. */
  readonly gasUsed: bigint;
  /** The most that `send` would pay for it, unless it has to raise the fee. */
  readonly feeMost: readonly Coin[];
  readonly events: readonly ChainEvent[];
  /** The responses that its messages would have, in order. */
  readonly responses: readonly Any[];
}

/**
 * Runs messages on the newest state without sending them: nothing is signed and nothing is paid. Throws
 * ClientError `refused` as `send` would.
 */
export async function simulate(
  ask: Ask,
  address: string,
  messages: readonly TxMessage[],
  gasLimit?: bigint,
): Promise<Simulation> {
  if (messages.length === 0) throw new ClientError("badInput", "a transaction has at least one message");
  const encoded = messages.map(encodeMessage);
  const { sequence } = await accountInfo(ask, address);
  const modeInfo = { single: { mode: SignMode.SIGN_MODE_UNSPECIFIED }, multi: undefined };
  const signerInfos = [{ publicKey: undefined, modeInfo, sequence }];
  const txBytes = TxRaw.encode({
    bodyBytes: TxBody.encode({ ...TxBody.zero(), messages: encoded }),
    authInfoBytes: AuthInfo.encode({ signerInfos, fee: undefined, tip: undefined }),
    signatures: [new Uint8Array(0)],
  });
  const { gasInfo, result } = await ask(Service.simulate, { tx: undefined, txBytes });
  if (!gasInfo || !result) throw new ClientError("badAnswer", "a simulation without a result");
  return {
    gasUsed: gasInfo.gasUsed,
    feeMost: feeMostFor(gasLimit ?? gasFor(encoded), await txParams(ask)).amount,
    events: result.events,
    responses: responsesOf(result.data),
  };
}
