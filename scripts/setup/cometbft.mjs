import { accessSync, constants, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { readBuildInfo } from "./buildinfo.mjs";
import { ask, run, SetupError } from "./exec.mjs";
import { fingerprint, readJson, writeJson } from "./files.mjs";
import { cache, root } from "./paths.mjs";

const module = "github.com/cometbft/cometbft";
const mainPackage = `${module}/cmd/cometbft`;
const version = "v0.40.0";
/** Checksum of the module's source in the form of go.sum: what identifies the program, whoever built it. */
const sum = "h1:0+zc7FlcnonFfMwzhyDCd5vK/fHZqz0RfRyTCxZsFPU=";
const goMinor = 25;

const binFolder = `${cache}bin/`;
const ownBinary = `${binFolder}cometbft`;
const recordPath = `${cache}cometbft.json`;

/** @type {import("./steps.mjs").Step} */
export const cometbftStep = {
  name: `CometBFT ${version}`,
  hint: "built from source, 1 to 2 minutes the first time",
  isDone: () => {
    const record = readJson(recordPath);
    const { path } = record;
    // The folder is recorded too, since a copy of it must not use the program of the first one.
    return (
      record["sum"] === sum &&
      record["project"] === root &&
      typeof path === "string" &&
      record["file"] === (fingerprint(path) ?? "none")
    );
  },
  describe: () => `CometBFT ${version.slice(1)}`,
  async perform(runner) {
    rmSync(recordPath, { force: true });
    const path = (await findBuilt()) ?? (await build(runner));
    writeJson(recordPath, { path, version, sum, project: root, file: fingerprint(path) });
  },
};

/**
 * Whether a file is the CometBFT that the project is written for. Its own word is of no use: v0.40.0 says
 * that it is 0.39.0.
 * @param {string} file
 * @returns {boolean}
 */
export function isCometbft(file) {
  try {
    accessSync(file, constants.X_OK);
    const info = readBuildInfo(file);
    return (
      info !== undefined &&
      info.path === mainPackage &&
      info.module === module &&
      info.version === version &&
      info.sum === sum &&
      !info.replaced
    );
  } catch {
    return false;
  }
}

/** The first right program that also starts (a cut-off file may still show its build data). */
async function findBuilt() {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder.startsWith("/"));
  for (const file of [...folders.map((folder) => join(folder, "cometbft")), ownBinary]) {
    if (isCometbft(file) && (await ask(file, ["version"])) !== undefined) return file;
  }
  return undefined;
}

/** @param {import("./exec.mjs").Runner} runner */
async function build(runner) {
  await requireGo();
  mkdirSync(binFolder, { recursive: true });
  for (const left of readdirSync(binFolder)) {
    if (left.startsWith("build-")) rmSync(join(binFolder, left), { recursive: true, force: true });
  }
  const folder = mkdtempSync(`${binFolder}build-`);
  try {
    await run(runner, "go", ["install", `${mainPackage}@${version}`], {
      env: { GOBIN: folder, GOTOOLCHAIN: "local" },
      failure: `building CometBFT ${version} failed`,
    });
    const built = join(folder, "cometbft");
    if (!isCometbft(built)) throw new SetupError(`the program built is not CometBFT ${version} (${sum})`);
    renameSync(built, ownBinary);
    return ownBinary;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function requireGo() {
  const how = `install Go 1.${goMinor} or newer, or put CometBFT ${version} on the PATH`;
  const found = await ask("go", ["env", "GOVERSION"], { GOTOOLCHAIN: "local" });
  if (found === undefined) throw new SetupError(`Go is missing: ${how}`);
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(found) ?? [];
  const recent = Number(major) > 1 || (Number(major) === 1 && Number(minor) >= goMinor);
  if (!recent) throw new SetupError(`${found} is too old: ${how}`);
}
