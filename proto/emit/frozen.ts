import type protobuf from "protobufjs";
import type { Package } from "./load.ts";
import { shapesOf } from "./shape.ts";

/** For each message or enum, what each number means: `name:type`. Numbers once used stay, removed or not. */
export type Frozen = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What the packages of Iterum declare now. */
export function meanings(packages: readonly Package[]): Frozen {
  const out: Record<string, Record<string, string>> = {};
  for (const pack of packages.filter(({ name }) => name.startsWith("iterum."))) {
    for (const message of pack.messages) {
      const entries = shapesOf(message).map((f) => {
        const type = f.ref === undefined ? f.kind : f.ref.fullName.slice(1);
        return [f.number, `${f.protoName}:${f.label} ${type}`] as const;
      });
      out[message.fullName.slice(1)] = Object.fromEntries(entries);
    }
    for (const type of pack.enums) out[type.fullName.slice(1)] = enumMeanings(type);
  }
  return out;
}

const enumMeanings = (type: protobuf.Enum): Record<string, string> =>
  Object.fromEntries(Object.entries(type.values).map(([name, number]) => [number, name]));

/** One line for each number that means something else than what was frozen. */
export function breaches(frozen: Frozen, now: Frozen): string[] {
  const out: string[] = [];
  for (const [type, numbers] of Object.entries(now)) {
    for (const [number, meaning] of Object.entries(numbers)) {
      const before = frozen[type]?.[number];
      if (before !== undefined && before !== meaning)
        out.push(`${type}: number ${number} was "${before}" and may not become "${meaning}"`);
    }
    const name = (meaning: string): string => meaning.split(":")[0] as string;
    const names = new Map(Object.entries(numbers).map(([number, meaning]) => [name(meaning), number]));
    for (const [number, meaning] of Object.entries(frozen[type] ?? {})) {
      const at = names.get(name(meaning));
      if (at !== undefined && at !== number)
        out.push(`${type}: "${name(meaning)}" had number ${number} and may not move to ${at}`);
    }
  }
  return out;
}

/** The record with what is new added to it, in order of names. */
export function withAdditions(frozen: Frozen, now: Frozen): Frozen {
  const types = [...new Set([...Object.keys(frozen), ...Object.keys(now)])].sort((a, b) => (a < b ? -1 : 1));
  return Object.fromEntries(types.map((type) => [type, { ...now[type], ...frozen[type] }]));
}
