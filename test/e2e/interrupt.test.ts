import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type DemoProcess, startDemo } from "./demo-process.ts";

const GONE_WITHIN_MS = 20_000;

async function untilGone(demo: DemoProcess): Promise<string[]> {
  const endsMs = performance.now() + GONE_WITHIN_MS;
  while (demo.left().length > 0 && performance.now() < endsMs) await sleep(100);
  return demo.left();
}

test("Ctrl-C in the middle of a round leaves no process and no file behind", async () => {
  const demo = startDemo();
  try {
    const [, home = ""] = await demo.until(/^RPC .* home (\S+)$/m);
    await demo.until(/round 1 {2}▸ OPEN_ORDERS/);
    assert.ok(demo.left().some((command) => command.includes("cometbft")));
    demo.interrupt();
    assert.equal(await demo.exited, 130);
    assert.deepEqual(await untilGone(demo), []);
    assert.equal(existsSync(home), false);
  } finally {
    demo.kill();
  }
});

test("nothing runs on after the demo itself is killed", async () => {
  const demo = startDemo();
  let home = "";
  try {
    [, home = ""] = await demo.until(/^RPC .* home (\S+)$/m);
    await demo.until(/round 1 {2}▸ OPEN/);
    demo.killMain();
    await demo.exited;
    assert.deepEqual(await untilGone(demo), []);
  } finally {
    demo.kill();
    if (home) await rm(home, { recursive: true, force: true });
  }
});
