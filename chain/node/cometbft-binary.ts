import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const CACHE = fileURLToPath(new URL("../../.cache/", import.meta.url));
/** Line of the build data in every Go program: module, version, and checksum of its source as in go.sum. */
const BUILD_LINE =
  "mod\tgithub.com/cometbft/cometbft\tv0.40.0\th1:0+zc7FlcnonFfMwzhyDCd5vK/fHZqz0RfRyTCxZsFPU=";

/**
 * Path of the CometBFT that the node is written for: `ITERUM_COMETBFT`, else the one that set-up found or
 * built, else one on the PATH. Throws when there is none, or the one named is another version.
 */
export function findCometBft(env: NodeJS.ProcessEnv = process.env): string {
  const { ITERUM_COMETBFT: named, PATH: path = "" } = env;
  if (named !== undefined && named !== "") {
    if (isCometBft(named)) return named;
    throw new Error(`ITERUM_COMETBFT is not CometBFT 0.40.0: ${named}`);
  }
  const folders = path.split(delimiter).filter((folder) => folder.startsWith("/"));
  const candidates = [recorded(), join(CACHE, "bin/cometbft"), ...folders.map((f) => join(f, "cometbft"))];
  const found = candidates.find((file) => file !== undefined && isCometBft(file));
  if (found === undefined) throw new Error("CometBFT 0.40.0 is missing: run node scripts/setup.mjs");
  return found;
}

/** Whether the file is that program. Its own word is of no use: v0.40.0 says that it is 0.39.0. */
export function isCometBft(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return readFileSync(file).includes(BUILD_LINE);
  } catch {
    return false;
  }
}

/** The path that set-up noted. */
function recorded(): string | undefined {
  const note = join(CACHE, "cometbft.json");
  if (!existsSync(note)) return undefined;
  const { path } = JSON.parse(readFileSync(note, "utf8")) as { path?: unknown };
  return typeof path === "string" ? path : undefined;
}
