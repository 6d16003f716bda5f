import assert from "node:assert/strict";
import { test } from "node:test";
import { planOf } from "#test/kit/netns/generate.ts";
import { NetnsUnavailable, namespacesOf } from "#test/kit/netns/namespaces.ts";
import {
  expected,
  type Fault,
  foundingPowers,
  groupsOf,
  machinesOf,
  type Plan,
  powersAfter,
} from "#test/kit/netns/plan.ts";
import { complaints, type NodeReport, type Report, type SeenBlock } from "#test/kit/netns/report.ts";
import { runInNetwork } from "#test/kit/netns/start.ts";

const PLANS = 200;

const held = (...faults: readonly Fault[]) => ({ faults, heldMs: 1 });

test("a chain goes on exactly while more than two thirds of its validators hear each other", () => {
  const four = foundingPowers(4);
  const groups = (...each: readonly (readonly number[])[]): Fault => ({ kind: "partition", groups: each });
  assert.equal(expected(four, held(groups([0, 1], [2, 3]))), "stalls");
  assert.equal(expected(four, held(groups([0, 1, 2], [3]))), "goes on");
  assert.equal(expected(four, held(groups([0, 1, 2], [2, 3]))), "goes on");
  assert.equal(expected(four, held({ kind: "oneWay", from: 0, to: [1, 2, 3] })), "goes on");
  assert.equal(expected(four, held({ kind: "disconnect", node: 0 })), "goes on");
  const two: readonly Fault[] = [
    { kind: "disconnect", node: 0 },
    { kind: "pause", node: 1, which: "comet" },
  ];
  assert.equal(expected(four, held(...two)), "stalls");
  assert.equal(expected(foundingPowers(7), held(...two)), "goes on");
  // Nobody knows how soon one that was killed is back.
  assert.equal(expected(four, held(...two.slice(1), { kind: "kill", node: 2, which: "app" })), "either");
  assert.equal(expected(four, held({ kind: "loss", share: 0.3 })), "either");
});

test("a node that only sends, or only receives, is in no group with others", () => {
  const oneWay: Fault = { kind: "oneWay", from: 1, to: [0, 2] };
  assert.deepEqual(groupsOf([0, 1, 2], [oneWay]), [[0, 2], [1]]);
  assert.deepEqual(groupsOf([0, 1, 2], []), [[0, 1, 2]]);
});

test("power counts, not the number of nodes", () => {
  const cut: Fault = { kind: "partition", groups: [[0], [1, 2, 3, 4]] };
  const heavy = powersAfter(foundingPowers(4), {
    deeds: [
      { kind: "stake", node: 0, power: 100 },
      { kind: "elect", node: 4 },
      { kind: "leave", node: 1 },
    ],
  });
  assert.deepEqual(
    [...heavy],
    [
      [0, 110],
      [2, 10],
      [3, 10],
      [4, 10],
    ],
  );
  assert.equal(expected(heavy, held(cut)), "goes on");
  assert.equal(expected(heavy, held({ kind: "disconnect", node: 0 })), "stalls");
  assert.equal(
    expected(powersAfter(heavy, { deeds: [{ kind: "doubleSign", node: 0 }] }), held(cut)),
    "goes on",
  );
});

test("generated plans are the seed's, within bounds, and disturb about three nodes in ten", () => {
  const plans = Array.from({ length: PLANS }, (_, i) => planOf(`plans ${i}`));
  assert.deepEqual(planOf("plans 0"), plans[0]);
  let [chances, disturbed] = [0, 0];
  const deeds = new Set<string>();
  for (const { validators, steps, ...rest } of plans) {
    assert.ok(validators >= 4 && validators <= 7);
    assert.deepEqual(steps.flatMap(({ joins = [] }) => joins).sort(), ["blocks", "snapshot"]);
    let nodes = validators;
    let powers = foundingPowers(validators);
    for (const { joins = [], ...step } of steps) {
      const { faults } = step;
      nodes += joins.length;
      powers = powersAfter(powers, step);
      assert.ok(powers.size >= 4 && [...powers.keys()].every((node) => node < nodes));
      for (const { kind } of step.deeds ?? []) deeds.add(kind);
      const hit = faults.flatMap((fault) => ("node" in fault ? [fault.node] : []));
      assert.ok(hit.every((node) => node < nodes));
      chances += nodes;
      disturbed += hit.length;
    }
    assert.equal(machinesOf({ ...rest, validators, steps }), nodes);
  }
  assert.equal(deeds.size, 5);
  assert.ok(Math.abs(disturbed / chances - 0.3) < 0.05, `${disturbed} of ${chances}`);
});

