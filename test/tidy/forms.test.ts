import assert from "node:assert/strict";
import { test } from "node:test";
import type { Node } from "oxc-parser";
import { at, isGenerated, lineAt, none, scripts, textOf, walk } from "./sources.ts";

const byHand = scripts.filter((path) => !isGenerated(path));
/** Node's test runner takes a reporter only as a default export. */
const reporter = "scripts/test/totals.mjs";
/** The one public index of the client library. */
const publicIndex = "client/index.ts";

/** Code in which every class is an error: data are plain, behaviour is functions. */
const withoutClasses = /^(?:modules|chain\/(?:bytes|math|merkle|proto|protocol))\//;
const stateMachine =
  /^(?:modules\/|chain\/(?:bytes|math|merkle|proto|protocol|kernel|store|tx)\/|chain\/app\.ts)/;

test("no enum, decorator, namespace, default export, barrel or foreign class", () => {
  none(byHand.flatMap((path) => banned(path, textOf(path))));
});

test("each banned form is noticed", () => {
  const sins: readonly [string, string][] = [
    ["client/x.ts", "enum E { A }"],
    ["client/x.ts", "class C { @d m() {} }"],
    ["client/x.ts", "@d class C {}"],
    ["client/x.ts", "namespace N { export const a = 1; }"],
    ["client/x.ts", "export default 1;"],
    ["client/x.ts", "export { x as default } from './y.ts';"],
    ["client/x.ts", "export * from './y.ts';"],
    ["client/x.ts", "let count = 0;"],
    ["client/x.ts", "export let count = 0;"],
    ["client/x.ts", "const seen = new Map();"],
    ["client/x.ts", "const seen: Map<string, string> = new Map();"],
    ["modules/a/x.ts", "/** A cache. */ const seen = new Set();"],
    ["modules/a/x.ts", "const list: string[] = [];"],
    ["modules/a/x.ts", "class C {}"],
  ];
  assert.deepEqual(
    sins.filter(([path, text]) => banned(path, text).length === 0),
    [],
  );
  const fine: readonly [string, string][] = [
    ["modules/a/x.ts", "export class NoRoundError extends Error {}"],
    ["modules/a/x.ts", "const table = new Map([[1, 2]]); function f() { let x = new Map(); const y = []; }"],
    ["client/x.ts", "/** A cache by key: what it holds never changes. */\nconst seen = new Map();"],
    ["client/x.ts", "export class Connection {}"],
    ["client/x.ts", "declare module 'fastify' { interface Request { who: string } }"],
    ["modules/a/x.ts", "const none: readonly string[] = []; const no: ReadonlySet<string> = new Set();"],
  ];
  assert.deepEqual(
    fine.flatMap(([path, text]) => banned(path, text)),
    [],
  );
});

/** What a file has that the house does without. */
function banned(path: string, text: string): readonly string[] {
  const found: string[] = [];
  walk(path, text, (node, parent) => {
    const rule = ruleAgainst(path, node) ?? ruleAgainstState(path, text, node, parent);
    if (rule !== undefined) found.push(at(path, lineAt(text, node.start), rule));
  });
  return found;
}

function ruleAgainst(path: string, node: Node): string | undefined {
  switch (node.type) {
    case "TSEnumDeclaration":
      return "no enum: use a const object of names";
    case "Decorator":
      return "no decorator";
    case "TSModuleDeclaration": // with a text as its name it adds to the types of a package
      return node.id.type === "Literal" ? undefined : "no namespace";
    case "ExportDefaultDeclaration":
      return path === reporter ? undefined : "no default export";
    case "ExportSpecifier":
      return "name" in node.exported && node.exported.name === "default" ? "no default export" : undefined;
    case "ExportAllDeclaration":
      return path === publicIndex ? undefined : "no barrel: export names one by one";
    case "ClassDeclaration":
    case "ClassExpression": {
      const parent = node.superClass;
      const isError = parent?.type === "Identifier" && parent.name.endsWith("Error");
      return withoutClasses.test(path) && !isError ? "no class but errors here" : undefined;
    }
    default:
      return undefined;
  }
}

/** Files keep nothing between calls, but caches that say so, and those only outside the state machine. */
function ruleAgainstState(path: string, text: string, node: Node, parent?: Node): string | undefined {
  if (node.type !== "VariableDeclaration" || !/^(?:Program|ExportNamed)/.test(parent?.type ?? ""))
    return undefined;
  if (/^(?:test|scripts)\//.test(path)) return undefined;
  const before = text.slice(0, parent?.type === "Program" ? node.start : parent?.start).trimEnd();
  const comment = before.endsWith("*/") ? before.slice(before.lastIndexOf("/**")) : "";
  if (/cache/i.test(comment) && !stateMachine.test(path)) return undefined;
  if (node.kind !== "const") return "no mutable variable of a whole file";
  const grows = node.declarations.some(({ id, init }) => {
    const isEmpty =
      init?.type === "NewExpression"
        ? init.callee.type === "Identifier" &&
          /^(?:Map|Set)$/.test(init.callee.name) &&
          init.arguments.length === 0
        : init?.type === "ArrayExpression" && init.elements.length === 0;
    const note = id.typeAnnotation?.typeAnnotation;
    const type = note ? text.slice(note.start, note.end) : "Map";
    return isEmpty && /^(?:(?:Map|Set|Array)\b|(?!readonly\b).*\[\]$)/.test(type);
  });
  return grows
    ? "no mutable collection of a whole file (or say in its comment that it is a cache)"
    : undefined;
}
