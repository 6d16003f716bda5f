import { keyspace, present } from "#chain/kernel/state.ts";
import { versions } from "#chain/kernel/versions.ts";

const space = keyspace("games");
export const changes = versions(space, 1, present); // by game: rounds from which other rules hold
