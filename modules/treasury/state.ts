import { textKey } from "#chain/kernel/keys.ts";
import { keyspace } from "#chain/kernel/state.ts";
import { Budget } from "#proto/gen/iterum/treasury.ts";

const space = keyspace("treasury");
export const budgets = space.table(1, textKey, Budget); // gameId
