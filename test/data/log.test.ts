import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { decodeEvent } from "#client/ceramic/event.ts";
import { DataError, type DataErrorCode } from "#data/errors.ts";
import { DATA_LIMITS, type DataLimits } from "#data/limits.ts";
import { type EventLog, openLog } from "#data/log.ts";
import { didOf, newSession } from "../client/ceramic/kit.ts";
import { initEvent, itemData, nextEvent, streamOf, type Written, withFolder } from "./kit.ts";

const ann = newSession(1, 2);
const bob = newSession(3, 4);

const withLog = (limits: Partial<DataLimits>, run: (log: EventLog) => Promise<void>): Promise<void> =>
  withFolder(async (folder) => {
    const log = await openLog(folder, { ...DATA_LIMITS, ...limits });
    try {
      await run(log);
    } finally {
      await log.close();
    }
  });

const append = (log: EventLog, event: Written): Promise<void> => log.append(decodeEvent(event.car));

const refuses = (code: DataErrorCode, run: Promise<unknown>): Promise<void> =>
  assert.rejects(run, (error: unknown) => error instanceof DataError && error.code === code);

async function feedOf(log: EventLog): Promise<string[]> {
  const page = await log.page(0, 1000, false);
  return page.events.map(({ cid }) => Buffer.from(cid).toString("hex"));
}

const cidsOf = (events: readonly Written[]): string[] =>
  events.map(({ cid }) => Buffer.from(cid.bytes).toString("hex"));

test("events keep the order of acceptance across a restart", () =>
  withFolder(async (folder) => {
    const events = [...streamOf(ann, 4), ...streamOf(bob, 3)];
    const first = await openLog(folder, DATA_LIMITS);
    for (const event of events) await append(first, event);
    await first.close();
    const second = await openLog(folder, DATA_LIMITS);
    const late = initEvent(bob, 2n);
    await append(second, late);
    assert.deepEqual(await feedOf(second), cidsOf([...events, late]));
    const archive = await second.archive((events[5] as Written).cid.bytes);
    assert.deepEqual(Uint8Array.from(archive ?? []), events[5]?.car);
    await second.close();
  }));

test("an event whose append resolved survives the death of the process", () =>
  withFolder(async (folder) => {
    const script = new URL("./append-forever.ts", import.meta.url).pathname;
    const child = spawn(process.execPath, [script, folder], { stdio: ["ignore", "pipe", "inherit"] });
    const accepted: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      accepted.push(line);
      if (accepted.length === 40) child.kill("SIGKILL");
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    const log = await openLog(folder, DATA_LIMITS);
    const stored = await feedOf(log);
    assert.ok(accepted.length >= 40);
    assert.deepEqual(stored.slice(0, accepted.length), accepted);
    await log.close();
  }));

test("appending a known event again changes nothing", () =>
  withLog({}, async (log) => {
    const events = streamOf(ann, 3);
    for (const event of [...events, ...events]) await append(log, event);
    assert.deepEqual(await feedOf(log), cidsOf(events));
    assert.equal((await log.usage(didOf(1))).events, 3);
  }));

test("a second event after the same one is a fork, and so is a second stream of an epoch", () =>
  withLog({}, async (log) => {
    const [init, next] = streamOf(ann, 2) as [Written, Written];
    for (const event of [init, next]) await append(log, event);
    await refuses("fork", append(log, nextEvent(ann, init.cid, init.cid, itemData(1, 99))));
    await refuses("fork", append(log, initEvent(ann, 1n, itemData(0, 99))));
    await append(log, initEvent(ann, 2n, itemData(0, 99)));
    await append(log, initEvent(bob, 1n));
  }));

test("of two rivals for the same place that arrive at once, one is accepted", () =>
  withLog({}, async (log) => {
    const init = initEvent(ann);
    await append(log, init);
    const rivals = [1, 2, 3].map((n) => nextEvent(ann, init.cid, init.cid, itemData(1, n)));
    const outcomes = await Promise.allSettled(rivals.map((event) => append(log, event)));
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ["fulfilled", "rejected", "rejected"],
    );
    assert.deepEqual(await feedOf(log), cidsOf([init, rivals[0] as Written]));
  }));

test("a whole stream that arrives at once is accepted in order", () =>
  withLog({}, async (log) => {
    const events = streamOf(ann, 50);
    await Promise.all(events.map((event) => append(log, event)));
    assert.deepEqual(await feedOf(log), cidsOf(events));
    const cids = await log.streamCids((events[0] as Written).cid.bytes);
    assert.deepEqual(
      cids.map((cid) => Buffer.from(cid).toString("hex")),
      cidsOf(events),
    );
  }));

test("an event is refused without its stream, without the one before, or at another position", () =>
  withLog({}, async (log) => {
    const [init, next, last] = streamOf(ann, 3) as [Written, Written, Written];
    await refuses("unknownStream", append(log, next));
    await append(log, init);
    await refuses("unknownPrev", append(log, last));
    await refuses("badEvent", append(log, nextEvent(ann, init.cid, init.cid, itemData(2))));
    await refuses("badEvent", append(log, initEvent(ann, 2n, itemData(1))));
    assert.deepEqual(await feedOf(log), cidsOf([init]));
  }));

test("members, streams and the node are held to their limits", async () => {
  const [init, next] = streamOf(ann, 2) as [Written, Written];
  const bytes = init.car.length;
  const full: readonly [Partial<DataLimits>, DataErrorCode][] = [
    [{ memberEventsMax: 1 }, "quotaExceeded"],
    [{ memberBytesMax: bytes + 10 }, "quotaExceeded"],
    [{ streamEventsMax: 1 }, "quotaExceeded"],
    [{ totalBytesMax: bytes + 10 }, "full"],
  ];
  for (const [limits, code] of full)
    await withLog(limits, async (log) => {
      await append(log, init);
      await refuses(code, append(log, next));
      assert.deepEqual(await log.usage(didOf(1)), { events: 1, bytes });
      if (code === "quotaExceeded") await append(log, initEvent(bob));
    });
});

test("appends beyond the number that may wait are told to come later", () =>
  withLog({ pendingMax: 2 }, async (log) => {
    const events = streamOf(ann, 6);
    const outcomes = await Promise.allSettled(events.map((event) => append(log, event)));
    const busy = outcomes.filter(
      (outcome) => outcome.status === "rejected" && (outcome.reason as DataError).code === "busy",
    );
    assert.ok(busy.length > 0 && busy.length < events.length);
    for (const event of events) await append(log, event);
    assert.deepEqual(await feedOf(log), cidsOf(events));
  }));

test("a page holds archives up to its limit of bytes, and at least one", () =>
  withLog({ pageBytesMax: 10 }, async (log) => {
    const events = streamOf(ann, 3);
    for (const event of events) await append(log, event);
    const page = await log.page(0, 10, true);
    assert.deepEqual([page.events.length, page.next], [1, 1]);
    assert.deepEqual(Uint8Array.from(page.events[0]?.car ?? []), events[0]?.car);
    assert.equal((await log.page(1, 10, false)).next, 3);
    assert.deepEqual(await log.page(7, 10, true), { events: [], next: 7 });
  }));
