import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { ask, run, SetupError } from "./exec.mjs";
import { fingerprint, hashFile, readJson, writeJson } from "./files.mjs";
import { cache, root } from "./paths.mjs";

const nodeMajor = 24;
const lockPath = `${root}package-lock.json`;
const installedPath = `${root}node_modules/.package-lock.json`;
/** There while npm writes: after an interruption npm takes half-written packages for whole ones. */
const unfinishedPath = `${cache}npm.unfinished`;
const stampPath = `${cache}npm.json`;
/** The Node that the project pins; absent on platforms it has no package for. */
const pinnedNode = `${root}node_modules/.bin/node`;

/** @typedef {import("./steps.mjs").Step} Step */

/** @type {Step} */
export const npmStep = {
  name: "npm packages",
  hint: "about 25 s the first time",
  isDone: () => {
    const stamp = readJson(stampPath);
    const installed = fingerprint(installedPath);
    return (
      installed !== undefined &&
      stamp["installed"] === installed &&
      stamp["lock"] === hashFile(lockPath) &&
      stamp["manifest"] === hashFile(`${root}package.json`) &&
      existsSync(projectNode()) &&
      packageFolders().every((folder) => existsSync(`${root}${folder}`))
    );
  },
  describe: () => `Node ${String(readJson(stampPath)["version"])}`,
  async perform(runner) {
    rmSync(stampPath, { force: true });
    requireAgreement();
    const lock = readFileSync(lockPath);
    if (existsSync(unfinishedPath) || !existsSync(installedPath)) {
      rmSync(`${root}node_modules`, { recursive: true, force: true });
    }
    writeFileSync(unfinishedPath, "");
    const [command, before] = npmCommand();
    // Not `npm ci`: it refuses a lock file that lacks the optional binaries of other platforms.
    const flags = ["--ignore-scripts", "--no-save", "--no-audit", "--no-fund"];
    const include = ["--include=dev", "--include=optional"];
    await run(runner, command, [...before, "install", ...flags, ...include], {
      failure: "npm install failed",
    });
    rmSync(unfinishedPath);
    if (!readFileSync(lockPath).equals(lock)) {
      writeFileSync(lockPath, lock);
      throw new SetupError(
        "npm wanted to change package-lock.json, which is now as it was: it must pin every package",
      );
    }
    const node = await chooseNode();
    writeJson(stampPath, {
      ...node,
      lock: hashFile(lockPath),
      manifest: hashFile(`${root}package.json`),
      installed: fingerprint(installedPath),
    });
  },
};

/** Folders that npm says it has made, to notice one that was removed by hand. */
function packageFolders() {
  const packages = readJson(installedPath)["packages"];
  return typeof packages === "object" && packages !== null ? Object.keys(packages) : [""];
}

/** With --no-save npm itself passes over a lock file that belongs to another package.json. */
function requireAgreement() {
  const manifest = readJson(`${root}package.json`);
  const packages = /** @type {any} */ (readJson(lockPath)["packages"]);
  for (const kind of ["dependencies", "devDependencies", "optionalDependencies"]) {
    if (!isDeepStrictEqual(manifest[kind], packages?.[""]?.[kind])) {
      throw new SetupError(
        `package-lock.json does not match package.json (${kind}): run npm install and commit it`,
      );
    }
  }
}

/**
 * npm under this very Node when npm started us, else the one on the path.
 * @returns {[string, string[]]}
 */
function npmCommand() {
  const script = process.env["npm_execpath"];
  return script?.endsWith(".js") && script.includes("npm-cli") ? [process.execPath, [script]] : ["npm", []];
}

/** The Node that runs the project, with its version: the pinned one, or the system's if it is new enough. */
async function chooseNode() {
  for (const node of [pinnedNode, process.execPath]) {
    const version = existsSync(node) ? await ask(node, ["--version"]) : undefined;
    const major = Number(/^v(\d+)\./.exec(version ?? "")?.[1] ?? 0);
    if (major >= nodeMajor) return { pinned: node === pinnedNode, version: version?.slice(1) };
  }
  throw new SetupError(
    `this platform has no pinned Node package: install Node ${nodeMajor} or newer (found ${process.version})`,
  );
}

/** Path of the Node to run the project with; set-up must have been done. */
export function projectNode() {
  return readJson(stampPath)["pinned"] === true ? pinnedNode : process.execPath;
}
