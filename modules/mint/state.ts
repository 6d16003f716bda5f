import { keyspace } from "#chain/kernel/state.ts";
import { Params } from "#proto/gen/cosmos/mint.ts";
import { Minter } from "#proto/gen/iterum/mint.ts";

const space = keyspace("mint");
/** Set on chains that mint. */
export const params = space.item(1, Params);
export const minter = space.item(2, Minter);
