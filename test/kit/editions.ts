import { chainEditions } from "#chain/app/modules.ts";
import { type Edition, versionsOf } from "#chain/kernel/edition.ts";
import { type AnyModule, defineModule, invariant } from "#chain/kernel/module.ts";
import { keyspace } from "#chain/kernel/state.ts";
import { denoms } from "#modules/bank/state.ts";
import { Applied, GenesisState as Upgrade } from "#proto/gen/iterum/upgrade.ts";
import { altered } from "./game/alter.ts";

// A second version of the chain for tests of upgrades: the bank describes its denoms in other words, and a
// module that was not there counts blocks.

export const UPGRADE = "words";

const count = keyspace("count").item(1, Applied);

const countModule = defineModule({
  name: "count",
  version: 1,
  messages: [],
  queries: [],
  invariants: [invariant("the count has a name", "cheap", (ctx) => count.find(ctx)?.name === "blocks")],
  genesis: {
    codec: Applied,
    init: (ctx, given) => {
      if (given.name !== "") count.set(ctx, given);
    },
    dump: (ctx) => count.get(ctx),
  },
  endBlock: (ctx) => {
    const { name, height } = count.get(ctx);
    count.set(ctx, { name, height: height + 1n });
  },
}) as unknown as AnyModule;

const [first] = chainEditions as readonly [Edition];

/** The rules after the upgrade. */
export const second: Edition = {
  upgrade: UPGRADE,
  appVersion: first.appVersion + 1n,
  modules: [
    ...first.modules.map((module) => (module.name === "bank" ? { ...module, version: 2 } : module)),
    countModule,
  ],
  migrations: [
    {
      module: "bank",
      from: 1,
      run: (ctx) => {
        for (const [denom, unit] of denoms.all(ctx))
          denoms.set(ctx, denom, { ...unit, description: "After the upgrade" });
      },
    },
    { module: "count", from: 0, run: (ctx) => count.set(ctx, { name: "blocks", height: 0n }) },
  ],
};

/** What a program knows that runs through the upgrade. */
export const editions: readonly Edition[] = [first, second];

const moduleVersions = [...versionsOf(first)].map(([name, version]) => ({ name, version }));

/** Makes a new chain begin under the first rules, though its program knows others. */
export const underFirstRules = altered("upgrade", Upgrade, (genesis) => ({ ...genesis, moduleVersions }));

/** Where a process finds the editions of this file: the environment of a program that runs through. */
export const upgradedEnv = { ITERUM_TEST_EDITIONS: import.meta.url };

/** The same, with the upgrade planned for a height. */
export const plannedFor = (height: bigint) =>
  altered("upgrade", Upgrade, (genesis) => ({
    ...genesis,
    moduleVersions,
    plan: { name: UPGRADE, height, info: "see the notes", time: undefined },
  }));
