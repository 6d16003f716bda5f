import assert from "node:assert/strict";
import { test } from "node:test";
import { at, isGenerated, none, paths, textOf } from "./sources.ts";

/** Words are put together here, so that this file does not break its own rules. */
const rules: readonly { readonly rule: string; readonly pattern: RegExp }[] = [
  {
    rule: "an absolute path of one machine",
    pattern: new RegExp(`(?<![\\w.*$}/-])/(?:${["work", "home", "root", "tmp", "Users"].join("|")})/`),
  },
  {
    rule: "the host of a package registry",
    pattern: new RegExp(
      ["registry\\.npm" + "js", "py" + "pi\\.org", "python" + "hosted", "proxy\\.go" + "lang"].join("|"),
    ),
  },
  { rule: "a path out of the project", pattern: new RegExp("\\.\\./" + "shared\\b") },
  {
    rule: "unfinished work",
    pattern: new RegExp(`\\b(?:${["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"].join("|")})\\b`),
  },
];

const isText = (path: string): boolean =>
  /(?:\.(?:ts|mjs|js|json|md|py|sh|css|html|proto|grit|txt|ya?ml|toml)|^\.ci\/run|^\.[a-z]+)$/.test(path);

test("no file names a place that other machines lack, or leaves work for later", () => {
  none(
    paths.filter((path) => isText(path) && !isGenerated(path)).flatMap((path) => broken(path, textOf(path))),
  );
});

test("each of these is noticed, and what only looks like it is not", () => {
  const sins = [
    `const x = "/${"tmp"}/x";`,
    `cd /${"home"}/ann`,
    `see ../${"shared"}/notes`,
    `// TO${"DO"}: later`,
    `https://registry.npm${"js"}.org`,
  ];
  assert.deepEqual(
    sins.filter((text) => broken("x.ts", text).length === 0),
    [],
  );
  const fine = [
    "join(tmpdir(), name)",
    "`$" + "{folder}/work/x`",
    "./home/x",
    "path/root/key",
    "xxx",
    "todos",
  ];
  assert.deepEqual(
    fine.flatMap((text) => broken("x.ts", text)),
    [],
  );
});

/** The broken rules of a text, with their lines. */
function broken(path: string, text: string): readonly string[] {
  return text.split("\n").flatMap((line, i) =>
    rules.flatMap(({ rule, pattern }) => {
      const found = pattern.exec(line)?.[0];
      return found === undefined ? [] : [at(path, i + 1, `${rule}: ${found}`)];
    }),
  );
}
