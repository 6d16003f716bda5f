import { fileURLToPath } from "node:url";

/** Where recordings lie. */
export const folder = fileURLToPath(new URL("recordings/", import.meta.url));

/** The recording of a chapter. */
export const recordingFile = (chapter: string): string => `${folder}${chapter}.br`;
