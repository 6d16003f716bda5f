import assert from "node:assert/strict";
import { test } from "node:test";
import { moduleAddress } from "#chain/protocol/address.ts";
import { errors as bankErrors } from "#modules/bank/errors.ts";
import { inPool } from "#modules/distribution/api.ts";
import { errors } from "#modules/distribution/errors.ts";
import {
  MsgCommunityPoolSpend,
  MsgUpdateParams,
  type Params,
  Query,
} from "#proto/gen/cosmos/distribution.ts";
import { ProposalStatus } from "#proto/gen/iterum/gov.ts";
import { type Said, say } from "#test/kit/chain.ts";
import { authority, decides, propose } from "#test/kit/game/govern.ts";
import { purse } from "#test/kit/game/money.ts";
import { ask, refuses, says } from "#test/kit/game/refuse.ts";
import { DENOM } from "#test/kit/genesis.ts";
import { ATTO, ann, ben, dora, fund, NO_TAX, pool, stakedChain } from "./kit.ts";

const { PROPOSAL_STATUS_ENACTED: ENACTED, PROPOSAL_STATUS_FAILED: FAILED } = ProposalStatus;
const spend = (recipient: string, amount: bigint): Said =>
  say(MsgCommunityPoolSpend, { authority, recipient, amount: [{ denom: DENOM, amount }] });
const change = (params: Params | undefined): Said => say(MsgUpdateParams, { authority, params });

test("the council pays out of the community pool what is in it, and no more", async () => {
  const chain = stakedChain(NO_TAX);
  await says(chain, ann, fund(ann, 1_000n));
  assert.equal(
    chain.read((ctx) => inPool(ctx, DENOM)),
    1_000n * ATTO,
  );
  const before = purse(chain, dora);
  assert.equal((await decides(chain, [ann, ben], [spend(dora.address, 600n)])).status, ENACTED);
  assert.equal(purse(chain, dora), before + 600n);
  assert.equal(pool(chain), 400n * ATTO);
  for (const [recipient, amount, error] of [
    [dora.address, 401n, errors.PoolTooSmall],
    [moduleAddress("fees"), 1n, errors.BadAddress],
  ] as const) {
    const { status, reason } = await decides(chain, [ann, ben], [spend(recipient, amount)]);
    assert.equal(status, FAILED);
    assert.ok(reason.includes(error.text), reason);
  }
  assert.equal(pool(chain), 400n * ATTO);
});

test("nobody funds the pool with coins that it does not have, or takes from it alone", async () => {
  const chain = stakedChain(NO_TAX);
  await refuses(
    chain,
    [ann, bankErrors.BadCoins, fund(ann, 0n)],
    [ann, errors.BadAddress, propose(ann, [spend("nobody", 1n)])],
    [ann, errors.BadParams, propose(ann, [change(undefined)])],
    [ann, errors.BadParams, propose(ann, [change({ ...NO_TAX, communityTax: ATTO + 1n })])],
    [ann, errors.BadParams, propose(ann, [change({ ...NO_TAX, baseProposerReward: 1n })])],
  );
  const poor = await chain.block([ann, fund(ann, 1n << 100n)]);
  assert.deepEqual([poor[0]?.codespace, poor[0]?.code], ["sdk", 5]);
  const alone = await chain.block([ann, spend(ann.address, 1n)]);
  assert.notEqual(alone[0]?.code, 0);
});

test("the council changes the community's tax", async () => {
  const chain = stakedChain(NO_TAX);
  const params = { ...NO_TAX, communityTax: ATTO };
  assert.equal((await decides(chain, [ann, ben], [change(params)])).status, ENACTED);
  assert.deepEqual(ask(chain, Query.params, {}).params, params);
  const before = pool(chain);
  await says(chain, ann, fund(ann, 1n));
  await chain.until(chain.height() + 1n);
  assert.equal(pool(chain), before + ATTO + 4_001n * ATTO);
});
