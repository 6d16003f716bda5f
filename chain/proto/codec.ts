import { decodeMessage } from "./decode.ts";
import { writeField, writeMessage } from "./encode.ts";
import { type FieldInfo, type FieldRow, fieldInfos, isDecimal } from "./field.ts";
import type { Sink } from "./write.ts";

/** Encodes and decodes one message type of protobuf; the generated files hold one for each. */
export interface Codec<T> {
  /** Full name with its package, e.g. `cosmos.bank.v1beta1.MsgSend`. */
  readonly name: string;
  /** The name after a slash, as `Any` carries it. */
  readonly typeUrl: string;
  /** In ascending order of their numbers. */
  readonly fields: readonly FieldInfo[];
  /** How many fields must be on the wire: decimals without `optional`. */
  readonly required: number;
  /** A message of zero values; lists and bytes are shared and frozen, so replace, never change them. */
  zero(): T;
  /** The one valid encoding; throws EncodeError on a value that its field cannot carry. */
  encode(value: T): Uint8Array;
  /**
   * The message that the bytes encode; throws DecodeError unless they are exactly what `encode` writes for
   * it. Types of CometBFT itself are read leniently, as proto3 says.
   */
  decode(bytes: Uint8Array): T;
  /** The same, with fields of bytes that are parts of the given ones: for those that never change. */
  view(bytes: Uint8Array): T;
}

/** One method of a service: its gRPC path and the codecs of its two messages. */
export interface Rpc<Request, Response> {
  readonly path: string;
  readonly request: Codec<Request>;
  readonly response: Codec<Response>;
}

/** One field as it stands in a message, its tag first; for messages that hold just one of many. */
export function encodeField(field: FieldInfo, value: unknown): Uint8Array {
  const sink: Sink = { bytes: scratch, at: 0 };
  writeField(field, value, sink);
  return sink.bytes.slice(0, sink.at);
}

/** The empty list of fresh messages. */
export const none: readonly never[] = Object.freeze([]);
/** The empty bytes of fresh messages. */
export const noBytes: Uint8Array = new Uint8Array(0);

/**
 * The bytes as no Buffer, whose slices would share memory. To ask a small array for its buffer makes one,
 * which costs more than to read a message, so it is asked for no more than needed.
 */
const plain = (bytes: Uint8Array): Uint8Array =>
  bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);

/** Where messages are put together; what is longer grows an array of its own. Nothing is read from it. */
const scratch = new Uint8Array(4096);

/**
 * The codec of one message type from the generator's table: `zero` makes a fresh message, `rows` are its
 * fields in ascending order, `lenient` reads as proto3 does instead of strictly.
 */
export function codec<T>(
  name: string,
  zero: () => T,
  rows: readonly FieldRow[],
  lenient: "lenient" | "strict" = "strict",
): Codec<T> {
  const fields = fieldInfos(rows);
  const self: Codec<T> = {
    name,
    typeUrl: `/${name}`,
    fields,
    required: fields.filter((field) => isDecimal(field.op) && field.implicit).length,
    zero,
    encode(value) {
      const sink: Sink = { bytes: scratch, at: 0 };
      writeMessage(self, value, sink);
      return sink.bytes.slice(0, sink.at);
    },
    decode: (bytes) => decodeMessage(self, plain(bytes), lenient === "lenient") as T,
    view: (bytes) => decodeMessage(self, plain(bytes), lenient === "lenient", true) as T,
  };
  return self;
}
