import type { Round } from "#proto/gen/iterum/rounds.ts";
import { ClientError, toClientError } from "../errors.ts";
import type { ModuleQueries } from "../modules.ts";
import type { ChainPort } from "../ports.ts";
import { isOver } from "../rounds.ts";

/**
 * One thing to do in a round while a phase lasts. It looks at the chain first and does what is missing, so it
 * may run again at any time: "done" means that nothing is left, "again" that it must look at the next block.
 */
export interface Step {
  readonly name: string;
  run(signal: AbortSignal): Promise<"done" | "again">;
}

/** A step that failed; it is tried again at the next block unless `final`. */
export interface StepFailed {
  readonly kind: "failed";
  readonly roundId: bigint;
  readonly step: string;
  readonly error: Error;
  readonly final: boolean;
}

export interface RoundsPlan {
  readonly chain: ChainPort;
  readonly queries: ModuleQueries;
  readonly gameId: string;
  /** The step that a round asks for at a height; `before` is the round before it, if there is one. */
  stepOf(round: Round, height: bigint, before: Round | undefined): Step | undefined;
  onFailed(failed: StepFailed): void;
  /** Ends the loop. */
  readonly signal: AbortSignal;
}

/** Refusals cost a fee: a step that the chain refuses so often is given up. */
const REFUSALS_MAX = 3;
const ROUNDS_PAGE = 100;

interface Task {
  readonly name: string;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

/** What the loop remembers of one round. */
interface RoundMemory {
  readonly done: Set<string>;
  readonly refusals: Map<string, number>;
  readonly tasks: Map<string, Task>;
}

type Memory = Map<bigint, RoundMemory>;

const newMemory = (): RoundMemory => ({ done: new Set(), refusals: new Map(), tasks: new Map() });

/** Where the chain stands, and the round before the one in question. */
interface Moment {
  readonly height: bigint;
  readonly before: Round | undefined;
}

/**
 * Follows all rounds of a game until the signal fires and keeps the step of each going: rounds overlap, so
 * their steps run side by side, one of a name a round at a time. A step whose phase has passed is aborted.
 * Nothing is remembered that the chain and the step's own store do not tell again after a restart.
 */
export async function followRounds(plan: RoundsPlan): Promise<void> {
  const { chain, signal } = plan;
  const memory: Memory = new Map();
  let first = 1n;
  try {
    for (let height = 0n; !signal.aborted; ) {
      try {
        height = await chain.above(height, signal);
        const rounds = await roundsFrom(plan, first > 1n ? first - 1n : 1n);
        for (const [i, round] of rounds.entries()) {
          if (round.roundId < first) continue;
          const isSettled = tend(plan, memory, round, { height, before: rounds[i - 1] });
          if (!isSettled || round.roundId !== first) continue;
          memory.delete(round.roundId);
          first += 1n;
        }
      } catch (error) {
        if (!signal.aborted && toClientError(error).kind !== "unreachable") throw error;
      }
    }
  } finally {
    const tasks = [...memory.values()].flatMap((round) => [...round.tasks.values()]);
    for (const task of tasks) task.abort.abort();
    await Promise.allSettled(tasks.map((task) => task.ended));
  }
}

async function roundsFrom({ queries, gameId }: RoundsPlan, from: bigint): Promise<Round[]> {
  const found: Round[] = [];
  for (;;) {
    const page = await queries.rounds.rounds(gameId, from + BigInt(found.length));
    found.push(...page);
    if (page.length < ROUNDS_PAGE) return found;
  }
}

/** Keeps the round's step going; tells whether the round is over with nothing left to do. */
function tend(plan: RoundsPlan, memory: Memory, round: Round, at: Moment): boolean {
  const known = memory.get(round.roundId) ?? newMemory();
  // What was over before anybody looked needs no attention.
  if (isOver(round) && !memory.has(round.roundId)) return true;
  memory.set(round.roundId, known);
  const step = plan.stepOf(round, at.height, at.before);
  for (const task of known.tasks.values()) if (task.name !== step?.name) task.abort.abort();
  const isLeft = step && !known.done.has(step.name) && (known.refusals.get(step.name) ?? 0) < REFUSALS_MAX;
  if (isLeft && !known.tasks.has(step.name)) {
    const abort = new AbortController();
    const ended = perform(plan, known, round.roundId, step, abort.signal);
    known.tasks.set(step.name, { name: step.name, abort, ended });
  }
  return isOver(round) && !isLeft && known.tasks.size === 0;
}

async function perform(
  plan: RoundsPlan,
  known: RoundMemory,
  roundId: bigint,
  step: Step,
  signal: AbortSignal,
): Promise<void> {
  try {
    if ((await step.run(signal)) === "done") known.done.add(step.name);
  } catch (thrown) {
    if (signal.aborted) return;
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    const refused = error instanceof ClientError && /^(?:refused|badInput)$/.test(error.kind);
    const refusals = (known.refusals.get(step.name) ?? 0) + (refused ? 1 : 0);
    known.refusals.set(step.name, refusals);
    plan.onFailed({ kind: "failed", roundId, step: step.name, error, final: refusals >= REFUSALS_MAX });
  } finally {
    known.tasks.delete(step.name);
  }
}
