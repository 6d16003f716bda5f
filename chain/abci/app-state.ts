import { fromUtf8 } from "#chain/bytes/utf8.ts";
import type { AppState } from "#chain/kernel/genesis.ts";

/** The app state of a genesis file: JSON with an entry per module, read strictly when genesis begins. */
export const parseAppState = (bytes: Uint8Array): AppState => JSON.parse(fromUtf8(bytes)) as AppState;
