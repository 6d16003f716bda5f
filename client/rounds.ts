import { type Game, type Params, Phase, Query, type Round } from "#proto/gen/iterum/rounds.ts";
import { ClientError } from "./errors.ts";
import type { Ask } from "./ports.ts";

export interface RoundsQueries {
  games(): Promise<readonly Game[]>;
  /** The game; ClientError badInput when there is none. */
  game(gameId: string): Promise<Game>;
  /** What rounds share on this chain, among it whether it is a development chain. */
  params(): Promise<Params | undefined>;
  round(gameId: string, roundId: bigint): Promise<Round | undefined>;
  /** At most 100 rounds from this one on, in order. */
  rounds(gameId: string, fromRoundId: bigint): Promise<readonly Round[]>;
}

export const roundsQueries = (ask: Ask): RoundsQueries => ({
  games: async () => (await ask(Query.games, {})).games,
  game: async (gameId) => {
    const found = (await ask(Query.games, {})).games.find((game) => game.gameId === gameId);
    if (!found) throw new ClientError("badInput", `no game ${gameId.slice(0, 40)}`);
    return found;
  },
  params: async () => (await ask(Query.games, {})).params,
  round: async (gameId, roundId) => (await ask(Query.round, { gameId, roundId })).round,
  rounds: async (gameId, fromRoundId) => (await ask(Query.rounds, { gameId, fromRoundId })).rounds,
});

const timedPhases = [
  Phase.PHASE_OPEN,
  Phase.PHASE_OPEN_ORDERS,
  Phase.PHASE_ELECT,
  Phase.PHASE_REVEAL_INPUTS,
  Phase.PHASE_REVEAL_INPUTS_2,
  Phase.PHASE_LABEL,
  Phase.PHASE_PREDICT,
  Phase.PHASE_OPEN_PREDICTIONS,
  Phase.PHASE_REVEAL_LABELS,
  Phase.PHASE_PROVE,
  Phase.PHASE_SETTLE,
] as const;

/** Last height of a phase of the round; undefined for phases without an end. */
export const phaseEnd = ({ ends }: Round, phase: Phase): bigint | undefined =>
  ends[(timedPhases as readonly number[]).indexOf(phase)];

/** Whether nothing more happens in the round. */
export const isOver = ({ phase }: Round): boolean => phase >= Phase.PHASE_DONE;
