import type { AnyModule } from "#chain/kernel/module.ts";
import { type Registry, registry } from "#chain/kernel/registry.ts";
import type { AnyTypes } from "#chain/protocol/amino.ts";
import { authModule } from "#modules/auth/module.ts";
import { bankModule } from "#modules/bank/module.ts";
import { commitmentsModule } from "#modules/commitments/module.ts";
import { communityModule } from "#modules/community/module.ts";
import { electionsModule } from "#modules/elections/module.ts";
import { allowanceTypes } from "#modules/feegrant/api.ts";
import { feegrantModule } from "#modules/feegrant/module.ts";
import { gamesModule } from "#modules/games/module.ts";
import { govModule } from "#modules/gov/module.ts";
import { marketsModule } from "#modules/markets/module.ts";
import { proofsModule } from "#modules/proofs/module.ts";
import { rewardsModule } from "#modules/rewards/module.ts";
import { roundsModule } from "#modules/rounds/module.ts";
import { treasuryModule } from "#modules/treasury/module.ts";
import { validatorsModule } from "#modules/validators/module.ts";
import { vestingModule } from "#modules/vesting/module.ts";
import { BASE_SPACE } from "./base.ts";

const modules = [
  authModule,
  bankModule,
  feegrantModule,
  validatorsModule,
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
] as readonly unknown[] as readonly AnyModule[];

/** What an `Any` inside a message may hold: limits on fees, and what proposals may do. */
export const nestedAny: AnyTypes = new Map([
  ...allowanceTypes,
  ...modules
    .flatMap(({ messages }) => messages)
    .filter(({ handler }) => handler.electorate !== undefined)
    .map(({ typeUrl, request }) => [typeUrl, request] as const),
]);

/** The modules of the chain in order: each reaches only those before it. */
export const chainRegistry = (): Registry => registry(modules);

/** Spaces of the store: one per module, and one for what belongs to none. */
export const storeSpaces: readonly string[] = [BASE_SPACE, ...modules.map(({ name }) => name)];
