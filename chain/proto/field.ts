import { camelCase } from "./names.ts";

/**
 * Wire kinds of a field. `int` is a string that holds a canonical decimal below 2¹²⁸; `dec` is the same for
 * a number with 18 decimals, times 10¹⁸, in a string or in bytes.
 */
export const KINDS = {
  uint64: 0,
  int64: 1,
  uint32: 2,
  int32: 3,
  bool: 4,
  enum: 5,
  sint32: 6,
  sint64: 7,
  fixed64: 8,
  sfixed64: 9,
  fixed32: 10,
  sfixed32: 11,
  string: 12,
  bytes: 13,
  int: 14,
  dec: 15,
  message: 16,
} as const;
export type Kind = keyof typeof KINDS;

/** How often a field may occur; `implicit` leaves its zero value off the wire, `oneof …` names a group. */
export type Label = "implicit" | "optional" | "repeated" | "packed" | `oneof ${string}`;

/** The names and numbers of an enum. */
export type EnumValues = Readonly<Record<string, number>>;

/** What a `message` or `enum` field refers to: a thunk, because types refer to each other in cycles. */
export type FieldRef = () => unknown;

/** One field as the generator writes it: name in the .proto file, number, kind, label, reference. */
export type FieldRow = readonly [
  protoName: string,
  number: number,
  kind: Kind,
  label?: Label,
  ref?: FieldRef,
];

/** One field of a message. */
export interface FieldInfo {
  /** Name in TypeScript and in proto3 JSON. */
  readonly name: string;
  /** Name in the .proto file. */
  readonly protoName: string;
  readonly number: number;
  readonly kind: Kind;
  readonly label: Label;
  /** Whether it holds a list. */
  readonly repeated: boolean;
  /** Number·8 + wire type, as on the wire. */
  readonly tag: number;
  /** `kind` as a small integer, for dispatch. */
  readonly op: number;
  /** Bit of its oneof within its message; 0 when it belongs to none. */
  readonly group: number;
  /** Whether the zero value is left out. */
  readonly implicit: boolean;
  /** The codec of a `message` field or the values of an `enum` field; undefined for the others. */
  readonly ref: FieldRef | undefined;
  /** Whether the number is a value of this `enum` field. */
  readonly knows: (value: number) => boolean;
}

/** Wire type of a single value of the kind: 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes. */
export function wireType(op: number): 0 | 1 | 2 | 5 {
  if (op >= KINDS.string) return 2;
  if (op >= KINDS.fixed32) return 5;
  return op >= KINDS.fixed64 ? 1 : 0;
}

/** Whether the field holds a number written in decimal digits. */
export const isDecimal = (op: number): boolean => op === KINDS.int || op === KINDS.dec;

/** Whether an implicit field leaves the value off the wire; decimals are always written, "0" too. */
export function isDefault(field: FieldInfo, value: unknown): boolean {
  switch (field.op) {
    case KINDS.int:
    case KINDS.dec:
      return false;
    case KINDS.string:
      return value === "";
    case KINDS.bytes:
      return (value as Uint8Array).length === 0;
    case KINDS.bool:
      return value === false;
    default:
      return value === 0 || value === 0n;
  }
}

function enumCheck(ref: FieldRef | undefined): (value: number) => boolean {
  let known: ReadonlySet<number> | undefined;
  return (value) => {
    known ??= new Set(Object.values((ref as () => EnumValues)()));
    return known.has(value);
  };
}

/** The fields of a message from the generator's rows, which come in ascending order of their numbers. */
export function fieldInfos(rows: readonly FieldRow[]): readonly FieldInfo[] {
  const groups: Label[] = [];
  return rows.map(([protoName, number, kind, label = kind === "message" ? "optional" : "implicit", ref]) => {
    const op = KINDS[kind];
    const inGroup = label.startsWith("oneof ");
    if (inGroup && !groups.includes(label)) groups.push(label);
    if (groups.length > 30) throw new RangeError(`${protoName}: more than 30 oneofs in one message`);
    return {
      name: camelCase(protoName),
      protoName,
      number,
      kind,
      label,
      repeated: label === "repeated" || label === "packed",
      tag: ((number << 3) | (label === "packed" ? 2 : wireType(op))) >>> 0,
      op,
      group: inGroup ? 1 << groups.indexOf(label) : 0,
      implicit: label === "implicit",
      ref,
      knows: enumCheck(ref),
    };
  });
}
