import { existsSync, readFileSync, rmSync } from "node:fs";
import { relative } from "node:path";
import { ask, run, SetupError } from "./exec.mjs";
import { hashFile, readJson, writeJson } from "./files.mjs";
import { cache, root } from "./paths.mjs";

const requirements = `${root}prover/requirements.txt`;
const folder = `${cache}prover`;
const python = `${folder}/bin/python`;
const stampPath = `${cache}prover.json`;
const candidates = [
  "python3",
  "python3.14",
  "python3.13",
  "python3.12",
  "python3.11",
  "python3.10",
  "python",
];
const oldestMinor = 9;
/** Prints the version, then a word if virtual environments can be made. */
const probe = `
import sys
print("%d.%d" % sys.version_info[:2])
import venv, ensurepip
print("venv")
`;

/** @type {import("./steps.mjs").Step} */
export const proverStep = {
  name: `EZKL ${pinned()}`,
  hint: "a few seconds",
  isDone: () => {
    const stamp = readJson(stampPath);
    const { library } = stamp;
    return (
      stamp["requirements"] === hashFile(requirements) &&
      typeof library === "string" &&
      existsSync(`${root}${library}`) &&
      existsSync(python)
    );
  },
  describe: () => `EZKL ${pinned()}`,
  async perform(runner) {
    requireWheel();
    rmSync(stampPath, { force: true });
    rmSync(folder, { recursive: true, force: true });
    const base = await findPython();
    await run(runner, base, ["-m", "venv", folder], { failure: `${base} could not make ${folder}` });
    const flags = ["--disable-pip-version-check", "--no-input", "--require-hashes", "--only-binary=:all:"];
    await run(runner, python, ["-m", "pip", "install", ...flags, "-r", requirements], {
      failure: `installing EZKL ${pinned()} failed`,
    });
    const show = "import ezkl; print(ezkl.__version__); print(ezkl.__file__)";
    const answer = await run(runner, python, ["-c", show], { failure: "EZKL does not load" });
    const [version, file = ""] = answer.trim().split("\n");
    const library = relative(root, file);
    if (version !== pinned()) throw new SetupError(`EZKL says it is ${version}, not ${pinned()}`);
    writeJson(stampPath, { version, library, requirements: hashFile(requirements) });
  },
};

function pinned() {
  return /^ezkl==([0-9.]+)/m.exec(readFileSync(requirements, "utf8"))?.[1] ?? "?";
}

function requireWheel() {
  const platform = `${process.platform}-${process.arch}`;
  if (["linux-x64", "darwin-x64", "darwin-arm64"].includes(platform)) return;
  throw new SetupError(`EZKL ${pinned()} is not published for ${platform}, only for Linux x64 and macOS`);
}

async function findPython() {
  let best = `Python is missing: install Python 3.${oldestMinor} or newer with its venv module`;
  for (const name of candidates) {
    const [version, venv] = (await ask(name, ["-c", probe]))?.split("\n") ?? [];
    const [major, minor] = version?.split(".") ?? [];
    if (Number(major) === 3 && Number(minor) >= oldestMinor && venv === "venv") return name;
    best = (await reasonAgainst(name)) ?? best;
  }
  throw new SetupError(best);
}

/** @param {string} name */
async function reasonAgainst(name) {
  const version = await ask(name, ["-c", 'import sys; print("%d.%d" % sys.version_info[:2])']);
  if (version === undefined) return undefined;
  const [major, minor] = version.split(".");
  const recent = Number(major) === 3 && Number(minor) >= oldestMinor;
  return recent
    ? `Python ${version} lacks the venv module: install it (on Debian and Ubuntu the package python3-venv)`
    : `Python ${version} is too old: install Python 3.${oldestMinor} or newer`;
}
