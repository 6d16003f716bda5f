import { event } from "#chain/kernel/module.ts";
import { EventGameCreated, EventGameUpdated } from "#proto/gen/iterum/games.ts";

export const gameCreated = event(EventGameCreated);
export const gameUpdated = event(EventGameUpdated);
