import type { ReadCtx } from "#chain/kernel/ctx.ts";
import * as elections from "#modules/elections/api.ts";
import { SeatStatus } from "#proto/gen/iterum/elections.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { type Person, person } from "../accounts.ts";
import { type DataSet, dataSet, type Example, examples } from "./items.ts";
import { commitData, revealed, revealInputs, revealLabels } from "./say.ts";
import type { At, Turn } from "./turns.ts";

/** Somebody who makes data, with the secrets of its sets by round. */
export interface Member {
  readonly who: Person;
  readonly sets: Map<bigint, DataSet>;
  /** The texts of a round; random ones by default. */
  readonly texts: (roundId: bigint) => readonly Example[] | undefined;
}

const ITEMS_PER_SET = 6;

export const member = (name: string, texts: Member["texts"] = () => undefined): Member => ({
  who: person(name),
  sets: new Map(),
  texts,
});

/** The member's set of a round, made on first use. */
function setOf(member: Member, { ref, random }: At): DataSet {
  const known = member.sets.get(ref.roundId);
  if (known) return known;
  const made = dataSet(ref, member.texts(ref.roundId) ?? examples(ITEMS_PER_SET, random), random);
  member.sets.set(ref.roundId, made);
  return made;
}

function revealTurn(member: Member, at: At, selected: readonly number[]): Turn {
  const set = setOf(member, at);
  const { roundId } = at.round;
  return {
    step: "revealInputs",
    right: () => revealInputs(member.who, roundId, set, selected),
    wrong: () => {
      const items = set.items.filter(({ index }) => selected.includes(index)).map(revealed);
      const altered = items.map((item) => ({ ...item, labelHash: at.random.bytes(32) }));
      return revealInputs(member.who, roundId, set, selected, { items: altered });
    },
  };
}

function labelTurn(member: Member, at: At, selected: readonly number[]): Turn {
  const set = setOf(member, at);
  const { roundId } = at.round;
  const flipped = { ...set, items: set.items.map((item) => ({ ...item, label: 1 - item.label })) };
  return {
    step: "revealLabels",
    right: () => revealLabels(member.who, roundId, set, selected),
    wrong: () => revealLabels(member.who, roundId, flipped, selected),
  };
}

/** What the member has to say in the round now; undefined for nothing. */
export function memberTurn(ctx: ReadCtx, member: Member, at: At): Turn | undefined {
  const { phase, roundId, gameId } = at.round;
  if (phase === Phase.PHASE_OPEN) {
    const set = setOf(member, at);
    return {
      step: "commitData",
      right: () => commitData(member.who, roundId, set),
      wrong: () => commitData(member.who, roundId, set, { root: at.random.bytes(32) }),
    };
  }
  const seats = elections.seatsOf(ctx, { gameId, roundId });
  const seat = seats.find(({ member: address }) => address === member.who.address);
  if (!seat) return undefined;
  const { status, selected } = seat;
  const first = phase === Phase.PHASE_REVEAL_INPUTS && status === SeatStatus.SEAT_STATUS_ELECTED;
  const second = phase === Phase.PHASE_REVEAL_INPUTS_2 && status === SeatStatus.SEAT_STATUS_CALLED;
  if (first || second) return revealTurn(member, at, selected);
  const labels = phase === Phase.PHASE_REVEAL_LABELS && status === SeatStatus.SEAT_STATUS_REVEALED;
  return labels ? labelTurn(member, at, selected) : undefined;
}
