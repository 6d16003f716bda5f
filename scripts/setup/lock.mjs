import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { identify, lives } from "./process.mjs";

/** @param {string} path */
function ownerOf(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/**
 * Removes a lock left behind by a process that died. The lock is moved away first and read again there:
 * another waiter may have replaced it meanwhile, and a living one is put back.
 * @param {string} path
 */
function breakLock(path) {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
    if (lives(readFileSync(aside, "utf8"))) linkSync(aside, path);
  } catch {
    // Another waiter was faster.
  }
  rmSync(aside, { force: true });
}

/**
 * Waits until this process alone holds the lock file, and gives the function that lets it go.
 * @param {string} path
 * @param {(owner: string) => void} onWait called once if another process holds it
 * @returns {Promise<() => void>}
 */
export async function takeLock(path, onWait) {
  const mine = identify(process.pid);
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, mine);
  let waited = false;
  try {
    for (;;) {
      try {
        linkSync(draft, path);
        break;
      } catch (cause) {
        if (/** @type {NodeJS.ErrnoException} */ (cause).code !== "EEXIST") throw cause;
      }
      const owner = ownerOf(path);
      if (owner !== undefined && !lives(owner)) breakLock(path);
      else if (owner !== undefined && !waited) {
        onWait(owner.split(" ")[0] ?? "?");
        waited = true;
      }
      await sleep(waited ? 200 : 10);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return () => {
    if (ownerOf(path) === mine) unlinkSync(path);
  };
}
