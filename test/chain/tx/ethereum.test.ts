import assert from "node:assert/strict";
import test from "node:test";
import { DirectEthSecp256k1Wallet } from "@cosmjs/proto-signing";
import { SigningStargateClient } from "@cosmjs/stargate";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { TxRaw as CosmjsTxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { toHex } from "#chain/bytes/hex.ts";
import { bigFromBytes, u128be } from "#chain/bytes/int.ts";
import { anyOfKey, keyAddress } from "#chain/protocol/account-key.ts";
import { ADDRESS_PREFIX, toAddress } from "#chain/protocol/address.ts";
import { ethereumAddress, signPersonal } from "#chain/protocol/eip191.ts";
import { type SignContent, signText } from "#chain/protocol/sign-doc.ts";
import { iterumRegistry } from "#client/registry.ts";
import { MsgSend } from "#proto/gen/cosmos/bank.ts";
import { SignMode } from "#proto/gen/cosmos/tx/signing.ts";
import { AuthInfo, type Fee, type SignerInfo, TxBody, TxRaw } from "#proto/gen/cosmos/tx.ts";
import { KeyType } from "#proto/gen/iterum/auth.ts";
import { MsgDonate } from "#proto/gen/iterum/treasury.ts";
import { CHAIN_ID, DENOM, GAME_ID } from "#test/kit/genesis.ts";
import { ben, chainWith, ethereumPerson, FEE, signerData } from "./people.ts";

const eve = ethereumPerson("eve");
const key = { type: KeyType.KEY_TYPE_ETHEREUM, bytes: eve.publicKey };
const address = toAddress(ethereumAddress(eve.secret));
const fee: Fee = { amount: [{ denom: DENOM, amount: 1_000n }], gasLimit: 1_000_000n, payer: "", granter: "" };
const gift = { sender: address, gameId: GAME_ID, amount: 11n };
const send = { fromAddress: address, toAddress: ben.address, amount: [{ denom: DENOM, amount: 7n }] };

const content = (change: Partial<SignContent> = {}): SignContent => ({
  chainId: CHAIN_ID,
  address,
  accountNumber: 7n,
  sequence: 0n,
  body: { ...TxBody.zero(), memo: "rent" },
  fee,
  messages: [
    { codec: MsgSend, value: send },
    { codec: MsgDonate, value: gift },
  ] as SignContent["messages"],
  anyTypes: new Map(),
  ...change,
});

const EXPECTED = `Iterum transaction

Chain: "iterum-test"
Signer: ${address}
Account: number 7, sequence 0
Fee: 1000 uiter for at most 1000000 gas
Fee payer: the first signer
Fee granter: none
Memo: "rent"
Last height: any
Last time: any

Message 1 of 2: cosmos.bank.v1beta1.MsgSend
{
  "amount": [
    {
      "amount": "7",
      "denom": "uiter"
    }
  ],
  "from_address": "${address}",
  "to_address": "${ben.address}"
}

Message 2 of 2: iterum.treasury.v1.MsgDonate
{
  "amount": "11",
  "game_id": "spam",
  "sender": "${address}"
}`;

test("the text of a transaction is what a person can read", () => {
  assert.equal(signText(content()), EXPECTED);
});

test("whatever changes in a transaction changes its text", () => {
  const { body, messages } = content();
  const timeoutTimestamp = { seconds: 1_700_000_000n, nanos: 1 };
  const changes: readonly Partial<SignContent>[] = [
    {},
    { chainId: "iterum-test2" },
    { address: ben.address },
    { accountNumber: 8n },
    { sequence: 1n },
    { fee: { ...fee, gasLimit: 1_000_001n } },
    { fee: { ...fee, amount: [] } },
    { fee: { ...fee, amount: [...fee.amount, { denom: "uother", amount: 1n }] } },
    { fee: { ...fee, payer: address } },
    { fee: { ...fee, granter: ben.address } },
    { body: { ...body, memo: 'rent"\nLast height: any' } },
    { body: { ...body, timeoutHeight: 1n } },
    { body: { ...body, timeoutTimestamp } },
    { body: { ...body, timeoutTimestamp: { ...timeoutTimestamp, nanos: 2 } } },
    { body: { ...body, timeoutTimestamp, unordered: true } },
    { messages: messages.slice(1) },
    { messages: messages.toReversed() },
    {
      messages: [{ ...messages[0], value: { ...send, toAddress: address } }, messages[1]] as typeof messages,
    },
  ];
  const texts = changes.map((change) => signText(content(change)));
  assert.equal(new Set(texts).size, texts.length);
});

test("an Ethereum key's account has the address of Ethereum", () => {
  assert.equal(keyAddress(key), address);
  assert.equal(keyAddress({ ...key, bytes: Uint8Array.of(2, ...new Uint8Array(31), 5) }), undefined);
});

const info = (sequence: bigint, mode: number = SignMode.SIGN_MODE_EIP_191): SignerInfo => ({
  publicKey: anyOfKey(key),
  modeInfo: { single: { mode }, multi: undefined },
  sequence,
});

/** A transaction of eve's as her browser wallet signs it, or with a signature of another making. */
function signed(
  chain: ReturnType<typeof chainWith>,
  sign = (text: string): Uint8Array => signPersonal(text, eve.secret),
  signer: (sequence: bigint) => SignerInfo = info,
): Uint8Array {
  const at = signerData(chain, address);
  const sequence = BigInt(at.sequence);
  const text = signText(content({ accountNumber: at.accountNumber, sequence }));
  const messages = [
    { typeUrl: MsgSend.typeUrl, value: MsgSend.encode(send) },
    { typeUrl: MsgDonate.typeUrl, value: MsgDonate.encode(gift) },
  ];
  return TxRaw.encode({
    bodyBytes: TxBody.encode({ ...TxBody.zero(), memo: "rent", messages }),
    authInfoBytes: AuthInfo.encode({ signerInfos: [signer(sequence)], fee, tip: undefined }),
    signatures: [sign(text)],
  });
}

test("a chain executes what a browser wallet signs, once", async () => {
  const chain = chainWith(address);
  const bytes = signed(chain);
  const { results } = await chain.rawBlock([bytes, bytes]);
  assert.deepEqual(
    results.map(({ code, codespace }) => [codespace, code]),
    [
      ["", 0],
      ["sdk", 32],
    ],
  );
  assert.equal((await chain.rawBlock([signed(chain)])).results[0]?.log, "");
});

test("a signature has one form: low s, the right v of 27 or 28, 65 bytes", async () => {
  const chain = chainWith(address);
  const order = secp256k1.Point.Fn.ORDER;
  const personal = (text: string): Uint8Array => signPersonal(text, eve.secret);
  const highS = (text: string): Uint8Array => {
    const signature = personal(text);
    const s = order - bigFromBytes(signature.subarray(32, 64));
    const twin = [...u128be(s >> 128n), ...u128be(s % (1n << 128n))];
    return Uint8Array.of(...signature.subarray(0, 32), ...twin, 55 - (signature[64] as number));
  };
  const withV =
    (change: (v: number) => number) =>
    (text: string): Uint8Array =>
      personal(text).map((byte, i) => (i === 64 ? change(byte) : byte));
  const forgeries = [
    highS,
    withV((v) => 55 - v),
    withV((v) => v - 27),
    withV((v) => v + 8),
    withV((v) => v + 2),
    (text: string) => personal(text).subarray(0, 64),
    (text: string) => personal(`${text} `),
    (text: string) => signPersonal(text, ethereumPerson("mallory").secret),
  ];
  const { results } = await chain.rawBlock([...forgeries.map((sign) => signed(chain, sign)), signed(chain)]);
  assert.deepEqual(
    results.map(({ code }) => code),
    [...forgeries.map(() => 4), 0],
  );
});

test("a key of the other type, or none, signs for no Ethereum account", async () => {
  const chain = chainWith(address);
  const cosmos = anyOfKey({ type: KeyType.KEY_TYPE_SECP256K1, bytes: eve.publicKey });
  const keys = [cosmos, undefined, anyOfKey({ ...key, bytes: ethereumPerson("mallory").publicKey })];
  const txs = keys.map((publicKey) =>
    signed(chain, undefined, (sequence) => ({ ...info(sequence), publicKey })),
  );
  const { results } = await chain.rawBlock(txs);
  assert.deepEqual(
    results.map(({ code }) => code),
    [8, 8, 8],
  );
});

test("cosmjs reads such an account, and its wallets for chains with EVM sign for it", async () => {
  const wallet = await DirectEthSecp256k1Wallet.fromKey(eve.secret, ADDRESS_PREFIX);
  const [account] = await wallet.getAccounts();
  assert.equal(account?.address, address);
  const chain = chainWith(address);
  const client = await SigningStargateClient.offline(wallet, { registry: iterumRegistry() });
  const coins = [{ denom: DENOM, amount: "7" }];
  const said = [{ typeUrl: MsgSend.typeUrl, value: { ...send, amount: coins } }];
  const raw = await client.sign(address, said, FEE, "", signerData(chain, address));
  assert.equal(
    toHex(AuthInfo.decode(raw.authInfoBytes).signerInfos[0]?.publicKey?.value ?? eve.secret),
    toHex(anyOfKey(key).value),
  );
  const bytes = CosmjsTxRaw.encode(raw).finish();
  assert.equal((await chain.rawBlock([bytes])).results[0]?.log, "");
});
