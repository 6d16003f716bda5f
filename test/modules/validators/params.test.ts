import assert from "node:assert/strict";
import { test } from "node:test";
import { errors as slashingErrors } from "#modules/slashing/errors.ts";
import * as validators from "#modules/validators/api.ts";
import { errors } from "#modules/validators/errors.ts";
import { Query as SlashingQuery, MsgUpdateParams as SlashingUpdate } from "#proto/gen/cosmos/slashing.ts";
import { MsgUpdateParams, type Params, Query } from "#proto/gen/cosmos/staking.ts";
import { ProposalStatus } from "#proto/gen/iterum/gov.ts";
import { newChain, type Said, say } from "#test/kit/chain.ts";
import { authority, decides, propose } from "#test/kit/game/govern.ts";
import { ask } from "#test/kit/game/refuse.ts";
import { DENOM } from "#test/kit/genesis.ts";
import { stakingParams } from "#test/kit/staked.ts";
import { newSlashable, slashingParams, without } from "../slashing/kit.ts";
import { ann, ben, refuses } from "./kit.ts";

const { PROPOSAL_STATUS_ENACTED: ENACTED, PROPOSAL_STATUS_FAILED: FAILED } = ProposalStatus;
const stake = (change: Partial<Params>): Said =>
  say(MsgUpdateParams, { authority, params: { ...stakingParams, ...change } });
const slashing = (change: Partial<typeof slashingParams>): Said =>
  say(SlashingUpdate, { authority, params: { ...slashingParams, ...change } });

test("the council takes seats from the set and gives them back", async () => {
  const chain = newSlashable();
  const inSet = () =>
    ask(chain, Query.validators, { status: "BOND_STATUS_BONDED" }).validators.map(({ tokens }) => tokens);
  assert.equal(inSet().length, 2);
  assert.equal((await decides(chain, [ann, ben], [stake({ maxValidators: 1 })])).status, ENACTED);
  await chain.rawBlock([]);
  const ownTokens = chain.read((ctx) => validators.validator(ctx, ann.address))?.tokens;
  assert.deepEqual(inSet(), [ownTokens]);
  assert.equal((await decides(chain, [ann, ben], [stake({ maxValidators: 2 })])).status, ENACTED);
  await chain.rawBlock([]);
  assert.equal(inSet().length, 2);
});

test("another window counts missed blocks from its start", async () => {
  const chain = newSlashable();
  await chain.until(12n);
  for (let i = 0; i < 3; i++) await chain.rawBlock([], without(ben));
  const missed = () =>
    ask(chain, SlashingQuery.signingInfos, {}).info.map((each) => each.missedBlocksCounter);
  assert.ok(missed().includes(3n));
  assert.equal((await decides(chain, [ann, ben], [slashing({ signedBlocksWindow: 50n })])).status, ENACTED);
  await chain.rawBlock([], without(ben));
  await chain.rawBlock([], without(ben));
  assert.ok(missed().includes(2n) && !missed().includes(3n), missed().join());
});

test("parameters that no chain can have are refused, and the denom of stake stays", async () => {
  const chain = newSlashable();
  await refuses(
    chain,
    [ann, errors.BadParams, propose(ann, [stake({ maxValidators: 0 })])],
    [ann, errors.BadParams, propose(ann, [stake({ maxEntries: 8 })])],
    [ann, errors.BadParams, propose(ann, [stake({ unbondingTime: { seconds: 0n, nanos: 0 } })])],
    [ann, errors.BadParams, propose(ann, [stake({ historicalEntries: 1 })])],
    [ann, slashingErrors.BadParams, propose(ann, [slashing({ signedBlocksWindow: 1n })])],
    [ann, slashingErrors.BadParams, propose(ann, [slashing({ slashFractionDowntime: 2n * 10n ** 18n })])],
  );
  assert.equal((await decides(chain, [ann, ben], [stake({ bondDenom: "uother" })])).status, FAILED);
  assert.equal(chain.read(validators.bondDenom), DENOM);
});

test("a chain with an agreed set has no parameters of slashing to change", async () => {
  const chain = newChain({ members: [ann, ben], others: [] });
  assert.equal((await decides(chain, [ann, ben], [slashing({})])).status, FAILED);
  assert.deepEqual(ask(chain, SlashingQuery.params, {}).params?.signedBlocksWindow, 0n);
});
