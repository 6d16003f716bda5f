import { equalBytes } from "#chain/bytes/compare.ts";
import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import * as elections from "#modules/elections/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { Program, RewardRule } from "#proto/gen/iterum/rewards.ts";
import { builtinIds } from "./builtins.ts";
import { errors } from "./errors.ts";
import { IrError } from "./ir/ops.ts";
import { checkProgram, programHash } from "./ir/program.ts";
import { labelRuleNames } from "./label-rules.ts";
import { programs, rules } from "./state.ts";

/** A scalar is the share of class 1 of two. */
const SCALAR_CLASSES = 2;

/** Refuses a program that is not valid in the round; fails with (rewards, 3). */
function checkFor(ctx: ReadCtx, key: rounds.RoundKey, program: Program, panelSeats: number): void {
  const { itemsMax } = elections.electionOf(ctx, key);
  try {
    checkProgram(program, { itemsMax, panelSeats });
  } catch (error) {
    if (!(error instanceof IrError)) throw error;
    throw errors.BadRule({ gameId: key.gameId, why: error.message });
  }
}

/** Keeps a program under its hash. */
export function addProgram(ctx: WriteCtx, program: Program): Uint8Array {
  const hash = programHash(program);
  programs.set(ctx, hash, program);
  return hash;
}

/** The hash of the rule's function, whose program is kept; no bytes for a built-in. */
function functionHash(ctx: WriteCtx, rule: RewardRule): Uint8Array {
  const { gameId, builtin, program, panel } = rule;
  if (!program && rule.programHash.length === 0) {
    ensure(builtinIds.includes(builtin), errors.BadRule, { gameId, builtin: builtin.slice(0, 40) });
    return rule.programHash;
  }
  ensure(builtin === "", errors.BadRule, { gameId, both: "a built-in and a program" });
  const hash = program ? programHash(program) : rule.programHash;
  const isNamed = rule.programHash.length === 0 || equalBytes(hash, rule.programHash);
  ensure(isNamed, errors.BadRule, { gameId, programHash: "is not the program's" });
  const found = program ?? (hash.length === 32 ? programs.get(ctx, hash) : undefined);
  ensure(found, errors.NoProgram, { gameId });
  checkFor(ctx, { gameId, roundId: rule.fromRound }, found, panel);
  return addProgram(ctx, found);
}

/** Fails with (rewards, 3) unless the round elects the panel of its rule and can afford its program. */
export function checkFits(ctx: ReadCtx, key: rounds.RoundKey, { panel, program }: RewardRule): void {
  const { panel: seats } = elections.electionOf(ctx, key);
  // What the committee is drawn for is the election's.
  ensure(panel === seats, errors.BadRule, { gameId: key.gameId, panel, seats });
  if (program) checkFor(ctx, key, program, panel);
}

/**
 * Keeps a rule for the rounds of its game from `fromRound` on, its program apart; fails with (rewards, 3)
 * unless it fits the game. Returns it as kept.
 */
export function addRule(ctx: WriteCtx, rule: RewardRule): RewardRule {
  const { gameId, agree, panel, scalar } = rule;
  const { classes } = rounds.game(ctx, gameId);
  ensure(labelRuleNames.includes(agree), errors.BadRule, { gameId, agree: agree.slice(0, 40) });
  checkFits(ctx, { gameId, roundId: rule.fromRound }, { ...rule, program: undefined });
  // A rule that compares needs labels of others.
  ensure(agree === "own" || panel > 0, errors.BadRule, { gameId, agree, panel });
  // Labels that are neither classes nor scalars need a program to make something of them.
  const values = rounds.labelValues(ctx, gameId);
  ensure(rule.builtin === "" || scalar || values === classes, errors.BadRule, { gameId, values });
  ensure(!scalar || classes === SCALAR_CLASSES, errors.BadRule, { gameId, scalar, classes });
  const kept = { ...rule, program: undefined, programHash: functionHash(ctx, rule) };
  rules.set(ctx, [gameId, rule.fromRound], kept);
  return kept;
}
