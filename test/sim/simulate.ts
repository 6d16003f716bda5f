import assert from "node:assert/strict";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { markets } from "#modules/markets/state.ts";
import * as roundsApi from "#modules/rounds/api.ts";
import { rounds as roundTable } from "#modules/rounds/state.ts";
import { Phase, type Round } from "#proto/gen/iterum/rounds.ts";
import { person } from "#test/kit/accounts.ts";
import { type Deed, playBlock, type World } from "#test/kit/game/play.ts";
import type { Quirk, Quirks } from "#test/kit/game/turns.ts";
import { type Books, openBooks } from "./books.ts";
import { type Cast, cast } from "./cast.ts";
import { choices, type Whims } from "./choices.ts";
import { attacks, type Hostility } from "./hostile.ts";
import { judge } from "./judge.ts";
import type { Plan } from "./plan.ts";
import { reviewPrices, reviewSettled, reviewVoid } from "./referee.ts";
import { swift } from "./swift.ts";

/** What became of a simulated chain. */
export interface Report {
  readonly rounds: number;
  readonly done: number;
  readonly isVoid: number;
  readonly skipped: number;
  readonly blocks: number;
  readonly messages: number;
  readonly attacks: number;
  readonly convicted: number;
}

type Counts = { -readonly [K in keyof Report]: Report[K] };

const HEIGHT_SLACK = 1_600n;
const HEIGHT_PER_ROUND = 40n;
const PRICES_CHANCE = 0.2;
/** Deeds that may be said again. */
const DEEDS_KEPT = 60;
/** In OPEN a model is registered in one block and orders come in the next. */
const OPEN_TURNS = 2;

/** Everybody errs with a probability of the seed; each error follows from who errs, and where. */
function mischief({ seed, mode }: Plan): Quirks {
  if (mode === "behave") return () => undefined;
  const rate = swift(`${seed} rate`).pick([0, 0.03, 0.1, 0.2, 0.5]);
  const kinds: readonly Quirk[] = ["silent", "late", "wrong"];
  return (name, step, roundId) => {
    const random = swift(`${seed} ${name} ${step} ${roundId}`);
    return random.chance(rate) ? random.pick(kinds) : undefined;
  };
}

/** A round that the simulation watches, and for how many blocks it has been in its phase. */
interface Watched {
  round: Round;
  turns: number;
}

/** Follows the rounds of a chain: those that run, and those that have ended but not all has been paid. */
interface Watch {
  readonly running: Map<string, Watched>;
  readonly last: Map<string, bigint>;
  ending: Round[];
}

const nameOf = ({ gameId, roundId }: Round): string => `${gameId}/${roundId}`;

/** Fails where a round has passed the last height that it may have. */
function ensureInTime(height: bigint, { gameId, roundId, phase, endedHeight, ends }: Round): void {
  const last = ends.at(-1) ?? 0n;
  const at = phase >= Phase.PHASE_DONE ? endedHeight : height;
  assert.ok(at <= last, `round ${roundId} of ${gameId} is not over at ${last}`);
}

/** Looks at all rounds that are not over; returns those that ended in the last block. */
function look(ctx: ReadCtx, { games }: Cast, watch: Watch): Round[] {
  for (const { gameId } of games)
    for (let id = (watch.last.get(gameId) ?? 0n) + 1n; id <= roundsApi.lastRoundId(ctx, gameId); id++) {
      const round = roundsApi.round(ctx, { gameId, roundId: id });
      watch.running.set(nameOf(round), { round, turns: 0 });
      watch.last.set(gameId, id);
    }
  const ended: Round[] = [];
  for (const [name, watched] of watch.running) {
    const { gameId, roundId, phase } = watched.round;
    const round = roundTable.get(ctx, [gameId, roundId]) as Round;
    ensureInTime(ctx.height, round);
    watched.turns = round.phase === phase ? watched.turns + 1 : 0;
    watched.round = round;
    if (round.phase < Phase.PHASE_DONE) continue;
    watch.running.delete(name);
    ended.push(round);
  }
  return ended;
}

/** Whether somebody may have something new to say: as a phase begins, and while models are registered. */
const isDue = ({ round, turns }: Watched): boolean =>
  turns === 0 || (round.phase === Phase.PHASE_OPEN && turns < OPEN_TURNS);

