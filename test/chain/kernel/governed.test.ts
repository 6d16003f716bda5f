import assert from "node:assert/strict";
import { test } from "node:test";
import { atomically, type BlockInfo, type Event, writeCtx } from "#chain/kernel/block.ts";
import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { ChainBug, ChainError, ensure, errorSet } from "#chain/kernel/error.ts";
import { freeGas } from "#chain/kernel/gas.ts";
import { errors as kernelErrors } from "#chain/kernel/governed.ts";
import { type AnyModule, defineModule, type Handler, messages } from "#chain/kernel/module.ts";
import { overlay } from "#chain/kernel/overlay.ts";
import { registry } from "#chain/kernel/registry.ts";
import { keyspace, u64Value } from "#chain/kernel/state.ts";
import { GenesisState } from "#proto/gen/iterum/rewards.ts";
import { MsgDonate, type MsgDonateResponse, Msg as TreasuryMsg } from "#proto/gen/iterum/treasury.ts";

const AUTHORITY = "the authority";
const errors = errorSet("toy", { Refused: [2, "refused"] });
const total = keyspace("toy").item(1, u64Value);

/** A message under governance: it counts; amounts 2 and 3 fail, each in its own way. */
const count: Handler<MsgDonate, MsgDonateResponse> = {
  signer: ({ sender }) => sender,
  electorate: ({ gameId }) => gameId,
  check: ({ amount }) => ensure(amount !== 4n, errors.Refused),
  run: (ctx, { amount }) => {
    total.set(ctx, (total.find(ctx) ?? 0n) + amount);
    ensure(amount !== 2n, errors.Refused);
    if (amount === 3n) throw new ChainBug("impossible");
    if (amount === 5n) throw new TypeError("undefined is not a function");
    return {};
  },
};

const genesis = { codec: GenesisState, init: () => undefined, dump: () => GenesisState.zero() };
const service = { donate: TreasuryMsg.donate };
const toys = registry([
  defineModule({
    name: "toy",
    version: 1,
    messages: messages(service, { donate: count }),
    queries: [],
    invariants: [],
    genesis,
  }),
] as readonly unknown[] as readonly AnyModule[]);

const block: BlockInfo = {
  ...{ chainId: "toy", height: 1n, timeMs: 0n },
  ...{ proposer: new Uint8Array(0), verdicts: new Map() },
};

function toy(): { readonly ctx: WriteCtx; readonly events: Event[] } {
  const events: Event[] = [];
  const store = overlay({ get: () => undefined, range: () => [] });
  return { ctx: writeCtx(toys, store, block, events), events };
}

const packed = (amount: bigint, sender = AUTHORITY) => ({
  typeUrl: MsgDonate.typeUrl,
  value: MsgDonate.encode({ sender, gameId: "spam", amount }),
});

const GAS = 1_000_000n;
const codeOf = (error: unknown): unknown =>
  error instanceof ChainError ? [error.codespace, error.code] : error;

test("no transaction may carry a message that governance sends", () => {
  assert.deepEqual([...toys.messages.keys()], []);
  assert.deepEqual([...toys.governed.keys()], [MsgDonate.typeUrl]);
});

test("a message under governance names who decides on it", () => {
  assert.equal(toy().ctx.electorateOf(packed(1n), AUTHORITY), "spam");
});

test("what is not under governance, not canonical, in another name or fails its check is refused", () => {
  const { ctx } = toy();
  const { typeUrl, value } = packed(1n);
  const refused = [
    { typeUrl: "/iterum.treasury.v1.MsgOther", value },
    { typeUrl, value: value.subarray(1) },
    { typeUrl, value: Uint8Array.of(...value, 0x7a, 0) },
    packed(1n, "somebody"),
  ];
  for (const message of refused)
    assert.throws(
      () => ctx.electorateOf(message, AUTHORITY),
      (error) => error instanceof ChainError && error.code === kernelErrors.NotGoverned.code,
    );
  assert.throws(() => ctx.electorateOf(packed(4n), AUTHORITY), ChainError);
});

test("messages are enacted all or none, and their failure is said", () => {
  const { ctx, events } = toy();
  assert.equal(ctx.enact([packed(1n), packed(1n)], AUTHORITY, GAS), undefined);
  assert.deepEqual([total.get(ctx), events.length], [2n, 2]);
  assert.deepEqual(codeOf(ctx.enact([packed(1n), packed(2n)], AUTHORITY, GAS)), ["toy", 2]);
  assert.ok(ctx.enact([packed(1n), packed(5n)], AUTHORITY, GAS) instanceof TypeError);
  assert.deepEqual(codeOf(ctx.enact([packed(1n), packed(1n)], AUTHORITY, 5_000n)), ["sdk", 11]);
  assert.deepEqual([total.get(ctx), events.length], [2n, 2]);
});

test("a bug in an enacted message stops the node", () => {
  const { ctx } = toy();
  assert.throws(() => ctx.enact([packed(3n)], AUTHORITY, GAS), ChainBug);
});

test("what is enacted within a savepoint goes with it", () => {
  const { ctx, events } = toy();
  assert.throws(() =>
    atomically(toys, ctx.store, block, events, freeGas, (inner) => {
      assert.equal(inner.enact([packed(1n)], AUTHORITY, GAS), undefined);
      ensure(false, errors.Refused);
    }),
  );
  assert.deepEqual([total.find(ctx), events.length], [undefined, 0]);
});
