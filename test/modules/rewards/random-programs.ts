import fc from "fast-check";
import { compareBigints } from "#chain/bytes/compare.ts";
import { call, constant, field, local } from "#modules/rewards/ir/build.ts";
import { MAGNITUDE_MAX, type Type } from "#modules/rewards/ir/ops.ts";
import type { Tallies } from "#modules/rewards/ir/scope.ts";
import { type Tally, talliesOf } from "#modules/rewards/tallies.ts";
import type { Expr } from "#proto/gen/iterum/rewards.ts";

/** What a generated expression may refer to. */
interface Place {
  readonly isInside: boolean;
  readonly locals: readonly Type[];
  readonly depth: number;
}

const eachNames = ["label", "weight", "top", "labelPpm", "squares", "loss", "p0", "p3"];

function leaf(type: Type, { isInside, locals }: Place): fc.Arbitrary<Expr> {
  const known = locals.flatMap((bound, at) => (bound === type ? [local(locals.length - 1 - at)] : []));
  const numbers = fc.oneof(
    fc.bigInt({ min: 0n, max: 3n }).map(constant),
    fc.bigInt({ min: 0n, max: MAGNITUDE_MAX }).map(constant),
    fc.constantFrom(...["items", "classes", ...(isInside ? eachNames : [])].map(field)),
  );
  const truth = fc.constantFrom(
    call("eq", constant(0n), constant(0n)),
    call("lt", constant(1n), constant(0n)),
  );
  const own = type === "int" ? numbers : truth;
  return known.length > 0 ? fc.oneof(own, fc.constantFrom(...known)) : own;
}

/** Well-typed expressions of at most so many levels. */
export function expressions(type: Type, place: Place): fc.Arbitrary<Expr> {
  if (place.depth <= 1) return leaf(type, place);
  const inner = { ...place, depth: place.depth - 1 };
  const sub = (of: Type, at: Place = inner): fc.Arbitrary<Expr> =>
    fc.nat(3).chain((skip) => expressions(of, { ...at, depth: Math.max(1, at.depth - skip) }));
  const node = (op: string, ...args: fc.Arbitrary<Expr>[]): fc.Arbitrary<Expr> =>
    fc.tuple(...args).map((values) => call(op, ...values));
  const bindings = fc
    .constantFrom<Type>("int", "bool")
    .chain((bound) => node("let", sub(bound), sub(type, { ...inner, locals: [...place.locals, bound] })));
  const shared = [leaf(type, place), node("if", sub("bool"), sub(type), sub(type)), bindings];
  const many = (op: string, of: Type): fc.Arbitrary<Expr> =>
    fc.oneof(node(op, sub(of), sub(of)), node(op, sub(of), sub(of), sub(of)));
  if (type === "bool")
    return fc.oneof(
      ...shared,
      ...["eq", "lt", "le"].map((op) => node(op, sub("int"), sub("int"))),
      ...["and", "or"].map((op) => many(op, "bool")),
      node("not", sub("bool")),
    );
  const loops = (["sum", "count"] as const).map((op) =>
    node(op, sub(op === "sum" ? "int" : "bool", { ...inner, isInside: true })),
  );
  return fc.oneof(
    ...shared,
    ...["add", "mul", "min", "max"].map((op) => many(op, "int")),
    ...["sub", "divFloor", "mod"].map((op) => node(op, sub("int"), sub("int"))),
    node("abs", sub("int")),
    ...(place.isInside ? [] : loops),
  );
}

/** Rounds of up to 8 counted items and 2–4 classes. */
export const rounds: fc.Arbitrary<Tallies> = fc.integer({ min: 2, max: 4 }).chain((classes) =>
  fc
    .array(
      fc.record({
        label: fc.option(fc.nat(classes - 1), { nil: undefined }),
        weight: fc.bigInt({ min: 0n, max: 1_000_000_000n }),
        predictions: fc.array(fc.integer({ min: 0, max: Math.floor(65535 / (classes - 1)) }), {
          minLength: classes - 1,
          maxLength: classes - 1,
        }),
      }),
      { maxLength: 8 },
    )
    .map((rows) => ({
      classes,
      items: talliesOf(
        rows.map(({ label }) => label),
        rows.flatMap(({ predictions }) => predictions),
        rows.map(({ weight }) => weight),
        classes,
      ),
    })),
);

/** Any field of an item by the definition in words, for the second evaluator. */
export function readField(name: string, { label, weight, predictionPpm }: Tally, loss: bigint): bigint {
  const best = predictionPpm.toSorted(compareBigints).at(-1) as bigint;
  if (name === "label") return BigInt(label);
  if (name === "weight") return weight;
  if (name === "top") return BigInt(predictionPpm.indexOf(best));
  if (name === "labelPpm") return predictionPpm[label] ?? 0n;
  if (name === "squares") return predictionPpm.map((ppm) => ppm ** 2n).reduce((a, b) => a + b);
  return name === "loss" ? loss : (predictionPpm[Number(name.slice(1))] ?? 0n);
}
