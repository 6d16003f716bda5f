import { CliError, ensureCli, exitCodes } from "#cli/errors.ts";
import { readBase } from "#cli/genesis/base.ts";
import { buildTemplates, closeOnAbort, defaultTemplateNames } from "#cli/genesis/templates.ts";
import type { CreatedNet } from "#cli/home/create.ts";
import { type DealtRows, dealRows, publicName, readRows, rowsFile } from "#cli/home/rows.ts";
import { say } from "#cli/output.ts";
import { fired } from "#cli/signals.ts";
import { newWaiting } from "#cli/waiting.ts";
import type { Schedule } from "#proto/gen/iterum/rounds.ts";
import { tokenFile } from "#prover/token.ts";
import { Closers } from "./closers.ts";
import { appHashes, writeJson } from "./json.ts";
import { complaints, judge, type Verdict } from "./judge.ts";
import { type MemoryWatch, watchMemory } from "./memory.ts";
import { createDemoNet, GUEST, makeHome, measureProofs, removeHome, startDemoProver } from "./net.ts";
import {
  type DemoOptions,
  electionFor,
  ensureRows,
  fittedSchedule,
  HELD_OUT_MAX,
  MEMBERS,
  PUBLIC_ROWS,
  type Size,
  scheduleFor,
} from "./plan.ts";
import { type Play, play } from "./play.ts";
import {
  estimateLines,
  insecurities,
  type KeptNet,
  keptLines,
  learningLines,
  minutes,
  standings,
  standingsTable,
  verdictLines,
} from "./report.ts";
import { namesOf } from "./watch.ts";

/** Everything that is made before the first block. */
interface Stage {
  readonly options: DemoOptions;
  readonly size: Size;
  readonly net: CreatedNet;
  readonly rows: DealtRows;
  readonly schedule: Schedule;
  /** What one proof of each template takes, in milliseconds. */
  readonly proofs: ReadonlyMap<string, number>;
}

/** Rows for the game, dealt by the seed. */
async function rowsFor({ data, seed, rounds }: DemoOptions, size: Size, classes: number | undefined) {
  const { set, note: what } = await readRows(data);
  const labels = set.classes.length;
  ensureCli(
    classes === undefined || labels === classes,
    `the game has ${classes} labels, the rows ${labels}`,
  );
  const rows = dealRows(set, what, {
    ...{ seed, members: MEMBERS, membersMin: size.committee + 1 },
    ...{ publicRows: PUBLIC_ROWS, heldOutMax: HELD_OUT_MAX },
  });
  ensureRows(rows, rounds, size);
  for (const line of rows.notes) say(line);
  return rows;
}

/** Prover, measured proofs, and a chain whose windows fit them. */
async function prepare(options: DemoOptions, closers: Closers, signal: AbortSignal) {
  const base = await readBase(options.genesis);
  const [[game], [election]] = [base.rounds.games, base.elections.elections];
  ensureCli(game?.schedule && election, "the genesis file describes no game");
  const { committee, itemsMax } = election;
  const isOwn = options.genesis !== undefined;
  const size = { committee, items: isOwn ? itemsMax : options.items };
  const rows = await rowsFor(options, size, isOwn ? game.classes : undefined);
  const names = defaultTemplateNames(rows.classes.length);
  const waiting = newWaiting(process.stderr);
  const templates = await waiting.during("circuit templates", (step) => buildTemplates(names, step, signal));
  signal.throwIfAborted();
  const layout = await makeHome();
  closers.add(() => removeHome(layout));
  const prover = await startDemoProver(layout, names);
  closers.add(() => prover.close());
  const stopEarly = closeOnAbort(prover, signal);
  const times = await waiting.during("measuring one proof of each template", () =>
    measureProofs(prover, names),
  );
  stopEarly();
  signal.throwIfAborted();
  const schedule = isOwn ? fittedSchedule(game.schedule, times) : scheduleFor(size, times);
  const proofs = new Map(names.map((name, i) => [name, times[i] ?? 0]));
  const parts = { base, rows, templates, schedule, election: isOwn ? {} : electionFor(size) };
  const net = await createDemoNet(layout, options.seed, parts);
  const stage: Stage = { options, size, net, rows, schedule, proofs };
  for (const line of [...estimateLines(options, schedule, proofs), ""]) say(line);
  for (const line of insecurities) say(`! ${line}`);
  say();
  return { stage, prover };
}

