import type { Evidence, Vote, WriteCtx } from "#chain/kernel/ctx.ts";
import * as validators from "#modules/validators/api.ts";
import { jailed } from "./events.ts";
import { jailMs, missedMax, params } from "./params.ts";
import { records } from "./state.ts";
import { note, recordOf, restart } from "./window.ts";

/** 9999-12-31 23:59:59 UTC, which Cosmos SDK takes for for ever. */
const FOREVER_MS = 253_402_300_799_000n;
/** Blocks from one that changes the set to the first that the new set makes, less one. */
const SET_DELAY = 1n;

/** Jails a validator that missed too much of its window, at a cost. */
function punishDowntime(ctx: WriteCtx, operator: string, power: bigint): void {
  const { slashFractionDowntime: fraction } = params(ctx);
  // The votes are those of the block before.
  const height = ctx.height - 1n - SET_DELAY;
  const burned = validators.slash(ctx, { operator, height, power, fraction });
  validators.jail(ctx, operator);
  const untilMs = ctx.timeMs + jailMs(params(ctx));
  records.set(ctx, operator, { ...restart(ctx, operator, ctx.height), jailedUntilMs: untilMs });
  jailed(ctx, { operator, why: "missing blocks", untilMs, burned });
}

/** How many blocks of how many a validator may miss: the same for all votes of a block. */
interface Rule {
  readonly window: bigint;
  readonly most: bigint;
}

/** Counts a vote, or its absence. One that is jailed or has left the set may stay away. */
function judgeVote(ctx: WriteCtx, { address, power, signed }: Vote, { window, most }: Rule): void {
  const validator = validators.byConsensusAddress(ctx, address);
  if (!validator || validator.jailed || !validators.isInSet(validator)) return;
  const { operator } = validator;
  const { missed, startHeight } = note(ctx, operator, ctx.height - 1n, signed, window);
  if (BigInt(missed) > most && ctx.height > startHeight + window) punishDowntime(ctx, operator, power);
}

/** Throws a validator out for ever that has signed two blocks of one height, or helped a false chain. */
function judgeEvidence(ctx: WriteCtx, { address, power, height, timeMs }: Evidence): void {
  const validator = validators.byConsensusAddress(ctx, address);
  if (!validator) return;
  const { operator } = validator;
  const { tombstoned } = recordOf(ctx, operator);
  // Stake that stood behind an older deed is free; for one more deed of the same key nothing is left to take.
  if (tombstoned || ctx.timeMs - timeMs > validators.unbondingMs(ctx)) return;
  const { slashFractionDoubleSign: fraction } = params(ctx);
  const burned = validators.slash(ctx, { operator, height: height - SET_DELAY, power, fraction });
  if (!validator.jailed) validators.jail(ctx, operator);
  const record = restart(ctx, operator, ctx.height);
  records.set(ctx, operator, { ...record, jailedUntilMs: FOREVER_MS, tombstoned: true });
  jailed(ctx, { operator, why: "double signing", untilMs: FOREVER_MS, burned });
}

/** Judges the commit of the block before and the evidence that came with this one. */
export function judgeBlock(ctx: WriteCtx): void {
  if (!validators.isStaked(ctx)) return;
  const rules = params(ctx);
  const rule = { window: rules.signedBlocksWindow, most: missedMax(rules) };
  for (const vote of ctx.votes) judgeVote(ctx, vote, rule);
  for (const evidence of ctx.evidence) judgeEvidence(ctx, evidence);
}
