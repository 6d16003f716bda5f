import { fromUtf8, utf8 } from "#chain/bytes/utf8.ts";
import { type BlockInfo, readCtx } from "#chain/kernel/block.ts";
import type { ReadCtx, ReadStore } from "#chain/kernel/ctx.ts";
import { rememberingReads } from "#chain/kernel/reads.ts";
import { keyspace, u64Value, type ValueCodec } from "#chain/kernel/state.ts";
import type { StoreView } from "#chain/store/port.ts";

const NOBODY = new Uint8Array(0);

const textValue: ValueCodec<string> = { encode: utf8, decode: fromUtf8 };

/** Space of what belongs to no module. */
export const BASE_SPACE = "base";

const space = keyspace(BASE_SPACE);
/** The chain's name, as genesis gave it. */
export const chainIdItem = space.item(1, textValue);
/** Time of the last block in milliseconds. */
export const timeItem = space.item(2, u64Value);

/** What a committed state says of itself; undefined before genesis. */
function baseOf(ctx: ReadCtx): { readonly chainId: string; readonly timeMs: bigint } | undefined {
  const chainId = chainIdItem.find(ctx);
  return chainId === undefined ? undefined : { chainId, timeMs: timeItem.get(ctx) };
}

/** What a committed version says of its block; undefined before genesis. */
export function blockOf(view: StoreView): BlockInfo | undefined {
  const at = { chainId: "", height: view.height, timeMs: 0n, proposer: NOBODY, verdicts: new Map() };
  const found = baseOf(readCtx(view, at));
  return found && { ...at, ...found };
}

/** The last committed version. */
export interface Committed {
  readonly height: bigint;
  /** Its entries, those at hand that were read already. */
  readonly state: ReadStore;
  /** Undefined before genesis. */
  readonly block: BlockInfo | undefined;
}

/** Gives the last committed version of a store, a new one once it has another height. */
export function committedOf(store: StoreView): () => Committed {
  let last: Committed | undefined;
  return () => {
    const { height } = store;
    if (last?.height !== height) last = { height, state: rememberingReads(store), block: blockOf(store) };
    return last;
  };
}
