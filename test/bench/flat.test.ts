import assert from "node:assert/strict";
import { test } from "node:test";
import { pieces } from "./pieces.ts";

test("the bench of many accounts sends among them, restarts, and restores a snapshot", async () => {
  const flat = pieces.find(({ name }) => name === "flat");
  assert.ok(flat);
  const figures = await flat.run("quick");
  assert.equal(new Set(figures.map(({ name }) => name)).size, figures.length);
  const names = figures.map(({ name }) => name);
  for (const name of ["CPU a send to next, 500 accounts", "CPU a send to any, 500 accounts", "restore it"])
    assert.ok(names.includes(name), name);
  // Memory is known where /proc is.
  for (const { name, value } of figures)
    assert.ok(value > 0 || (Number.isNaN(value) && name.includes("memory")), `${name}: ${value}`);
});
