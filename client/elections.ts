import { type Beacon, type Election, Query, type Seat } from "#proto/gen/iterum/elections.ts";
import type { Ask } from "./ports.ts";

export interface ElectionsQueries {
  /** The beacon's newest value. */
  beacon(): Promise<Beacon | undefined>;
  /** How a round elects; by default the last one. */
  election(gameId: string, roundId?: bigint): Promise<Election | undefined>;
  /** Committee and alternates of a round in rank order; none before the draw. */
  committee(gameId: string, roundId: bigint): Promise<readonly Seat[]>;
}

export const electionsQueries = (ask: Ask): ElectionsQueries => ({
  beacon: async () => (await ask(Query.beacon, {})).beacon,
  election: async (gameId, roundId = 0n) => (await ask(Query.election, { gameId, roundId })).election,
  committee: async (gameId, roundId) => (await ask(Query.committee, { gameId, roundId })).seats,
});
