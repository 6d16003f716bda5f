import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChainError } from "#chain/kernel/error.ts";
import * as validators from "#modules/validators/api.ts";
import { errors } from "#modules/validators/errors.ts";
import { Params } from "#proto/gen/cosmos/staking.ts";
import { GenesisState } from "#proto/gen/iterum/validators.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { newChain } from "#test/kit/chain.ts";
import { DENOM } from "#test/kit/genesis.ts";
import { changed, refusesGenesis } from "../genesis-kit.ts";

const [ann, ben] = people("ann", "ben") as [Person, Person];

test("a chain without stake in its genesis keeps the validators that consensus has", async () => {
  const chain = newChain({ members: [ann, ben], others: [] });
  assert.equal(chain.read(validators.isStaked), false);
  assert.equal(chain.read(validators.bondDenom), DENOM);
  const { validatorUpdates } = await chain.rawBlock([]);
  assert.deepEqual(validatorUpdates, []);
});

test("stake needs parameters, and a chain that stakes needs somebody to elect", () => {
  const delegation = { delegator: ann.address, operator: ann.address, shares: 1n };
  const alter = changed("validators", GenesisState);
  refusesGenesis(
    errors.BadGenesis,
    alter(() => ({ delegations: [delegation] })),
  );
  refusesGenesis(
    errors.BadGenesis,
    alter(() => ({ params: Params.zero() })),
  );
});

test("what so many shares are worth is asked of a validator that exists", () => {
  const chain = newChain({ members: [ann, ben], others: [] });
  assert.throws(
    () => chain.read((ctx) => validators.tokensOf(ctx, ann.address, 1n)),
    ({ code }: ChainError) => code === errors.NoValidator.code,
  );
});
