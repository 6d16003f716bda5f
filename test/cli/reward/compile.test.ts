import assert from "node:assert/strict";
import { test } from "node:test";
import { compileReward } from "#cli/reward/compile.ts";
import { RewardTextError } from "#cli/reward/error.ts";
import { builtinProgram } from "#modules/rewards/builtin-programs.ts";
import { call, constant, field, local } from "#modules/rewards/ir/build.ts";
import type { Expr } from "#proto/gen/iterum/rewards.ts";
import { LIMITS, textOf } from "./texts.ts";

const scoreOf = (score: string): Expr => compileReward(textOf({ score }), LIMITS).program.score as Expr;
const useOf = (use: string): Expr => compileReward(textOf({ use }), LIMITS).program.use as Expr;
const [one, two, three] = [constant(1n), constant(2n), constant(3n)];
const zero = constant(0n);
const always = call("eq", zero, zero);

test("every form of a text lowers to the IR that it means", () => {
  const size = field("items");
  const forms: readonly (readonly [string, Expr])[] = [
    ["1 + 2 + 3", call("add", one, two, three)],
    ["1 + (2 + 3)", call("add", one, call("add", two, three))],
    ["1 - 2 - 3", call("sub", call("sub", one, two), three)],
    ["1 * 2 / 3 % 2", call("mod", call("divFloor", call("mul", one, two), three), two)],
    ["-1 * 0x10", call("mul", call("sub", zero, one), constant(16n))],
    ["true ? 1 : 2", call("if", always, one, two)],
    ["min(1, 2, 3)", call("min", one, two, three)],
    ["sqrt(abs(items.size()))", call("sqrtFloor", call("abs", size))],
    ["size(items)", size],
    ["classes", field("classes")],
    ["items.sum(i, i.weight * i.p1)", call("sum", call("mul", field("weight"), field("p1")))],
    ["items.count(each, each.top == each.label)", call("count", call("eq", field("top"), field("label")))],
    [
      "items.exists(i, i.label > 1) ? 1 : 0",
      call("if", call("lt", zero, call("count", call("lt", one, field("label")))), one, zero),
    ],
    [
      "items.all(i, i.label <= 1) ? 1 : 0",
      call("if", call("eq", call("count", call("not", call("le", field("label"), one))), zero), one, zero),
    ],
    [
      "cel.bind(n, 2, cel.bind(m, 3, n - m))",
      call("let", two, call("let", three, call("sub", local(1), local(0)))),
    ],
    [
      "cel.bind(n, 2, items.sum(i, i.weight + n))",
      call("let", two, call("sum", call("add", field("weight"), local(0)))),
    ],
    [
      "items.sum(i, cel.bind(w, i.weight, w * w))",
      call("sum", call("let", field("weight"), call("mul", local(0), local(0)))),
    ],
    ["cel.bind(n, 2, cel.bind(n, 3, n))", call("let", two, call("let", three, local(0)))],
    ["170141183460469231731687303715884105728 // 2^127\n", constant(1n << 127n)],
  ];
  for (const [text, expr] of forms) assert.deepEqual(scoreOf(text), expr, text);
});

test("logic, comparisons and the record of an item lower to the IR that they mean", () => {
  const author = field("authorLabel");
  const forms: readonly (readonly [string, Expr])[] = [
    [
      "item.agreeAll && item.authorLabel != 0 || false",
      call(
        "or",
        call("and", field("agreeAll"), call("not", call("eq", author, zero))),
        call("lt", zero, zero),
      ),
    ],
    ["!(item.authorLabel > 2)", call("not", call("lt", two, author))],
    ["item.agreeAll == true", call("if", field("agreeAll"), always, call("not", always))],
    ["item.panelLabels.size() < 3", call("lt", field("panelSeats"), three)],
    ["item.majorityLabel < item.classes", call("lt", field("majorityLabel"), field("classes"))],
    [
      "item.panelLabels.exists(l, l == item.authorLabel)",
      call("lt", zero, call("count", call("eq", field("panelLabel"), author))),
    ],
    ["2 <= item.panelLabels.sum(l, l)", call("le", two, call("sum", field("panelLabel")))],
  ];
  for (const [text, expr] of forms) assert.deepEqual(useOf(text), expr, text);
});

test("a long chain of one operator is split where a node has no more room", () => {
  const chain = (count: number): string => Array.from({ length: count }, () => "1").join(" + ");
  const ones = (count: number): Expr[] => Array.from({ length: count }, () => one);
  assert.deepEqual(scoreOf(chain(16)), call("add", ...ones(16)));
  assert.deepEqual(scoreOf(chain(17)), call("add", call("add", ...ones(16)), one));
  assert.deepEqual(scoreOf(chain(32)), call("add", call("add", call("add", ...ones(16)), ...ones(15)), one));
});

test("the example of each built-in compiles to the built-in's program", () => {
  const mean = "1000000 * items.sum(i, i.weight * (i.top == i.label ? 1000000 : 0))";
  const text = textOf({
    use: "0 <= item.authorLabel",
    score: `${mean} / (1000000 * items.sum(i, i.weight))`,
  });
  assert.deepEqual(compileReward(text, LIMITS).program, builtinProgram("accuracy/1", "own"));
});

