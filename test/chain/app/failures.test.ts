import assert from "node:assert/strict";
import { test } from "node:test";
import { deliverTx, readingOf } from "#chain/app/execute.ts";
import { guarded } from "#chain/app/guard.ts";
import type { Machine } from "#chain/app/types.ts";
import { type BlockInfo, writeCtx } from "#chain/kernel/block.ts";
import type { ReadStore, WriteCtx } from "#chain/kernel/ctx.ts";
import { ChainBug } from "#chain/kernel/error.ts";
import { initGenesis } from "#chain/kernel/genesis.ts";
import { type AnyModule, defineModule, messages } from "#chain/kernel/module.ts";
import { type Overlay, overlay } from "#chain/kernel/overlay.ts";
import { registry } from "#chain/kernel/registry.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import { signatureCache } from "#chain/tx/signature-cache.ts";
import * as auth from "#modules/auth/api.ts";
import { authModule } from "#modules/auth/module.ts";
import * as bank from "#modules/bank/api.ts";
import { bankModule } from "#modules/bank/module.ts";
import { GenesisState as Bank } from "#proto/gen/iterum/bank.ts";
import { GenesisState, Msg, MsgDonate } from "#proto/gen/iterum/treasury.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { say, signTx } from "#test/kit/chain.ts";
import { altered } from "#test/kit/game/alter.ts";
import { CHAIN_ID, DENOM, genesis } from "#test/kit/genesis.ts";
import { signatures } from "#test/kit/verifier.ts";
import { newApp, nextBlock } from "./kit.ts";

const [ann, ben] = people("ann", "ben") as [Person, Person];
const nothing: ReadStore = { get: () => undefined, range: () => [] };

/** What a handler can do wrong, by the name of the game that the message gives. */
const sins: Readonly<Record<string, (ctx: WriteCtx) => void>> = {
  "type-error": () => void (undefined as unknown as { length: number }).length,
  "range-error": () => void new Uint8Array(-1),
  bug: () => {
    throw new ChainBug("the books do not balance");
  },
  "a text": () => {
    // biome-ignore lint/style/useThrowOnlyError: what careless code throws
    throw "a text";
  },
  recursion: function again(ctx): void {
    again(ctx);
  },
  clock: () => void Date.now(),
  entropy: () => void Math.random(),
  timer: () => void setTimeout(() => undefined, 0),
  nothing: () => undefined,
};

/** Accounts, coins, and a message that pays, emits and then does what it is told. */
function machine(): { machine: Machine; store: Overlay } {
  const donate = {
    signer: ({ sender }: MsgDonate) => sender,
    run: (ctx: WriteCtx, { sender, gameId, amount }: MsgDonate) => {
      bank.send(ctx, sender, ben.address, DENOM, amount);
      sins[gameId]?.(ctx);
      return {};
    },
  };
  const toy = defineModule({
    name: "toy",
    version: 1,
    messages: messages({ donate: Msg.donate }, { donate }),
    queries: [],
    invariants: [],
    genesis: { codec: GenesisState, init: () => undefined, dump: () => GenesisState.zero() },
  });
  const modules = [authModule, bankModule, toy] as readonly unknown[] as readonly AnyModule[];
  const checks = { signatures, signaturePool: undefined, signatureCache: signatureCache(10) };
  const nestedAny = new Map();
  const made = { registry: registry(modules), nestedAny, ...checks };
  const store = overlay(nothing);
  const { auth: accounts = {}, bank: balances = {} } = genesis({ members: [], others: [ann, ben] });
  initGenesis(writeCtx(made.registry, store, block, []), modules, { auth: accounts, bank: balances });
  return { machine: made, store };
}

const block: BlockInfo = {
  chainId: CHAIN_ID,
  height: 1n,
  timeMs: 0n,
  proposer: new Uint8Array(20),
  verdicts: new Map(),
};

/** Runs one message of that game, as a block would. */
function run(gameId: string) {
  const { machine: made, store } = machine();
  const ctx = writeCtx(made.registry, store, block, []);
  const before = { ann: bank.balance(ctx, ann.address, DENOM), ben: bank.balance(ctx, ben.address, DENOM) };
  const account = auth.account(ctx, ann.address);
  const message = say(MsgDonate, { sender: ann.address, gameId, amount: 7n });
  const tx = signTx(ann, { number: account?.number ?? 0n, sequence: 0n }, message);
  const { result } = guarded(() => deliverTx(made, store, block, readingOf(made, tx)));
  const paid = bank.balance(ctx, ben.address, DENOM) - before.ben;
  const sequence = auth.account(ctx, ann.address)?.sequence;
  return { result, paid, sequence, spent: before.ann - bank.balance(ctx, ann.address, DENOM) };
}

test("a message that goes well moves its coins", () => {
  const { result, paid, sequence } = run("nothing");
  assert.deepEqual([result.code, paid, sequence], [0, 7n, 1n]);
});

for (const sin of ["type-error", "range-error"])
  test(`an unforeseen ${sin} of a handler is code 111222, and only fee and turn change`, () => {
    const { result, paid, sequence, spent } = run(sin);
    assert.deepEqual([result.codespace, result.code], ["sdk", 111_222]);
    assert.match(result.log, /^panic: (TypeError|RangeError): /);
    assert.deepEqual([paid, sequence, spent, result.data.length], [0n, 1n, 4_001n, 0]);
    assert.deepEqual(
      result.events.map(({ type }) => type),
      ["coin_spent", "coin_received", "transfer", "tx"],
    );
  });

for (const sin of ["bug", "a text", "recursion", "clock", "entropy", "timer"])
  test(`${sin} in a handler stops the node`, () => {
    assert.throws(() => run(sin));
  });

test("what the guard forbids is there again after the block, also after one that failed", () => {
  assert.throws(() => run("clock"), ChainBug);
  assert.ok(Date.now() > 0 && Math.random() < 1);
  assert.equal(
    guarded(() => 7),
    7,
  );
});

test("a clock in the verifier of signatures is caught while a block runs", async () => {
  const signatures = {
    implementation: "noble" as const,
    verify: () => Date.now() > 0,
  };
  const app = newApp({ members: [], others: [ann] }, { signatures });
  const number = app.read((ctx) => auth.account(ctx, ann.address)?.number) ?? 0n;
  const tx = signTx(
    ann,
    { number, sequence: 0n },
    say(MsgDonate, { sender: ann.address, gameId: "x", amount: 1n }),
  );
  await assert.rejects(app.finalizeBlock(nextBlock(app, [tx])), /the state machine reached for now/);
});

for (const module of ["elections", "markets"])
  test(`coins that the books of ${module} do not know stop the node, which names the broken rule`, () => {
    const address = moduleAddress(module);
    const alter = altered("bank", Bank, (state) => ({
      ...state,
      balances: [...state.balances, { address, denom: DENOM, amount: 1n }],
    }));
    const start = () => newApp({ members: [], others: [ann], alter });
    assert.throws(
      start,
      (error) => error instanceof ChainBug && /broken: the .* account holds/.test(error.message),
    );
  });
