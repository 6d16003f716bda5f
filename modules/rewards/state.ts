import { bytesKey, type KeyCodec, pair, textKey, u64Key } from "#chain/kernel/keys.ts";
import { keyspace } from "#chain/kernel/state.ts";
import { Counts, Program, RewardRule } from "#proto/gen/iterum/rewards.ts";

/** Greatest number of a round. */
const ROUND_MAX = (1n << 64n) - 1n;

/** Numbers of rounds, the latest first. */
const latestFirst: KeyCodec<bigint> = {
  write: (roundId) => u64Key.write(ROUND_MAX - roundId),
  read: (bytes, at) => {
    const [value, end] = u64Key.read(bytes, at);
    return [ROUND_MAX - value, end];
  },
};

const space = keyspace("rewards");
/** (gameId, the first round that plays by it), without its program. */
export const rules = space.table(2, pair(textKey, latestFirst), RewardRule);
export const programs = space.table(3, bytesKey(32), Program); // programHash
export const counts = space.table(4, pair(textKey, u64Key), Counts); // gameId, roundId
