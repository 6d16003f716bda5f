import type { Expr } from "#proto/gen/iterum/rewards.ts";

/** A constant: an integer that is not negative. */
export const constant = (value: bigint): Expr => ({ op: "const", args: [], value, name: "" });

/** A field of the record, or inside `sum` and `count` of the element. */
export const field = (name: string): Expr => ({ op: "field", args: [], value: 0n, name });

/** The value of the `let` that encloses this node at a distance, 0 for the nearest. */
export const local = (distance: number): Expr => ({
  op: "local",
  args: [],
  value: BigInt(distance),
  name: "",
});

/** An operator with its arguments. */
export const call = (op: string, ...args: readonly Expr[]): Expr => ({ op, args, value: 0n, name: "" });
