import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import protobuf from "protobufjs";

/** Everything that one protobuf package declares. */
export interface Package {
  /** With its version, e.g. `iterum.markets.v1`. */
  readonly name: string;
  /** Path of the generated file below proto/gen, e.g. `iterum/markets.ts`. */
  readonly file: string;
  readonly messages: readonly protobuf.Type[];
  readonly enums: readonly protobuf.Enum[];
  readonly services: readonly protobuf.Service[];
}

/** What was read, and what could not be. */
export interface Sources {
  readonly packages: readonly Package[];
  readonly errors: readonly string[];
}

const PARSE_OPTIONS = { keepCase: true, alternateCommentMode: true, preferTrailingComment: false };

/** Paths of the .proto files below the folder, in order. */
export function protoFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".proto"))
    .sort((a, b) => (a < b ? -1 : 1))
    .map((path) => join(folder, path));
}

/** Generated file of a package: its name without the version segment. */
export const fileOf = (packageName: string): string =>
  `${packageName.replace(/\.v[0-9]+((alpha|beta)[0-9]+)?$/, "").replaceAll(".", "/")}.ts`;

/** Parses the files; those with errors are named and left out. */
export function loadPackages(files: readonly string[]): Sources {
  const root = new protobuf.Root();
  const names = new Set<string>();
  const errors: string[] = [];
  for (const file of files) {
    const source = readFileSync(file, "utf8");
    try {
      if (!/^syntax = "proto3";$/m.test(source)) throw new Error('no line with syntax = "proto3";');
      // Into a root of its own first: an error half-way would leave half of the file's types behind.
      protobuf.parse(source, new protobuf.Root(), PARSE_OPTIONS);
      const parsed = protobuf.parse(source, root, PARSE_OPTIONS);
      if (parsed.package === undefined) throw new Error("no package");
      names.add(parsed.package);
    } catch (error) {
      errors.push(`${file}: ${(error as Error).message}`);
    }
  }
  const packages = new Map<string, Package>();
  for (const name of [...names].sort((a, b) => (a < b ? -1 : 1))) {
    try {
      const found = resolvePackage(root.lookup(name) as protobuf.Namespace, name);
      packages.set(found.file, merge(packages.get(found.file), found));
    } catch (error) {
      errors.push(`${name}: ${(error as Error).message}`);
    }
  }
  return { packages: [...packages.values()], errors };
}

/** Packages that differ in their version only share a file, as cosmos.crypto.multisig and its v1beta1 do. */
function merge(a: Package | undefined, b: Package): Package {
  if (a === undefined) return b;
  return {
    ...a,
    messages: [...a.messages, ...b.messages],
    enums: [...a.enums, ...b.enums],
    services: [...a.services, ...b.services],
  };
}

function resolvePackage(namespace: protobuf.Namespace, name: string): Package {
  const messages: protobuf.Type[] = [];
  const enums: protobuf.Enum[] = [];
  const services: protobuf.Service[] = [];
  const walk = (parent: protobuf.NamespaceBase): void => {
    for (const node of parent.nestedArray) {
      if (node instanceof protobuf.Enum) enums.push(node);
      else if (node instanceof protobuf.Service) services.push(node);
      else if (node instanceof protobuf.Type) {
        walk(node);
        messages.push(node);
      }
    }
  };
  walk(namespace);
  for (const message of messages) for (const field of message.fieldsArray) field.resolve();
  for (const service of services) for (const method of service.methodsArray) method.resolve();
  return { name, file: fileOf(name), messages, enums, services };
}
