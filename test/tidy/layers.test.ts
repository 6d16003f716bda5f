import assert from "node:assert/strict";
import { test } from "node:test";
import { type Layer, layerOf, mayImport } from "./layers.ts";
import { at, type Import, importsOf, isGenerated, none, paths, scripts } from "./sources.ts";

const imports: readonly Import[] = scripts.flatMap((path) => importsOf(path));
const known = new Set(paths);

test("every source file belongs to a layer", () => {
  const homeless = scripts.filter((path) => layerOf(path) === undefined);
  none(homeless);
});

test("every file imports only what its layer may", () => {
  const wrong = imports.flatMap(({ path, line, specifier, target, typeOnly }) => {
    const layer = layerOf(path);
    if (layer === undefined) return [];
    const allowed =
      target === undefined ? layer.packages.test(specifier) : mayImport(layer, path, target, typeOnly);
    return allowed ? [] : [at(path, line, `layer "${layer.name}" may not import ${specifier}`)];
  });
  none(wrong);
});

test("the allow-list tells doors from walls", () => {
  const may = (path: string, target: string, typeOnly = false): boolean =>
    mayImport(layerOf(path) as Layer, path, target, typeOnly);
  const allowed: readonly [string, string, boolean?][] = [
    ["modules/a/module.ts", "modules/b/api.ts"],
    ["modules/a/kinds/one.ts", "modules/a/state.ts"],
    ["chain/app.ts", "modules/a/module.ts"],
    ["chain/tx/fees.ts", "chain/kernel/ctx.ts"],
    ["chain/abci/server.ts", "chain/app.ts", true],
    ["cli/main.ts", "chain/node/start.ts"],
  ];
  const refused: readonly [string, string, boolean?][] = [
    ["modules/a/module.ts", "modules/b/state.ts"],
    ["modules/a/module.ts", "chain/store/store.ts"],
    ["chain/kernel/state.ts", "modules/a/api.ts"],
    ["chain/tx/fees.ts", "chain/kernel/state.ts"],
    ["chain/abci/server.ts", "chain/app.ts"],
    ["chain/bytes/hex.ts", "chain/kernel/error.ts"],
    ["client/tx.ts", "modules/a/queries.ts"],
    ["cli/main.ts", "test/kit/chain.ts"],
    ["prover/server.ts", "chain/kernel/error.ts"],
  ];
  assert.deepEqual(
    allowed.filter((one) => !may(...one)),
    [],
  );
  assert.deepEqual(
    refused.filter((one) => may(...one)),
    [],
  );
});

test("imports of every form are seen", () => {
  const text = `import "./a.ts";
import type { B } from "#chain/b.ts";
export { c } from "../c.ts";
export * from "d";
const e = await import("node:fs");
type F = import("./f.ts").F;`;
  const seen = importsOf("proto/emit/x.ts", text).map(({ line, target, specifier }) => [
    line,
    target ?? specifier,
  ]);
  assert.deepEqual(seen, [
    [1, "proto/emit/a.ts"],
    [2, "chain/b.ts"],
    [3, "proto/c.ts"],
    [4, "d"],
    [5, "node:fs"],
    [6, "proto/emit/f.ts"],
  ]);
});

test("every import of a file of the project finds it", () => {
  const lost = imports.flatMap(({ path, line, specifier, target }) =>
    target === undefined || known.has(target) ? [] : [at(path, line, `nothing at ${specifier}`)],
  );
  none(lost);
});

test("imports are relative within a folder and start with # across top folders", () => {
  const wrong = imports.flatMap(({ path, line, specifier, target }) => {
    if (target === undefined || isGenerated(path)) return [];
    const crosses = path.split("/")[0] !== target.split("/")[0];
    return crosses && specifier.startsWith(".") ? [at(path, line, `write ${specifier} as #${target}`)] : [];
  });
  none(wrong);
});

test("the graph of modules has no cycle", () => {
  const edges = new Map<string, Set<string>>();
  for (const { path, target } of imports) {
    const from = /^modules\/([^/]+)\//.exec(path)?.[1];
    const to = /^modules\/([^/]+)\//.exec(target ?? "")?.[1];
    if (from === undefined || to === undefined || from === to) continue;
    edges.set(from, (edges.get(from) ?? new Set()).add(to));
  }
  assert.equal(cycleIn(edges)?.join(" → "), undefined);
});

test("a cycle is found, and a graph without one has none", () => {
  const graph = (...pairs: readonly string[]) =>
    new Map(pairs.map((pair) => [pair[0] as string, new Set(pair.slice(1))] as const));
  assert.equal(cycleIn(graph("abc", "bc")), undefined);
  assert.deepEqual(cycleIn(graph("ab", "bc", "cdb")), ["b", "c", "b"]);
});

/** The nodes along a cycle, the first one again at the end. */
function cycleIn(edges: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] | undefined {
  const done = new Set<string>();
  const visit = (node: string, trail: readonly string[]): readonly string[] | undefined => {
    const seen = trail.indexOf(node);
    if (seen >= 0) return [...trail.slice(seen), node];
    if (done.has(node)) return undefined;
    for (const next of edges.get(node) ?? []) {
      const cycle = visit(next, [...trail, node]);
      if (cycle !== undefined) return cycle;
    }
    done.add(node);
    return undefined;
  };
  for (const node of edges.keys()) {
    const cycle = visit(node, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
