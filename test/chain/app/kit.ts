import { secp256k1 } from "@noble/curves/secp256k1.js";
import { storeSpaces } from "#chain/app/modules.ts";
import type { AppOptions } from "#chain/app/types.ts";
import { App } from "#chain/app.ts";
import { sha256 } from "#chain/bytes/hash.ts";
import type { AppState } from "#chain/kernel/genesis.ts";
import { directSignBytes } from "#chain/protocol/sign-doc.ts";
import { memoryStore } from "#chain/store/memory.ts";
import { MsgSend } from "#proto/gen/cosmos/bank.ts";
import { AuthInfo, TxBody, TxRaw } from "#proto/gen/cosmos/tx.ts";
import type { Person } from "#test/kit/accounts.ts";
import { noProofs, type Said, say, signTx } from "#test/kit/chain.ts";
import { CHAIN_ID, DENOM, type GenesisChoice, genesis } from "#test/kit/genesis.ts";
import { signatures as verifier } from "#test/kit/verifier.ts";

export const START_MS = 1_780_000_000_000n;

/** A new app without state. */
export const bareApp = (options: Partial<AppOptions> = {}): App =>
  new App({
    store: memoryStore({ spaces: storeSpaces }),
    proofs: noProofs,
    signatures: verifier,
    invariants: "full",
    guarded: true,
    ...options,
  });

export const initWith = (app: App, appState: AppState, initialHeight = 1n): Uint8Array =>
  app.initChain({ chainId: CHAIN_ID, timeMs: START_MS, initialHeight, appState }).appHash;

/** An app with the state of a choice. */
export function newApp(choice: GenesisChoice, options: Partial<AppOptions> = {}): App {
  const app = bareApp(options);
  initWith(app, genesis(choice));
  return app;
}

export const nextBlock = (
  app: App,
  txs: readonly Uint8Array[],
  proposer: Uint8Array = new Uint8Array(20),
) => {
  const height = app.info().height + 1n;
  return { height, timeMs: START_MS + height * 1_000n, proposer, txs };
};

export const pay = (from: Person, to: Person, amount = 5n): Said =>
  say(MsgSend, { fromAddress: from.address, toAddress: to.address, amount: [{ denom: DENOM, amount }] });

/** A transaction like that of the kit, with its body or its authentication changed before it is signed. */
export function signedAs(
  who: Person,
  at: { readonly number: bigint; readonly sequence: bigint },
  messages: readonly Said[],
  change: {
    readonly body?: (body: TxBody) => TxBody;
    readonly auth?: (auth: AuthInfo) => AuthInfo;
    readonly bodyBytes?: (bytes: Uint8Array) => Uint8Array;
    readonly authBytes?: (bytes: Uint8Array) => Uint8Array;
  } = {},
): Uint8Array {
  const raw = TxRaw.decode(signTx(who, at, ...messages));
  const same = <T>(value: T): T => value;
  const { body = same, auth = same, bodyBytes = same, authBytes = same } = change;
  const parts = {
    bodyBytes: bodyBytes(TxBody.encode(body(TxBody.decode(raw.bodyBytes)))),
    authInfoBytes: authBytes(AuthInfo.encode(auth(AuthInfo.decode(raw.authInfoBytes)))),
  };
  const signBytes = directSignBytes({ ...raw, ...parts }, CHAIN_ID, at.number);
  const signature = secp256k1.sign(sha256(signBytes), who.secretKey, { prehash: false });
  return TxRaw.encode({ ...parts, signatures: [signature] });
}