function keptNet({ net }: Stage, { node, dataUrl, proverUrl }: Play): KeptNet {
  const { layout } = net;
  return {
    ...{ rpc: node().rpcUrl, data: dataUrl, prover: proverUrl, home: layout.home },
    publicRows: rowsFile(layout.rows, publicName),
    guestToken: tokenFile(layout.prover, GUEST),
  };
}

/** Everything that the tables show, and more, for programs. */
function jsonOf(stage: Stage, played: Play, verdict: Verdict, memory: MemoryWatch, wallMs: number) {
  const { options, net, schedule, proofs } = stage;
  const { records, models, node } = played;
  const nameOf = namesOf(net);
  const rounds = records.rounds().filter(({ roundId }) => roundId <= BigInt(options.rounds));
  return {
    ...{ options, schedule, proofsMs: Object.fromEntries(proofs) },
    chainId: net.settings.chainId,
    accounts: Object.fromEntries([...net.keys].map(([name, { address }]) => [name, address])),
    ...{ rounds, models, standings: standings(rounds, nameOf), verdict },
    restarts: node().restarts(),
    peakMemoryBytes: memory.peakBytes(),
    wallMs: Math.round(wallMs),
    ...(options.keep && { net: keptNet(stage, played) }),
  };
}

function tellEnd(stage: Stage, { records, models }: Play, verdict: Verdict): void {
  const { net, options } = stage;
  const rounds = records.rounds().filter(({ roundId }) => roundId <= BigInt(options.rounds));
  say(standingsTable(standings(rounds, namesOf(net)), net.unit));
  for (const line of learningLines(models)) say(line);
  for (const line of verdictLines(verdict, options.rounds, net.unit)) say(line);
}

/**
 * Plays the demo from the rows to the verdict. Throws CliError when a round did not end, a due proof was not
 * verified, an invariant is broken or coins are missing. Everything it started has ended when it resolves.
 */
export async function runDemo(options: DemoOptions, signal: AbortSignal): Promise<void> {
  const startMs = performance.now();
  const memory = watchMemory();
  const closers = new Closers();
  closers.add(async () => memory.stop());
  try {
    const { stage, prover } = await prepare(options, closers, signal);
    const { net, rows, size } = stage;
    const game = await play({ ...options, size, net, rows, prover, signal }, closers);
    await game.finished;
    const hashes = await appHashes(game.node().rpcUrl, game.height());
    await game.pause();
    const verdict = await judge(net, game.records, options.rounds);
    if (options.keep) await game.resume();
    tellEnd(stage, game, verdict);
    const wallMs = performance.now() - startMs;
    const peak = memory.peakBytes();
    if (peak !== undefined) say(`peak memory of all processes together: ${(peak / 2 ** 20).toFixed(0)} MiB`);
    say(`the whole demo took ${minutes(wallMs)}`);
    if (options.json !== undefined) {
      const content = { ...jsonOf(stage, game, verdict, memory, wallMs), appHashes: hashes };
      await writeJson(options.json, content);
    }
    const wrong = complaints(verdict, options.rounds);
    if (wrong.length > 0) throw new CliError(wrong.join("; "));
    if (options.keep) {
      for (const line of ["", ...keptLines(keptNet(stage, game))]) say(line);
      await fired(signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new CliError("stopped", { exitCode: exitCodes.interrupted, cause: error });
  } finally {
    await closers.closeAll();
  }
}
