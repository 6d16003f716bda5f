import type { ReadCtx } from "#chain/kernel/ctx.ts";
import * as auth from "#modules/auth/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import { rounds as roundTable } from "#modules/rounds/state.ts";
import { Phase, type Round } from "#proto/gen/iterum/rounds.ts";
import type { Person } from "../accounts.ts";
import { type Said, signTx, type TestChain } from "../chain.ts";
import { CHAIN_ID, GAME_ID } from "../genesis.ts";
import { authorsLabel, type Member, memberTurns } from "./member.ts";
import { type Operator, operatorTurn } from "./operator.ts";
import type { Random } from "./random.ts";
import type { Quirk, Quirks, Step, Turn } from "./turns.ts";

/** A chain with the people who play on it. */
export interface World {
  readonly chain: TestChain;
  readonly members: readonly Member[];
  readonly operators: readonly Operator[];
  readonly random: Random;
  /** Steps that were taken or left out: nobody tries twice. */
  readonly past: Set<string>;
  /** What is said a phase too late. */
  readonly delayed: Delayed[];
}

interface Delayed {
  readonly who: Person;
  readonly step: Step;
  readonly gameId: string;
  readonly roundId: bigint;
  readonly phase: Phase;
  readonly said: Said;
}

/** What nobody has to do: it must come to nothing, or it is evidence. */
export type Attack = "repeat" | "foreign" | "seal" | "denounce" | "slander";
/** What somebody may do whenever it likes. */
export type Choice = "trade" | "voteCouncil";

/** What somebody did in a block, and what the chain said to it. */
export interface Deed {
  readonly name: string;
  readonly step: Step | Attack | Choice;
  readonly said: Said;
  readonly gameId: string;
  readonly roundId: bigint;
  readonly quirk: Quirk | undefined;
  readonly codespace: string;
  readonly code: number;
  /** Whether it cost a fee: what fails by its form does not. */
  readonly charged: boolean;
}

/** What somebody will say in the next block. */
export interface Plan {
  readonly who: Person;
  readonly step: Step | Attack | Choice;
  readonly gameId: string;
  readonly roundId: bigint;
  readonly quirk: Quirk | undefined;
  readonly said: Said;
}

export const world = (chain: TestChain, cast: Pick<World, "members" | "operators" | "random">): World => ({
  chain,
  ...cast,
  past: new Set(),
  delayed: [],
});

export const noQuirks: Quirks = () => undefined;

/** The rounds of the test game that have not ended. */
export const runningRounds = ({ chain }: World): Round[] =>
  chain.read((ctx) => [...rounds.runningRounds(ctx)].filter(({ gameId }) => gameId === GAME_ID));

/**
 * One transaction for each of what people say, in order; each signer's come one after the other. One that
 * already fails by its form takes no turn.
 */
export async function sayAll(chain: TestChain, saids: readonly (readonly [Person, ...Said[]])[]) {
  const sequences = new Map<string, bigint>();
  const txs = saids.map(([who, ...said]) => {
    const account = chain.read((ctx) => auth.account(ctx, who.address));
    if (!account) throw new Error(`${who.name} has no account`);
    const sequence = sequences.get(who.address) ?? account.sequence;
    const tx = signTx(who, { number: account.number, sequence, signer: chain.signer }, ...said);
    const takesTurn = chain.app.checkTx(tx).gasWanted > 0n;
    sequences.set(who.address, takesTurn ? sequence + 1n : sequence);
    return tx;
  });
  return chain.rawBlock(txs);
}

/** What everybody has to say in a round now. */
export function turnsOf(ctx: ReadCtx, world: World, round: Round): (readonly [Person, Turn])[] {
  const isIn = ({ gameId }: { readonly gameId: string }): boolean => gameId === round.gameId;
  const players = world.members.filter(isIn);
  const ref = { chainId: CHAIN_ID, gameId: round.gameId, roundId: round.roundId };
  const at = { round, ref, random: world.random, labelOf: authorsLabel(players, round.roundId) };
  const operators = world.operators.filter(isIn).flatMap((each) => {
    const turn = operatorTurn(ctx, each, at);
    return turn ? [[each.who, turn] as const] : [];
  });
  const members = players.flatMap((each) =>
    memberTurns(ctx, each, at).map((turn) => [each.who, turn] as const),
  );
  return [...operators, ...members];
}

/** What was to be said in a phase that is over now. */
function overdue(world: World, { gameId, roundId, phase }: Round): Plan[] {
  const due = world.delayed.filter(
    (each) => each.gameId === gameId && each.roundId === roundId && each.phase !== phase,
  );
  for (const each of due) world.delayed.splice(world.delayed.indexOf(each), 1);
  return due.map(({ who, step, said }) => ({ who, step, gameId, roundId, said, quirk: "late" }));
}

/** What everybody says about a round in the next block. */
async function plansOf(world: World, round: Round, quirks: Quirks): Promise<Plan[]> {
  const { gameId, roundId, phase } = round;
  const plans = overdue(world, round);
  for (const [who, turn] of world.chain.read((ctx) => turnsOf(ctx, world, round))) {
    const { step } = turn;
    // A member acts in either window, and a prover once for each batch it owes.
    const name = `${who.name}/${step}/${gameId}/${roundId}/${step === "revealInputs" ? phase : ""}`;
    if (world.past.has(name)) continue;
    if (step !== "submitProof") world.past.add(name);
    const quirk = quirks(who.name, step, roundId);
    if (quirk === "silent") continue;
    const said = quirk === "wrong" ? turn.wrong() : await turn.right();
    if (quirk === "late") world.delayed.push({ who, step, gameId, roundId, phase, said });
    else plans.push({ who, step, gameId, roundId, quirk, said });
  }
  return plans;
}

/** One block in which everybody does what is due in the given rounds, and some do what `more` says. */
export async function playBlock(
  world: World,
  playing: readonly Round[],
  quirks: Quirks,
  more: readonly Plan[] = [],
): Promise<Deed[]> {
  const plans: Plan[] = [];
  for (const round of playing) plans.push(...(await plansOf(world, round, quirks)));
  plans.push(...more);
  const { results } = await sayAll(
    world.chain,
    plans.map(({ who, said }) => [who, said]),
  );
  return plans.map(({ who, step, said, gameId, roundId, quirk }, i) => {
    const { codespace = "", code = 0, gasWanted = 0n } = results[i] ?? {};
    return { name: who.name, step, said, gameId, roundId, quirk, codespace, code, charged: gasWanted > 0n };
  });
}

/** The round as the chain knows it; undefined before it opens. */
export const roundOf = ({ chain }: World, roundId: bigint): Round | undefined =>
  chain.read((ctx) => roundTable.get(ctx, [GAME_ID, roundId]));

/** Plays a round until it enters a phase or ends, and nothing in other rounds. */
export async function playUntil(
  world: World,
  roundId: bigint,
  phase: Phase,
  quirks: Quirks = noQuirks,
): Promise<Deed[]> {
  const deeds: Deed[] = [];
  for (;;) {
    const round = roundOf(world, roundId);
    if (round && round.phase >= phase) return deeds;
    deeds.push(...(await playBlock(world, round ? [round] : [], quirks)));
  }
}

/** Plays a whole round through all its phases by what the chain itself says; what everybody did. */
export const playRound = (world: World, roundId: bigint, quirks: Quirks = noQuirks): Promise<Deed[]> =>
  playUntil(world, roundId, Phase.PHASE_DONE, quirks);
