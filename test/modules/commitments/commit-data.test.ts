import assert from "node:assert/strict";
import { test } from "node:test";
import { InsufficientFunds } from "#modules/bank/errors.ts";
import * as commitments from "#modules/commitments/api.ts";
import { errors as commitmentsErrors } from "#modules/commitments/errors.ts";
import { errors as communityErrors } from "#modules/community/errors.ts";
import { errors as roundsErrors } from "#modules/rounds/errors.ts";
import { MsgSend } from "#proto/gen/cosmos/bank.ts";
import { Query } from "#proto/gen/iterum/commitments.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { person } from "#test/kit/accounts.ts";
import { say } from "#test/kit/chain.ts";
import { unbound } from "#test/kit/game/alter.ts";
import { dataSet, examples } from "#test/kit/game/items.ts";
import { member } from "#test/kit/game/member.ts";
import { moduleHolds, purse } from "#test/kit/game/money.ts";
import { playUntil } from "#test/kit/game/play.ts";
import { seeded } from "#test/kit/game/random.ts";
import { ask, FEE, refuses, says } from "#test/kit/game/refuse.ts";
import { commitData } from "#test/kit/game/say.ts";
import { stage } from "#test/kit/game/stage.ts";
import { CHAIN_ID, DENOM, GAME_ID, TOKEN } from "#test/kit/genesis.ts";

const ref = { chainId: CHAIN_ID, gameId: GAME_ID, roundId: 1n };
const set = dataSet(ref, examples(5, seeded("commit")), seeded("salts"));
const bond = 500n * TOKEN;

test("a commitment fixes root and count and locks the member's bond", async () => {
  const { chain } = stage();
  const ann = person("ann");
  await chain.until(1n);
  const before = purse(chain, ann);
  await says(chain, ann, commitData(ann, 1n, set));
  assert.deepEqual([purse(chain, ann), moduleHolds(chain, "elections")], [before - bond - FEE, bond]);
  const { commitments: found } = ask(chain, Query.commitments, { gameId: GAME_ID, roundId: 1n });
  assert.deepEqual(found, [{ member: ann.address, root: set.root, count: 5, height: 2n }]);
});

test("a second commitment by the same member is refused", async () => {
  const { chain } = stage();
  const ann = person("ann");
  await chain.until(1n);
  await says(chain, ann, commitData(ann, 1n, set));
  await refuses(chain, [ann, commitmentsErrors.AlreadyCommitted, commitData(ann, 1n, set)]);
});

test("a commitment of a bad root, of too few or too many items, or to no open round is refused", async () => {
  const { chain } = stage();
  const ann = person("ann");
  await refuses(
    chain,
    [ann, commitmentsErrors.BadRoot, commitData(ann, 1n, set, { root: set.root.subarray(1) })],
    [ann, commitmentsErrors.BadCount, commitData(ann, 1n, set, { count: 0 })],
    [ann, commitmentsErrors.BadCount, commitData(ann, 1n, set, { count: 65 })],
    [ann, roundsErrors.NoRound, commitData(ann, 2n, set)],
    [ann, roundsErrors.NoGame, commitData(ann, 1n, set, { gameId: "chess" })],
  );
});

test("only bound members with a bond to lock may commit", async () => {
  const ann = person("ann");
  const { chain, operators } = stage({ members: [member("ann"), member("ben")], alter: unbound(ann) });
  const ben = person("ben");
  const [olga] = operators;
  assert.ok(olga);
  const all = [{ denom: DENOM, amount: purse(chain, ben) - bond }];
  await says(chain, ben, say(MsgSend, { fromAddress: ben.address, toAddress: ann.address, amount: all }));
  await refuses(
    chain,
    [ann, communityErrors.NotBound, commitData(ann, 1n, set)],
    [olga.who, communityErrors.NotMember, commitData(olga.who, 1n, set)],
    [ben, InsufficientFunds, commitData(ben, 1n, set)],
  );
});

test("a commitment after the close is refused", async () => {
  const world = stage();
  await playUntil(world, 1n, Phase.PHASE_OPEN_ORDERS, (name) => (name === "ann" ? "silent" : undefined));
  const ann = person("ann");
  await refuses(world.chain, [ann, roundsErrors.WrongPhase, commitData(ann, 1n, set)]);
  assert.equal(world.chain.read((ctx) => [...commitments.setsOf(ctx, ref)]).length, 0);
});
