import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../", import.meta.url));
const run = promisify(execFile);

/** Every way known of making two machines disagree, one line each; all are refused in a module. */
const sins = {
  floats: ["let x = 1.5;", "let x = 1e9;", "let x = .5;", "let x = 7 / 2;", "let x = 3; x /= 2;"],
  divisions: ["let x = 7n / 2n;", "let x = a / b;", "let x = 3n; x /= 2n;", "let x = f(1)/g(2);"],
  powers: ["let x = 2 ** 3;", "let x = a ** b;", "let x = 2; x **= 3;"],
  "functions of Math": [
    "let x = Math.floor(3);",
    'let x = Math["floor"](3);',
    "const { floor } = Math;",
    "const { min: floor } = Math;",
    "const m = Math;",
    "let x = { Math };",
    "let x = Math.random();",
    "let x = [Math].length;",
  ],
  "lenient readings of text": [
    'let x = Number("12");',
    'let x = BigInt("12");',
    "let x = BigInt(`12`);",
    "let x = BigInt( '12');",
    'let x = parseInt("12", 10);',
    'let x = Number.parseFloat("1");',
    'let x = Number.parseInt("1", 10);',
    "let x = parseFloat(s);",
  ],
  "sorts without a comparator": [
    "let x = list.sort();",
    "let x = list.toSorted();",
    'let x = list["sort"]();',
    "let x = list?.sort();",
    "let x = list.sort(undefined);",
    "let x = f(list.sort());",
    "let x = list.sort().map(f);",
  ],
  "loops over keys": ["for (const k in o) f(k);"],
  "tools of the locale": [
    "let x = a.localeCompare(b);",
    "let x = a.toLocaleString();",
    'let x = a.normalize("NFC");',
    "let x = list.sort((a, b) => a.localeCompare(b));",
    'let x = a["localeCompare"](b);',
    "let x = a.toLowerCase();",
    "let x = new Intl.NumberFormat();",
  ],
  "ways to wait": [
    "async function f() {}",
    "const f = async () => 1;",
    "const o = { async run() {} };",
    "const o = { run: async function () {} };",
    "class C { async run() {} }",
    "class C { static async run() {} }",
    "const x = await f();",
    "for await (const x of xs) f(x);",
    "const x = Promise.resolve(1);",
    "let x: Promise<number>;",
    "const x = new Promise(f);",
    'const x = import("./state.ts");',
    "setTimeout(f, 1);",
    "queueMicrotask(f);",
  ],
  "texts of JSON.stringify": [
    "let x = JSON.stringify(o);",
    'let x = JSON["stringify"](o);',
    "const { stringify } = JSON;",
  ],
  "ambient powers": [
    "let x = Date.now();",
    "let x = new Date();",
    "let x = globalThis.Date;",
    "let x = process.env;",
    "let x = performance.now();",
    "let x = crypto.randomUUID();",
    "fetch(u);",
    'eval("1");',
    'const f = new Function("return 1");',
    "let x = new WeakRef(o);",
  ],
  "foreign imports": [
    'import "lodash";',
    'import { x } from "@noble/hashes/sha2.js";',
    'import { x } from "node:fs";',
    'import { x } from "../other/state.ts";',
    'import { x } from "#modules/other/state.ts";',
    'import { x } from "#modules/other/keys.ts";',
    'import { x } from "../../chain/kernel/ctx.ts";',
    'import { x } from "#client/connect.ts";',
    'export { x } from "#modules/other/state.ts";',
  ],
} as const;

/** What honest code of a module looks like. */
const clean = `
import { mulDiv } from "#chain/math/mul-div.ts";
import * as bank from "#modules/bank/api.ts";
import { Msg } from "#proto/gen/iterum/markets.ts";
import { errors } from "./errors.ts";
export const wad = 10n ** 18n;
export const least = Math.min(1, 2) + Math.imul(3, 4) + 0x1e;
export const half = mulDiv(wad, 1n, 2n, "down");
export const sorted = [3n, 1n].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
export const count = Number(half) + [..."abc"].length + BigInt.asUintN(64, wad).toString().length;
export const evaluation = (asyncCount: number): number => asyncCount + parseWad(count);
function parseWad(value: number): number { return value; }
for (const key of sorted) bank.send(key, Msg, errors);
`;

let folder = "";
let flagged = new Set<string>();

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "iterum-lint-"));
  for (const path of ["biome.json", "lint"])
    cpSync(join(root, path), join(folder, path), { recursive: true });
  for (const [kind, lines] of Object.entries(sins))
    lines.forEach((line, i) => {
      write(`modules/sin/${kind.replaceAll(/\W/g, "-")}-${i}.ts`, line);
    });
  write("modules/clean/clean.ts", clean);
  for (const place of ["chain/store", "chain/kernel", "chain/tx", "chain/math", "chain/verify", "client"]) {
    write(`${place}/float.ts`, "export const x = 1.5;\n");
    write(`${place}/wait.ts`, "export const f = async () => 1;\n");
    write(`${place}/divide.ts`, "export const f = (a: bigint, b: bigint) => a / b;\n");
  }
  flagged = await lint();
});

after(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** Paths of the files with a finding of the plugins or of the list of globals. */
async function lint(): Promise<Set<string>> {
  const args = ["lint", "--reporter=json", "--max-diagnostics=1000"];
  const biome = join(root, "node_modules/.bin/biome");
  const { stdout } = await run(biome, args, { cwd: folder, maxBuffer: 64 << 20 }).catch(
    (failed: { stdout: string }) => failed,
  );
  const report = JSON.parse(stdout) as {
    diagnostics: { category: string; location: { path: string } }[];
  };
  const ours = report.diagnostics.filter(({ category }) => /^plugin|noRestrictedGlobals/.test(category));
  return new Set(ours.map(({ location }) => location.path));
}

for (const [kind, lines] of Object.entries(sins))
  test(`${kind} are refused in a module`, () => {
    const missed = lines.filter((_, i) => !flagged.has(`modules/sin/${kind.replaceAll(/\W/g, "-")}-${i}.ts`));
    assert.deepEqual(missed, []);
  });

test("honest code passes", () => {
  assert.ok(!flagged.has("modules/clean/clean.ts"));
});

test("the rules are those of each place", () => {
  const found = [...flagged].filter((path) => !path.startsWith("modules/")).sort();
  assert.deepEqual(found, [
    "chain/kernel/divide.ts",
    "chain/kernel/float.ts",
    "chain/kernel/wait.ts",
    "chain/math/float.ts",
    "chain/math/wait.ts",
    "chain/store/float.ts",
    "chain/tx/divide.ts",
    "chain/tx/float.ts",
    "chain/tx/wait.ts",
  ]);
});
