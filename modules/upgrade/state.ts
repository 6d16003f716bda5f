import { fromUtf8, utf8 } from "#chain/bytes/utf8.ts";
import { textKey } from "#chain/kernel/keys.ts";
import { keyspace, u64Value } from "#chain/kernel/state.ts";
import { Plan } from "#proto/gen/cosmos/upgrade.ts";

const space = keyspace("upgrade");
export const planItem = space.item(1, Plan);
// Absent under the first rules: an entry has at least one byte.
export const editionItem = space.item(2, { encode: utf8, decode: fromUtf8 });
export const applied = space.table(3, textKey, u64Value); // name: its first height
export const versions = space.table(4, textKey, u64Value); // module