test("the order of the parts and comments do not matter, and the score on error is 0 unless given", () => {
  const text = `// What counts
  {"score": 1, // whatever
   "item": {"weight": 1, "label": item.authorLabel, "use": true}}`;
  const { program, itemCost, scoreCost } = compileReward(text, LIMITS);
  assert.equal(program.scoreOnError, 0);
  assert.deepEqual([itemCost, scoreCost], [5, 1]);
});

/** Texts of a score with the place, counted in that text, and the words of their refusal. */
const refusedScores: readonly (readonly [string, number, RegExp])[] = [
  ["1.5", 1, /only whole numbers/],
  ['"one"', 1, /only whole numbers/],
  ["1u", 1, /no fractions, texts, null or unsigned/],
  ["null", 1, /only whole numbers/],
  ["170141183460469231731687303715884105729", 1, /above 2\^127/],
  ["true", 1, /a number is needed here, not a truth value/],
  ["1 + true", 5, /a number is needed/],
  ["1 && true ? 1 : 2", 1, /a truth value is needed here, not a number/],
  ["true ? 1 : false", 12, /a number is needed/],
  ["1 == true ? 1 : 2", 1, /a number is compared with a truth value/],
  ["weight", 1, /nothing is called weight here; there are classes, items.size\(\)/],
  ["item.authorLabel", 1, /nothing is called item.authorLabel here/],
  ["items", 1, /nothing is called items here/],
  ["items.sum(i, i)", 14, /i is an item; its fields are i.label, i.weight/],
  ["items.sum(i, i.luck)", 14, /i has no field luck/],
  ["items.sum(i, i.p1.x)", 14, /no fields of fields/],
  ["cel.bind(n, 1, n.x)", 16, /n has no field x; its fields: none/],
  ["items.sum(i, items.sum(j, j.weight))", 14, /sums do not nest/],
  ["items.map(i, i.weight)", 1, /items has sum, count, exists, all and size, not map/],
  ["items.sum(i)", 1, /as in items.sum\(i, expression\)/],
  ["items.sum(1, 2)", 11, /a plain name is needed here/],
  ["items.sum(classes, 2)", 11, /classes has a meaning already/],
  ["classes.sum(i, 1)", 1, /sum is no function of that/],
  ["cel.bind(n, 1)", 1, /as in cel.bind\(name, value, expression\)/],
  ["pow(2, 3)", 1, /no function pow; there are min, max, abs, sqrt/],
  ["abs(1, 2)", 1, /abs takes 1 arguments/],
  ["min(1)", 1, /min takes 2 to 16 arguments/],
  ["size(classes)", 1, /as in items.size\(\)/],
  ["[1][0]", 1, /no lists, maps, indexes or "in"/],
  ["1 in [1] ? 1 : 0", 1, /no lists/],
  ["1 +", 4, /Unexpected token/],
  [`items.sum(i, ${Array(60).fill("i.loss").join(" + ")})`, 1, /a score costs|nodes/],
  [`${"abs(".repeat(12)}1${")".repeat(12)}`, 1, /nested too deep/],
];

test("what is not allowed is refused with its line, its column and what is allowed", () => {
  const before = textOf({ score: "@" }).split("@")[0] as string;
  const line = before.split("\n").length;
  const column = (before.split("\n").at(-1) as string).length;
  for (const [score, at, words] of refusedScores)
    assert.throws(
      () => compileReward(textOf({ score }), LIMITS),
      (error) => {
        assert.ok(error instanceof RewardTextError, `${score}: ${error}`);
        assert.match(error.message, words);
        if (!/costs/.test(error.message) && !/Unexpected/.test(error.message))
          assert.deepEqual(error.place, { line, column: column + at }, `${score}: ${error.message}`);
        return true;
      },
      score,
    );
});

test("a text of other parts than a function has is refused", () => {
  const whole = textOf();
  const refused: readonly (readonly [string, RegExp])[] = [
    ["1", /line 1, column 1: .*"item": …/],
    ["", /line 1, column 1: /],
    [whole.replace('"score":', '"scores":'), /line 7, column 3: no such part; there are "item", "score"/],
    [whole.replace('"use"', "1"), /no such part; there are "use", "label", "weight"/],
    [whole.replace('"label"', '"use"'), /line 4, column 5: "use" comes twice/],
    [whole.replace(/"weight": 1\n/, ""), /"weight" is missing/],
    [whole.replace('"scoreOnError": 0', '"scoreOnError": 1000001'), /from 0 to 1000000/],
    [whole.replace('"scoreOnError": 0', '"scoreOnError": -1'), /from 0 to 1000000/],
    [`${whole}${" ".repeat(70_000)}`, /longer than 65536 characters/],
  ];
  for (const [text, words] of refused)
    assert.throws(
      () => compileReward(text, LIMITS),
      (error) => error instanceof RewardTextError && words.test(error.message),
      `${words}`,
    );
});

test("what is too dear for the game is refused with its cost, and passes in a smaller one", () => {
  const score = `items.sum(i, ${Array(16).fill("i.squares").join(" + ")})`;
  assert.throws(() => compileReward(textOf({ score }), LIMITS), /a score costs 65001 nodes, at most 50000/);
  assert.equal(compileReward(textOf({ score }), { itemsMax: 10, panelSeats: 2 }).scoreCost, 651);
  const weight = `item.panelLabels.count(l, ${Array(40).fill("l == 1").join(" || ")})`;
  assert.throws(() => compileReward(textOf({ weight }), LIMITS), /an item costs \d+ nodes, at most 200/);
});
