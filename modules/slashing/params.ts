import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import { mulDiv } from "#chain/math/mul-div.ts";
import * as validators from "#modules/validators/api.ts";
import { type MsgUpdateParams, type MsgUpdateParamsResponse, Params } from "#proto/gen/cosmos/slashing.ts";
import { errors } from "./errors.ts";
import { params as paramsItem } from "./state.ts";

/** One, in units of 10⁻¹⁸. */
const ONE = 10n ** 18n;
/** What a genesis that says nothing of it has. */
export const DEFAULTS: Params = {
  signedBlocksWindow: 10_000n,
  minSignedPerWindow: ONE >> 1n,
  downtimeJailDuration: { seconds: 600n, nanos: 0 },
  slashFractionDoubleSign: mulDiv(ONE, 5n, 100n, "down"),
  slashFractionDowntime: mulDiv(ONE, 1n, 10_000n, "down"),
};
const WINDOW_MIN = 10n;
const WINDOW_MAX = 100_000n;
const JAIL_SECONDS_MAX = 10_000_000n;

/** Fails with (slashing, 7) on parameters that no chain of this kind can have. */
export function checkParams(params: Params | undefined): asserts params is Params {
  ensure(params, errors.BadParams, { missing: "params" });
  const { signedBlocksWindow: window, downtimeJailDuration } = params;
  ensure(window >= WINDOW_MIN && window <= WINDOW_MAX, errors.BadParams, { window });
  const seconds = downtimeJailDuration?.seconds ?? 0n;
  const isTime = seconds > 0n && seconds <= JAIL_SECONDS_MAX && downtimeJailDuration?.nanos === 0;
  ensure(isTime, errors.BadParams, { jailSecondsMax: JAIL_SECONDS_MAX });
  const { minSignedPerWindow, slashFractionDoubleSign, slashFractionDowntime } = params;
  for (const share of [minSignedPerWindow, slashFractionDoubleSign, slashFractionDowntime])
    ensure(share <= ONE, errors.BadParams, { share });
}

/** Most blocks of a window that a validator may miss. */
export function missedMax({ signedBlocksWindow: window, minSignedPerWindow }: Params): bigint {
  return window - mulDiv(window, minSignedPerWindow, ONE, "up");
}

/** How long a validator that missed more stays in jail at least, milliseconds. */
export const jailMs = ({ downtimeJailDuration }: Params): bigint =>
  (downtimeJailDuration?.seconds ?? 0n) * 1_000n;

/**
 * Changes the parameters by a decision of the chain's council; another window is counted from its start. A
 * chain with an agreed set has none to change.
 */
export const updateParams: Handler<MsgUpdateParams, MsgUpdateParamsResponse> = {
  signer: ({ authority }) => authority,
  electorate: () => "",
  check: ({ params }) => checkParams(params),
  run: (ctx, { params }) => {
    checkParams(params);
    ensure(validators.isStaked(ctx), errors.BadParams, { staked: false });
    paramsItem.set(ctx, params);
    return {};
  },
};

/** The parameters; zeros on a chain with an agreed set. */
export const params = (ctx: ReadCtx): Params => paramsItem.find(ctx) ?? Params.zero();
