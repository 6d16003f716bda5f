import assert from "node:assert/strict";
import { test } from "node:test";
import { errors as kernelErrors } from "#chain/kernel/keys.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import * as auth from "#modules/auth/api.ts";
import { errors as bankErrors, InsufficientFunds } from "#modules/bank/errors.ts";
import { Msg, MsgMultiSend, MsgSend } from "#proto/gen/cosmos/bank.ts";
import { MsgDonate } from "#proto/gen/iterum/treasury.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { newChain, say } from "#test/kit/chain.ts";
import { purse, supply } from "#test/kit/game/money.ts";
import { FEE, refuses, says } from "#test/kit/game/refuse.ts";
import { DENOM, TOKEN } from "#test/kit/genesis.ts";

const [ann, ben, cat] = people("ann", "ben", "cat") as [Person, Person, Person];

const coins = (amount: bigint, denom = DENOM) => [{ denom, amount }];

const send = (from: Person, toAddress: string, amount: readonly { denom: string; amount: bigint }[]) =>
  say(MsgSend, { fromAddress: from.address, toAddress, amount });

const chainOf = () => newChain({ members: [], others: [ann, ben] });

test("a payment moves exactly its coins and opens the account of who gets them", async () => {
  const chain = chainOf();
  const before = [purse(chain, ann), supply(chain)];
  await says(chain, ann, send(ann, cat.address, coins(7n * TOKEN)));
  assert.deepEqual(
    [purse(chain, ann), purse(chain, cat), supply(chain)],
    [(before[0] ?? 0n) - 7n * TOKEN - FEE, 7n * TOKEN, before[1]],
  );
  assert.equal(chain.read((ctx) => auth.account(ctx, cat.address))?.sequence, 0n);
});

test("a payment to oneself changes nothing but the fee", async () => {
  const chain = chainOf();
  const before = purse(chain, ann);
  await says(chain, ann, send(ann, ann.address, coins(TOKEN)));
  assert.equal(purse(chain, ann), before - FEE);
});

test("a payment to no address or a module, of bad coins, or beyond the purse is refused", async () => {
  const chain = chainOf();
  const two = [...coins(1n), ...coins(1n, "aaa")];
  await refuses(
    chain,
    [ann, bankErrors.BadAddress, send(ann, "iterum1nobody", coins(1n))],
    [ann, bankErrors.BadCoins, send(ann, ben.address, [])],
    [ann, bankErrors.BadCoins, send(ann, ben.address, coins(0n))],
    [ann, bankErrors.BadCoins, send(ann, ben.address, two)],
    [ann, bankErrors.BadCoins, send(ann, ben.address, coins(1n, "1bad"))],
    [ann, bankErrors.ModuleRecipient, send(ann, moduleAddress("treasury"), coins(1n))],
    [ann, InsufficientFunds, send(ann, ben.address, coins(10n ** 20n))],
    [ann, InsufficientFunds, send(ann, ben.address, coins(1n, "other"))],
  );
});

test("a second message that fails takes the first one back", async () => {
  const chain = chainOf();
  await refuses(chain, [
    ann,
    InsufficientFunds,
    send(ann, ben.address, coins(1n)),
    send(ann, ben.address, coins(10n ** 20n)),
  ]);
});

const multi = (from: Person, outputs: readonly (readonly [string, bigint])[], given?: bigint) => {
  const sum = given ?? outputs.reduce((total, [, amount]) => total + amount, 0n);
  return say(MsgMultiSend, {
    inputs: [{ address: from.address, coins: coins(sum) }],
    outputs: outputs.map(([address, amount]) => ({ address, coins: coins(amount) })),
  });
};

test("one payment to many gives each its part", async () => {
  const chain = chainOf();
  const before = purse(chain, ben);
  await says(
    chain,
    ann,
    multi(ann, [
      [ben.address, 3n],
      [cat.address, 4n],
    ]),
  );
  assert.deepEqual([purse(chain, ben) - before, purse(chain, cat)], [3n, 4n]);
});

test("a payment to many is all or nothing", async () => {
  const chain = chainOf();
  const nobody = { ...MsgMultiSend.zero(), inputs: [{ address: ann.address, coins: coins(1n) }] };
  const two = { address: ann.address, coins: coins(1n) };
  await refuses(
    chain,
    [ann, bankErrors.BadCoins, multi(ann, [[ben.address, 3n]], 4n)],
    [ann, bankErrors.BadCoins, say(MsgMultiSend, nobody)],
    [ann, bankErrors.BadCoins, say(MsgMultiSend, { inputs: [two, two], outputs: [two] })],
    [ann, bankErrors.BadAddress, multi(ann, [["iterum1nobody", 3n]])],
    [
      ann,
      bankErrors.ModuleRecipient,
      multi(ann, [
        [ben.address, 3n],
        [moduleAddress("fees"), 1n],
      ]),
    ],
    [
      ann,
      InsufficientFunds,
      multi(ann, [
        [ben.address, 3n],
        [cat.address, 10n ** 20n],
      ]),
    ],
  );
});

test("every message of the service has its handler", () => {
  assert.deepEqual(Object.keys(Msg), ["send", "multiSend"]);
});

test("a name that no table can hold fails its transaction and stops no node", async () => {
  const chain = chainOf();
  const gameId = "a".repeat(256);
  await refuses(chain, [
    ann,
    kernelErrors.KeyTooLong,
    say(MsgDonate, { sender: ann.address, gameId, amount: 1n }),
  ]);
});
