import { fromBase64 } from "@cosmjs/encoding";
import { type AccountData, makeSignDoc, type OfflineDirectSigner } from "@cosmjs/proto-signing";
import { publicKeyAddress } from "#chain/protocol/address.ts";
import { PubKey } from "#proto/gen/cosmos/crypto/secp256k1.ts";
import { SignMode } from "#proto/gen/cosmos/tx/signing.ts";
import { AuthInfo, type Fee, TxBody, TxRaw } from "#proto/gen/cosmos/tx.ts";
import type { Any } from "#proto/gen/google/protobuf.ts";
import { ClientError } from "./errors.ts";

/** Everything that a signature covers. */
export interface TxPlan {
  readonly messages: readonly Any[];
  readonly memo: string;
  readonly fee: Fee;
  /** Last height at which it may execute. */
  readonly timeoutHeight: bigint;
  readonly chainId: string;
  readonly accountNumber: bigint;
  readonly sequence: bigint;
}

/** The signer's first account; throws ClientError badInput when it has none or one of another chain. */
export async function accountOf(signer: OfflineDirectSigner): Promise<AccountData> {
  const [account] = await signer.getAccounts();
  if (!account) throw new ClientError("badInput", "the signer has no account");
  if (account.algo !== "secp256k1" || publicKeyAddress(account.pubkey) !== account.address)
    throw new ClientError("badInput", "the signer's account is not one of this chain");
  return account;
}

function authInfoOf({ fee, sequence }: TxPlan, pubkey: Uint8Array): Uint8Array {
  const publicKey = { typeUrl: PubKey.typeUrl, value: PubKey.encode({ key: pubkey }) };
  const modeInfo = { single: { mode: SignMode.SIGN_MODE_DIRECT }, multi: undefined };
  return AuthInfo.encode({ signerInfos: [{ publicKey, modeInfo, sequence }], fee, tip: undefined });
}

/** The bytes of the signed transaction. */
export async function signTx(
  signer: OfflineDirectSigner,
  account: AccountData,
  plan: TxPlan,
): Promise<Uint8Array> {
  const { messages, memo, timeoutHeight, chainId, accountNumber } = plan;
  const body = TxBody.encode({ ...TxBody.zero(), messages, memo, timeoutHeight });
  const document = makeSignDoc(body, authInfoOf(plan, account.pubkey), chainId, accountNumber);
  const { signed, signature } = await signer.signDirect(account.address, document);
  return TxRaw.encode({
    bodyBytes: signed.bodyBytes,
    authInfoBytes: signed.authInfoBytes,
    signatures: [fromBase64(signature.signature)],
  });
}
