import { utf8 } from "#chain/bytes/utf8.ts";
import type { Codec } from "#chain/proto/codec.ts";
import { type Json, toJson } from "#chain/proto/json.ts";
import { type Fee, SignDoc, type TxBody, type TxRaw } from "#proto/gen/cosmos/tx.ts";
import { Timestamp } from "#proto/gen/google/protobuf.ts";
import { type AnyTypes, aminoMessage, aminoValue, quoted, sortedJson } from "./amino.ts";

/** A message with the codec of its type. */
export interface TypedMessage {
  readonly codec: Codec<unknown>;
  readonly value: unknown;
}

/** Everything that one signer's signature covers. */
export interface SignContent {
  readonly chainId: string;
  readonly address: string;
  readonly accountNumber: bigint;
  readonly sequence: bigint;
  readonly body: TxBody;
  readonly fee: Fee;
  /** Those of the body, decoded. */
  readonly messages: readonly TypedMessage[];
  readonly anyTypes: AnyTypes;
}

/** The bytes to sign in SIGN_MODE_DIRECT. */
export const directSignBytes = (raw: TxRaw, chainId: string, accountNumber: bigint): Uint8Array =>
  SignDoc.encode({ bodyBytes: raw.bodyBytes, authInfoBytes: raw.authInfoBytes, chainId, accountNumber });

function aminoFee({ amount, gasLimit, payer, granter }: Fee): Json {
  const parties = { ...(payer !== "" && { payer }), ...(granter !== "" && { granter }) };
  const coins = amount.map(({ denom, amount: units }) => ({ denom, amount: units.toString() }));
  return { amount: coins, gas: gasLimit.toString(), ...parties };
}

/** The document of CosmJS and Ledger for SIGN_MODE_LEGACY_AMINO_JSON. */
export type AminoDocument = { readonly [key: string]: Json };

/**
 * The document to sign in SIGN_MODE_LEGACY_AMINO_JSON, made from the messages themselves. It says nothing of
 * `unordered` and `timeout_timestamp`, which this mode therefore cannot have.
 */
export function aminoDocument(content: SignContent): AminoDocument {
  const { chainId, accountNumber, sequence, body, fee, messages, anyTypes } = content;
  const timeout = body.timeoutHeight === 0n ? {} : { timeout_height: body.timeoutHeight.toString() };
  return {
    account_number: accountNumber.toString(),
    chain_id: chainId,
    fee: aminoFee(fee),
    memo: body.memo,
    msgs: messages.map(({ codec, value }): Json => ({ ...aminoMessage(codec, value, anyTypes) })),
    sequence: sequence.toString(),
    ...timeout,
  };
}

/** The bytes of that document, which are signed. */
export const aminoSignBytes = (content: SignContent): Uint8Array => utf8(sortedJson(aminoDocument(content)));

/**
 * The text that a browser wallet shows and signs (EIP-191) for SIGN_MODE_EIP_191. It names everything that a
 * transaction says, each in one way, so that no other transaction has the same text.
 */
export function signText(content: SignContent): string {
  const { chainId, address, accountNumber, sequence, body, fee, messages, anyTypes } = content;
  const turn = body.unordered ? "in any order" : `sequence ${sequence}`;
  const coins = fee.amount.map(({ denom, amount }) => `${amount} ${denom}`).join(", ");
  const { timeoutHeight, timeoutTimestamp } = body;
  const lines = [
    "Iterum transaction",
    "",
    `Chain: ${quoted(chainId)}`,
    `Signer: ${address}`,
    `Account: number ${accountNumber}, ${turn}`,
    `Fee: ${coins === "" ? "none" : coins} for at most ${fee.gasLimit} gas`,
    `Fee payer: ${fee.payer === "" ? "the first signer" : fee.payer}`,
    `Fee granter: ${fee.granter === "" ? "none" : fee.granter}`,
    `Memo: ${quoted(body.memo)}`,
    `Last height: ${timeoutHeight === 0n ? "any" : timeoutHeight}`,
    `Last time: ${timeoutTimestamp ? toJson(Timestamp, timeoutTimestamp) : "any"}`,
  ];
  for (const [i, { codec, value }] of messages.entries()) {
    lines.push("", `Message ${i + 1} of ${messages.length}: ${codec.name}`);
    lines.push(sortedJson(aminoValue(codec, value, anyTypes), ""));
  }
  return lines.join("\n");
}
