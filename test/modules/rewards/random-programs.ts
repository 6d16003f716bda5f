import fc from "fast-check";
import { compareBigints } from "#chain/bytes/compare.ts";
import { call, constant, field, local } from "#modules/rewards/ir/build.ts";
import { checkExpr } from "#modules/rewards/ir/check.ts";
import { MAGNITUDE_MAX, type Type } from "#modules/rewards/ir/ops.ts";
import { ITEM_SCOPE, type Tallies } from "#modules/rewards/ir/scope.ts";
import type { ItemRecord } from "#modules/rewards/label-rules.ts";
import { type Tally, talliesOf } from "#modules/rewards/tallies.ts";
import type { Expr, Program } from "#proto/gen/iterum/rewards.ts";

/** What a generated expression may refer to. */
interface Place {
  readonly isInside: boolean;
  readonly locals: readonly Type[];
  readonly depth: number;
  /** Whose fields it may name: of the round's items, which is the default, or of one item. */
  readonly of?: typeof SCORE_NAMES;
}

const SCORE_NAMES = {
  whole: ["items", "classes"],
  each: ["label", "weight", "top", "labelPpm", "squares", "loss", "p0", "p3"],
};
const ITEM_NAMES = {
  whole: ["authorLabel", "classes", "panelSeats", "majorityLabel"],
  each: ["panelLabel"],
};

function leaf(type: Type, { isInside, locals, of = SCORE_NAMES }: Place): fc.Arbitrary<Expr> {
  const known = locals.flatMap((bound, at) => (bound === type ? [local(locals.length - 1 - at)] : []));
  const numbers = fc.oneof(
    fc.bigInt({ min: 0n, max: 3n }).map(constant),
    fc.bigInt({ min: 0n, max: MAGNITUDE_MAX }).map(constant),
    fc.constantFrom(...[...of.whole, ...(isInside ? of.each : [])].map(field)),
  );
  const truth = fc.constantFrom(
    call("eq", constant(0n), constant(0n)),
    call("lt", constant(1n), constant(0n)),
    ...(of === ITEM_NAMES ? [field("agreeAll")] : []),
  );
  const own = type === "int" ? numbers : truth;
  return known.length > 0 ? fc.oneof(own, fc.constantFrom(...known)) : own;
}

/** Well-typed expressions of at most so many levels. */
function expressions(type: Type, place: Place): fc.Arbitrary<Expr> {
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
    ...["abs", "sqrtFloor"].map((op) => node(op, sub("int"))),
    ...(place.isInside ? [] : loops),
  );
}

const types = fc.constantFrom<Type>("int", "bool");
const itemPlace: Place = { isInside: false, locals: [], depth: 4, of: ITEM_NAMES };
const itemCost = (type: Type) => (expr: Expr) => {
  const checked = checkExpr(expr, ITEM_SCOPE, 1);
  return checked.type === type && checked.cost <= 60;
};

/** Programs that a game of one item and a panel of one seat accepts. */
export const programs: fc.Arbitrary<Program> = fc.record({
  use: expressions("bool", itemPlace).filter(itemCost("bool")),
  label: expressions("int", itemPlace).filter(itemCost("int")),
  weight: expressions("int", itemPlace).filter(itemCost("int")),
  score: expressions("int", { isInside: false, locals: [], depth: 8 }),
  scoreOnError: fc.nat(1_000_000),
});

/** A counted item of a round as it is generated. */
export interface Row {
  readonly label: number | undefined;
  readonly weight: bigint;
  /** 65535ths of the classes 1…K−1. */
  readonly predictions: readonly number[];
}

export interface RawRound {
  readonly classes: number;
  readonly scalar: boolean;
  readonly rows: readonly Row[];
}

/** Rounds of up to 8 items and 2–4 classes, or of scalars, before anything is worked out of them. */
export const rawRounds: fc.Arbitrary<RawRound> = fc
  .record({ classes: fc.integer({ min: 2, max: 4 }), scalar: fc.boolean() })
  .chain((kind) => {
    const classes = kind.scalar ? 2 : kind.classes;
    const label = kind.scalar
      ? fc.oneof(fc.constantFrom(0, 500_000, 1_000_000), fc.nat(1_000_000))
      : fc.nat(classes - 1);
    const row = fc.record({
      label: fc.option(label, { nil: undefined }),
      weight: fc.bigInt({ min: 0n, max: 1_000_000_000n }),
      predictions: fc.array(fc.integer({ min: 0, max: Math.floor(65535 / (classes - 1)) }), {
        minLength: classes - 1,
        maxLength: classes - 1,
      }),
    });
    return fc.record({
      classes: fc.constant(classes),
      scalar: fc.constant(kind.scalar),
      rows: fc.array(row, { maxLength: 8 }),
    });
  });

/** What `score` sees of a round. */
export const talliesFrom = ({ classes, scalar, rows }: RawRound): Tallies => ({
  classes,
  items: talliesOf(
    rows.map(({ label }) => label),
    rows.flatMap(({ predictions }) => predictions),
    rows.map(({ weight }) => weight),
    { classes, scalar },
  ),
});

export const rounds: fc.Arbitrary<Tallies> = rawRounds.map(talliesFrom);

/** Records of items of 2–4 classes with up to 3 labels of others. */
export const records: fc.Arbitrary<ItemRecord> = fc.integer({ min: 2, max: 4 }).chain((classes) => {
  const label = fc.option(fc.nat(classes - 1), { nil: undefined });
  return fc.record({
    classes: fc.constant(classes),
    authorLabel: label,
    panelLabels: fc.array(label, { maxLength: 3 }),
  });
});

/** Expressions of a score, and of a part of an item, of either type. */
export const scoreExpressions = types.chain((type) =>
  expressions(type, { isInside: false, locals: [], depth: 6 }),
);
export const itemExpressions = types.chain((type) => expressions(type, { ...itemPlace, depth: 5 }));

/** How near the prediction is to what counts, by the definition in words. */
function nearness({ label, scalar, predictionPpm: p }: Tally): bigint {
  if (!scalar) return p[label] ?? 0n;
  const [near, far] = [p[1] ?? 0n, BigInt(label)].sort(compareBigints) as [bigint, bigint];
  return 1_000_000n - (far - near);
}

/** Any field of an item by the definition in words, for the second evaluator. */
export function readField(name: string, tally: Tally): bigint {
  const { label, weight, predictionPpm } = tally;
  const best = predictionPpm.toSorted(compareBigints).at(-1) as bigint;
  if (name === "label") return BigInt(label);
  if (name === "weight") return weight;
  if (name === "top") return BigInt(predictionPpm.indexOf(best));
  if (name === "labelPpm") return nearness(tally);
  if (name === "squares") return predictionPpm.map((ppm) => ppm ** 2n).reduce((a, b) => a + b);
  return name === "loss" ? tally.lossMicronats : (predictionPpm[Number(name.slice(1))] ?? 0n);
}
