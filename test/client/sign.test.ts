import assert from "node:assert/strict";
import { test } from "node:test";
import { type OfflineAminoSigner, Secp256k1Wallet } from "@cosmjs/amino";
import { fromHex, toHex } from "#chain/bytes/hex.ts";
import { fromUtf8 } from "#chain/bytes/utf8.ts";
import { ADDRESS_PREFIX } from "#chain/protocol/address.ts";
import { ethereumAddress, signPersonal } from "#chain/protocol/eip191.ts";
import { msgSend } from "#client/bank.ts";
import { ClientError } from "#client/errors.ts";
import { encodeMessage } from "#client/registry.ts";
import { accountOf, type SigningAccount, type TxPlan } from "#client/sign.ts";
import {
  type EthereumProvider,
  signerFromEthereumKey,
  signerFromKey,
  signerFromWallet,
} from "#client/signer.ts";
import { msgDonate } from "#client/treasury.ts";
import { ann, ben, chainWith, ethereumPerson, signerData } from "../chain/tx/people.ts";
import { CHAIN_ID, DENOM, GAME_ID } from "../kit/genesis.ts";

const eve = ethereumPerson("eve");

/** The plan of a transaction of the account's on a chain, as the client would make it. */
function planOf(chain: ReturnType<typeof chainWith>, { address }: SigningAccount, unordered = false): TxPlan {
  const { accountNumber, sequence } = signerData(chain, address);
  const messages = [
    msgSend({ fromAddress: address, toAddress: ben.address, amount: [{ denom: DENOM, amount: 3n }] }),
    msgDonate({ sender: address, gameId: GAME_ID, amount: 2n }),
  ].map(encodeMessage);
  const fee = { amount: [{ denom: DENOM, amount: 1_000n }], gasLimit: 1_000_000n, payer: "", granter: "" };
  const plan = { messages, memo: "é <&> 1", fee, timeoutHeight: 50n, chainId: CHAIN_ID, accountNumber };
  return unordered
    ? { ...plan, sequence: 0n, deadlineNs: 1_780_000_100_000_000_007n }
    : { ...plan, sequence: BigInt(sequence) };
}

/** A browser wallet that counts v from 0, as some hardware does. */
const wallet = (secret: Uint8Array): EthereumProvider => ({
  request: async ({ method, params = [] }) => {
    if (method === "eth_requestAccounts") return [`0x${toHex(ethereumAddress(secret)).toUpperCase()}`];
    const [text, address] = params as readonly [string, string];
    assert.equal(method, "personal_sign");
    assert.equal(address, `0x${toHex(ethereumAddress(secret))}`);
    const signature = signPersonal(fromUtf8(fromHex(text.slice(2))), secret);
    return `0x${toHex(signature.map((byte, i) => (i === 64 ? byte - 27 : byte)))}`;
  },
});

test("the chain executes what every kind of signer signs for the client", async () => {
  const signers = [
    await signerFromKey(ann.secretKey),
    await Secp256k1Wallet.fromKey(ann.secretKey, ADDRESS_PREFIX),
    signerFromEthereumKey(eve.secret),
    await signerFromWallet(wallet(eve.secret)),
  ];
  for (const signer of signers) {
    const account = await accountOf(signer);
    const chain = account.address === ann.address ? chainWith() : chainWith(account.address);
    const { results } = await chain.rawBlock([await account.sign(planOf(chain, account))]);
    assert.equal(results[0]?.log, "");
    if (!account.signsUnordered) continue;
    const tx = await account.sign(planOf(chain, account, true));
    const twice = await chain.rawBlock([tx, tx]);
    assert.deepEqual(
      twice.results.map(({ code }) => code),
      [0, 19],
    );
  }
});

test("a wallet that signs another document than it was given is found out", async () => {
  const honest = await Secp256k1Wallet.fromKey(ann.secretKey, ADDRESS_PREFIX);
  const meddling: OfflineAminoSigner = {
    getAccounts: () => honest.getAccounts(),
    signAmino: (address, document) => honest.signAmino(address, { ...document, memo: "mine" }),
  };
  const chain = chainWith();
  const account = await accountOf(meddling);
  await assert.rejects(
    account.sign(planOf(chain, account)),
    (error) => error instanceof ClientError && error.kind === "badAnswer",
  );
});

test("a wallet that answers nonsense is an error of the wallet", async () => {
  const isBad = (error: unknown): boolean => error instanceof ClientError && error.kind === "badAnswer";
  for (const answer of [undefined, [], ["0x12"], ["x".repeat(42)]])
    await assert.rejects(signerFromWallet({ request: async () => answer }), isBad);
  const chain = chainWith();
  const account = await accountOf({
    ethereumAddress: ethereumAddress(eve.secret),
    signText: async () => new Uint8Array(65),
  });
  const plan = planOf(chain, await accountOf(await signerFromKey(ann.secretKey)));
  await assert.rejects(account.sign(plan), isBad);
});
