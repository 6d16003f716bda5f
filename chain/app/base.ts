import { fromUtf8, utf8 } from "#chain/bytes/utf8.ts";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { keyspace, u64Value, type ValueCodec } from "#chain/kernel/state.ts";

const textValue: ValueCodec<string> = { encode: utf8, decode: fromUtf8 };

/** Space of what belongs to no module. */
export const BASE_SPACE = "base";

const space = keyspace(BASE_SPACE);
/** The chain's name, as genesis gave it. */
export const chainIdItem = space.item(1, textValue);
/** Time of the last block in milliseconds. */
export const timeItem = space.item(2, u64Value);

/** What a committed state says of itself; undefined before genesis. */
export function baseOf(ctx: ReadCtx): { readonly chainId: string; readonly timeMs: bigint } | undefined {
  const chainId = chainIdItem.find(ctx);
  return chainId === undefined ? undefined : { chainId, timeMs: timeItem.get(ctx) };
}
