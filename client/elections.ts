import {
  type Beacon,
  type Election,
  MsgRegisterBeaconKey,
  MsgVoteCouncil,
  type Nominee,
  Query,
  type QueryBeaconKeyResponse,
  type Seat,
} from "#proto/gen/iterum/elections.ts";
import type { Ask } from "./ports.ts";
import { messageOf } from "./tx.ts";

/** Gives the sender's weight to one member, for councils that sit by votes; to nobody for "". */
export const msgVoteCouncil = messageOf(MsgVoteCouncil);

/** Gives the sender's validator a key to sign the beacon with. */
export const msgRegisterBeaconKey = messageOf(MsgRegisterBeaconKey);

export interface ElectionsQueries {
  /** The beacon's newest value. */
  beacon(): Promise<Beacon | undefined>;
  /** How a round elects; by default the last one. */
  election(gameId: string, roundId?: bigint): Promise<Election | undefined>;
  /** Committee and alternates of a round in rank order; none before the draw. */
  committee(gameId: string, roundId: bigint): Promise<readonly Seat[]>;
  /** Who has votes for the game's council, most first; the first 1,024. */
  council(gameId: string): Promise<readonly Nominee[]>;
  /** What the validator of an account signs the beacon with, and what it will. */
  beaconKey(operator: string): Promise<QueryBeaconKeyResponse>;
}

export const electionsQueries = (ask: Ask): ElectionsQueries => ({
  beacon: async () => (await ask(Query.beacon, {})).beacon,
  election: async (gameId, roundId = 0n) => (await ask(Query.election, { gameId, roundId })).election,
  committee: async (gameId, roundId) => (await ask(Query.committee, { gameId, roundId })).seats,
  council: async (gameId) => (await ask(Query.council, { gameId })).nominees,
  beaconKey: (operator) => ask(Query.beaconKey, { operator }),
});
