import assert from "node:assert/strict";
import test from "node:test";
import { Tx as CosmjsTx } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { sha256 } from "#chain/bytes/hash.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { ChainError, ensure } from "#chain/kernel/error.ts";
import { TX_BYTES_MAX, TX_GAS_MAX, TX_MEMO_BYTES_MAX, TX_MESSAGES_MAX } from "#chain/limits.ts";
import type { Codec } from "#chain/proto/codec.ts";
import { ensureInTime } from "#chain/tx/deadline.ts";
import { decodeTx, type MessageType, type TxTypes } from "#chain/tx/decode.ts";
import { errors } from "#chain/tx/errors.ts";
import { FEE_COINS_MAX } from "#chain/tx/fees.ts";
import { MsgSend } from "#proto/gen/cosmos/bank.ts";
import { SignMode } from "#proto/gen/cosmos/tx/signing.ts";
import { type AuthInfo, type Fee, TxBody, TxRaw } from "#proto/gen/cosmos/tx.ts";
import { Any } from "#proto/gen/google/protobuf.ts";
import { ann, authInfo, ben, body, cat, fee, is, send, signerInfo, types, unsigned } from "./kit.ts";

const decode = (bytes: Uint8Array) => decodeTx(bytes, types);
type Case = readonly [what: string, bytes: Uint8Array, error: Parameters<typeof is>[0]];

const withBody = (fields: Partial<TxBody>): Uint8Array => unsigned(body(fields));
const withAuth = (fields: Partial<AuthInfo>): Uint8Array => unsigned(body(), authInfo(fields));
const withFee = (fields: Partial<Fee>): Uint8Array => withAuth({ fee: { ...fee, ...fields } });
const withSignatures = (...signatures: readonly Uint8Array[]): Uint8Array =>
  TxRaw.encode({ ...TxRaw.decode(unsigned()), signatures });
const withMode = (mode: number): Uint8Array =>
  withAuth({ signerInfos: [{ ...signerInfo(ann), modeInfo: { single: { mode }, multi: undefined } }] });

const at = (seconds: bigint, nanos = 0) => ({ seconds, nanos });
const amino = authInfo({
  signerInfos: [
    {
      ...signerInfo(ann),
      modeInfo: { single: { mode: SignMode.SIGN_MODE_LEGACY_AMINO_JSON }, multi: undefined },
    },
  ],
});

test("a transaction decodes into its messages, signers, payer and fee", () => {
  const bytes = unsigned();
  const tx = decode(bytes);
  assert.deepEqual(tx.hash, sha256(bytes));
  assert.deepEqual(tx.signers, [ann.address]);
  assert.equal(tx.payer, ann.address);
  assert.deepEqual(tx.fee, fee);
  const [message] = tx.messages as [(typeof tx.messages)[0]];
  assert.equal((message.value as MsgSend).toAddress, cat.address);
});

test("each person signs once, in the order of the messages, and the payer of the fee last", () => {
  const messages = [send(ben), send(ann), send(ben, 6n)];
  const signerInfos = [signerInfo(ben), signerInfo(ann), signerInfo(cat)];
  const paying = { ...fee, payer: cat.address };
  const tx = decode(unsigned(body({ messages }), authInfo({ signerInfos, fee: paying })));
  assert.deepEqual(tx.signers, [ben.address, ann.address, cat.address]);
  assert.equal(tx.payer, cat.address);
  const own = decode(withFee({ payer: ann.address }));
  assert.deepEqual(own.signers, [ann.address]);
});

const anyMessages = (count: number) => Array.from({ length: count }, (_, i) => send(ann, BigInt(i + 1)));
const manyCoins = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ denom: `utest${String.fromCharCode(97 + i)}`, amount: 1n }));
const two = [
  { denom: "utestb", amount: 1n },
  { denom: "utesta", amount: 1n },
];

const limits: readonly Case[] = [
  ["longer than the limit", new Uint8Array(TX_BYTES_MAX + 1), errors.TxTooLarge],
  ["without a message", withBody({ messages: [] }), errors.NoMessages],
  ["of too many messages", withBody({ messages: anyMessages(TX_MESSAGES_MAX + 1) }), errors.TooManyMessages],
  ["with too long a memo", withBody({ memo: "é".repeat(TX_MEMO_BYTES_MAX / 2 + 1) }), errors.MemoTooLarge],
  ["without gas", withFee({ gasLimit: 0n }), errors.InvalidGasLimit],
  ["with too much gas", withFee({ gasLimit: TX_GAS_MAX + 1n }), errors.InvalidGasLimit],
  ["with too many fee coins", withFee({ amount: manyCoins(FEE_COINS_MAX + 1) }), errors.InvalidCoins],
  ["with an unsorted fee", withFee({ amount: two }), errors.InvalidCoins],
  ["with a coin twice", withFee({ amount: [two[1], two[1]] as typeof two }), errors.InvalidCoins],
  ["with a fee of zero", withFee({ amount: [{ denom: "utesta", amount: 0n }] }), errors.InvalidCoins],
  ["with a coin of no name", withFee({ amount: [{ denom: "", amount: 1n }] }), errors.InvalidCoins],
  [
    "with a coin whose name has a line break",
    withFee({ amount: [{ denom: "utest\nFee: 1", amount: 1n }] }),
    errors.InvalidCoins,
  ],
  [
    "of too many signatures",
    withSignatures(...Array.from({ length: TX_MESSAGES_MAX + 2 }, () => new Uint8Array(64))),
    errors.TooManySignatures,
  ],
];

