import assert from "node:assert/strict";
import { test } from "node:test";
import { descents, differencesFromPort } from "../../kit/fixed-port.ts";

test("exp and ln agree to the unit with an independent port in Python", async () => {
  assert.deepEqual(await differencesFromPort(20_000, "port"), []);
});

test("exp and ln never fall from one number to the next", () => {
  assert.deepEqual(descents(20_000, "neighbours"), []);
});
