import { fileURLToPath } from "node:url";

/** The project's own folder, with a closing slash. */
export const root = fileURLToPath(new URL("../../", import.meta.url));
/** What set-up makes and may make again; ignored by git. */
export const cache = `${root}.cache/`;
