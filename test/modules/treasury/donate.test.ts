import assert from "node:assert/strict";
import { test } from "node:test";
import { InsufficientFunds } from "#modules/bank/errors.ts";
import { errors as treasuryErrors } from "#modules/treasury/errors.ts";
import { MsgDonate } from "#proto/gen/iterum/treasury.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { newChain, say } from "#test/kit/chain.ts";
import { budget, moduleHolds, purse, supply } from "#test/kit/game/money.ts";
import { FEE, refuses, says } from "#test/kit/game/refuse.ts";
import { GAME_ID, TOKEN } from "#test/kit/genesis.ts";

const [ann] = people("ann") as [Person];

const donate = (amount: bigint, gameId = GAME_ID) => say(MsgDonate, { sender: ann.address, gameId, amount });

test("a donation goes to the game's budget", async () => {
  const chain = newChain({ members: [], others: [ann] });
  await chain.until(2n);
  const before = [budget(chain), purse(chain, ann), supply(chain)] as const;
  await says(chain, ann, donate(5n * TOKEN));
  assert.deepEqual(
    [budget(chain), purse(chain, ann), supply(chain)],
    [before[0] + 5n * TOKEN, before[1] - 5n * TOKEN - FEE, before[2]],
  );
  assert.equal(moduleHolds(chain, "treasury"), budget(chain));
});

test("a donation of nothing, to no game, or beyond the purse is refused", async () => {
  const chain = newChain({ members: [], others: [ann] });
  await chain.until(2n);
  await refuses(
    chain,
    [ann, treasuryErrors.BadAmount, donate(0n)],
    [ann, treasuryErrors.NoBudget, donate(1n, "chess")],
    [ann, InsufficientFunds, donate(10n ** 20n)],
  );
});
