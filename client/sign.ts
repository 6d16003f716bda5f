import type { OfflineAminoSigner } from "@cosmjs/amino";
import { fromBase64 } from "@cosmjs/encoding";
import { makeSignDoc, type OfflineDirectSigner } from "@cosmjs/proto-signing";
import type { Codec } from "#chain/proto/codec.ts";
import { anyOfKey } from "#chain/protocol/account-key.ts";
import { publicKeyAddress, toAddress } from "#chain/protocol/address.ts";
import { sortedJson } from "#chain/protocol/amino.ts";
import { recoverPersonalKey } from "#chain/protocol/eip191.ts";
import { aminoDocument, type SignContent, signText } from "#chain/protocol/sign-doc.ts";
import { SignMode } from "#proto/gen/cosmos/tx/signing.ts";
import { AuthInfo, type Fee, TxBody, TxRaw } from "#proto/gen/cosmos/tx.ts";
import type { Any } from "#proto/gen/google/protobuf.ts";
import { KeyType } from "#proto/gen/iterum/auth.ts";
import { ClientError } from "./errors.ts";
import { anyTypes, messageCodecs } from "./registry.ts";
import type { EthereumSigner, TxSigner } from "./signer.ts";

/** Everything that a signature covers. */
export interface TxPlan {
  readonly messages: readonly Any[];
  readonly memo: string;
  readonly fee: Fee;
  /** Last height at which it may execute. */
  readonly timeoutHeight: bigint;
  /** Last time for a transaction out of order, nanoseconds since 1970; then the sequence is 0. */
  readonly deadlineNs?: bigint;
  readonly chainId: string;
  readonly accountNumber: bigint;
  readonly sequence: bigint;
}

/** An account of this chain that can sign. */
export interface SigningAccount {
  readonly address: string;
  /** Whether it can sign transactions out of order. */
  readonly signsUnordered: boolean;
  /** The bytes of the signed transaction. */
  sign(plan: TxPlan): Promise<Uint8Array>;
}

const NS_PER_S = 1_000_000_000n;

function bodyOf({ messages, memo, timeoutHeight, deadlineNs }: TxPlan): TxBody {
  const body = { ...TxBody.zero(), messages, memo, timeoutHeight };
  if (deadlineNs === undefined) return body;
  const timeoutTimestamp = { seconds: deadlineNs / NS_PER_S, nanos: Number(deadlineNs % NS_PER_S) };
  return { ...body, unordered: true, timeoutTimestamp };
}

function authInfoOf({ fee, sequence }: TxPlan, type: KeyType, key: Uint8Array, mode: SignMode): Uint8Array {
  const publicKey = anyOfKey({ type, bytes: key });
  const modeInfo = { single: { mode }, multi: undefined };
  return AuthInfo.encode({ signerInfos: [{ publicKey, modeInfo, sequence }], fee, tip: undefined });
}

function contentOf(plan: TxPlan, address: string): SignContent {
  const messages = plan.messages.map(({ typeUrl, value }) => {
    const codec = messageCodecs.get(typeUrl) as Codec<unknown>;
    return { codec, value: codec.decode(value) };
  });
  const { chainId, accountNumber, sequence, fee } = plan;
  return { chainId, address, accountNumber, sequence, fee, body: bodyOf(plan), messages, anyTypes };
}

const { KEY_TYPE_SECP256K1, KEY_TYPE_ETHEREUM } = KeyType;

function directAccount(signer: OfflineDirectSigner, address: string, key: Uint8Array): SigningAccount {
  return {
    address,
    signsUnordered: true,
    async sign(plan) {
      const body = TxBody.encode(bodyOf(plan));
      const auth = authInfoOf(plan, KEY_TYPE_SECP256K1, key, SignMode.SIGN_MODE_DIRECT);
      const document = makeSignDoc(body, auth, plan.chainId, plan.accountNumber);
      const { signed, signature } = await signer.signDirect(address, document);
      const { bodyBytes, authInfoBytes } = signed;
      return TxRaw.encode({ bodyBytes, authInfoBytes, signatures: [fromBase64(signature.signature)] });
    },
  };
}

type AminoRequest = Parameters<OfflineAminoSigner["signAmino"]>[1];

function aminoAccount(signer: OfflineAminoSigner, address: string, key: Uint8Array): SigningAccount {
  return {
    address,
    signsUnordered: false,
    async sign(plan) {
      const document = aminoDocument(contentOf(plan, address));
      // cosmjs's type of the same document; both are JSON.
      const { signed, signature } = await signer.signAmino(address, document as unknown as AminoRequest);
      if (sortedJson(JSON.parse(JSON.stringify(signed))) !== sortedJson(document))
        throw new ClientError("badAnswer", "the wallet signed another transaction than it was given");
      return TxRaw.encode({
        bodyBytes: TxBody.encode(bodyOf(plan)),
        authInfoBytes: authInfoOf(plan, KEY_TYPE_SECP256K1, key, SignMode.SIGN_MODE_LEGACY_AMINO_JSON),
        signatures: [fromBase64(signature.signature)],
      });
    },
  };
}

/** Some wallets count v from 0. */
const withV27 = (signature: Uint8Array): Uint8Array =>
  signature.map((byte, i) => (i === 64 && byte < 27 ? byte + 27 : byte));

function ethereumAccount(signer: EthereumSigner): SigningAccount {
  const address = toAddress(signer.ethereumAddress);
  return {
    address,
    signsUnordered: true,
    async sign(plan) {
      const text = signText(contentOf(plan, address));
      const signature = withV27(await signer.signText(text));
      const key = recoverPersonalKey(text, signature);
      if (!key) throw new ClientError("badAnswer", "the wallet's signature is none");
      return TxRaw.encode({
        bodyBytes: TxBody.encode(bodyOf(plan)),
        authInfoBytes: authInfoOf(plan, KEY_TYPE_ETHEREUM, key, SignMode.SIGN_MODE_EIP_191),
        signatures: [signature],
      });
    },
  };
}

/** The signer's first account; throws ClientError badInput when it has none or one of another chain. */
export async function accountOf(signer: TxSigner): Promise<SigningAccount> {
  if ("signText" in signer) return ethereumAccount(signer);
  const [account] = await signer.getAccounts();
  if (!account) throw new ClientError("badInput", "the signer has no account");
  const { algo, address, pubkey } = account;
  if (algo !== "secp256k1" || publicKeyAddress(pubkey) !== address)
    throw new ClientError("badInput", "the signer's account is not one of this chain");
  return "signDirect" in signer
    ? directAccount(signer, address, pubkey)
    : aminoAccount(signer, address, pubkey);
}
