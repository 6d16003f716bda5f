import { pair, textKey, u64Key } from "#chain/kernel/keys.ts";
import { keyspace, present, u64Value } from "#chain/kernel/state.ts";
import { versions } from "#chain/kernel/versions.ts";
import { Game, Params, Round, Schedule } from "#proto/gen/iterum/rounds.ts";

const space = keyspace("rounds");
export const params = space.item(1, Params);
export const games = space.table(2, textKey, Game);
export const rounds = space.table(3, pair(textKey, u64Key), Round); // (gameId, roundId)
export const running = space.table(4, pair(textKey, u64Key), present); // rounds that have not ended
export const lastRoundIds = space.table(5, textKey, u64Value);
export const schedules = versions(space, 6, Schedule); // by game and round
