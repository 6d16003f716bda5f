import { equalBytes } from "#chain/bytes/compare.ts";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure, errorSet } from "#chain/kernel/error.ts";
import type { Message } from "#chain/kernel/module.ts";
import type { Registry } from "#chain/kernel/registry.ts";
import * as elections from "#modules/elections/api.ts";
import { AuthInfo, TxBody, TxRaw } from "#proto/gen/cosmos/tx.ts";
import { MsgBeacon } from "#proto/gen/iterum/elections.ts";
import type { BeaconSigner } from "./types.ts";

export const errors = errorSet("app", {
  NotInjected: [2, "transaction 0 is not the proposer's beacon"],
  TwoProofs: [3, "a transaction carries at most one proof"],
  NoRoom: [4, "the block has no room left for it"],
  FalseProof: [5, "the proof does not hold"],
  NotFounding: [6, "a founder's transaction makes its validator and does nothing else"],
});

/** The canonical transaction 0: one message, no fee, no signature. */
export function injectedTx(typeUrl: string, value: Uint8Array): Uint8Array {
  const body = { ...TxBody.zero(), messages: [{ typeUrl, value }] };
  const bodyBytes = TxBody.encode(body);
  return TxRaw.encode({ bodyBytes, authInfoBytes: AuthInfo.encode(AuthInfo.zero()), signatures: [] });
}

/** Transaction 0 of the next block, signed; undefined on chains whose beacon is not signed. */
export function beaconTx(ctx: ReadCtx, sign: BeaconSigner | undefined): Uint8Array | undefined {
  if (!elections.beaconIsSigned(ctx)) return undefined;
  if (!sign) throw new Error("this node has no beacon key and cannot propose");
  const signature = sign(elections.beaconMessage(ctx));
  return injectedTx(MsgBeacon.typeUrl, MsgBeacon.encode({ signature }));
}

/**
 * The message that transaction 0 carries; fails with (app, 2) unless it is canonical and of the injected
 * kind.
 */
export function readInjected(registry: Registry, bytes: Uint8Array): { type: Message; value: unknown } {
  try {
    const { messages } = TxBody.decode(TxRaw.decode(bytes).bodyBytes);
    const [any] = messages;
    const type = any && registry.injected.get(any.typeUrl);
    ensure(any && type && equalBytes(bytes, injectedTx(any.typeUrl, any.value)), errors.NotInjected);
    const value = type.request.decode(any.value);
    type.handler.check?.(value);
    return { type, value };
  } catch (error) {
    throw errors.NotInjected({ why: error instanceof Error ? error.message : "no transaction" });
  }
}
