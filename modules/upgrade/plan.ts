import { utf8 } from "#chain/bytes/utf8.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Plan } from "#proto/gen/cosmos/upgrade.ts";
import { errors } from "./errors.ts";

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$/;
const INFO_BYTES_MAX = 4_096;
/** Heights that the store takes. */
const HEIGHT_MAX = 0x7fffffffn;

/** Fails with (upgrade, 2) on what cannot be the plan of any chain. */
export function checkPlan(plan: Plan | undefined): asserts plan {
  ensure(plan, errors.BadPlan, { missing: "plan" });
  const { name, height, info } = plan;
  ensure(NAME.test(name), errors.BadPlan, { name: "1 to 64 letters, digits, dots, dashes" });
  ensure(height > 0n && height <= HEIGHT_MAX, errors.BadPlan, { height });
  const infoBytes = utf8(info).length;
  ensure(infoBytes <= INFO_BYTES_MAX, errors.BadPlan, { infoBytes });
}

/** The plan without what is not used. */
export const plainPlan = ({ name, height, info }: Plan): Plan => ({
  ...{ name, height, info },
  time: undefined,
});
