import { concat } from "#chain/bytes/concat.ts";
import { u64be } from "#chain/bytes/int.ts";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { pageOf } from "#chain/kernel/page.ts";
import { addressKey } from "#chain/protocol/address.ts";
import type { PageRequest } from "#proto/gen/cosmos/base/query.ts";
import type { QueryValidatorSlashesResponse, ValidatorSlashEvent } from "#proto/gen/cosmos/distribution.ts";
import { slashes } from "./state.ts";

type Entry = readonly [Uint8Array, ValidatorSlashEvent];

/** Slashes of a validator between two heights, an end of 0 meaning the last; keyed by height and number. */
function* between(ctx: ReadCtx, operator: string, first: bigint, last: bigint): Iterable<Entry> {
  const before = first > 0n ? ([operator, first - 1n, U64_MAX] as const) : undefined;
  for (const [[, height, number], { fraction }] of slashes.under(ctx, addressKey, operator, before)) {
    if (last > 0n && height > last) return;
    yield [concat(u64be(height), u64be(number)), { validatorPeriod: number, fraction }];
  }
}

const U64_MAX = (1n << 64n) - 1n;

/** A page of them, the oldest first. */
export function slashesPage(
  ctx: ReadCtx,
  operator: string,
  first: bigint,
  last: bigint,
  asked: PageRequest | undefined,
): QueryValidatorSlashesResponse {
  const { items, pagination } = pageOf(between(ctx, operator, first, last), asked);
  return { slashes: items, pagination };
}
