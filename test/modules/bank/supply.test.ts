import assert from "node:assert/strict";
import { test } from "node:test";
import { chainRegistry } from "#chain/app/modules.ts";
import { writeCtx } from "#chain/kernel/block.ts";
import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { overlay } from "#chain/kernel/overlay.ts";
import * as bank from "#modules/bank/api.ts";
import { InsufficientFunds } from "#modules/bank/errors.ts";
import { people } from "#test/kit/accounts.ts";
import { newChain } from "#test/kit/chain.ts";
import { DENOM } from "#test/kit/genesis.ts";

const [ann, bob] = people("ann", "bob");
const address = ann?.address ?? "";

/** A context that writes over a new chain's state and is thrown away. */
function scratch(): WriteCtx {
  const chain = newChain({ members: [], others: [ann, bob].filter((who) => who !== undefined) });
  return chain.read((ctx) => {
    const block = { ...ctx, proposer: new Uint8Array(20), verdicts: new Map() };
    return writeCtx(chainRegistry(), overlay(ctx.store), block, []);
  });
}

test("minted coins are the account's and the supply's, burned ones nobody's", () => {
  const ctx = scratch();
  const before = { balance: bank.balance(ctx, address, DENOM), supply: bank.supply(ctx, DENOM) };
  bank.mint(ctx, address, DENOM, 7n);
  assert.equal(bank.balance(ctx, address, DENOM), before.balance + 7n);
  assert.equal(bank.supply(ctx, DENOM), before.supply + 7n);
  bank.burn(ctx, address, DENOM, 5n);
  assert.equal(bank.balance(ctx, address, DENOM), before.balance + 2n);
  assert.equal(bank.supply(ctx, DENOM), before.supply + 2n);
});

test("an account cannot burn more than it holds", () => {
  const ctx = scratch();
  const held = bank.balance(ctx, address, DENOM);
  const { codespace, code } = InsufficientFunds();
  assert.throws(() => bank.burn(ctx, address, DENOM, held + 1n), { codespace, code });
  assert.equal(bank.balance(ctx, address, DENOM), held);
});
