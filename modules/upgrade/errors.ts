import { errorSet } from "#chain/kernel/error.ts";

export const errors = errorSet("upgrade", {
  BadPlan: [2, "not a plan for an upgrade"],
  WasApplied: [3, "an upgrade of this name has been already"],
  NoPlan: [4, "no upgrade is planned"],
  NoModule: [5, "no such module"],
  BadGenesis: [6, "the versions in genesis are not those of this program"],
});
