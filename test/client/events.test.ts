import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { writeCtx } from "#chain/kernel/block.ts";
import { event } from "#chain/kernel/module.ts";
import { overlay } from "#chain/kernel/overlay.ts";
import { registry } from "#chain/kernel/registry.ts";
import type { Codec } from "#chain/proto/codec.ts";
import { ClientError, refusal } from "#client/errors.ts";
import { eventsOf, typedEvent } from "#client/events.ts";
import type { ChainEvent } from "#client/tx.ts";
import { EventElected } from "#proto/gen/iterum/elections.ts";
import { EventOrderPlaced } from "#proto/gen/iterum/markets.ts";
import { EventPhaseEntered } from "#proto/gen/iterum/rounds.ts";

/** The event as the kernel emits it. */
function emitted<T extends object>(codec: Codec<T>, value: T): ChainEvent[] {
  const events: { type: string; attributes: readonly (readonly [string, string])[] }[] = [];
  const empty = overlay({ get: () => undefined, range: () => [] });
  const block = { chainId: "x", height: 1n, timeMs: 0n, proposer: new Uint8Array(20), verdicts: new Map() };
  event(codec)(writeCtx(registry([]), empty, block, events), value);
  return events.map(({ type, attributes }) => ({
    type,
    attributes: attributes.map(([key, text]) => ({ key, value: text })),
  }));
}

test("events come back as the modules emitted them", () => {
  const order = { gameId: "spam", roundId: 7n, operator: "iterum1x", orderHash: new Uint8Array(32).fill(9) };
  const placed = { ...order, bound: (1n << 127n) + 1n };
  const elected = { gameId: "spam", roundId: 1n, committee: ["a", "b"], alternates: [] };
  assert.deepEqual(eventsOf(EventOrderPlaced, emitted(EventOrderPlaced, placed)), [placed]);
  assert.deepEqual(eventsOf(EventElected, emitted(EventElected, elected)), [elected]);
  assert.deepEqual(typedEvent(emitted(EventElected, elected)[0] as ChainEvent), {
    type: "iterum.elections.v1.EventElected",
    value: elected,
  });
});

test("any phase event comes back as it was, whatever the reason says", () => {
  const some = { gameId: fc.string(), roundId: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }) };
  const fields = { ...some, phase: fc.string(), endsHeight: some.roundId, reason: fc.string() };
  fc.assert(
    fc.property(fc.record(fields, { noNullPrototype: true }), (value) => {
      assert.deepEqual(eventsOf(EventPhaseEntered, emitted(EventPhaseEntered, value)), [value]);
    }),
  );
});

test("events of no module have no type, and an event that lacks a part is refused", () => {
  assert.equal(typedEvent({ type: "transfer", attributes: [] }), undefined);
  const broken = { type: "iterum.rounds.v1.EventPhaseEntered", attributes: [{ key: "game_id", value: "x" }] };
  const isBadAnswer = (error: unknown): boolean => error instanceof ClientError && error.kind === "badAnswer";
  assert.throws(() => typedEvent(broken), isBadAnswer);
});

test("a refusal carries codespace, code and the chain's name for it without the figures", () => {
  const log = "the round is in another phase (gameId=spam roundId=1 phase=OPEN needed=PREDICT)";
  const error = refusal({ codespace: "rounds", code: 4, log });
  assert.ok(error.is({ codespace: "rounds", code: 4 }));
  assert.equal(error.reason, "the round is in another phase");
  assert.ok(!error.is({ codespace: "rounds", code: 5 }) && !error.is({ codespace: "markets", code: 4 }));
});
