import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Node, parseSync, visitorKeys } from "oxc-parser";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Paths of all files of the project, as git sees them: committed or new, but not ignored; "/"-separated. */
export const paths: readonly string[] = execFileSync(
  "git",
  ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
  { cwd: root, encoding: "utf8", maxBuffer: 64 << 20 },
)
  .split("\0")
  .filter((path) => path !== "" && existsSync(root + path))
  .sort();

/** Whether a machine wrote the file. */
export const isGenerated = (path: string): boolean =>
  path.startsWith("proto/gen/") ||
  path.startsWith("test/vectors/") ||
  path === "client/codes.ts" ||
  path === "package-lock.json";

const texts = new Map<string, string>();

/** The text of a file. */
export function textOf(path: string): string {
  const known = texts.get(path);
  if (known !== undefined) return known;
  const text = readFileSync(root + path, "utf8");
  texts.set(path, text);
  return text;
}

/** TypeScript and JavaScript files by hand. */
export const scripts: readonly string[] = paths.filter((path) => /\.(?:ts|mjs)$/.test(path));

/** One line about one place, as a person or an editor finds it. */
export const at = (path: string, line: number, rule: string): string => `${path}:${line}: ${rule}`;

/** Fails with the list of what was found, one a line. */
export function none(found: readonly string[]): void {
  assert.ok(found.length === 0, `${found.length} found:\n${found.join("\n")}`);
}

/** Number of the line that holds an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let i = text.indexOf("\n"); i >= 0 && i < offset; i = text.indexOf("\n", i + 1)) line++;
  return line;
}

/** Calls `see` for every node of a file's syntax tree, parents first. */
export function walk(path: string, text: string, see: (node: Node, parent?: Node) => void): void {
  const { program, errors } = parseSync(path, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path} does not parse: ${error.message}`);
  descend(program, undefined, see);
}

function descend(node: Node, parent: Node | undefined, see: (node: Node, parent?: Node) => void): void {
  see(node, parent);
  for (const key of visitorKeys[node.type] ?? []) {
    const child = (node as unknown as Record<string, Node | readonly (Node | null)[] | null | undefined>)[
      key
    ];
    for (const one of Array.isArray(child) ? (child as readonly (Node | null)[]) : [child as Node | null])
      if (one) descend(one, node, see);
  }
}

/** An import, export-from, import() or import type of a file. */
export interface Import {
  readonly path: string;
  readonly line: number;
  readonly specifier: string;
  /** The project's file it names; undefined for packages and Node's own modules. */
  readonly target: string | undefined;
  readonly typeOnly: boolean;
}

/** All that a file imports, resolved. */
export function importsOf(path: string, text: string = textOf(path)): readonly Import[] {
  const found: Import[] = [];
  walk(path, text, (node) => {
    const source = "source" in node ? node.source : undefined;
    if (source === null || source === undefined || source.type !== "Literal") return;
    const specifier = String((source as { value: unknown }).value);
    found.push({
      path,
      line: lineAt(text, node.start),
      specifier,
      target: resolve(path, specifier),
      typeOnly:
        "importKind" in node
          ? node.importKind === "type"
          : "exportKind" in node && node.exportKind === "type",
    });
  });
  return found;
}

function resolve(path: string, specifier: string): string | undefined {
  if (specifier.startsWith("#")) return specifier.slice(1);
  if (!specifier.startsWith(".")) return undefined;
  return new URL(specifier, `file:///${path}`).pathname.slice(1);
}