const attackSteps: ReadonlySet<string> = new Set(["repeat", "foreign", "seal", "denounce", "slander"]);
/** What may be said again at any time. */
const freeSteps: ReadonlySet<string> = new Set(["seal", "denounce", "trade", "voteCouncil"]);

/** Judges a block's deeds, counts them, and keeps those that must come to nothing when said again. */
function note(deeds: readonly Deed[], { done }: Hostility, report: Counts): void {
  for (const deed of deeds) {
    judge(deed);
    const { step, code } = deed;
    report.messages += 1;
    if (attackSteps.has(step)) report.attacks += 1;
    if (step === "denounce" && code === 0) report.convicted += 1;
    if (code === 0 && !freeSteps.has(step)) done.push({ who: person(deed.name), deed });
  }
  done.splice(0, Math.max(0, done.length - DEEDS_KEPT));
}

/** Fails unless every invariant of every module holds, over the whole state. */
function ensureInvariants({ chain }: World): void {
  for (const { name, holds } of chain.app.invariants()) assert.ok(holds, `broken: ${name}`);
}

/** Fails unless the block that is over has left every round as the design says. */
function review(ctx: ReadCtx, stage: Cast, watch: Watch, books: Books, whims: Whims): void {
  for (const { round } of watch.running.values()) {
    if (round.phase === Phase.PHASE_SETTLE && round.endedHeight > 0n) reviewSettled(ctx, round, whims.random);
    if (round.phase !== Phase.PHASE_OPEN || !whims.random.chance(PRICES_CHANCE)) continue;
    if (stage.games.find(({ gameId }) => gameId === round.gameId)?.kind === "lmsr/1")
      reviewPrices(ctx, round, whims.random);
  }
  books.audit(ctx, [...[...watch.running.values()].map(({ round }) => round), ...watch.ending]);
  const left = watch.ending.filter((round) => !books.isOver(round));
  for (const round of watch.ending)
    if (!left.includes(round) && markets.has(ctx, [round.gameId, round.roundId])) reviewVoid(ctx, round);
  watch.ending = left;
}

function count(ended: readonly Round[], report: Counts, { members }: World): void {
  for (const { phase, gameId, roundId } of ended) {
    report.rounds += 1;
    if (phase === Phase.PHASE_DONE) report.done += 1;
    if (phase === Phase.PHASE_VOID) report.isVoid += 1;
    if (phase === Phase.PHASE_SKIPPED) report.skipped += 1;
    for (const { gameId: own, sets } of members) if (own === gameId) sets.delete(roundId);
  }
}

/**
 * Plays games until so many rounds have ended, with every invariant of every module, every purse and every
 * market checked after each block. Throws at the first thing that is wrong.
 */
export async function simulate(plan: Plan): Promise<Report> {
  const stage = cast(plan);
  const { world } = stage;
  const quirks = mischief(plan);
  const hostility: Hostility = { random: swift(`${plan.seed} hostile`), done: [], claims: new Map() };
  const whims: Whims = {
    random: swift(`${plan.seed} whims`),
    areWild: plan.mode !== "behave",
    registered: new Set(),
  };
  const books = openBooks(stage);
  const watch: Watch = { running: new Map(), last: new Map(), ending: [] };
  const last = HEIGHT_SLACK + HEIGHT_PER_ROUND * BigInt(plan.rounds);
  const report: Counts = {
    ...{ rounds: 0, done: 0, isVoid: 0, skipped: 0, blocks: 0, messages: 0, attacks: 0, convicted: 0 },
  };
  while (report.rounds < plan.rounds) {
    const height = world.chain.height();
    assert.ok(height < last, "the rounds do not end");
    const watched = [...watch.running.values()];
    const running = watched.map(({ round }) => round);
    const due = watched.filter(isDue).map(({ round }) => round);
    const more = plan.mode === "adversary" ? attacks(stage, hostility, running) : [];
    const chosen = choices(stage, whims, running, height);
    const deeds = await playBlock(world, due, quirks, [...chosen, ...more]);
    report.blocks += 1;
    note(deeds, hostility, report);
    books.note(deeds);
    world.chain.read((ctx) => {
      const ended = look(ctx, stage, watch);
      if (ended.length > 0) ensureInvariants(world);
      count(ended, report, world);
      watch.ending.push(...ended);
      review(ctx, stage, watch, books, whims);
    });
  }
  return report;
}
