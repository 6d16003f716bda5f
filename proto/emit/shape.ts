import protobuf from "protobufjs";
import { KINDS, type Kind, type Label } from "#chain/proto/field.ts";
import { camelCase } from "#chain/proto/names.ts";

/** A field as the emitter and the record of frozen fields see it. */
export interface FieldShape {
  readonly protoName: string;
  readonly name: string;
  readonly number: number;
  readonly kind: Kind;
  readonly label: Label;
  readonly ref: protobuf.Type | protobuf.Enum | undefined;
  readonly comment: string | null;
}

/** The field's shape; throws for what the codec does not carry: maps, floats, groups, unknown types. */
function shapeOf(field: protobuf.Field): FieldShape {
  const ref = field.resolvedType ?? undefined;
  return {
    protoName: field.name,
    name: camelCase(field.name),
    number: field.id,
    kind: kindOf(field),
    label: labelOf(field),
    ref: ref instanceof protobuf.Type || ref instanceof protobuf.Enum ? ref : undefined,
    comment: field.comment,
  };
}

/** Shapes of a message's fields in ascending order of their numbers. */
export const shapesOf = (message: protobuf.Type): FieldShape[] =>
  [...message.fieldsArray].sort((a, b) => a.id - b.id).map(shapeOf);

/** Kinds that no type of the .proto language has the name of. */
const DERIVED: readonly string[] = ["int", "dec", "message", "enum"] satisfies readonly Kind[];

function kindOf(field: protobuf.Field): Kind {
  const where = field.fullName.slice(1);
  if (field.map) throw new Error(`${where}: maps have no canonical encoding, use a repeated message`);
  if (field.resolvedType instanceof protobuf.Enum) return "enum";
  if (field.resolvedType instanceof protobuf.Type) return "message";
  const scalar: unknown = field.getOption("(cosmos_proto.scalar)");
  if (field.type === "string" && scalar === "cosmos.Int") return "int";
  if ((field.type === "string" || field.type === "bytes") && scalar === "cosmos.Dec") return "dec";
  const given = field.type;
  if (given in KINDS && !DERIVED.includes(given)) return given as Kind;
  throw new Error(`${where}: no support for type ${given}`);
}

function labelOf(field: protobuf.Field): Label {
  // The parser's own `packed` needs every file resolved; lists of scalars are packed unless they say no.
  const isPacked = isPackable(field) && field.getOption("packed") !== false;
  if (field.repeated) return isPacked ? "packed" : "repeated";
  if (field.getOption("proto3_optional") === true) return "optional";
  if (field.partOf) return `oneof ${field.partOf.name}`;
  return field.resolvedType instanceof protobuf.Type ? "optional" : "implicit";
}

const isPackable = (field: protobuf.Field): boolean =>
  !(field.resolvedType instanceof protobuf.Type) && field.type !== "string" && field.type !== "bytes";

/** Name of a message or enum in TypeScript: nested ones after their parents, joined by underscores. */
export function tsName(type: protobuf.Type | protobuf.Enum): string {
  return type.parent instanceof protobuf.Type ? `${tsName(type.parent)}_${type.name}` : type.name;
}
