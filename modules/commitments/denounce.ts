import { equalBytes } from "#chain/bytes/compare.ts";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { assert, ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import { addressBytes, parseAddress } from "#chain/protocol/address.ts";
import { labelHash, SALT_BYTES } from "#chain/protocol/item.ts";
import { denouncementHash } from "#chain/protocol/panel.ts";
import * as elections from "#modules/elections/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { MsgDenounce, MsgDenounceResponse } from "#proto/gen/iterum/commitments.ts";
import { SeatStatus } from "#proto/gen/iterum/elections.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { errors } from "./errors.ts";
import { denounced } from "./events.ts";
import { denouncements, sets } from "./state.ts";

/** From when the items are final until their labels may be opened. */
function ensureEarly(ctx: ReadCtx, key: rounds.RoundKey): void {
  const { phase } = rounds.round(ctx, key);
  const early = phase >= Phase.PHASE_LABEL && phase <= Phase.PHASE_OPEN_PREDICTIONS;
  rounds.ensurePhase(ctx, key, early ? phase : Phase.PHASE_PREDICT);
}

/**
 * Convicts a member whose label somebody knows before labels open: the informer gets half of the bond, the
 * treasury the rest, and the member's items count for nothing.
 */
export const denounce: Handler<MsgDenounce, MsgDenounceResponse> = {
  signer: (msg) => msg.informer,
  check: ({ salt, index }) => ensure(salt.length === SALT_BYTES, errors.WrongLabel, { index }),
  run: (ctx, msg) => {
    const { informer, gameId, roundId, member, index, label, salt } = msg;
    const key = { gameId, roundId };
    ensureEarly(ctx, key);
    const sealed = denouncements.get(ctx, [gameId, informer]);
    ensure(sealed && sealed.height < ctx.height, errors.NotSealed, { informer });
    const values = rounds.labelValues(ctx, gameId);
    ensure(parseAddress(member) && label < values, errors.NotSealed, { label });
    const ref = rounds.refOf(ctx, key);
    const leaked = { member: addressBytes(member), index, label, salt };
    const hash = denouncementHash(ref, addressBytes(informer), leaked);
    ensure(equalBytes(hash, sealed.hash), errors.NotSealed, { informer });
    const seat = elections.dutyOf(ctx, key, member, SeatStatus.SEAT_STATUS_REVEALED);
    const set = sets.get(ctx, [gameId, roundId, member]);
    assert(set, "a revealed seat without its set");
    const item = set.items.find((each) => each.index === index);
    const opens = item && equalBytes(labelHash(ref, salt, label), item.labelHash);
    ensure(opens, errors.WrongLabel, { index });

    denouncements.delete(ctx, [gameId, informer]);
    const bounty = elections.convict(ctx, key, seat, informer, "label let out");
    denounced(ctx, { gameId, roundId, member, informer, bounty });
    return { bounty };
  },
};
