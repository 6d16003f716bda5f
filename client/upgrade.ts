import { AUTHORITY } from "#chain/protocol/authority.ts";
import { MsgCancelUpgrade, MsgSoftwareUpgrade, type Plan, Query } from "#proto/gen/cosmos/upgrade.ts";
import type { Any } from "#proto/gen/google/protobuf.ts";
import { type Applied, Query as OwnQuery } from "#proto/gen/iterum/upgrade.ts";
import type { Ask } from "./ports.ts";
import { packGoverned } from "./registry.ts";

/** For a proposal to the chain's council: plans an upgrade for a height. */
export const softwareUpgrade = (plan: Pick<Plan, "name" | "height" | "info">): Any =>
  packGoverned({
    typeUrl: MsgSoftwareUpgrade.typeUrl,
    value: { authority: AUTHORITY, plan: { ...plan, time: undefined } },
  });

/** For a proposal to the chain's council: drops the planned upgrade. */
export const cancelUpgrade = (): Any =>
  packGoverned({ typeUrl: MsgCancelUpgrade.typeUrl, value: { authority: AUTHORITY } });

export interface UpgradeQueries {
  /** Undefined where none is planned. */
  plan(): Promise<Plan | undefined>;
  /** The upgrade under whose rules the chain runs, "" for the first ones, and every one that has been. */
  edition(): Promise<{ readonly edition: string; readonly applied: readonly Applied[] }>;
  /** Versions of the modules, by name. */
  versions(): Promise<ReadonlyMap<string, bigint>>;
}

export const upgradeQueries = (ask: Ask): UpgradeQueries => ({
  plan: async () => (await ask(Query.currentPlan, {})).plan,
  edition: () => ask(OwnQuery.edition, {}),
  versions: async () => {
    const { moduleVersions } = await ask(Query.moduleVersions, { moduleName: "" });
    return new Map(moduleVersions.map(({ name, version }) => [name, version]));
  },
});
