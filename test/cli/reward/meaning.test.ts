import assert from "node:assert/strict";
import { test } from "node:test";
import { EvaluationError, evaluate } from "@marcbachmann/cel-js";
import fc from "fast-check";
import { compileReward } from "#cli/reward/compile.ts";
import { RewardTextError } from "#cli/reward/error.ts";
import { IrError, type Value } from "#modules/rewards/ir/ops.ts";
import { prepare } from "#modules/rewards/ir/run.ts";
import { SCORE_SCOPE, type Tallies } from "#modules/rewards/ir/scope.ts";
import { labelPpm, squares, topClass } from "#modules/rewards/tallies.ts";
import type { Expr, Program } from "#proto/gen/iterum/rewards.ts";
import { rounds } from "#test/modules/rewards/random-programs.ts";
import { textOf } from "./texts.ts";

const DEPTH = { maxDepth: 3, withCrossShrink: true };

/** Texts of numbers and of truth values, without what CEL lacks or rounds another way. */
const grammar = fc.letrec<{ int: string; bool: string; each: string; eachBool: string }>((tie) => {
  const bools = (int: fc.Arbitrary<string>, bool: fc.Arbitrary<string>) => [
    fc
      .tuple(int, fc.constantFrom("<", "<=", ">", ">=", "==", "!="), int)
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc.tuple(bool, fc.constantFrom("&&", "||", "==", "!="), bool).map(([a, op, b]) => `(${a} ${op} ${b})`),
    bool.map((a) => `!${a}`),
    fc.constantFrom("true", "false"),
  ];
  const ints = (int: fc.Arbitrary<string>, bool: fc.Arbitrary<string>) => [
    fc.nat(9).map(String),
    fc.array(int, { minLength: 2, maxLength: 4 }).map((all) => `(${all.join(" + ")})`),
    fc.tuple(int, fc.constantFrom("-", "*"), int).map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc.tuple(bool, int, int).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    int.map((a) => `-${a}`),
    fc.tuple(int, int).map(([a, b]) => `cel.bind(n, ${a}, n * ${b} - n)`),
  ];
  const names = (list: readonly string[]) => fc.constantFrom(...list);
  return {
    int: fc.oneof(DEPTH, names(["classes", "items.size()", "size(items)"]), ...ints(tie("int"), tie("bool"))),
    bool: fc.oneof(
      DEPTH,
      ...bools(tie("int"), tie("bool")),
      tie("eachBool").map((text) => `items.exists(i, ${text})`),
      tie("eachBool").map((text) => `items.all(i, ${text})`),
    ),
    each: fc.oneof(
      DEPTH,
      names(["i.label", "i.weight", "i.top", "i.labelPpm", "i.squares", "i.p0", "i.p1", "classes"]),
      ...ints(tie("each"), tie("eachBool")),
    ),
    eachBool: fc.oneof(DEPTH, ...bools(tie("each"), tie("eachBool"))),
  };
});

/** A round as an evaluator of CEL takes it. */
const contextOf = ({ classes, items }: Tallies) => ({
  classes: BigInt(classes),
  items: items.map((tally) => ({
    label: BigInt(tally.label),
    weight: tally.weight,
    top: BigInt(topClass(tally)),
    labelPpm: labelPpm(tally),
    squares: squares(tally),
    p0: tally.predictionPpm[0],
    p1: tally.predictionPpm[1],
  })),
});

/** The value by the evaluator of CEL; undefined where that fails, as beyond 64 bits. */
function byCel(text: string, tallies: Tallies): Value | undefined {
  try {
    return evaluate(text, contextOf(tallies));
  } catch (error) {
    if (error instanceof EvaluationError) return undefined;
    throw error;
  }
}

function byIr(expr: Expr, tallies: Tallies): Value | undefined {
  try {
    return prepare(expr, SCORE_SCOPE)(tallies).value;
  } catch (error) {
    if (error instanceof IrError) return undefined;
    throw error;
  }
}

/** The program of a score; undefined where it is too deep for the IR. */
function compiled(score: string): Program | undefined {
  try {
    return compileReward(textOf({ score }), { itemsMax: 8, panelSeats: 0 }).program;
  } catch (error) {
    if (error instanceof RewardTextError && /nested too deep/.test(error.message)) return undefined;
    throw error;
  }
}

test("a text means what an evaluator of CEL makes of it, where that does not overflow", (t) => {
  let [compared, overflows, deep] = [0, 0, 0];
  fc.assert(
    fc.property(grammar.int, rounds, (score, tallies) => {
      const program = compiled(score);
      if (!program) {
        deep++;
        return;
      }
      const expected = byCel(score, tallies);
      if (expected === undefined) {
        overflows++;
        return;
      }
      compared++;
      assert.equal(byIr(program.score as Expr, tallies), expected, score);
    }),
    { numRuns: 2000 },
  );
  t.diagnostic(`${compared} of 2000 compared, ${overflows} beyond 64 bits, ${deep} too deep`);
  assert.ok(compared > 1000);
});
