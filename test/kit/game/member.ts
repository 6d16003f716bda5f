import { toHex } from "#chain/bytes/hex.ts";
import { u64be } from "#chain/bytes/int.ts";
import { taggedHash } from "#chain/bytes/tagged.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { addressBytes } from "#chain/protocol/address.ts";
import { panelHash } from "#chain/protocol/panel.ts";
import * as commitments from "#modules/commitments/api.ts";
import * as elections from "#modules/elections/api.ts";
import type { PanelSheet } from "#proto/gen/iterum/commitments.ts";
import { type Seat, SeatStatus } from "#proto/gen/iterum/elections.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { type Person, person } from "../accounts.ts";
import { GAME_ID } from "../genesis.ts";
import { type DataSet, dataSet, type Example, examples } from "./items.ts";
import {
  commitData,
  commitPanelLabels,
  revealed,
  revealInputs,
  revealLabels,
  revealPanelLabels,
} from "./say.ts";
import type { At, Turn } from "./turns.ts";

/** Somebody who makes data, with the secrets of its sets by round. */
export interface Member {
  readonly who: Person;
  /** The game that it plays. */
  readonly gameId: string;
  readonly sets: Map<bigint, DataSet>;
  /** The texts of a round; random ones by default. */
  readonly texts: (roundId: bigint) => readonly Example[] | undefined;
}

const ITEMS_PER_SET = 6;

export const member = (
  name: string,
  texts: Member["texts"] = () => undefined,
  gameId: string = GAME_ID,
): Member => ({
  who: person(name),
  gameId,
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
  return {
    step: "revealInputs",
    right: () => revealInputs(member.who, at.ref, set, selected),
    wrong: () => {
      const items = set.items.filter(({ index }) => selected.includes(index)).map(revealed);
      const altered = items.map((item) => ({ ...item, labelHash: at.random.bytes(32) }));
      return revealInputs(member.who, at.ref, set, selected, { items: altered });
    },
  };
}

function labelTurn(member: Member, at: At, selected: readonly number[]): Turn {
  const set = setOf(member, at);
  const flipped = { ...set, items: set.items.map((item) => ({ ...item, label: 1 - item.label })) };
  return {
    step: "revealLabels",
    right: () => revealLabels(member.who, at.ref, set, selected),
    wrong: () => revealLabels(member.who, at.ref, flipped, selected),
  };
}

function labelsOf(members: readonly Member[], roundId: bigint): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { sets } of members)
    for (const { contentHash, label } of sets.get(roundId)?.items ?? []) found.set(toHex(contentHash), label);
  return found;
}

/** Looks labels up by content, over all the members' sets of a round. */
export function authorsLabel(members: readonly Member[], roundId: bigint): At["labelOf"] {
  let known: ReadonlyMap<string, number> | undefined;
  return (contentHash) => {
    known ??= labelsOf(members, roundId);
    return known.get(toHex(contentHash)) ?? 0;
  };
}

/** An honest cross-labeller's labels of the items on its sheet, with salt and commitment. */
export function panelWork(ctx: ReadCtx, { who }: Member, { ref, labelOf }: At, { places }: PanelSheet) {
  const { items } = commitments.itemList(ctx, ref);
  const labels = places.map((place) => labelOf(items[place]?.contentHash ?? new Uint8Array(0)));
  const salt = taggedHash("test/salt", who.secretKey, utf8("panel"), u64be(ref.roundId));
  return { labels, salt, hash: panelHash(ref, addressBytes(who.address), labels, salt) };
}

function panelTurn(ctx: ReadCtx, member: Member, at: At): Turn | undefined {
  const { phase } = at.round;
  const { who } = member;
  const sheet = [...commitments.sheetsOf(ctx, at.ref)].find((each) => each.member === who.address);
  if (!sheet) return undefined;
  const isCommitted = sheet.labelsHash.length > 0;
  const { labels, salt, hash } = panelWork(ctx, member, at, sheet);
  if (phase === Phase.PHASE_LABEL && !isCommitted)
    return {
      step: "commitPanelLabels",
      right: () => commitPanelLabels(who, at.ref, hash),
      wrong: () => commitPanelLabels(who, at.ref, at.random.bytes(32)),
    };
  if (phase !== Phase.PHASE_REVEAL_LABELS || !isCommitted || sheet.labels.length > 0) return undefined;
  const flipped = labels.map((label) => 1 - label);
  return {
    step: "revealPanelLabels",
    right: () => revealPanelLabels(who, at.ref, labels, salt),
    wrong: () => revealPanelLabels(who, at.ref, flipped, salt),
  };
}

function seatTurn(member: Member, at: At, { status, selected }: Seat): Turn | undefined {
  const { phase } = at.round;
  const first = phase === Phase.PHASE_REVEAL_INPUTS && status === SeatStatus.SEAT_STATUS_ELECTED;
  const second = phase === Phase.PHASE_REVEAL_INPUTS_2 && status === SeatStatus.SEAT_STATUS_CALLED;
  if (first || second) return revealTurn(member, at, selected);
  const labels = phase === Phase.PHASE_REVEAL_LABELS && status === SeatStatus.SEAT_STATUS_REVEALED;
  return labels ? labelTurn(member, at, selected) : undefined;
}

/** The phases in which who has a seat may have something to say. */
const SEAT_PHASES: ReadonlySet<Phase> = new Set([
  Phase.PHASE_REVEAL_INPUTS,
  Phase.PHASE_REVEAL_INPUTS_2,
  Phase.PHASE_LABEL,
  Phase.PHASE_REVEAL_LABELS,
]);

/** What the member has to say in the round now. */
export function memberTurns(ctx: ReadCtx, member: Member, at: At): Turn[] {
  const { phase, roundId, gameId } = at.round;
  if (phase === Phase.PHASE_OPEN) {
    const set = setOf(member, at);
    return [
      {
        step: "commitData",
        right: () => commitData(member.who, at.ref, set),
        wrong: () => commitData(member.who, at.ref, set, { root: at.random.bytes(32) }),
      },
    ];
  }
  if (!SEAT_PHASES.has(phase)) return [];
  const seats = elections.seatsOf(ctx, { gameId, roundId });
  const seat = seats.find(({ member: address }) => address === member.who.address);
  if (!seat || seat.status === SeatStatus.SEAT_STATUS_SLASHED) return [];
  return [seatTurn(member, at, seat), panelTurn(ctx, member, at)].filter((turn) => turn !== undefined);
}
