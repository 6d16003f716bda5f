import { equalBytes } from "#chain/bytes/compare.ts";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import { unpackInput } from "#chain/protocol/featurizers/pack.ts";
import { FeaturizerError, type FeaturizerSpec, featurizerId } from "#chain/protocol/featurizers/spec.ts";
import { inputHash } from "#chain/protocol/item.ts";
import { dataRoot, leafHash } from "#chain/protocol/leaf.ts";
import type { RoundRef } from "#chain/protocol/round-key.ts";
import * as elections from "#modules/elections/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import type {
  MsgRevealInputs,
  MsgRevealInputsResponse,
  RevealedItem,
} from "#proto/gen/iterum/commitments.ts";
import { type Seat, SeatStatus } from "#proto/gen/iterum/elections.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { dataRule, featurizer } from "./api.ts";
import { errors } from "./errors.ts";
import { inputsRevealed } from "./events.ts";
import { commitments, sets } from "./state.ts";

const HASH_BYTES = 32;

function unpack(spec: FeaturizerSpec, { index, input }: RevealedItem): Int32Array {
  try {
    return unpackInput(spec, input);
  } catch (error) {
    if (!(error instanceof FeaturizerError)) throw error;
    throw errors.BadItem({ index, why: error.message });
  }
}

/** A featurizer with its id: a hash of the whole vocabulary, so it is made once a set. */
interface Featurizer {
  readonly spec: FeaturizerSpec;
  readonly id: string;
}

function leafOf(ref: RoundRef, { spec, id }: Featurizer, item: RevealedItem): Uint8Array {
  const { index, contentHash, eventCid, labelHash } = item;
  const hash = inputHash(id, unpack(spec, item));
  return leafHash(ref, { index, inputHash: hash, contentHash, eventCid, labelHash });
}

/** Root of the whole set: the selected items' leaves computed, the others as given. */
function rootOf(ctx: ReadCtx, msg: MsgRevealInputs, count: number): Uint8Array {
  const spec = featurizer(ctx, msg);
  const made = { spec, id: featurizerId(spec) };
  const ref = rounds.refOf(ctx, msg);
  const opened = new Map(msg.items.map((item) => [item.index, item]));
  const others = msg.otherLeaves.values();
  const leaves = Array.from({ length: count }, (_, index) => {
    const item = opened.get(index);
    return item ? leafOf(ref, made, item) : (others.next().value as Uint8Array);
  });
  return dataRoot(leaves);
}

function ensureSelected({ selected, count }: Seat, { items, otherLeaves }: MsgRevealInputs): void {
  const same = items.length === selected.length && items.every(({ index }, i) => index === selected[i]);
  ensure(same, errors.WrongItems, { selected: selected.join(","), given: items.length });
  const others = count - selected.length;
  ensure(otherLeaves.length === others, errors.WrongItems, { others, given: otherLeaves.length });
}

/** The member's seat, in the window in which it must reveal. */
function seatOf(ctx: ReadCtx, msg: MsgRevealInputs): Seat {
  const { phase } = rounds.round(ctx, msg);
  const second = phase === Phase.PHASE_REVEAL_INPUTS_2;
  rounds.ensurePhase(ctx, msg, second ? phase : Phase.PHASE_REVEAL_INPUTS);
  const due = second ? SeatStatus.SEAT_STATUS_CALLED : SeatStatus.SEAT_STATUS_ELECTED;
  return elections.dutyOf(ctx, msg, msg.member, due);
}

/**
 * Puts an elected member's selected inputs on chain, shown leaf by leaf to be the committed ones, so that
 * nothing later depends on anyone's word or on a data node being up.
 */
export const revealInputs: Handler<MsgRevealInputs, MsgRevealInputsResponse> = {
  signer: (msg) => msg.member,
  check: ({ items, otherLeaves }) => {
    ensure(items.length >= 1, errors.WrongItems, { given: 0 });
    for (const { index, contentHash, labelHash, contentKey } of items)
      for (const part of [contentHash, labelHash, contentKey])
        ensure(part.length === HASH_BYTES, errors.BadItem, { index });
    for (const leaf of otherLeaves) ensure(leaf.length === HASH_BYTES, errors.BadItem, { leaf: leaf.length });
  },
  run: (ctx, msg) => {
    const { member, gameId, roundId, items } = msg;
    rounds.game(ctx, gameId);
    const committed = commitments.get(ctx, [gameId, roundId, member]);
    ensure(committed, errors.NoCommitment, { member });
    const seat = seatOf(ctx, msg);
    ensureSelected(seat, msg);
    const { eventCidBytesMax } = dataRule(ctx, msg);
    for (const { index, eventCid } of items)
      ensure(eventCid.length >= 1 && eventCid.length <= eventCidBytesMax, errors.BadItem, { index });
    ensure(equalBytes(rootOf(ctx, msg, committed.count), committed.root), errors.WrongRoot, { member });

    sets.set(ctx, [gameId, roundId, member], { member, items, labelsHeight: 0n, labels: [] });
    elections.markRevealed(ctx, { gameId, roundId }, seat);
    inputsRevealed(ctx, { gameId, roundId, member, items: items.length });
    return {};
  },
};
