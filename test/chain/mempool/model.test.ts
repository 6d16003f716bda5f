import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { poolTx, SMALL, type Stage, stage } from "./kit.ts";
import { Reference } from "./reference.ts";

type Step =
  | {
      readonly kind: "add";
      readonly sender: string;
      readonly ahead: number;
      readonly fee: number;
      readonly gas: number;
      readonly size: number;
      readonly proves: boolean;
      readonly timeout: number;
      readonly payer: string | undefined;
    }
  | { readonly kind: "commit"; readonly count: number }
  | { readonly kind: "fund"; readonly who: string; readonly funds: number };

const names = ["ann", "bob", "cid", "dan"] as const;
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant("add" as const),
      sender: fc.constantFrom(...names),
      ahead: fc.integer({ min: -1, max: 5 }),
      fee: fc.integer({ min: 0, max: 12 }),
      gas: fc.constantFrom(1, 10, 100),
      size: fc.constantFrom(20, 40, 90, 160),
      proves: fc.nat(9).map((n) => n === 0),
      timeout: fc.constantFrom(0, 0, 0, 2, 5),
      payer: fc.constantFrom(undefined, undefined, undefined, ...names),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("commit" as const), count: fc.nat(3) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("fund" as const),
      who: fc.constantFrom(...names),
      funds: fc.integer({ min: 0, max: 40 }),
    }),
  },
);

function run({ pool, now, ...at }: Stage, model: Reference, step: Step): void {
  if (step.kind === "fund") {
    at.setAccount(step.who, { funds: BigInt(step.funds) });
  } else if (step.kind === "commit") {
    const ids = new Set(at.picked().slice(0, step.count));
    const txs = [...pool.ready()].flatMap((lane) => lane.map(({ tx }) => tx)).filter(({ id }) => ids.has(id));
    at.commit(...txs);
    model.commit(txs, now.height, (payer) => at.account(payer).funds);
  } else {
    const { sender, fee, gas, size, payer = sender } = step;
    const sequence = at.account(sender).sequence + BigInt(step.ahead);
    const tx = poolTx(sender, sequence < 0n ? 0n : sequence, {
      size,
      payer,
      signers: [sender],
      fee: BigInt(fee),
      gas: BigInt(gas),
      prover: step.proves ? sender : undefined,
      timeoutHeight: step.timeout === 0 ? 0n : now.height + BigInt(step.timeout),
    });
    const { funds } = at.account(payer);
    assert.equal(at.add(tx), model.add(tx, now.height, funds), "outcome of an arrival");
  }
  assert.deepEqual(at.picked(), model.picked(), "order into a block");
  assert.equal(pool.size, model.ids().length, "count");
  assert.ok(
    model.ids().every((id) => pool.has(id)),
    "what waits",
  );
}

test("the pool does what its rules say, whatever comes in which order", () => {
  fc.assert(
    fc.property(fc.array(steps, { minLength: 30, maxLength: 80, size: "max" }), (all) => {
      const at = stage(SMALL);
      const model = new Reference(SMALL);
      for (const step of all) run(at, model, step);
    }),
    { numRuns: 1_000 },
  );
});
