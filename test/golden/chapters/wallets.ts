import {
  createMultisigThresholdPubkey,
  encodeSecp256k1Pubkey,
  makeSignDoc,
  pubkeyToAddress,
} from "@cosmjs/amino";
import { fromBase64 } from "@cosmjs/encoding";
import { makeMultisignedTxBytes, SigningStargateClient } from "@cosmjs/stargate";
import { TxRaw as CosmjsTxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { anyOfKey } from "#chain/protocol/account-key.ts";
import { ADDRESS_PREFIX, toAddress } from "#chain/protocol/address.ts";
import { ethereumAddress, signPersonal } from "#chain/protocol/eip191.ts";
import { type SignContent, signText } from "#chain/protocol/sign-doc.ts";
import { iterumAminoTypes } from "#client/amino.ts";
import { iterumRegistry } from "#client/registry.ts";
import { MsgSend } from "#proto/gen/cosmos/bank.ts";
import { SignMode } from "#proto/gen/cosmos/tx/signing.ts";
import { AuthInfo, type Fee, TxBody, TxRaw } from "#proto/gen/cosmos/tx.ts";
import { KeyType } from "#proto/gen/iterum/auth.ts";
import type { TestChain } from "#test/kit/chain.ts";
import { CHAIN_ID, DENOM } from "#test/kit/genesis.ts";
import { aminoWallet, ethereumPerson, FEE, signerData } from "../../chain/tx/people.ts";

/** An account whose owner signs a payment in a way of its own. */
export interface Wallet {
  readonly address: string;
  pays(chain: TestChain, to: string, amount: bigint): Promise<Uint8Array>;
}

const wallet = await aminoWallet(3);
const accounts = await wallet.getAccounts();
const [single] = accounts;
if (!single) throw new Error("a wallet without accounts");

const sendOf = (fromAddress: string, toAddress: string, amount: bigint) => ({
  typeUrl: MsgSend.typeUrl,
  value: { fromAddress, toAddress, amount: [{ denom: DENOM, amount: `${amount}` }] },
});

/** Signs Amino JSON, as Ledger devices do. */
export const aminoSigner: Wallet = {
  address: single.address,
  pays: async (chain, to, amount) => {
    const types = { registry: iterumRegistry(), aminoTypes: iterumAminoTypes() };
    const client = await SigningStargateClient.offline(wallet, types);
    const said = [sendOf(single.address, to, amount)];
    const raw = await client.sign(single.address, said, FEE, "rent", signerData(chain, single.address));
    return CosmjsTxRaw.encode(raw).finish();
  },
};

const shared = createMultisigThresholdPubkey(
  accounts.map(({ pubkey }) => encodeSecp256k1Pubkey(pubkey)),
  2,
);
const sharedAddress = pubkeyToAddress(shared, ADDRESS_PREFIX);

/** An account of three people, of whom the first and the last sign. */
export const multisig: Wallet = {
  address: sharedAddress,
  pays: async (chain, to, amount) => {
    const { accountNumber, sequence, chainId } = signerData(chain, sharedAddress);
    const message = sendOf(sharedAddress, to, amount);
    const said = [iterumAminoTypes().toAmino(message)];
    const document = makeSignDoc(said, FEE, chainId, "", accountNumber, sequence);
    const signatures = new Map<string, Uint8Array>();
    for (const { address } of [accounts[0], accounts[2]].filter((each) => each !== undefined)) {
      const { signature } = await wallet.signAmino(address, document);
      signatures.set(address, fromBase64(signature.signature));
    }
    const body = iterumRegistry().encodeTxBody({ messages: [message], memo: "" });
    return makeMultisignedTxBytes(shared, sequence, FEE, body, signatures);
  },
};

const eve = ethereumPerson("eve");
const key = { type: KeyType.KEY_TYPE_ETHEREUM, bytes: eve.publicKey };
const address = toAddress(ethereumAddress(eve.secret));

/** Signs a text that a person can read, in a browser wallet of Ethereum. */
export const ethereum: Wallet = {
  address,
  pays: async (chain, toAddress, amount) => {
    const at = signerData(chain, address);
    const sequence = BigInt(at.sequence);
    const value = { fromAddress: address, toAddress, amount: [{ denom: DENOM, amount }] };
    const fee: Fee = {
      amount: [{ denom: DENOM, amount: 1_000n }],
      gasLimit: 1_000_000n,
      payer: "",
      granter: "",
    };
    const text = signText({
      ...{ chainId: CHAIN_ID, address, accountNumber: BigInt(at.accountNumber), sequence, fee },
      ...{ body: TxBody.zero(), anyTypes: new Map() },
      messages: [{ codec: MsgSend, value }] as SignContent["messages"],
    });
    const modeInfo = { single: { mode: SignMode.SIGN_MODE_EIP_191 }, multi: undefined };
    const messages = [{ typeUrl: MsgSend.typeUrl, value: MsgSend.encode(value) }];
    const signerInfos = [{ publicKey: anyOfKey(key), modeInfo, sequence }];
    return TxRaw.encode({
      bodyBytes: TxBody.encode({ ...TxBody.zero(), messages }),
      authInfoBytes: AuthInfo.encode({ signerInfos, fee, tip: undefined }),
      signatures: [signPersonal(text, eve.secret)],
    });
  },
};
