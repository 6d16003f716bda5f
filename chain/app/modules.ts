import type { Edition } from "#chain/kernel/edition.ts";
import type { AnyModule } from "#chain/kernel/module.ts";
import { type Registry, registry } from "#chain/kernel/registry.ts";
import type { AnyTypes } from "#chain/protocol/amino.ts";
import { authModule } from "#modules/auth/module.ts";
import { bankModule } from "#modules/bank/module.ts";
import { commitmentsModule } from "#modules/commitments/module.ts";
import { communityModule } from "#modules/community/module.ts";
import { distributionModule } from "#modules/distribution/module.ts";
import { electionsModule } from "#modules/elections/module.ts";
import { allowanceTypes } from "#modules/feegrant/api.ts";
import { feegrantModule } from "#modules/feegrant/module.ts";
import { gamesModule } from "#modules/games/module.ts";
import { govModule } from "#modules/gov/module.ts";
import { marketsModule } from "#modules/markets/module.ts";
import { mintModule } from "#modules/mint/module.ts";
import { proofsModule } from "#modules/proofs/module.ts";
import { rewardsModule } from "#modules/rewards/module.ts";
import { roundsModule } from "#modules/rounds/module.ts";
import { slashingModule } from "#modules/slashing/module.ts";
import { treasuryModule } from "#modules/treasury/module.ts";
import { upgradeModule } from "#modules/upgrade/module.ts";
import { consensusKeyTypes } from "#modules/validators/api.ts";
import { validatorsModule } from "#modules/validators/module.ts";
import { vestingModule } from "#modules/vesting/module.ts";
import { BASE_SPACE } from "./base.ts";

const modules = [
  authModule,
  bankModule,
  feegrantModule,
  validatorsModule,
  slashingModule,
  mintModule,
  distributionModule,
  roundsModule,
  treasuryModule,
  communityModule,
  vestingModule,
  electionsModule,
  proofsModule,
  commitmentsModule,
  rewardsModule,
  marketsModule,
  gamesModule,
  govModule,
  upgradeModule,
] as readonly unknown[] as readonly AnyModule[];

/** Version of the app on chains that begin with this program. */
export const APP_VERSION = 1n;

/**
 * The rules of the chain, in the order in which they hold. A release with other rules adds an edition, with
 * its migrations, and keeps the one before for as long as chains may come from there.
 */
export const chainEditions: readonly Edition[] = [
  { upgrade: "", appVersion: APP_VERSION, modules, migrations: [] },
];

/** What an `Any` inside a message may hold: limits on fees, keys of validators, and what proposals may do. */
export const nestedTypes = (of: readonly AnyModule[]): AnyTypes =>
  new Map([
    ...allowanceTypes,
    ...consensusKeyTypes,
    ...of
      .flatMap(({ messages }) => messages)
      .filter(({ handler }) => handler.electorate !== undefined)
      .map(({ typeUrl, request }) => [typeUrl, request] as const),
  ]);

/** The same of the chain's own modules. */
export const nestedAny: AnyTypes = nestedTypes(modules);

/** The modules of the chain in order: each reaches only those before it. */
export const chainRegistry = (): Registry => registry(modules);

/** Spaces of the store: one per module, and one for what belongs to none. */
export const spacesOf = (editions: readonly Edition[]): readonly string[] => [
  ...new Set([BASE_SPACE, ...editions.flatMap((each) => each.modules.map(({ name }) => name))]),
];

/** Those of the chain's own modules. */
export const storeSpaces: readonly string[] = spacesOf(chainEditions);
