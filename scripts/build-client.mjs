// Builds the client library as a package that plain Node (20 or newer) and bundlers can import: Node does not
// read TypeScript inside node_modules. JavaScript modules with their types, and a package.json of its own.
//   node scripts/build-client.mjs [FOLDER]     by default dist/client
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = resolve(process.argv[2] ?? join(root, "dist/client"));
const ENTRY = "client/index.ts";
const NAME = "iterum-client";

/** Static imports and exports, and types imported in place. */
const SPECIFIER = /(\bfrom\s+|\bimport\s*\(\s*|^import\s+)"([^"]+)"/gm;

/** @type {Map<string, string>} */
const sources = new Map();
/** @type {Set<string>} */
const packages = new Set();

/**
 * A file with its imports as they are in a package: relative, of JavaScript.
 * @param {string} path from the root
 */
function take(path) {
  if (sources.has(path)) return;
  sources.set(path, "");
  /** @type {string[]} */
  const found = [];
  const text = readFileSync(join(root, path), "utf8").replace(SPECIFIER, (whole, before, specifier) => {
    const target = targetOf(path, specifier);
    if (target === undefined) {
      if (!specifier.startsWith("node:")) packages.add(packageOf(specifier));
      return whole;
    }
    found.push(target);
    const way = relative(dirname(path), target).replace(/\.ts$/, ".js");
    return `${before}"${way.startsWith(".") ? way : `./${way}`}"`;
  });
  sources.set(path, text);
  for (const target of found) take(target);
}

/**
 * @param {string} path
 * @param {string} specifier
 */
function targetOf(path, specifier) {
  if (specifier.startsWith("#")) return specifier.slice(1);
  return specifier.startsWith(".") ? join(dirname(path), specifier) : undefined;
}

/** @param {string} specifier */
const packageOf = (specifier) =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

/**
 * Whether nothing but an earlier build would be lost with a folder.
 * @param {string} folder
 */
function isOurs(folder) {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return true;
  const manifest = join(folder, "package.json");
  return existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).name === NAME;
}

if (!isOurs(out)) throw new Error(`${out} holds something else than a build of ${NAME}`);
take(ENTRY);
// Beside node_modules, where the compiler looks for packages.
mkdirSync(join(root, ".cache"), { recursive: true });
const stage = mkdtempSync(join(root, ".cache/build-client-"));
try {
  for (const [path, text] of sources) {
    mkdirSync(dirname(join(stage, path)), { recursive: true });
    writeFileSync(join(stage, path), text);
  }
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  // Tells whose the folder is though the build fails.
  writeFileSync(join(out, "package.json"), JSON.stringify({ name: NAME }));
  const compilerOptions = {
    ...JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8")).compilerOptions,
    ...{ noEmit: false, declaration: true, rootDir: ".", outDir: out, target: "es2023" },
    ...{ allowImportingTsExtensions: false, allowJs: false, checkJs: false },
  };
  writeFileSync(join(stage, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(stage, "tsconfig.json"), JSON.stringify({ compilerOptions, files: [ENTRY] }));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [tsc, "-p", stage], { stdio: "inherit" });
} finally {
  rmSync(stage, { recursive: true, force: true });
}

const project = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const dependencies = Object.fromEntries(
  [...packages].sort().map((name) => [name, project.dependencies[name]]),
);
const manifest = {
  name: NAME,
  version: project.version,
  description: "Client of Iterum chains: queries with proofs, transactions, events and agents",
  license: project.license,
  type: "module",
  sideEffects: false,
  engines: { node: ">=20" },
  exports: {
    ".": { types: "./client/index.d.ts", default: "./client/index.js" },
    // Codecs of messages, events and state, one module a package of protobuf.
    "./proto/*": { types: "./proto/gen/*.d.ts", default: "./proto/gen/*.js" },
    "./package.json": "./package.json",
  },
  dependencies,
};
const missing = Object.keys(dependencies).filter((name) => dependencies[name] === undefined);
if (missing.length > 0) throw new Error(`not among the dependencies: ${missing.join(", ")}`);
writeFileSync(join(out, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
copyFileSync(join(root, "LICENSE"), join(out, "LICENSE"));
// Its links lead to files of the project, which the package does not have.
const readme = readFileSync(join(root, "client/README.md"), "utf8");
writeFileSync(join(out, "README.md"), readme.replace(/\[([^\]]+)\]\(\.\.\/[^)]*\)/g, "$1"));
process.stdout.write(`${NAME} ${project.version}: ${sources.size} modules in ${out}\n`);
