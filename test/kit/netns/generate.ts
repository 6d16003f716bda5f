import { type Random, randomOf, shuffled } from "#trainer/random.ts";
import {
  type Deed,
  type Fault,
  foundingPowers,
  type JoinBy,
  type Plan,
  type Powers,
  powersAfter,
  type Step,
  type Which,
} from "./plan.ts";

const VALIDATORS = { min: 4, max: 7 } as const;
const ROUNDS = 4;
/** Each node is disturbed in each round with this probability. */
const DISTURBED = 0.3;
/** Whole nets are cut in some rounds. */
const CUT = 0.25;
/** The set of validators changes in a round with this probability. */
const CHANGED = 0.7;
const HELD_MS = { min: 2_000, max: 6_000 } as const;
const PACE_MS = 500;

const pick = <T>(random: Random, list: readonly T[]): T => list[random.below(list.length)] as T;

function disturbance(random: Random, node: number): Fault {
  const kind = pick(random, ["kill", "pause", "disconnect", "restart"] as const);
  if (kind === "disconnect") return { kind, node };
  return { kind, node, which: pick<Which>(random, ["app", "comet"]) };
}

/** Something that happens to the net as a whole. */
function cut(random: Random, validators: number): Fault {
  const order = shuffled(
    Array.from({ length: validators }, (_, node) => node),
    random,
  );
  const at = 1 + random.below(validators - 1);
  const [left, right] = [order.slice(0, at), order.slice(at)];
  switch (random.below(5)) {
    case 0:
      return { kind: "oneWay", from: left[0] ?? 0, to: right };
    case 1:
      return { kind: "loss", share: 0.3 };
    case 2:
      return { kind: "jitter", maxMs: 500 };
    case 3:
      // The one in both groups hands on what they say.
      return { kind: "partition", groups: [left, [...right, left[0] ?? 0]] };
    default:
      return { kind: "partition", groups: [left, right] };
  }
}

function stepOf(random: Random, validators: number, nodes: number, joins: readonly JoinBy[]): Step {
  const faults: Fault[] = [];
  for (let node = 0; node < nodes; node++)
    if (random.unit() < DISTURBED) faults.push(disturbance(random, node));
  if (random.unit() < CUT) faults.push(cut(random, validators));
  return { joins, faults, heldMs: HELD_MS.min + random.below(HELD_MS.max - HELD_MS.min) };
}

/** Who has left or erred, and who has a new key, which an operator takes once in an unbonding time. */
interface Past {
  readonly gone: Set<number>;
  readonly rotated: Set<number>;
}

/** A change of the set after which enough validators are left; some rounds have none. */
function deedOf(random: Random, powers: Powers, nodes: number, { gone, rotated }: Past): Deed | undefined {
  const inSet = [...powers.keys()];
  const unrotated = inSet.filter((node) => !rotated.has(node));
  // Who has left or erred once does not come back in a plan.
  const outside = Array.from({ length: nodes }, (_, node) => node).filter(
    (node) => !powers.has(node) && !gone.has(node),
  );
  const kinds: Deed["kind"][] = unrotated.length > 0 ? ["stake", "rotate"] : ["stake"];
  if (outside.length > 0) kinds.push("elect", "elect");
  if (inSet.length > VALIDATORS.min) kinds.push("leave", "doubleSign", "doubleSign");
  if (random.unit() >= CHANGED) return undefined;
  const kind = pick(random, kinds);
  const node = pick(random, kind === "elect" ? outside : kind === "rotate" ? unrotated : inSet);
  return kind === "stake" ? { kind, node, power: 1 + random.below(5) } : { kind, node };
}

/** The plan of a seed: how many validators, who joins when and how, and what is done by whom and to whom. */
export function planOf(seed: string): Plan {
  const random = randomOf(`${seed} plan`);
  const validators = VALIDATORS.min + random.below(VALIDATORS.max - VALIDATORS.min + 1);
  const joins = shuffled<readonly JoinBy[]>([["blocks"], ["snapshot"], [], []], random);
  const steps: Step[] = [];
  const past: Past = { gone: new Set(), rotated: new Set() };
  let powers = foundingPowers(validators);
  let nodes = validators;
  for (let round = 0; round < ROUNDS; round++) {
    const own = joins[round] ?? [];
    nodes += own.length;
    const deed = deedOf(random, powers, nodes, past);
    if (deed?.kind === "leave" || deed?.kind === "doubleSign") past.gone.add(deed.node);
    if (deed?.kind === "rotate") past.rotated.add(deed.node);
    const deeds = deed ? [deed] : [];
    powers = powersAfter(powers, { deeds });
    steps.push({ ...stepOf(random, validators, nodes, own), deeds });
  }
  return { seed, validators, staked: true, paceMs: PACE_MS, steps };
}
