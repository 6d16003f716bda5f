import {
  DirectSecp256k1HdWallet,
  DirectSecp256k1Wallet,
  type OfflineDirectSigner,
} from "@cosmjs/proto-signing";
import { ADDRESS_PREFIX } from "#chain/protocol/address.ts";

/** The signer of a private key of 32 bytes. */
export const signerFromKey = (key: Uint8Array): Promise<OfflineDirectSigner> =>
  DirectSecp256k1Wallet.fromKey(key, ADDRESS_PREFIX);

/** The signer of a BIP-39 mnemonic, at the path m/44'/118'/0'/0/0 that Cosmos wallets use. */
export const signerFromMnemonic = (mnemonic: string): Promise<OfflineDirectSigner> =>
  DirectSecp256k1HdWallet.fromMnemonic(mnemonic, { prefix: ADDRESS_PREFIX });
