import assert from "node:assert/strict";
import { test } from "node:test";
import { errors as appErrors } from "#chain/app/injected.ts";
import { toHex } from "#chain/bytes/hex.ts";
import type { ChainError } from "#chain/kernel/error.ts";
import type { AppState } from "#chain/kernel/genesis.ts";
import { toJson } from "#chain/proto/json.ts";
import { errors as txErrors } from "#chain/tx/errors.ts";
import * as auth from "#modules/auth/api.ts";
import * as validators from "#modules/validators/api.ts";
import { errors } from "#modules/validators/errors.ts";
import { MsgCreateValidator, Params } from "#proto/gen/cosmos/staking.ts";
import { GenesisState } from "#proto/gen/iterum/validators.ts";
import { bareApp, initWith, START_MS } from "#test/chain/app/kit.ts";
import { newChain, signTx, type TestChain } from "#test/kit/chain.ts";
import { says } from "#test/kit/game/refuse.ts";
import { CHAIN_ID, DENOM, genesis, TOKEN } from "#test/kit/genesis.ts";
import { consensusKey, stakingParams } from "#test/kit/staked.ts";
import { changed, first, refusesGenesis, twice } from "../genesis-kit.ts";
import { ann, ben, cat, coin, create, delegate, newStaked, redelegate, undelegate } from "./kit.ts";

const alter = changed("validators", GenesisState);
const { NotFounding } = appErrors;
const { Unauthorized: unsigned, InvalidPubKey: badKey } = txErrors;

/** A genesis whose set these found. */
const founded =
  (...messages: readonly MsgCreateValidator[]) =>
  (state: AppState): AppState => ({
    ...state,
    validators: toJson(GenesisState, {
      ...GenesisState.zero(),
      params: stakingParams,
      founders: { messages, transactions: [] },
    }),
  });
const founder = (who: typeof ann, tokens: bigint): MsgCreateValidator =>
  MsgCreateValidator.decode(create(who, { value: coin(tokens * TOKEN) }).value);

test("a chain without stake in its genesis keeps the validators that consensus has", async () => {
  const chain = newChain({ members: [ann, ben], others: [] });
  assert.equal(chain.read(validators.isStaked), false);
  assert.equal(chain.read(validators.bondDenom), DENOM);
  const { validatorUpdates } = await chain.rawBlock([]);
  assert.deepEqual(validatorUpdates, []);
});

test("founders stake what is theirs, and consensus begins with them", () => {
  const app = bareApp();
  const state = genesis({
    members: [ann, ben],
    others: [],
    alter: founded(founder(ann, 7n), founder(ben, 3n)),
  });
  const at = { chainId: CHAIN_ID, timeMs: START_MS, initialHeight: 1n, appState: state };
  const set = [
    { publicKey: consensusKey(ann), power: 7n },
    { publicKey: consensusKey(ben), power: 3n },
  ].sort((a, b) => (toHex(a.publicKey) < toHex(b.publicKey) ? -1 : 1));
  assert.deepEqual(app.initChain(at).validators, set);
  assert.deepEqual(app.initChain({ ...at, validators: set.toReversed() }).validators, set);
  assert.equal(app.read(validators.bondedTokens), 10n * TOKEN);
  for (const given of [set.slice(1), set.map((each) => ({ ...each, power: 5n }))])
    assert.throws(() => app.initChain({ ...at, validators: given }), { code: errors.BadGenesis.code });
});

test("founders must be such as any validator, and stake what they have", () => {
  refusesGenesis(
    errors.KeyTaken,
    founded(founder(ann, 1n), { ...founder(ben, 1n), pubkey: founder(ann, 1n).pubkey }),
  );
  refusesGenesis(errors.ValidatorExists, founded(founder(ann, 1n), founder(ann, 1n)));
  refusesGenesis(errors.BadAddress, founded({ ...founder(ann, 1n), validatorAddress: ann.address }));
  const poor = founded(founder(cat, 1n));
  assert.throws(() => newChain({ members: [ann, ben], others: [], alter: poor }), /insufficient funds/);
});

