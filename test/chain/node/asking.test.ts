import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { askerOf } from "#chain/node/asking.ts";

const source = `
  import { answerStarter } from "#chain/node/asking.ts";
  const silence = answerStarter({
    ping: () => ({ height: "7" }),
    later: async () => "then",
    never: () => new Promise(() => undefined),
    broken: () => { throw new Error("it is broken"); },
    end: () => process.exit(0),
  });
  process.on("message", (message) => { if (message === "silence") silence(); });
`;

test("a process answers what it was asked, says what it cannot, and its end is no silence", async () => {
  const child = spawn(process.execPath, ["--input-type=module", "-e", source], {
    cwd: fileURLToPath(new URL("../../..", import.meta.url)),
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ask = askerOf(child);
  const closed = once(child, "close");
  try {
    const answers = await Promise.all([ask("later", 60_000), ask("ping", 60_000)]);
    assert.deepEqual(answers, ["then", { height: "7" }]);
    await assert.rejects(ask("broken", 60_000), /it is broken/);
    await assert.rejects(ask("toString", 60_000), /nothing is known of toString/);
    await assert.rejects(ask("never", 20), /no answer in 20 ms/);
    await assert.rejects(ask("end", 60_000), /the process has ended/);
    await closed;
    await assert.rejects(ask("ping", 60_000), /the process has ended/);
  } finally {
    child.kill("SIGKILL");
    await closed;
  }
});
