import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { assert, ensure } from "#chain/kernel/error.ts";
import { Rule } from "#proto/gen/iterum/community.ts";
import { errors } from "./errors.ts";
import type { MembershipKind } from "./kind.ts";
import { kinds, listed } from "./kinds.ts";
import { rules } from "./state.ts";

/** Every member counts one. */
const ONE = "one/1";
/** Every member counts its stake, at most the cap. */
const STAKE = "stake/1";
const WEIGHT_MAX = (1n << 63n) - 1n;
const AGE_ROUNDS = 2;
const AGE_ROUNDS_MAX = 1_000;

/** The rule of membership of a game; one without a rule is listed, with the weights of the list. */
export const ruleOf = (ctx: ReadCtx, gameId: string): Rule =>
  rules.get(ctx, gameId) ?? {
    ...Rule.zero(),
    gameId,
    kind: listed.id,
    weighting: STAKE,
    stakeCap: WEIGHT_MAX,
    ageRounds: AGE_ROUNDS,
  };

/** The kind of a rule, whose id was checked when the rule came into the state. */
export function kindOf({ kind }: Rule): MembershipKind {
  const found = kinds.get(kind);
  assert(found, `no kind of membership ${kind}`);
  return found;
}

/** The game's rule, which must be of the kind; fails with (community, 8). */
export function ruleOfKind(ctx: ReadCtx, gameId: string, { id }: MembershipKind): Rule {
  const rule = ruleOf(ctx, gameId);
  ensure(rule.kind === id, errors.WrongKind, { gameId, kind: rule.kind, needed: id });
  return rule;
}

/** What a stake counts for under a rule. */
export function weigh({ weighting, stakeCap }: Rule, stake: bigint): bigint {
  if (weighting === ONE) return stake > 0n ? 1n : 0n;
  return stake < stakeCap ? stake : stakeCap;
}

/**
 * Fails with (community, 9) where who has just come would count, but on development chains: who may come at
 * once, with coins or names that are gone at once, could be as many as it likes (design: game.md §4).
 */
export const ensureAge = ({ gameId, ageRounds }: Rule, isDev: boolean): void =>
  ensure(ageRounds >= AGE_ROUNDS || isDev, errors.BadRule, { gameId, ageRounds });

/** Fails with (community, 9) unless members can be counted under the rule. */
export function checkRule(rule: Rule): void {
  const { gameId, kind, weighting, stakeCap, ageRounds } = rule;
  ensure(kinds.get(kind)?.isComplete(rule), errors.BadRule, { gameId, kind: kind.slice(0, 40) });
  const counts =
    (weighting === ONE && stakeCap === 0n) ||
    (weighting === STAKE && stakeCap > 0n && stakeCap <= WEIGHT_MAX);
  ensure(counts, errors.BadRule, { gameId, weighting: weighting.slice(0, 40), stakeCap });
  ensure(ageRounds <= AGE_ROUNDS_MAX, errors.BadRule, { gameId, ageRounds });
}
