import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import type { MsgSetSnapshot, MsgSetSnapshotResponse } from "#proto/gen/iterum/community.ts";
import { errors } from "./errors.ts";
import { snapshotSet } from "./events.ts";
import { standingsEnded } from "./hooks.ts";
import { snapshots } from "./kinds.ts";
import { checkRule, ruleOfKind } from "./rule.ts";
import { rules, totals } from "./state.ts";

/** Puts a new snapshot in place of the one before, under which everybody has to claim anew. */
export const setSnapshot: Handler<MsgSetSnapshot, MsgSetSnapshotResponse> = {
  signer: ({ authority }) => authority,
  electorate: ({ gameId }) => gameId,
  check: ({ snapshot }) => ensure(snapshot, errors.BadRule, { missing: "snapshot" }),
  run: (ctx, { gameId, snapshot }) => {
    ensure(snapshot, errors.BadRule, { missing: "snapshot" });
    const next = { ...ruleOfKind(ctx, gameId, snapshots), snapshot };
    checkRule(next);
    rules.set(ctx, gameId, next);
    // Claims under another root count for nothing.
    totals.set(ctx, gameId, { gameId, members: 0n, weight: 0n });
    ctx.fire(standingsEnded, { gameId });
    snapshotSet(ctx, { gameId, ...snapshot });
    return {};
  },
};
