import { equalBytes } from "#chain/bytes/compare.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import { addressBytes } from "#chain/protocol/address.ts";
import { SALT_BYTES } from "#chain/protocol/item.ts";
import { panelHash } from "#chain/protocol/panel.ts";
import * as elections from "#modules/elections/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { MsgRevealPanelLabels, MsgRevealPanelLabelsResponse } from "#proto/gen/iterum/commitments.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { errors } from "./errors.ts";
import { panelRevealed } from "./events.ts";
import { sheetOf } from "./panel.ts";
import { sheets } from "./state.ts";

/** Opens a cross-labeller's labels, all at once: the other half of the duty that its bond stands for. */
export const revealPanelLabels: Handler<MsgRevealPanelLabels, MsgRevealPanelLabelsResponse> = {
  signer: (msg) => msg.member,
  check: ({ salt }) => ensure(salt.length === SALT_BYTES, errors.WrongLabel, { salt: salt.length }),
  run: (ctx, { member, gameId, roundId, labels, salt }) => {
    const key = { gameId, roundId };
    rounds.ensurePhase(ctx, key, Phase.PHASE_REVEAL_LABELS);
    const seat = elections.panelDutyOf(ctx, key, member);
    const sheet = sheetOf(ctx, key, member);
    ensure(sheet.labelsHash.length > 0, errors.NoCommitment, { member });
    ensure(labels.length === sheet.places.length, errors.WrongItems, { given: labels.length });
    const values = rounds.labelValues(ctx, gameId);
    for (const label of labels) ensure(label < values, errors.WrongLabel, { label, values });
    const hash = panelHash(rounds.refOf(ctx, key), addressBytes(member), labels, salt);
    ensure(equalBytes(hash, sheet.labelsHash), errors.WrongLabel, { member });

    const opened = labels.map((label) => label + 1);
    sheets.set(ctx, [gameId, roundId, member], { ...sheet, labels: opened });
    elections.markPanelOpened(ctx, key, seat);
    panelRevealed(ctx, { gameId, roundId, member, items: labels.length });
    return {};
  },
};