const refused: readonly Case[] = [
  ["with an extension", withBody({ extensionOptions: [send(ann)] }), errors.UnknownExtension],
  ["with an option", withBody({ nonCriticalExtensionOptions: [send(ann)] }), errors.UnknownExtension],
  ["without an order and a time limit", withBody({ unordered: true }), errors.BadDeadline],
  ["of a time that is none", withBody({ timeoutTimestamp: at(1n, 1_000_000_000) }), errors.BadDeadline],
  ["of a time before 1970", withBody({ timeoutTimestamp: at(-1n) }), errors.BadDeadline],
  ["of a time far away", withBody({ timeoutTimestamp: at(1n << 40n) }), errors.BadDeadline],
  [
    "without an order but with a sequence",
    unsigned(
      body({ unordered: true, timeoutTimestamp: at(1n) }),
      authInfo({ signerInfos: [signerInfo(ann, 1n)] }),
    ),
    errors.BadDeadline,
  ],
  ["with a tip", withAuth({ tip: { amount: [], tipper: ann.address } }), errors.NotSupported],
  ["paid by a granter we do not know", withFee({ granter: "cosmos1nobody" }), errors.InvalidAddress],
  ["paid by nobody we know", withFee({ payer: "cosmos1nobody" }), errors.InvalidAddress],
  ["paid by one who does not sign", withFee({ payer: ben.address }), errors.Unauthorized],
  ["without a fee", withAuth({ fee: undefined }), errors.InvalidGasLimit],
  ["without signatures", withSignatures(), errors.NoSignatures],
  ["with a signature of 63 bytes", withSignatures(new Uint8Array(63)), errors.Unauthorized],
  ["with a signature of 65 bytes", withSignatures(new Uint8Array(65)), errors.Unauthorized],
  ["with an empty signature", withSignatures(new Uint8Array()), errors.Unauthorized],
  ["signed twice", withSignatures(new Uint8Array(64), new Uint8Array(64)), errors.Unauthorized],
  [
    "with a signer too many",
    withAuth({ signerInfos: [signerInfo(ann), signerInfo(ben)] }),
    errors.Unauthorized,
  ],
  ["with no signer's information", withAuth({ signerInfos: [] }), errors.NoSignatures],
  ["signed in another mode", withMode(SignMode.SIGN_MODE_TEXTUAL), errors.NotSupported],
  ["signed as text by a key of Cosmos", withMode(SignMode.SIGN_MODE_EIP_191), errors.InvalidPubKey],
  [
    "signed in Amino, whose document lacks time limits",
    unsigned(body({ timeoutTimestamp: at(1n) }), amino),
    errors.NotSupported,
  ],
  ["signed in no mode", withMode(SignMode.SIGN_MODE_UNSPECIFIED), errors.NotSupported],
  [
    "of a message nobody knows",
    withBody({ messages: [{ typeUrl: "/x.Y", value: utf8("a") }] }),
    errors.UnknownMessage,
  ],
  [
    "signed by no address of ours",
    withBody({
      messages: [
        {
          typeUrl: MsgSend.typeUrl,
          value: MsgSend.encode({ fromAddress: "cosmos1x", toAddress: "", amount: [] }),
        },
      ],
    }),
    errors.InvalidAddress,
  ],
];

for (const [what, bytes, error] of [...limits, ...refused])
  test(`a transaction ${what} is refused`, () => {
    assert.throws(() => decode(bytes), is(error));
  });

test("what reaches each limit exactly is accepted", () => {
  decode(withBody({ messages: anyMessages(TX_MESSAGES_MAX) }));
  decode(withBody({ memo: "é".repeat(TX_MEMO_BYTES_MAX / 2) }));
  decode(withFee({ gasLimit: TX_GAS_MAX }));
  decode(withFee({ gasLimit: 1n, amount: [] }));
  decode(withFee({ amount: manyCoins(FEE_COINS_MAX) }));
  const short = unsigned();
  const padded = (pad: number): Uint8Array => unsigned(body({ messages: [send(ann), filler(pad)] }));
  const room = TX_BYTES_MAX - padded(100_000).length + 100_000;
  assert.ok(short.length < TX_BYTES_MAX && padded(room).length === TX_BYTES_MAX);
  decodeTx(padded(room), fillers);
  assert.throws(() => decodeTx(padded(room + 1), fillers), is(errors.TxTooLarge));
});

/** A message of any size, to reach the limit of bytes with. */
const filler = (bytes: number) => ({
  typeUrl: "/test.Filler",
  value: MsgSend.encode({ fromAddress: ann.address, toAddress: "x".repeat(bytes), amount: [] }),
});
const fillers: TxTypes<MessageType> = { ...types, message: () => types.message(MsgSend.typeUrl) };

