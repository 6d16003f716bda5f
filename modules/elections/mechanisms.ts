import { u64be } from "#chain/bytes/int.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { drawsFrom } from "#chain/protocol/draw.ts";
import type { RoundKey } from "#modules/rounds/api.ts";
import type { Candidate, Election } from "#proto/gen/iterum/elections.ts";
import { seedFor } from "./beacon.ts";
import { nominees } from "./council.ts";
import { errors } from "./errors.ts";
import { drawWeighted } from "./sortition.ts";
import { candidates, roundKey } from "./state.ts";
import { candidateAt, urnOf, urnSize } from "./urn.ts";

/** How a committee comes about. Its id is part of a game's rule. */
export interface Mechanism {
  readonly id: string;
  /** Refuses a candidate for whom the urn has no place. */
  admit(ctx: ReadCtx, key: RoundKey, election: Election): void;
  /** At most committee + alternates different candidates of some weight, in rank order. */
  draw(ctx: WriteCtx, key: RoundKey, election: Election): Candidate[];
}

const seatsIn = ({ committee, alternates }: Election): number => committee + alternates;

/** By lot, in proportion to weight: the beacon of the block in which it is drawn decides. */
const sortition: Mechanism = {
  id: "sortition",
  admit: () => undefined,
  draw: (ctx, key, election) => {
    const seed = seedFor(ctx, "election", utf8(key.gameId), u64be(key.roundId));
    const places = drawWeighted(drawsFrom("iterum/election/v1", seed), urnOf(ctx, key), seatsIn(election));
    return places.map((place) => candidateAt(ctx, key, place));
  },
};

/** A standing council: those who committed data and have most of the members' votes. */
const vote: Mechanism = {
  id: "vote",
  admit: () => undefined,
  draw: (ctx, key, election) => {
    const found: Candidate[] = [];
    for (const { nominee } of nominees(ctx, key.gameId)) {
      const candidate = candidates.get(ctx, [key.gameId, key.roundId, nominee]);
      if (candidate && candidate.weight > 0n) found.push(candidate);
      if (found.length === seatsIn(election)) break;
    }
    return found;
  },
};

/** Everybody, in address order: for communities no larger than the committee. */
const everybody: Mechanism = {
  id: "all",
  admit: (ctx, key, election) => {
    const size = urnSize(ctx, key);
    ensure(size < seatsIn(election), errors.UrnFull, { size });
  },
  draw: (ctx, { gameId, roundId }) =>
    [...candidates.under(ctx, roundKey, [gameId, roundId])]
      .map(([, candidate]) => candidate)
      .filter(({ weight }) => weight > 0n),
};

const MECHANISMS: ReadonlyMap<string, Mechanism> = new Map(
  [sortition, vote, everybody].map((mechanism) => [mechanism.id, mechanism]),
);

/** The mechanism of a rule; undefined when there is none of this id. */
export const mechanismOf = (id: string): Mechanism | undefined => MECHANISMS.get(id);
