import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { MsgFoundCommunity, MsgFoundCommunityResponse } from "#proto/gen/iterum/community.ts";
import { errors } from "./errors.ts";
import { listed } from "./kinds.ts";
import { checkListings, list } from "./listing.ts";
import { checkRule, ensureAge } from "./rule.ts";
import { rules, totals } from "./state.ts";

/** Gives a game that has no community its rule and, where they are listed, its first members. */
export const foundCommunity: Handler<MsgFoundCommunity, MsgFoundCommunityResponse> = {
  signer: ({ authority }) => authority,
  electorate: () => "",
  check: ({ rule, members }) => {
    ensure(rule, errors.BadRule, { missing: "rule" });
    checkRule(rule);
    ensure(members.length === 0 || rule.kind === listed.id, errors.BadListing, { kind: rule.kind });
    checkListings(members);
  },
  run: (ctx, { rule, members }) => {
    ensure(rule, errors.BadRule, { missing: "rule" });
    const { gameId } = rounds.game(ctx, rule.gameId);
    ensureAge(rule, rounds.isDev(ctx));
    ensure(!rules.has(ctx, gameId) && !totals.has(ctx, gameId), errors.Founded, { gameId });
    rules.set(ctx, gameId, rule);
    list(ctx, gameId, members);
    return {};
  },
};