/** A genesis whose set is founded by these transactions. */
const foundedBy =
  (...transactions: readonly Uint8Array[]) =>
  (state: AppState): AppState => ({
    ...state,
    validators: toJson(GenesisState, {
      ...GenesisState.zero(),
      params: stakingParams,
      founders: { messages: [], transactions },
    }),
  });
const at = { number: 0n, sequence: 0n, chainId: CHAIN_ID };

test("parties found a chain by what each has signed, and nobody signs for another", () => {
  const set = foundedBy(signTx(ann, at, create(ann)), signTx(ben, at, create(ben)));
  const chain = newChain({ members: [ann, ben], others: [], alter: set });
  assert.equal(chain.read(validators.bondedTokens), 20n * TOKEN);
  assert.equal(chain.read((ctx) => auth.account(ctx, ann.address))?.sequence, 0n);
  refusesGenesis(unsigned, foundedBy(signTx(ann, { ...at, chainId: "another" }, create(ann))));
  refusesGenesis(unsigned, foundedBy(signTx(ann, { ...at, number: 1n }, create(ann))));
  refusesGenesis(badKey, foundedBy(signTx(ben, at, create(ann))));
  refusesGenesis(NotFounding, foundedBy(signTx(ann, at, create(ann), delegate(ann, ann, TOKEN))));
  refusesGenesis(NotFounding, foundedBy(signTx(ann, at, delegate(ann, ann, TOKEN))));
});

test("stake needs parameters, and a chain that stakes needs somebody to elect", () => {
  const delegation = { delegator: ann.address, operator: ann.address, shares: 1n };
  refusesGenesis(
    errors.BadGenesis,
    alter(() => ({ delegations: [delegation] })),
  );
  refusesGenesis(
    errors.BadGenesis,
    alter(() => ({ params: stakingParams })),
  );
  refusesGenesis(
    errors.BadParams,
    alter(() => ({ params: Params.zero() })),
  );
});

/** A chain with something of everything in its state. */
async function lively(): Promise<TestChain> {
  const chain = newStaked();
  await says(chain, cat, delegate(cat, ben, 60n * TOKEN));
  await says(chain, cat, undelegate(cat, ben, 10n * TOKEN), redelegate(cat, ben, ann, 20n * TOKEN));
  return chain;
}

test("stake under way is exported, and goes on in the chain that begins with it", async () => {
  const chain = await lively();
  const [app, again] = [bareApp(), bareApp()];
  const hash = initWith(app, chain.app.dump());
  assert.deepEqual(initWith(again, app.dump()), hash);
  assert.deepEqual(app.dump()["validators"], chain.app.dump()["validators"]);
});

test("a genesis whose stake does not agree with itself is refused", async () => {
  const state = (await lively()).app.dump();
  const refused = (change: (genesis: GenesisState) => Partial<GenesisState>): void =>
    assert.throws(() => initWith(bareApp(), alter(change)(state)), { code: errors.BadGenesis.code });
  refused(({ delegations }) => ({ delegations: twice(delegations) }));
  refused(({ delegations }) => ({ delegations: delegations.slice(1) }));
  refused(({ unbondings }) => ({ unbondings: twice(unbondings) }));
  refused(() => ({ unbondings: [] }));
  refused(() => ({ leavings: [] }));
  refused(({ redelegations }) => ({ redelegations: twice(redelegations) }));
  refused(({ validators: all }) => ({ validators: first(all, { tokens: 1n }) }));
  refused(({ validators: all }) => ({ validators: first(all, { publicKey: new Uint8Array(3) }) }));
  refused(({ seats }) => ({ seats: seats.slice(1) }));
  refused(({ consensusKeys }) => ({ consensusKeys: twice(consensusKeys) }));
});

test("what so many shares are worth is asked of a validator that exists", () => {
  const chain = newChain({ members: [ann, ben], others: [] });
  assert.throws(
    () => chain.read((ctx) => validators.tokensOf(ctx, ann.address, 1n)),
    ({ code }: ChainError) => code === errors.NoValidator.code,
  );
});
