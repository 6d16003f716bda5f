import type { Expr, Program } from "#proto/gen/iterum/rewards.ts";
import { LOSS_MAX_MICRONATS } from "./builtins.ts";
import { call, constant, field } from "./ir/build.ts";

const PPM = constant(1_000_000n);
const WEIGHT = field("weight");

/** ⌊10⁶ · Σ weight·value / (most · Σ weight)⌋; fails, and so scores 0, where there is no weight. */
const mean = (value: Expr, most: Expr): Expr =>
  call(
    "divFloor",
    call("mul", PPM, call("sum", call("mul", WEIGHT, value))),
    call("mul", most, call("sum", WEIGHT)),
  );

const hit = call("if", call("eq", field("top"), field("label")), PPM, constant(0n));

const brierMax = constant(2n * 10n ** 12n);
const brier = call(
  "add",
  call("sub", field("squares"), call("mul", constant(2_000_000n), field("labelPpm"))),
  constant(10n ** 12n),
);

const lossMax = constant(LOSS_MAX_MICRONATS);
const kept = call("sub", lossMax, call("min", field("loss"), lossMax));

const scores: ReadonlyMap<string, Expr> = new Map([
  ["accuracy/1", mean(hit, PPM)],
  ["brier/1", mean(call("sub", brierMax, brier), brierMax)],
  ["logloss/1", mean(kept, lossMax)],
]);

const isOpened = call("le", constant(0n), field("authorLabel"));

/** Per agreement rule, which items count and with which label. */
const rules: ReadonlyMap<string, { readonly use: Expr; readonly label: Expr }> = new Map([
  ["own", { use: isOpened, label: field("authorLabel") }],
  ["all", { use: field("agreeAll"), label: field("authorLabel") }],
  [
    "majority",
    {
      use: call("and", isOpened, call("le", constant(0n), field("majorityLabel"))),
      label: field("majorityLabel"),
    },
  ],
]);

/**
 * A built-in score under an agreement rule as a program of the reward IR: the example for communities, and
 * what the native functions are tested against. Undefined for ids that are none.
 */
export function builtinProgram(builtinId: string, rule: string): Program | undefined {
  const score = scores.get(builtinId);
  const item = rules.get(rule);
  return score && item ? { ...item, weight: constant(1n), score, scoreOnError: 0 } : undefined;
}
