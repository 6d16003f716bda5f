import assert from "node:assert/strict";
import { test } from "node:test";
import { play } from "./economy.ts";

test("where a crowd leaves, larger stake takes places of smaller, and every book stays right", async (t) => {
  const { done, refused, displaced } = await play("economy crowded", 30, { isCrowded: true });
  t.diagnostic(`${done.get("undelegate")} left, ${displaced} displaced; ${[...refused.keys()].join(", ")}`);
  assert.ok(displaced > 2, `${displaced} displaced`);
});

test("whatever stakers, sleepers and cheats do, books stay right and everybody gets its own", async (t) => {
  const { done, compared, minted, burned } = await play("economy 1", 150);
  t.diagnostic(`${[...done].map(([kind, times]) => `${kind}×${times}`).join(" ")}; ${compared} compared`);
  assert.ok(minted > 0n && burned > 0n, "coins were made and slashed");
  assert.ok(compared > 100, `${compared} rewards compared`);
  for (const kind of ["create", "delegate", "undelegate", "redelegate", "withdraw", "commission"])
    assert.ok((done.get(kind) ?? 0) > 0, `${kind} happened`);
});
