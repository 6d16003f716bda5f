import type { Expr, Program } from "#proto/gen/iterum/rewards.ts";
import { LOSS_MAX_MICRONATS } from "./builtins.ts";
import { call, constant, field, local } from "./ir/build.ts";

const PPM = constant(1_000_000n);
const WEIGHT = field("weight");

/** ⌊10⁶ · Σ weight·value / (most · Σ weight)⌋; fails, and so scores 0, where there is no weight. */
const mean = (value: Expr, most: Expr): Expr =>
  call(
    "divFloor",
    call("mul", PPM, call("sum", call("mul", WEIGHT, value))),
    call("mul", most, call("sum", WEIGHT)),
  );

const ZERO = constant(0n);
const HALF = constant(500_000n);
const one = (condition: Expr): Expr => call("if", condition, constant(1n), ZERO);
/** The class of the label; of a scalar the nearer end. */
const labelClass = (scalar: boolean): Expr =>
  scalar ? one(call("le", HALF, field("label"))) : field("label");

const hit = (scalar: boolean): Expr => call("if", call("eq", field("top"), labelClass(scalar)), PPM, ZERO);

const brierMax = constant(2n * 10n ** 12n);
const missed = call("sub", PPM, field("labelPpm"));
const brier = (scalar: boolean): Expr =>
  scalar
    ? call("mul", constant(2n), missed, missed)
    : call(
        "add",
        call("sub", field("squares"), call("mul", constant(2_000_000n), field("labelPpm"))),
        constant(10n ** 12n),
      );

const lossMax = constant(LOSS_MAX_MICRONATS);
const kept = call("sub", lossMax, call("min", field("loss"), lossMax));

const isPredicted = call("eq", field("top"), constant(1n));
const isActual = (scalar: boolean): Expr =>
  scalar ? call("le", HALF, field("label")) : call("eq", field("label"), constant(1n));
/** Σ weight over the items for which a condition holds. */
const weightOf = (condition: Expr): Expr => call("sum", call("if", condition, WEIGHT, ZERO));

const f1 = (scalar: boolean): Expr =>
  call(
    "divFloor",
    call("mul", constant(2_000_000n), weightOf(call("and", isPredicted, isActual(scalar)))),
    call("add", weightOf(isActual(scalar)), weightOf(isPredicted)),
  );

const MCC_ONE = constant(10n ** 9n);

/** Share of the weight, in 10⁻⁹. */
const share = (condition: Expr): Expr =>
  call("divFloor", call("mul", MCC_ONE, weightOf(condition)), call("sum", WEIGHT));

function mcc(scalar: boolean): Expr {
  const bind = (values: readonly Expr[], body: Expr): Expr =>
    values.reduceRight((inner, value) => call("let", value, inner), body);
  const rest = (value: Expr): Expr => call("sub", MCC_ONE, value);
  // Distances count the lets between: those of the spread see actual, predicted and both.
  const spread = call("sqrtFloor", call("mul", local(2), rest(local(2)), local(1), rest(local(1))));
  const [actual, predicted, both, found] = [local(3), local(2), local(1), local(0)];
  const covered = call("sub", call("add", call("mul", both, MCC_ONE), found), call("mul", actual, predicted));
  const value = call("divFloor", call("mul", PPM, covered), call("mul", constant(2n), found));
  return bind(
    [share(isActual(scalar)), share(isPredicted), share(call("and", isPredicted, isActual(scalar))), spread],
    call("if", call("eq", found, ZERO), HALF, value),
  );
}

interface Score {
  readonly score: Expr;
  readonly scoreOnError: number;
}

const scoresOf = (scalar: boolean): ReadonlyMap<string, Score> =>
  new Map([
    ["accuracy/1", { score: mean(hit(scalar), PPM), scoreOnError: 0 }],
    ["brier/1", { score: mean(call("sub", brierMax, brier(scalar)), brierMax), scoreOnError: 0 }],
    ["logloss/1", { score: mean(kept, lossMax), scoreOnError: 0 }],
    ["f1/1", { score: f1(scalar), scoreOnError: 0 }],
    ["mcc/1", { score: mcc(scalar), scoreOnError: 500_000 }],
  ]);

const scores = scoresOf(false);
const scalarScores = scoresOf(true);

const isOpened = call("le", ZERO, field("authorLabel"));

/** Per agreement rule, which items count and with which label. */
const rules: ReadonlyMap<string, { readonly use: Expr; readonly label: Expr }> = new Map([
  ["own", { use: isOpened, label: field("authorLabel") }],
  ["all", { use: field("agreeAll"), label: field("authorLabel") }],
  [
    "majority",
    {
      use: call("and", isOpened, call("le", ZERO, field("majorityLabel"))),
      label: field("majorityLabel"),
    },
  ],
]);

/**
 * A built-in score under an agreement rule as a program of the reward IR: the example for communities, and
 * what the native functions are tested against. Undefined for ids that are none.
 */
export function builtinProgram(builtinId: string, rule: string, scalar = false): Program | undefined {
  const score = (scalar ? scalarScores : scores).get(builtinId);
  const item = rules.get(rule);
  return score && item ? { ...item, weight: constant(1n), ...score } : undefined;
}