test("a message's own check runs, and its error is the transaction's", () => {
  const { InvalidCoins } = errors;
  const type: MessageType = {
    request: MsgSend as Codec<unknown>,
    handler: {
      signer: (message) => (message as MsgSend).fromAddress,
      check: (message) => ensure((message as MsgSend).amount.length > 1, InvalidCoins),
    },
  };
  assert.throws(() => decodeTx(unsigned(), { ...types, message: () => type }), is(InvalidCoins));
});

test("a message inside a message is refused unless its type is allowed", () => {
  // A body as a message: it holds a list of Any.
  const carrier: MessageType = { request: TxBody as Codec<unknown>, handler: { signer: () => ann.address } };
  const nestedAny = new Map([["/allowed.Type", MsgSend as Codec<unknown>]]);
  const carriers: TxTypes<MessageType> = { message: () => carrier, nestedAny };
  const carrying = (typeUrl: string, value: Uint8Array): Uint8Array =>
    withBody({
      messages: [{ typeUrl: "/x.Carrier", value: TxBody.encode(body({ messages: [{ typeUrl, value }] })) }],
    });
  const { value } = send(ann);
  decodeTx(carrying("/allowed.Type", value), carriers);
  assert.throws(() => decodeTx(carrying(MsgSend.typeUrl, value), carriers), is(errors.NestedAny));
  const untidy = Uint8Array.of(...value, 0x7a, 0);
  assert.throws(() => decodeTx(carrying("/allowed.Type", untidy), carriers), is(errors.TxDecode));
});

test("the last height at which a transaction may execute is its timeout height", () => {
  const tx = decode(withBody({ timeoutHeight: 10n }));
  ensureInTime(tx, { height: 10n, timeMs: 0n });
  assert.throws(() => ensureInTime(tx, { height: 11n, timeMs: 0n }), is(errors.TimeoutHeight));
  ensureInTime(decode(unsigned()), { height: 1n << 40n, timeMs: 1n << 40n });
});

test("the last time at which a transaction may execute is its timeout timestamp", () => {
  const height = 1n;
  const timely = decode(withBody({ timeoutTimestamp: at(10n, 5_000_000) }));
  ensureInTime(timely, { height, timeMs: 0n });
  ensureInTime(timely, { height, timeMs: 10_005n });
  assert.throws(() => ensureInTime(timely, { height, timeMs: 10_006n }), is(errors.Timeout));
  const unordered = decode(withBody({ unordered: true, timeoutTimestamp: at(1_000n) }));
  ensureInTime(unordered, { height, timeMs: 400_000n });
  assert.throws(() => ensureInTime(unordered, { height, timeMs: 399_999n }), is(errors.BadDeadline));
});

test("a client may simulate without fee, mode and signature, as cosmjs does, but not execute", () => {
  const unset = { single: { mode: SignMode.SIGN_MODE_UNSPECIFIED }, multi: undefined };
  const bytes = CosmjsTx.encode(
    CosmjsTx.fromPartial({
      body: { messages: [send(ann)], memo: "" },
      authInfo: { fee: {}, signerInfos: [{ ...signerInfo(ann), modeInfo: { single: unset.single } }] },
      signatures: [new Uint8Array()],
    }),
  ).finish();
  const tx = decodeTx(bytes, types, "simulate");
  assert.deepEqual(tx.signers, [ann.address]);
  assert.equal(tx.fee.gasLimit, 0n);
  assert.throws(() => decode(bytes), ChainError);
});

test("unknown fields, zero values on the wire and fields out of order are refused in every part", () => {
  const raw = TxRaw.decode(unsigned());
  const parts: readonly Partial<TxRaw>[] = [
    { bodyBytes: Uint8Array.of(...raw.bodyBytes, 0x7a, 0) },
    { bodyBytes: Uint8Array.of(...raw.bodyBytes, 0x18, 0) },
    { bodyBytes: Uint8Array.of(...raw.bodyBytes, 0x12, 0) },
    { authInfoBytes: Uint8Array.of(...raw.authInfoBytes, 0x7a, 0) },
    { authInfoBytes: Uint8Array.of(...raw.authInfoBytes, ...raw.authInfoBytes) },
    { bodyBytes: raw.bodyBytes.subarray(0, -1) },
    { bodyBytes: new Uint8Array(0), authInfoBytes: raw.authInfoBytes },
  ];
  for (const part of parts.slice(0, -1))
    assert.throws(() => decode(TxRaw.encode({ ...raw, ...part })), is(errors.TxDecode));
  assert.throws(() => decode(TxRaw.encode({ ...raw, ...parts.at(-1) })), is(errors.NoMessages));
  const longMessage = Any.encode({ ...send(ann), value: Uint8Array.of(...send(ann).value, 0x7a, 0) });
  const bodyBytes = Uint8Array.of(0x0a, ...varint(longMessage.length), ...longMessage);
  assert.throws(() => decode(TxRaw.encode({ ...raw, bodyBytes })), is(errors.TxDecode));
});

const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, value >> 7]);
