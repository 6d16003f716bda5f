// Writes docs/reference: what every package of this chain puts on the wire, and its errors; and
// client/codes.ts: those errors by name.
//   node proto/reference.ts            writes what changed
//   node proto/reference.ts --check    writes nothing; exit code 1 when a file is not up to date
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { loadPackages, type Package, protoFiles } from "./emit/load.ts";
import { codesOf, type ErrorRow, indexOf, referenceOf } from "./emit/reference.ts";

const root = join(import.meta.dirname, "..");
const outFolder = join(root, "docs/reference");
const codesFile = join(root, "client/codes.ts");
const { values: options } = parseArgs({ options: { check: { type: "boolean", default: false } } });

/** The errors that the sources below a folder define. */
function errorsIn(folder: string): readonly ErrorRow[] {
  const rows: ErrorRow[] = [];
  for (const file of globSync(`${folder}/**/*.ts`, { cwd: root }).sort()) {
    const sets = readFileSync(join(root, file), "utf8").matchAll(/errorSet\("(\w+)", \{([\s\S]*?)\}\)/g);
    for (const [, codespace = "", body = ""] of sets)
      for (const [, name = "", code, text = ""] of body.matchAll(
        /(\w+): \[(\d+),\s*"((?:[^"\\]|\\.)*)",?\s*\]/g,
      ))
        rows.push({ codespace, code: Number(code), name, text });
  }
  return rows;
}

/** Folder of the module that a package belongs to. */
const moduleOf = ({ file }: Package): string => `modules/${basename(file, ".ts")}`;

function references(packages: readonly Package[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const own = new Set(packages.map(moduleOf));
  for (const pack of packages)
    files.set(`${basename(pack.file, ".ts")}.md`, referenceOf(pack, errorsIn(moduleOf(pack))));
  const others = globSync("modules/*", { cwd: root })
    .sort()
    .filter((folder) => !own.has(folder));
  return files.set("README.md", indexOf([...files.keys()], ["chain", ...others].flatMap(errorsIn)));
}

const { packages, errors } = loadPackages(protoFiles(import.meta.dirname));
for (const error of errors) console.error(error);
const fresh = references(packages.filter(({ name }) => /^iterum\./.test(name)));
const current = (file: string): string | undefined =>
  existsSync(join(outFolder, file)) ? readFileSync(join(outFolder, file), "utf8") : undefined;
const changed = [...fresh].filter(([file, content]) => current(file) !== content);
const stale = globSync("*.md", { cwd: outFolder }).filter((file) => !fresh.has(file));
const codes = codesOf(["chain", "modules"].flatMap(errorsIn));
const isCodesStale = !existsSync(codesFile) || readFileSync(codesFile, "utf8") !== codes;
if (options.check) {
  if (isCodesStale) console.error("client/codes.ts is not up to date: npm run reference");
  for (const [file] of changed) console.error(`docs/reference/${file} is not up to date: npm run reference`);
  for (const file of stale)
    console.error(`docs/reference/${file} has no package any more: npm run reference`);
  process.exitCode = errors.length + changed.length + stale.length > 0 || isCodesStale ? 1 : 0;
} else {
  if (isCodesStale) writeFileSync(codesFile, codes);
  mkdirSync(outFolder, { recursive: true });
  for (const [file, content] of changed) writeFileSync(join(outFolder, file), content);
  for (const file of stale) rmSync(join(outFolder, file));
  console.log(`${fresh.size} pages, ${changed.length} written, ${stale.length} removed`);
  process.exitCode = errors.length > 0 ? 1 : 0;
}
