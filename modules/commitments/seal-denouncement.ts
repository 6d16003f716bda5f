import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { MsgSealDenouncement, MsgSealDenouncementResponse } from "#proto/gen/iterum/commitments.ts";
import { errors } from "./errors.ts";
import { denouncements } from "./state.ts";

const HASH_BYTES = 32;

/** Seals a claim to know a label: what it says is shown in a later block, when nobody can take it over. */
export const sealDenouncement: Handler<MsgSealDenouncement, MsgSealDenouncementResponse> = {
  signer: (msg) => msg.informer,
  check: ({ hash }) => ensure(hash.length === HASH_BYTES, errors.BadHash, { length: hash.length }),
  run: (ctx, { informer, gameId, hash }) => {
    rounds.game(ctx, gameId);
    denouncements.set(ctx, [gameId, informer], { informer, hash, height: ctx.height });
    return {};
  },
};
