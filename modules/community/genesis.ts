import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { parseAddress } from "#chain/protocol/address.ts";
import * as auth from "#modules/auth/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { GenesisState, Member } from "#proto/gen/iterum/community.ts";
import { ensureBinding, putBound } from "./entry.ts";
import { errors } from "./errors.ts";
import { stakesAreBacked } from "./invariants.ts";
import { holders, snapshots } from "./kinds.ts";
import { checkRule, ensureAge, ruleOfKind } from "./rule.ts";
import { claims, members, rules, stakes, totals } from "./state.ts";
import { changing } from "./weight.ts";

function addMember(ctx: WriteCtx, member: Member): void {
  const { gameId, address, weight, ethereumAddress, bindingSignature } = member;
  ensure(parseAddress(address), errors.BadGenesis, { address });
  ensure(weight > 0n, errors.BadGenesis, { address, weight });
  ensure(!members.has(ctx, [gameId, address]), errors.BadGenesis, { address });
  if (ethereumAddress.length > 0) {
    ensureBinding(ctx, { gameId, address, ethereumAddress }, bindingSignature);
    putBound(ctx, member);
  } else {
    ensure(bindingSignature.length === 0, errors.BadGenesis, { address });
    members.set(ctx, [gameId, address], member);
  }
}

/** Rules first, then what stands behind each member, then the members, so that the totals come out right. */
export function initCommunity(ctx: WriteCtx, genesis: GenesisState): void {
  auth.ensureModuleAccount(ctx, "community");
  for (const rule of genesis.rules) {
    checkRule(rule);
    ensureAge(rule, rounds.isDev(ctx));
    rounds.game(ctx, rule.gameId);
    ensure(!rules.has(ctx, rule.gameId), errors.BadGenesis, { gameId: rule.gameId, twice: true });
    rules.set(ctx, rule.gameId, rule);
    totals.set(ctx, rule.gameId, { gameId: rule.gameId, members: 0n, weight: 0n });
  }
  for (const stake of genesis.stakes) {
    const { gameId, member } = stake;
    ruleOfKind(ctx, gameId, holders);
    ensure(parseAddress(member), errors.BadGenesis, { member: member.slice(0, 80) });
    stakes.set(ctx, [gameId, member], stake);
  }
  for (const claim of genesis.claims) {
    ruleOfKind(ctx, claim.gameId, snapshots);
    ensure(parseAddress(claim.member), errors.BadGenesis, { member: claim.member.slice(0, 80) });
    claims.set(ctx, [claim.gameId, claim.member], claim);
  }
  for (const member of genesis.members)
    if (parseAddress(member.address))
      changing(ctx, member.gameId, member.address, () => addMember(ctx, member));
    else addMember(ctx, member);
  ensure(stakesAreBacked.holds(ctx), errors.BadGenesis, { stakes: "are not what the account holds" });
}

/** The whole state of the communities as genesis. */
export const dumpCommunity = (ctx: ReadCtx): GenesisState => ({
  members: [...members.all(ctx)].map(([, member]) => member),
  rules: [...rules.all(ctx)].map(([, rule]) => rule),
  stakes: [...stakes.all(ctx)].map(([, stake]) => stake),
  claims: [...claims.all(ctx)].map(([, claim]) => claim),
});
