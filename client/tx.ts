import type { Codec } from "#chain/proto/codec.ts";
import { TxMsgData } from "#proto/gen/cosmos/base/abci.ts";
import type { Any } from "#proto/gen/google/protobuf.ts";
import { ClientError } from "./errors.ts";

/** A message of a transaction before it is encoded, as cosmjs takes it too. */
export interface TxMessage<T = unknown> {
  readonly typeUrl: string;
  readonly value: T;
}

/** An event of a transaction or of a block: a type and ordered attributes. */
export interface ChainEvent {
  readonly type: string;
  readonly attributes: readonly { readonly key: string; readonly value: string }[];
}

export interface SendOptions {
  /** At most 256 bytes of text for people. */
  readonly memo?: string;
  /** Gas to ask for at least; by default the sum of generous amounts per message. */
  readonly gasLimit?: bigint;
  /**
   * The most that may be paid, in base units: up to it the fee is raised when a mempool wants more or drops
   * the transaction, and a chain whose least fee is above it is sent nothing (`badInput`). Unless given here
   * or to `connect`, the fee is the least that the node tells of, whatever that is. A wallet that asks its
   * owner asks again each time.
   */
  readonly feeMax?: bigint;
  /** Who pays the fee instead, having allowed it (feegrant). */
  readonly feeGranter?: string;
  /**
   * Whether the transaction waits for no other and none for it: any number of them may be on their way. Each
   * executes at most once, within minutes, in no certain order.
   */
  readonly unordered?: boolean;
  /** How long to try, in milliseconds; default two minutes. */
  readonly deadlineMs?: number;
}

/** A committed transaction whose messages all succeeded. */
export interface TxResult {
  readonly height: bigint;
  /** SHA-256 of its bytes in upper-case hexadecimal. */
  readonly hash: string;
  readonly code: 0;
  readonly gasUsed: bigint;
  readonly events: readonly ChainEvent[];
  /** The responses of the messages, in order. */
  readonly responses: readonly Any[];
}

/** A constructor of messages of one type; fills in the type URL. */
export const messageOf =
  <T>(codec: Codec<T>) =>
  (value: T): TxMessage<T> => ({ typeUrl: codec.typeUrl, value });

/** The responses that a transaction's data hold. */
export const responsesOf = (data: Uint8Array): readonly Any[] => TxMsgData.decode(data).msgResponses;

/** The typed response of message number `index`; throws ClientError badAnswer when it is of another type. */
export function responseOf<T>(codec: Codec<T>, { responses, hash }: TxResult, index = 0): T {
  const found = responses[index];
  if (found?.typeUrl !== codec.typeUrl)
    throw new ClientError("badAnswer", `response ${index} is no ${codec.name}`, { hash });
  return codec.decode(found.value);
}
