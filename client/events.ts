import { fromHex } from "#chain/bytes/hex.ts";
import type { Codec } from "#chain/proto/codec.ts";
import { type FieldInfo, KINDS } from "#chain/proto/field.ts";
import * as commitments from "#proto/gen/iterum/commitments.ts";
import * as community from "#proto/gen/iterum/community.ts";
import * as elections from "#proto/gen/iterum/elections.ts";
import * as markets from "#proto/gen/iterum/markets.ts";
import * as proofs from "#proto/gen/iterum/proofs.ts";
import * as rounds from "#proto/gen/iterum/rounds.ts";
import * as treasury from "#proto/gen/iterum/treasury.ts";
import { ClientError } from "./errors.ts";
import type { ChainEvent } from "./tx.ts";

/** Codecs of the events of every module, by the type that events carry. */
const eventCodecs: ReadonlyMap<string, Codec<unknown>> = new Map(
  [commitments, community, elections, markets, proofs, rounds, treasury].flatMap((generated) =>
    Object.entries(generated as Readonly<Record<string, unknown>>)
      .filter(([name]) => name.startsWith("Event"))
      .map(([, codec]) => [(codec as Codec<unknown>).name, codec as Codec<unknown>] as const),
  ),
);

/** An event with its typed value. */
export interface TypedEvent {
  /** Full name of the message, for example "iterum.markets.v1.EventOrderPlaced". */
  readonly type: string;
  readonly value: unknown;
}

/** The events of one type: `eventsOf(EventOrderPlaced, result.events)`. Throws ClientError badAnswer. */
export const eventsOf = <T>(codec: Codec<T>, events: readonly ChainEvent[]): T[] =>
  events.filter(({ type }) => type === codec.name).map((event) => readEvent(codec, event));

/** The event as the module that emitted it wrote it; undefined for those of no module, such as "transfer". */
export function typedEvent(event: ChainEvent): TypedEvent | undefined {
  const codec = eventCodecs.get(event.type);
  return codec && { type: event.type, value: readEvent(codec, event) };
}

function readEvent<T>(codec: Codec<T>, { type, attributes }: ChainEvent): T {
  const texts = new Map(attributes.map(({ key, value }) => [key, value]));
  const entries = codec.fields.map((field) => {
    const text = texts.get(field.protoName);
    if (text === undefined) throw new ClientError("badAnswer", `${type} lacks ${field.protoName}`);
    return [field.name, field.repeated ? readList(field, text) : readOne(field, text)] as const;
  });
  return Object.fromEntries(entries) as T;
}

/** Lists are joined by commas; what is listed (addresses, numbers) has none. */
const readList = (field: FieldInfo, text: string): unknown[] =>
  text === "" ? [] : text.split(",").map((part) => readOne(field, part));

function readOne(field: FieldInfo, text: string): unknown {
  try {
    switch (field.op) {
      case KINDS.string:
        return text;
      case KINDS.bytes:
        return fromHex(text);
      case KINDS.bool:
        return text === "true";
      case KINDS.uint64:
      case KINDS.int64:
      case KINDS.sint64:
      case KINDS.int:
        if (!/^-?[0-9]{1,39}$/.test(text)) throw new RangeError("not a whole number");
        return BigInt(text);
      default:
        if (!/^-?[0-9]{1,10}$/.test(text)) throw new RangeError("not a number");
        return Number(text);
    }
  } catch (error) {
    throw new ClientError("badAnswer", `${field.protoName}: "${text.slice(0, 80)}"`, {}, { cause: error });
  }
}
