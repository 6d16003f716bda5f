import { equalBytes } from "#chain/bytes/compare.ts";
import { assert, ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import { labelHash, SALT_BYTES } from "#chain/protocol/item.ts";
import * as elections from "#modules/elections/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import type {
  MsgRevealLabels,
  MsgRevealLabelsResponse,
  RevealedItem,
} from "#proto/gen/iterum/commitments.ts";
import { SeatStatus } from "#proto/gen/iterum/elections.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { errors } from "./errors.ts";
import { labelsRevealed } from "./events.ts";
import { sets } from "./state.ts";

/** Opens all labels of a member's revealed items; the bond comes back with the last duty done. */
export const revealLabels: Handler<MsgRevealLabels, MsgRevealLabelsResponse> = {
  signer: (msg) => msg.member,
  check: ({ labels }) => {
    for (const { index, salt } of labels) ensure(salt.length === SALT_BYTES, errors.WrongLabel, { index });
  },
  run: (ctx, { member, gameId, roundId, labels }) => {
    const key = { gameId, roundId };
    rounds.ensurePhase(ctx, key, Phase.PHASE_REVEAL_LABELS);
    const seat = elections.dutyOf(ctx, key, member, SeatStatus.SEAT_STATUS_REVEALED);
    const set = sets.get(ctx, [gameId, roundId, member]);
    assert(set, "a revealed seat without its set");
    const same = labels.length === set.items.length;
    ensure(same && labels.every(({ index }, i) => index === set.items[i]?.index), errors.WrongItems);
    const values = rounds.labelValues(ctx, gameId);
    const ref = rounds.refOf(ctx, key);
    for (const [i, { index, label, salt }] of labels.entries()) {
      ensure(label < values, errors.WrongLabel, { index, label, values });
      const committed = (set.items[i] as RevealedItem).labelHash;
      ensure(equalBytes(labelHash(ref, salt, label), committed), errors.WrongLabel, { index });
    }

    const opened = labels.map(({ label }) => label + 1);
    sets.set(ctx, [gameId, roundId, member], { ...set, labelsHeight: ctx.height, labels: opened });
    elections.markOpened(ctx, key, seat);
    labelsRevealed(ctx, { gameId, roundId, member, items: labels.length });
    return {};
  },
};
