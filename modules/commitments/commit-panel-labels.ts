import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import * as elections from "#modules/elections/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { MsgCommitPanelLabels, MsgCommitPanelLabelsResponse } from "#proto/gen/iterum/commitments.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { errors } from "./errors.ts";
import { panelCommitted } from "./events.ts";
import { sheetOf } from "./panel.ts";
import { sheets } from "./state.ts";

const HASH_BYTES = 32;

/** Fixes a cross-labeller's labels while nobody's are open, so that it can copy none. */
export const commitPanelLabels: Handler<MsgCommitPanelLabels, MsgCommitPanelLabelsResponse> = {
  signer: (msg) => msg.member,
  check: ({ labelsHash }) =>
    ensure(labelsHash.length === HASH_BYTES, errors.BadHash, { length: labelsHash.length }),
  run: (ctx, { member, gameId, roundId, labelsHash }) => {
    const key = { gameId, roundId };
    rounds.ensurePhase(ctx, key, Phase.PHASE_LABEL);
    elections.panelDutyOf(ctx, key, member);
    const sheet = sheetOf(ctx, key, member);
    ensure(sheet.labelsHash.length === 0, errors.AlreadyCommitted, { member, roundId });

    sheets.set(ctx, [gameId, roundId, member], { ...sheet, labelsHash });
    panelCommitted(ctx, { gameId, roundId, member });
    return {};
  },
};
