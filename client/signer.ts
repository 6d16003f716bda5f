import type { OfflineAminoSigner } from "@cosmjs/amino";
import {
  DirectSecp256k1HdWallet,
  DirectSecp256k1Wallet,
  type OfflineDirectSigner,
} from "@cosmjs/proto-signing";
import { fromHex, toHex } from "#chain/bytes/hex.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { ADDRESS_PREFIX } from "#chain/protocol/address.ts";
import { ETHEREUM_ADDRESS_BYTES, ethereumAddress, signPersonal } from "#chain/protocol/eip191.ts";
import { ClientError } from "./errors.ts";

/** Signs texts as browser wallets of Ethereum do (EIP-191, "personal_sign"). */
export interface EthereumSigner {
  /** 20 bytes; the chain's account has the same ones. */
  readonly ethereumAddress: Uint8Array;
  /** 65 bytes r ‖ s ‖ v. */
  signText(text: string): Promise<Uint8Array>;
}

/** Who may sign: wallets of cosmjs and Keplr, Ledger devices, and wallets of Ethereum. */
export type TxSigner = OfflineDirectSigner | OfflineAminoSigner | EthereumSigner;

/** The signer of a private key of 32 bytes. */
export const signerFromKey = (key: Uint8Array): Promise<OfflineDirectSigner> =>
  DirectSecp256k1Wallet.fromKey(key, ADDRESS_PREFIX);

/** The signer of a BIP-39 mnemonic, at the path m/44'/118'/0'/0/0 that Cosmos wallets use. */
export const signerFromMnemonic = (mnemonic: string): Promise<OfflineDirectSigner> =>
  DirectSecp256k1HdWallet.fromMnemonic(mnemonic, { prefix: ADDRESS_PREFIX });

/** The signer of an Ethereum account's private key of 32 bytes. */
export const signerFromEthereumKey = (key: Uint8Array): EthereumSigner => ({
  ethereumAddress: ethereumAddress(key),
  signText: async (text) => signPersonal(text, key),
});

/** A browser wallet, e.g. `window.ethereum` (EIP-1193). */
export interface EthereumProvider {
  request(call: { readonly method: string; readonly params?: readonly unknown[] }): Promise<unknown>;
}

const bytesOf = (answer: unknown, length: number): Uint8Array => {
  const text = typeof answer === "string" ? answer.toLowerCase() : "";
  if (text.length !== 2 + 2 * length || !/^0x[0-9a-f]+$/.test(text))
    throw new ClientError("badAnswer", `the wallet's answer is not ${length} bytes in hexadecimal`);
  return fromHex(text.slice(2));
};

/** The signer of the first account that a browser wallet opens to this page; the wallet asks its owner. */
export async function signerFromWallet(provider: EthereumProvider): Promise<EthereumSigner> {
  const accounts = await provider.request({ method: "eth_requestAccounts" });
  const address = bytesOf(Array.isArray(accounts) ? accounts[0] : undefined, ETHEREUM_ADDRESS_BYTES);
  return {
    ethereumAddress: address,
    signText: async (text) => {
      const params = [`0x${toHex(utf8(text))}`, `0x${toHex(address)}`];
      return bytesOf(await provider.request({ method: "personal_sign", params }), 65);
    },
  };
}
