import assert from "node:assert/strict";
import * as bank from "#modules/bank/api.ts";
import * as roundsApi from "#modules/rounds/api.ts";
import { rounds as roundTable } from "#modules/rounds/state.ts";
import { Phase, type Round } from "#proto/gen/iterum/rounds.ts";
import type { Person } from "#test/kit/accounts.ts";
import { type Deed, playBlock, type World } from "#test/kit/game/play.ts";
import { seeded } from "#test/kit/game/random.ts";
import { FEE } from "#test/kit/game/refuse.ts";
import type { Quirk, Quirks } from "#test/kit/game/turns.ts";
import { DENOM } from "#test/kit/genesis.ts";
import { type Cast, cast } from "./cast.ts";
import { BOUNTY, explained, held } from "./explain.ts";
import { attacks, type Hostility } from "./hostile.ts";
import { judge } from "./judge.ts";
import type { Plan } from "./plan.ts";

/** What became of a simulated chain. */
export interface Report {
  readonly rounds: readonly Round[];
  readonly deeds: number;
  readonly attacks: number;
  readonly convicted: number;
}

const HEIGHT_SLACK = 1_600n;
const HEIGHT_PER_ROUND = 40n;

/** Everybody errs with a probability of the seed; each error follows from who errs, and where. */
function mischief({ seed, mode }: Plan): Quirks {
  if (mode === "behave") return () => undefined;
  const rate = seeded(`${seed} rate`).pick([0, 0.05, 0.15, 0.4, 0.8]);
  const kinds: readonly Quirk[] = ["silent", "late", "wrong"];
  return (name, step, roundId) => {
    const random = seeded(`${seed} ${name} ${step} ${roundId}`);
    return random.chance(rate) ? random.pick(kinds) : undefined;
  };
}

const allRounds = ({ chain }: World): Round[] =>
  chain.read((ctx) => [...roundTable.all(ctx)].map(([, round]) => round));

const runningRounds = ({ chain }: World): Round[] => chain.read((ctx) => [...roundsApi.runningRounds(ctx)]);

/** Fails where a round has passed the last height that it may have. */
function ensureInTime(world: World, found: readonly Round[]): void {
  for (const { gameId, roundId, phase, endedHeight, ends } of found) {
    const last = ends.at(-1) ?? 0n;
    const at = phase >= Phase.PHASE_DONE ? endedHeight : world.chain.height();
    assert.ok(at <= last, `round ${roundId} of ${gameId} is not over at ${last}`);
  }
}

/** What somebody paid in fees, and got for evidence. */
interface Account {
  readonly who: Person;
  readonly began: bigint;
  fees: bigint;
  bounties: bigint;
}

function accounts({ world, strangers }: Cast): Map<string, Account> {
  const people = [...world.members, ...world.operators].map(({ who }) => who).concat(strangers);
  return new Map(
    people.map((who) => {
      const began = world.chain.read((ctx) => held(ctx, who.address));
      return [who.name, { who, began, fees: 0n, bounties: 0n }];
    }),
  );
}

/** Every purse holds what the rounds explain, and no coin came or went. */
function audit(world: World, books: ReadonlyMap<string, Account>, supply: bigint): void {
  const played = allRounds(world);
  world.chain.read((ctx) => {
    for (const { who, began, fees, bounties } of books.values()) {
      const outside = bounties - fees;
      assert.equal(held(ctx, who.address), explained(ctx, who.address, played, began, outside), who.name);
    }
    assert.equal(bank.supply(ctx, DENOM), supply);
  });
}

/** Writes down what a block's deeds mean for purses and for what can be repeated. */
function note(deeds: readonly Deed[], books: ReadonlyMap<string, Account>, { done }: Hostility): void {
  for (const deed of deeds) {
    judge(deed);
    const book = books.get(deed.name);
    assert.ok(book, `nobody is called ${deed.name}`);
    if (deed.charged) book.fees += FEE;
    if (deed.step === "denounce" && deed.code === 0) book.bounties += BOUNTY;
    const again = deed.code === 0 && deed.step !== "seal" && deed.step !== "denounce";
    if (again) done.push({ who: book.who, deed });
  }
}

const attackSteps: ReadonlySet<string> = new Set(["repeat", "foreign", "seal", "denounce", "slander"]);

/**
 * Plays games until so many rounds have ended, with every invariant of every module checked after each block,
 * and accounts for every coin. Throws at the first thing that is wrong.
 */
export async function simulate(plan: Plan): Promise<Report> {
  const stage = cast(plan);
  const { world } = stage;
  const quirks = mischief(plan);
  const hostility: Hostility = { random: seeded(`${plan.seed} hostile`), done: [], claims: new Map() };
  const books = accounts(stage);
  const supply = world.chain.read((ctx) => bank.supply(ctx, DENOM));
  const last = HEIGHT_SLACK + HEIGHT_PER_ROUND * BigInt(plan.rounds);
  const report = { deeds: 0, attacks: 0, convicted: 0 };
  for (let ended = 0; ended < plan.rounds; ) {
    assert.ok(world.chain.height() < last, "the rounds do not end");
    const running = runningRounds(world);
    const more = plan.mode === "adversary" ? attacks(stage, hostility, running) : [];
    const deeds = await playBlock(world, running, quirks, more);
    note(deeds, books, hostility);
    report.deeds += deeds.length;
    report.attacks += deeds.filter(({ step }) => attackSteps.has(step)).length;
    report.convicted += deeds.filter(({ step, code }) => step === "denounce" && code === 0).length;
    const found = allRounds(world);
    ensureInTime(world, found);
    ended = found.filter(({ phase }) => phase >= Phase.PHASE_DONE).length;
  }
  audit(world, books, supply);
  return { ...report, rounds: allRounds(world) };
}
