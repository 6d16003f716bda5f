import { fileURLToPath } from "node:url";

/** The project's own folder, with a closing slash. */
export const projectRoot = fileURLToPath(new URL("../", import.meta.url));
/** What set-up and the program make and may make again. */
export const cacheFolder = `${projectRoot}.cache/`;
/** The interpreter with EZKL that set-up made. */
export const proverPython = `${cacheFolder}prover/bin/python`;