const chainOf = (until: number, from = 1): SeenBlock[] =>
  Array.from({ length: until - from + 1 }, (_, i) => ({
    height: from + i,
    blockHash: `b${from + i}`,
    appHash: `a${from + i}`,
  }));

function nodeOf(name: string, blocks: readonly SeenBlock[], own = 5, appHash = `a${own + 1}`): NodeReport {
  return { name, blocks, own: { height: own, appHash }, restarts: 0 };
}

const reportOf = (nodes: readonly NodeReport[], steps: Report["steps"] = []): Report => ({
  ...{ nodes, steps, sends: { done: 1, failed: 0 }, replayedTo: 1 },
});

test("a run is judged by blocks, app hashes and where it stood still", () => {
  const good = [nodeOf("one", chainOf(7)), nodeOf("two", chainOf(6)), nodeOf("late", chainOf(7, 4))];
  assert.deepEqual(complaints(reportOf(good)), []);
  const spoilt = (change: (block: SeenBlock) => SeenBlock): SeenBlock[] =>
    chainOf(7).map((block) => (block.height === 3 ? change(block) : block));
  const bad: readonly (readonly [NodeReport, RegExp])[] = [
    [
      nodeOf(
        "x",
        spoilt((block) => ({ ...block, blockHash: "?" })),
      ),
      /two blocks at 3/,
    ],
    [
      nodeOf(
        "x",
        spoilt((block) => ({ ...block, appHash: "?" })),
      ),
      /two app hashes at 3/,
    ],
    [
      nodeOf(
        "x",
        chainOf(7).filter(({ height }) => height !== 3),
      ),
      /lacks height 3/,
    ],
    [nodeOf("x", []), /has no block/],
    [nodeOf("x", chainOf(7), 5, "?"), /another hash after 5/],
    [nodeOf("x", chainOf(7), 7), /nobody has the block after/],
  ];
  for (const [node, why] of bad) assert.match(complaints(reportOf([...good, node])).join(), why);
  const step = { what: "cut", standings: [], liveSeconds: 1, from: 5 } as const;
  const judged = (hopes: "stalls" | "goes on", until: number): number =>
    complaints(reportOf(good, [{ ...step, expected: hopes, until }])).length;
  assert.deepEqual([judged("stalls", 6), judged("stalls", 7)], [0, 1]);
  assert.deepEqual([judged("goes on", 7), judged("goes on", 6)], [0, 1]);
});

test("four validators stand still while they are cut in halves and go on as one chain", async (t) => {
  const cut: Fault = {
    kind: "partition",
    groups: [
      [0, 1],
      [2, 3],
    ],
  };
  const steps = [{ faults: [cut], heldMs: 3_000 }];
  const plan: Plan = { seed: "short", validators: 4, staked: false, paceMs: 500, steps };
  try {
    const report = await runInNetwork(plan, (line) => t.diagnostic(line));
    assert.deepEqual(complaints(report), []);
    assert.equal(report.steps[0]?.expected, "stalls");
    assert.ok(report.replayedTo > 0);
    assert.deepEqual(await namespacesOf(process.pid), []);
  } catch (error) {
    if (!(error instanceof NetnsUnavailable)) throw error;
    t.skip(error.message);
  }
});
