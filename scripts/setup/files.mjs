import { createHash } from "node:crypto";
import { readFileSync, renameSync, statSync, writeFileSync } from "node:fs";

/**
 * SHA-256 of a file in hex, or undefined when it cannot be read.
 * @param {string} path
 * @returns {string | undefined}
 */
export function hashFile(path) {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("hex");
  } catch {
    return undefined;
  }
}

/**
 * Size and time of change of a file as one text, or undefined when it is not there.
 * @param {string} path
 * @returns {string | undefined}
 */
export function fingerprint(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() ? `${stat.size}@${stat.mtimeMs}` : undefined;
}

/**
 * The object in a JSON file; an empty one when the file is missing or torn.
 * @param {string} path
 * @returns {Record<string, unknown>}
 */
export function readJson(path) {
  try {
    const value = JSON.parse(readFileSync(path, "utf8"));
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

/**
 * Writes a JSON file in one step: a reader sees the old one or the new one.
 * @param {string} path
 * @param {Record<string, unknown>} value
 */
export function writeJson(path, value) {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(draft, path);
}
