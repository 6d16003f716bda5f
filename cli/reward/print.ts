import type { Expr, Program } from "#proto/gen/iterum/rewards.ts";
import { FALSE, TRUE } from "./env.ts";
import { functions, itemVocabulary, scoreVocabulary, type Vocabulary } from "./vocabulary.ts";

/** How tightly a printed node binds; a node in a place that needs more is put into brackets. */
const BINDS = {
  conditional: 0,
  or: 1,
  and: 2,
  comparison: 3,
  sum: 4,
  product: 5,
  unary: 6,
  call: 7,
} as const;

interface Printed {
  readonly text: string;
  readonly binds: number;
}

/** Where a node stands: what it may name, and how many `let`s are around it. */
interface Place {
  readonly words: Vocabulary;
  readonly lets: number;
}

const named = (text: string): Printed => ({ text, binds: BINDS.call });

function within(expr: Expr, least: number, place: Place): string {
  const { text, binds } = print(expr, place);
  return binds < least ? `(${text})` : text;
}

const argument = (expr: Expr, place: Place): string => within(expr, BINDS.conditional, place);

/** Infix operators: how tightly they bind, and whether chains of them are one node. */
const infix: ReadonlyMap<string, { readonly sign: string; readonly binds: number; readonly folds: boolean }> =
  new Map([
    ["or", { sign: "||", binds: BINDS.or, folds: true }],
    ["and", { sign: "&&", binds: BINDS.and, folds: true }],
    ["eq", { sign: "==", binds: BINDS.comparison, folds: false }],
    ["lt", { sign: "<", binds: BINDS.comparison, folds: false }],
    ["le", { sign: "<=", binds: BINDS.comparison, folds: false }],
    ["add", { sign: "+", binds: BINDS.sum, folds: true }],
    ["sub", { sign: "-", binds: BINDS.sum, folds: false }],
    ["mul", { sign: "*", binds: BINDS.product, folds: true }],
    ["divFloor", { sign: "/", binds: BINDS.product, folds: false }],
    ["mod", { sign: "%", binds: BINDS.product, folds: false }],
  ]);

function printInfix(args: readonly Expr[], sign: string, binds: number, place: Place): Printed {
  const [first, ...rest] = args as [Expr, ...Expr[]];
  // Comparisons do not associate; of the others the first operand may bind as loosely as the operator.
  const least = binds === BINDS.comparison ? binds + 1 : binds;
  const texts = [within(first, least, place), ...rest.map((arg) => within(arg, binds + 1, place))];
  return { text: texts.join(` ${sign} `), binds };
}

const functionNames: ReadonlyMap<string, string> = new Map([...functions].map(([name, op]) => [op, name]));

const printCall = (name: string, args: readonly Expr[], place: Place): Printed =>
  named(`${name}(${args.map((arg) => argument(arg, place)).join(", ")})`);

function printField({ name }: Expr, { words }: Place): Printed {
  if (name === words.sizeField) return named(`${words.list}.size()`);
  for (const [text, { field }] of words.whole) if (field === name) return named(text);
  return named(words.isPlain ? words.elementName : `${words.elementName}.${name}`);
}

function printLet([value, body]: readonly Expr[], place: Place): Printed {
  const bound = argument(value as Expr, place);
  const inner = argument(body as Expr, { ...place, lets: place.lets + 1 });
  return named(`cel.bind(v${place.lets}, ${bound}, ${inner})`);
}

function printNot(arg: Expr, place: Place): Printed {
  if (arg.op !== "eq") return { text: `!${within(arg, BINDS.unary, place)}`, binds: BINDS.unary };
  return printInfix(arg.args, "!=", BINDS.comparison, place);
}

const same = (a: Expr, b: Expr): boolean =>
  a.op === b.op &&
  a.value === b.value &&
  a.name === b.name &&
  a.args.length === b.args.length &&
  a.args.every((arg, i) => same(arg, b.args[i] as Expr));

const isZero = (expr: Expr | undefined): boolean => expr?.op === "const" && expr.value === 0n;

/** Prints a node that the checker accepts. */
function print(expr: Expr, place: Place): Printed {
  const { op, args, value } = expr;
  const [first, second, third] = args as [Expr, Expr, Expr];
  if (same(expr, TRUE)) return named("true");
  if (same(expr, FALSE)) return named("false");
  if (op === "const") return named(value.toString());
  if (op === "field") return printField(expr, place);
  if (op === "local") return named(`v${place.lets - 1 - Number(value)}`);
  if (op === "let") return printLet(args, place);
  if (op === "not") return printNot(first, place);
  if (op === "if") {
    const [when, yes] = [within(first, BINDS.or, place), within(second, BINDS.or, place)];
    return { text: `${when} ? ${yes} : ${argument(third, place)}`, binds: BINDS.conditional };
  }
  if (op === "sum" || op === "count")
    return named(`${place.words.list}.${op}(${place.words.elementName}, ${argument(first, place)})`);
  if (op === "sub" && isZero(first))
    return { text: `-${within(second, BINDS.call, place)}`, binds: BINDS.unary };
  const sign = infix.get(op);
  // A chain within a chain of the same operator would be read as one.
  if (sign && !(sign.folds && first.op === op)) return printInfix(args, sign.sign, sign.binds, place);
  return printCall(functionNames.get(op) ?? op, args, place);
}

/** A part of a text under its name; each of the `let`s around all of it on a line of its own. */
function section(name: string, expr: Expr | undefined, words: Vocabulary): string {
  if (!expr) return `"${name}":`;
  const lines: string[] = [];
  let rest = expr;
  for (; rest.op === "let"; rest = rest.args[1] as Expr) {
    const lets = lines.length;
    lines.push(`cel.bind(v${lets}, ${argument(rest.args[0] as Expr, { words, lets })},`);
  }
  const last = argument(rest, { words, lets: lines.length }) + ")".repeat(lines.length);
  if (lines.length === 0) return `"${name}": ${last}`;
  return [`"${name}":`, ...lines, last].join("\n    ");
}

/** The text of a program that the chain accepts: it compiles to the same program. */
export function printReward({ use, label, weight, score, scoreOnError }: Program): string {
  return [
    "{",
    '  "item": {',
    `    ${section("use", use, itemVocabulary)},`,
    `    ${section("label", label, itemVocabulary)},`,
    `    ${section("weight", weight, itemVocabulary)}`,
    "  },",
    `  ${section("score", score, scoreVocabulary)},`,
    `  "scoreOnError": ${scoreOnError}`,
    "}",
  ].join("\n");
}
