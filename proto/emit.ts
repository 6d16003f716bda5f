// Writes proto/gen from the .proto files.
//   node proto/emit.ts            regenerates what changed
//   node proto/emit.ts --check    writes nothing; exit code 1 when a generated file is not up to date
//   node proto/emit.ts --freeze   also records new fields of iterum.* in frozen.json, for a release
//   node proto/emit.ts --source FOLDER --out FOLDER    the same for another tree of .proto files
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { breaches, type Frozen, meanings, withAdditions } from "./emit/frozen.ts";
import { loadPackages, type Package, protoFiles } from "./emit/load.ts";
import { emitPackage } from "./emit/typescript.ts";

const { values: options } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    freeze: { type: "boolean", default: false },
    source: { type: "string", default: import.meta.dirname },
    out: { type: "string" },
  },
});
const outFolder = options.out ?? join(options.source, "gen");
const frozenFile = join(options.source, "frozen.json");

const current = (path: string): string | undefined =>
  existsSync(path) ? readFileSync(path, "utf8") : undefined;

/** Replaces the file in one step, so that a reader never sees half of it. */
function replaceFile(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}

function generated(packages: readonly Package[], errors: string[]): Map<string, string> {
  const out = new Map<string, string>();
  for (const pack of packages) {
    try {
      out.set(pack.file, emitPackage(pack));
    } catch (error) {
      errors.push(`${pack.name}: ${(error as Error).message}`);
    }
  }
  return out;
}

function staleFiles(fresh: ReadonlyMap<string, string>): string[] {
  if (!existsSync(outFolder)) return [];
  return readdirSync(outFolder, { recursive: true, encoding: "utf8" }).filter(
    (path) => path.endsWith(".ts") && !fresh.has(path.replaceAll("\\", "/")),
  );
}

function main(): number {
  const sources = loadPackages(protoFiles(options.source));
  const errors = [...sources.errors];
  const files = generated(sources.packages, errors);
  if (errors.length === 0) {
    const frozen = JSON.parse(current(frozenFile) ?? "{}") as Frozen;
    const now = meanings(sources.packages);
    errors.push(...breaches(frozen, now));
    if (options.freeze && errors.length === 0)
      replaceFile(frozenFile, `${JSON.stringify(withAdditions(frozen, now), null, 2)}\n`);
  }
  for (const error of errors) console.error(error);
  const changed = [...files].filter(([file, content]) => current(join(outFolder, file)) !== content);
  // A package that does not parse keeps its generated file, so nothing is stale until all of them do.
  const stale = errors.length === 0 ? staleFiles(files) : [];
  if (options.check) {
    for (const [file] of changed) console.error(`${file} is not up to date: run node proto/emit.ts`);
    for (const file of stale) console.error(`${file} has no .proto file any more`);
    return errors.length + changed.length + stale.length === 0 ? 0 : 1;
  }
  for (const [file, content] of changed) replaceFile(join(outFolder, file), content);
  for (const file of stale) rmSync(join(outFolder, file));
  console.log(`${files.size} packages, ${changed.length} written, ${stale.length} removed`);
  return errors.length === 0 ? 0 : 1;
}

process.exitCode = main();
