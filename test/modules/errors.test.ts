import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");

/** "#modules/bank/errors.ts errors.BadCoins" for every error that a file of errors defines. */
function defined(path: string): readonly string[] {
  const sets = read(path).matchAll(/(?:const (\w+)|const \{ (\w+) \}) = errorSet\("\w+", \{([\s\S]*?)\}\)/g);
  return [...sets].flatMap(([, set, alone, body = ""]) => {
    if (alone !== undefined) return [`#${path} ${alone}`];
    return [...body.matchAll(/^\s*(\w+): \[/gm)].map(([, name]) => `#${path} ${set}.${name}`);
  });
}

/** The errors that a test names, in the same form. A test names an error to assert that it is raised. */
function named(text: string): readonly string[] {
  const found: string[] = [];
  for (const [, names = "", path = ""] of text.matchAll(/import \{([^}]*)\} from "(#[\w/-]*errors\.ts)"/g))
    for (const part of names.split(",").map((name) => name.trim())) {
      const [set = "", local = set] = part.split(/ as /);
      if (set === "") continue;
      found.push(`${path} ${set}`);
      for (const [, name] of text.matchAll(new RegExp(`\\b${local}\\.(\\w+)`, "g")))
        found.push(`${path} ${set}.${name}`);
      for (const [, many = ""] of text.matchAll(new RegExp(`const \\{([^}]*)\\} = ${local};`, "g")))
        for (const name of many.split(",")) found.push(`${path} ${set}.${name.trim()}`);
    }
  return found;
}

test("every error of every module is raised by some test", () => {
  const errors = globSync("modules/*/*errors.ts", { cwd: root }).flatMap(defined);
  const tests = globSync("test/{modules,chain}/**/*.test.ts", { cwd: root });
  const raised = new Set(tests.flatMap((path) => named(read(path))));
  assert.ok(errors.length >= 75, `${errors.length} errors`);
  assert.deepEqual(
    errors.filter((name) => !raised.has(name)),
    [],
  );
});

test("an error that no test names is noticed, under whatever name it is imported", () => {
  const text = `import { errors as bank, InsufficientFunds } from "#modules/bank/errors.ts";
    const { BadCoins } = bank;
    refuses(bank.BadAddress, InsufficientFunds);`;
  assert.deepEqual(named(text), [
    "#modules/bank/errors.ts errors",
    "#modules/bank/errors.ts errors.BadAddress",
    "#modules/bank/errors.ts errors.BadCoins",
    "#modules/bank/errors.ts InsufficientFunds",
  ]);
  assert.ok(defined("modules/bank/errors.ts").includes("#modules/bank/errors.ts errors.NoDenom"));
  assert.ok(defined("modules/bank/errors.ts").includes("#modules/bank/errors.ts InsufficientFunds"));
});
