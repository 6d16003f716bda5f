import type { Codec } from "#chain/proto/codec.ts";
import { type EnumValues, type FieldInfo, KINDS } from "#chain/proto/field.ts";
import type { Json } from "#chain/proto/json.ts";

type Schema = { readonly [key: string]: Json };

/** The schemas of messages, by their names, and the comments that describe them. */
export interface SchemaBook {
  readonly schemas: Map<string, Schema>;
  readonly comments: ReadonlyMap<string, string>;
}

const wellKnown: ReadonlyMap<string, Schema> = new Map<string, Schema>([
  ["google.protobuf.Timestamp", { type: "string", format: "date-time" }],
  ["google.protobuf.Duration", { type: "string", pattern: "^-?[0-9]+(\\.[0-9]{1,9})?s$" }],
  [
    "google.protobuf.Any",
    {
      type: "object",
      description: "A message of the type that `@type` names, with its fields.",
      properties: { "@type": { type: "string" } },
      required: ["@type"],
      additionalProperties: true,
    },
  ],
]);

/** What a kind of field is in JSON. */
function scalarSchema({ op, kind, ref }: FieldInfo): Schema {
  switch (op) {
    case KINDS.bool:
      return { type: "boolean" };
    case KINDS.string:
      return { type: "string" };
    case KINDS.bytes:
      return { type: ["string", "null"], contentEncoding: "base64" };
    case KINDS.enum:
      return { type: "string", enum: Object.keys((ref as () => EnumValues)()) };
    case KINDS.int:
      return { type: "string", pattern: "^[0-9]+$" };
    case KINDS.dec:
      return { type: "string", pattern: "^[0-9]+\\.[0-9]{18}$" };
    default:
      return kind.includes("64")
        ? { type: "string", format: kind.includes("uint") ? "uint64" : "int64" }
        : { type: "integer", format: kind.includes("uint") ? "uint32" : "int32" };
  }
}

/** The schema of a field's value, noting those of the messages in it. */
export function fieldSchema(field: FieldInfo, book: SchemaBook): Schema {
  const single =
    field.op !== KINDS.message
      ? scalarSchema(field)
      : messageSchema((field.ref as () => Codec<unknown>)(), book);
  if (field.repeated) return { type: "array", items: single };
  if (field.op !== KINDS.message || field.group !== 0) return single;
  return { anyOf: [single, { type: "null" }] };
}

/** A reference to the schema of a message, which is noted with those of all that it holds. */
export function messageSchema(codec: Codec<unknown>, book: SchemaBook): Schema {
  const $ref = `#/components/schemas/${codec.name}`;
  if (book.schemas.has(codec.name)) return { $ref };
  const known = wellKnown.get(codec.name);
  if (known) {
    book.schemas.set(codec.name, known);
    return { $ref };
  }
  // Noted before its fields are looked at: messages may hold each other.
  book.schemas.set(codec.name, {});
  const properties = codec.fields.map((field) => {
    const description = book.comments.get(`${codec.name}.${field.protoName}`);
    const schema = fieldSchema(field, book);
    return [field.protoName, description === undefined ? schema : { ...schema, description }] as const;
  });
  const description = book.comments.get(codec.name);
  book.schemas.set(codec.name, {
    type: "object",
    ...(description !== undefined && { description }),
    properties: Object.fromEntries(properties),
    required: codec.fields.filter(({ group }) => group === 0).map(({ protoName }) => protoName),
    additionalProperties: false,
  });
  return { $ref };
}
