import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import * as community from "#modules/community/api.ts";
import * as elections from "#modules/elections/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { MsgCommitData, MsgCommitDataResponse } from "#proto/gen/iterum/commitments.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { dataRule } from "./api.ts";
import { errors } from "./errors.ts";
import { dataCommitted } from "./events.ts";
import { commitments } from "./state.ts";

const ROOT_BYTES = 32;

/** Fixes a member's set of the round and puts the member into the urn, with its bond. */
export const commitData: Handler<MsgCommitData, MsgCommitDataResponse> = {
  signer: (msg) => msg.member,
  check: ({ root, count }) => {
    ensure(root.length === ROOT_BYTES, errors.BadRoot, { length: root.length });
    ensure(count >= 1, errors.BadCount, { count });
  },
  run: (ctx, { member, gameId, roundId, root, count }) => {
    rounds.ensurePhase(ctx, { gameId, roundId }, Phase.PHASE_OPEN);
    const { weight } = community.activeMember(ctx, gameId, member);
    const most = dataRule(ctx, { gameId, roundId }).setItemsMax;
    ensure(count <= most, errors.BadCount, { count, most });
    ensure(!commitments.has(ctx, [gameId, roundId, member]), errors.AlreadyCommitted, { member, roundId });

    elections.enroll(ctx, { gameId, roundId }, { address: member, weight }, count);
    commitments.set(ctx, [gameId, roundId, member], { member, root, count, height: ctx.height });
    dataCommitted(ctx, { gameId, roundId, member, root, count });
    return {};
  },
};
