import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Answers } from "#chain/kernel/module.ts";
import { AUTHORITY } from "#chain/protocol/authority.ts";
import type { ModuleVersion, Query } from "#proto/gen/cosmos/upgrade.ts";
import type { Applied, Query as OwnQuery } from "#proto/gen/iterum/upgrade.ts";
import { edition } from "./api.ts";
import { errors } from "./errors.ts";
import { applied, planItem, versions } from "./state.ts";

/** Every upgrade that has been, by name. */
export const appliedList = (ctx: ReadCtx): Applied[] =>
  [...applied.all(ctx)].map(([name, height]) => ({ name, height }));

/** The version of every module, by name. */
export const versionList = (ctx: ReadCtx): ModuleVersion[] =>
  [...versions.all(ctx)].map(([name, version]) => ({ name, version }));

export const answers: Answers<typeof Query> = {
  currentPlan: (ctx) => ({ plan: planItem.find(ctx) }),
  appliedPlan: (ctx, { name }) => ({ height: applied.get(ctx, name) ?? 0n }),
  moduleVersions: (ctx, { moduleName }) => {
    const all = versionList(ctx);
    if (moduleName === "") return { moduleVersions: all };
    const found = all.filter(({ name }) => name === moduleName);
    ensure(found.length > 0, errors.NoModule, { moduleName });
    return { moduleVersions: found };
  },
  authority: () => ({ address: AUTHORITY }),
};

export const ownAnswers: Answers<typeof OwnQuery> = {
  edition: (ctx) => ({ edition: edition(ctx), applied: appliedList(ctx) }),
};
